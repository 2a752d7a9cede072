"""A request in Anthropic's words."""

from __future__ import annotations

from typing import Any

from chat.llm.dialects import EncodedRequest
from chat.llm.dialects.anthropic.messages import encode_messages
from chat.llm.dialects.outcomes import Body
from chat.llm.types import Endpoint, Parameters, Request, ResponseFormat, Tool, ToolChoice

VERSION = "2023-06-01"
"""2026-10-21 refuses sampling parameters on every model, even on those that take them."""
OUTPUT_LIMIT = 4096
"""The dialect wants one; this is what is sent if nobody chose."""

_OURS = frozenset({"model", "messages", "system", "stream"})
_UNKNOWN = ("frequency_penalty", "presence_penalty", "seed", "logprobs", "choices")
_EFFORTS = {"minimal": "low"}


def encode_request(endpoint: Endpoint, request: Request) -> EncodedRequest:
    system, messages, dropped = encode_messages(request.messages)
    body = Body({"model": request.model, "messages": messages})
    if system is not None:
        body.put("system", system)
    if request.is_streamed:
        body.put("stream", True)
    _encode_parameters(request.parameters, body)
    for name, reason in dropped.items():
        body.drop(name, True, reason)
    body.merge(request.parameters.extra, kept=_OURS)
    headers = {"anthropic-version": VERSION}
    return EncodedRequest("/messages", body.fields, headers, body.outcomes)


def _encode_parameters(parameters: Parameters, body: Body) -> None:
    limit = parameters.max_output_tokens
    if limit is None:
        body.translate(
            "max_output_tokens",
            OUTPUT_LIMIT,
            field="max_tokens",
            wire=OUTPUT_LIMIT,
            reason="this dialect wants a limit, and none was set",
        )
    body.send("max_output_tokens", limit, field="max_tokens")
    for name in ("temperature", "top_p", "top_k"):
        body.send(name, getattr(parameters, name))
    stop = parameters.stop_sequences
    body.send("stop_sequences", stop, wire=list(stop or ()) or None)
    _encode_thinking(parameters, body)
    _encode_format(parameters.response_format, body)
    tools = parameters.tools
    body.send("tools", tools, wire=tools and [_tool(tool) for tool in tools])
    _encode_tool_choice(parameters, body)
    body.send("user", parameters.user, field="metadata.user_id")
    for name in _UNKNOWN:
        body.drop(name, getattr(parameters, name), "Anthropic has no such parameter")


def _encode_thinking(parameters: Parameters, body: Body) -> None:
    """Newer models choose how much they think and take an effort; older ones take a budget. Which
    of the two a model takes is the catalogue's matter."""
    effort, budget = parameters.reasoning_effort, parameters.reasoning_budget_tokens
    if budget is not None:
        body.put("thinking.type", "enabled")
        body.send("reasoning_budget_tokens", budget, field="thinking.budget_tokens")
    if effort is None:
        return
    if effort == "none":
        if budget is not None:
            body.drop("reasoning_effort", effort, "a budget in tokens was set as well")
            return
        body.send("reasoning_effort", effort, field="thinking.type", wire="disabled")
        return
    if budget is None:
        body.put("thinking.type", "adaptive")
        body.put("thinking.display", "summarized")
    wire = _EFFORTS.get(effort, effort)
    if wire == effort:
        body.send("reasoning_effort", effort, field="output_config.effort")
    else:
        reason = f"“{wire}” is the least effort that Anthropic knows"
        body.translate(
            "reasoning_effort", effort, field="output_config.effort", wire=wire, reason=reason
        )


def _encode_format(form: ResponseFormat | None, body: Body) -> None:
    if form is None:
        return
    if form.kind == "json_schema":
        wire = {"type": "json_schema", "schema": dict(form.schema or {})}
        body.send("response_format", form, field="output_config.format", wire=wire)
    elif form.kind == "json":
        body.drop("response_format", form.kind, "Anthropic gives JSON only by a schema")
    else:
        body.drop("response_format", form.kind, "text is what comes anyway")


def _tool(tool: Tool) -> dict[str, Any]:
    fields: dict[str, Any] = {"name": tool.name, "input_schema": dict(tool.schema)}
    fields["input_schema"].setdefault("type", "object")
    if tool.description:
        fields["description"] = tool.description
    if tool.is_strict:
        fields["strict"] = True
    if tool.is_cache_boundary:
        fields["cache_control"] = {"type": "ephemeral"}
    return fields


def _encode_tool_choice(parameters: Parameters, body: Body) -> None:
    choice, is_parallel = parameters.tool_choice, parameters.parallel_tool_calls
    body.send("tool_choice", choice, wire=choice and _tool_choice(choice))
    if is_parallel is None:
        return
    if choice is not None and choice.mode == "none":
        body.drop("parallel_tool_calls", is_parallel, "no tool may be called at all")
        return
    if choice is None:
        body.put("tool_choice.type", "auto")
    field = "tool_choice.disable_parallel_tool_use"
    body.send("parallel_tool_calls", is_parallel, field=field, wire=not is_parallel)


def _tool_choice(choice: ToolChoice) -> dict[str, Any]:
    match choice.mode:
        case "tool":
            return {"type": "tool", "name": choice.name}
        case "required":
            return {"type": "any"}
        case _:
            return {"type": choice.mode}
