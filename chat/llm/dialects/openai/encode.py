"""A request in OpenAI's words, in the accent of the provider at hand."""

from __future__ import annotations

from typing import Any

from chat.llm.dialects import EncodedRequest
from chat.llm.dialects.openai.messages import encode_messages
from chat.llm.dialects.outcomes import Body, has_other_markers
from chat.llm.providers import Provider, provider_of
from chat.llm.types import Endpoint, Parameters, Request, ResponseFormat, Tool, ToolChoice

_PLAIN = ("temperature", "top_p", "frequency_penalty", "presence_penalty", "seed", "user")
_OURS = frozenset({"model", "messages", "stream", "stream_options"})


def encode_request(endpoint: Endpoint, request: Request) -> EncodedRequest:
    provider = provider_of(endpoint)
    messages, dropped = encode_messages(request.messages, provider)
    body = Body({"model": request.model, "messages": messages})
    if request.is_prefilled:
        _mark_prefill(provider, messages, body)
    if request.is_streamed:
        body.put("stream", True)
        if provider.has_stream_options:
            body.put("stream_options.include_usage", True)
    _encode_parameters(_accepted(request.parameters, provider, body), provider, body)
    if has_other_markers(request):
        dropped["cache_boundary"] = f"{provider.label} takes no cache markers but on text, if there"
    for name, reason in dropped.items():
        body.drop(name, True, reason)
    body.merge(request.parameters.extra, kept=_OURS)
    return EncodedRequest("/chat/completions", body.fields, outcomes=body.outcomes)


def _mark_prefill(provider: Provider, messages: list[dict[str, Any]], body: Body) -> None:
    match provider.prefill:
        case "prefix" | "partial" as mark:
            messages[-1][mark] = True
        case "flags":
            body.put("add_generation_prompt", False)
            body.put("continue_final_message", True)


def _accepted(parameters: Parameters, provider: Provider, body: Body) -> dict[str, Any]:
    """What was set, without what this provider answers with an error."""
    values = {name: getattr(parameters, name) for name in Parameters.__dataclass_fields__}
    for name in provider.refused:
        body.drop(name, values.pop(name, None), f"{provider.label} does not accept it")
    return values


def _encode_parameters(values: dict[str, Any], provider: Provider, body: Body) -> None:
    for name in _PLAIN:
        body.send(name, values.get(name))
    body.send("max_output_tokens", values["max_output_tokens"], field=provider.output_limit_field)
    stop = values["stop_sequences"]
    body.send("stop_sequences", stop, field="stop", wire=list(stop or ()) or None)
    if "top_k" in provider.accepted:
        body.send("top_k", values["top_k"])
    else:
        body.drop("top_k", values["top_k"], f"{provider.label} has no such parameter")
    _encode_reasoning(values, provider, body)
    form = values["response_format"]
    body.send("response_format", form, wire=form and response_format(form))
    tools = values["tools"]
    body.send("tools", tools, wire=tools and [_tool(tool) for tool in tools])
    choice = values["tool_choice"]
    body.send("tool_choice", choice, wire=choice and _tool_choice(choice))
    body.send("parallel_tool_calls", values["parallel_tool_calls"])
    if (alternatives := values.get("logprobs")) is not None:
        body.put("logprobs", True)
        body.send("logprobs", alternatives, field="top_logprobs")
    body.send("choices", values["choices"], field="n")


def _encode_reasoning(values: dict[str, Any], provider: Provider, body: Body) -> None:
    effort, budget = values["reasoning_effort"], values["reasoning_budget_tokens"]
    match provider.reasoning_control:
        case "effort":
            body.send("reasoning_effort", effort)
            reason = f"{provider.label} takes an effort, not a number of tokens"
            body.drop("reasoning_budget_tokens", budget, reason)
        case "reasoning_object":
            body.send("reasoning_budget_tokens", budget, field="reasoning.max_tokens")
            if budget is None:
                body.send("reasoning_effort", effort, field="reasoning.effort")
            else:
                body.drop("reasoning_effort", effort, "a budget in tokens was set as well")
        case "thinking_switch":
            body.translate(
                "reasoning_effort",
                effort,
                field="thinking.type",
                wire="disabled" if effort == "none" else "enabled",
                reason=f"{provider.label} can only switch thinking on or off",
            )
            reason = f"{provider.label} can only switch thinking on or off"
            body.drop("reasoning_budget_tokens", budget, reason)
        case "thinking_budget":
            body.translate(
                "reasoning_effort",
                effort,
                field="enable_thinking",
                wire=effort != "none",
                reason=f"{provider.label} takes a number of tokens, not an effort",
            )
            body.send("reasoning_budget_tokens", budget, field="thinking_budget")


def response_format(form: ResponseFormat) -> dict[str, Any]:
    match form.kind:
        case "text":
            return {"type": "text"}
        case "json":
            return {"type": "json_object"}
        case _:
            schema = {"name": form.name, "schema": dict(form.schema or {})}
            strict = {"strict": True} if form.is_strict else {}
            return {"type": "json_schema", "json_schema": schema | strict}


def _tool(tool: Tool) -> dict[str, Any]:
    function: dict[str, Any] = {"name": tool.name, "parameters": dict(tool.schema)}
    if tool.description:
        function["description"] = tool.description
    if tool.is_strict:
        function["strict"] = True
    return {"type": "function", "function": function}


def _tool_choice(choice: ToolChoice) -> str | dict[str, Any]:
    if choice.mode != "tool":
        return choice.mode
    return {"type": "function", "function": {"name": choice.name}}
