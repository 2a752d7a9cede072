"""A request in Google's words."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from chat.llm.dialects import EncodedRequest
from chat.llm.dialects.google.contents import encode_contents
from chat.llm.dialects.outcomes import Body, has_other_markers
from chat.llm.types import Endpoint, Parameters, Request, ResponseFormat, Tool, ToolChoice

_OURS = frozenset({"model", "contents"})
_CONFIG = {
    "temperature": "temperature",
    "max_output_tokens": "maxOutputTokens",
    "top_p": "topP",
    "top_k": "topK",
    "frequency_penalty": "frequencyPenalty",
    "presence_penalty": "presencePenalty",
    "seed": "seed",
    "choices": "candidateCount",
}
_LEVELS = {"xhigh": "high", "max": "high"}
_MODES = {"auto": "AUTO", "none": "NONE", "required": "ANY", "tool": "ANY"}


def encode_request(endpoint: Endpoint, request: Request) -> EncodedRequest:
    system, contents, dropped = encode_contents(request, has_ids=endpoint.provider != "vertex")
    body = Body({"contents": contents})
    if system:
        body.put("systemInstruction", {"parts": system})
    _encode_parameters(request.parameters, body)
    if has_other_markers(request):
        dropped["cache_boundary"] = "Google caches by itself or by an object of its own"
    for name, reason in dropped.items():
        body.drop(name, True, reason)
    body.merge(request.parameters.extra, kept=_OURS)
    model = quote(request.model.removeprefix("models/"), safe="")
    verb = "streamGenerateContent?alt=sse" if request.is_streamed else "generateContent"
    return EncodedRequest(f"/models/{model}:{verb}", body.fields, outcomes=body.outcomes)


def _encode_parameters(parameters: Parameters, body: Body) -> None:
    for name, field in _CONFIG.items():
        body.send(name, getattr(parameters, name), field=f"generationConfig.{field}")
    stop = parameters.stop_sequences
    field = "generationConfig.stopSequences"
    body.send("stop_sequences", stop, field=field, wire=list(stop or ()) or None)
    _encode_thinking(parameters, body)
    _encode_format(parameters.response_format, body)
    tools = parameters.tools
    declared = tools and [{"functionDeclarations": [_function(tool) for tool in tools]}]
    body.send("tools", tools, wire=declared)
    choice = parameters.tool_choice
    field = "toolConfig.functionCallingConfig"
    body.send("tool_choice", choice, field=field, wire=choice and _tool_choice(choice))
    if parameters.logprobs is not None:
        body.put("generationConfig.responseLogprobs", True)
        body.send("logprobs", parameters.logprobs, field="generationConfig.logprobs")
    for name in ("parallel_tool_calls", "user"):
        body.drop(name, getattr(parameters, name), "Google has no such parameter")


def _encode_thinking(parameters: Parameters, body: Body) -> None:
    """Gemini 3 takes a level, older models a budget; both at once are refused. Whoever sets either
    wants to see the thoughts, which are not shown unless asked for."""
    effort, budget = parameters.reasoning_effort, parameters.reasoning_budget_tokens
    config = "generationConfig.thinkingConfig"
    if budget is not None:
        body.put(f"{config}.includeThoughts", budget != 0)
        body.send("reasoning_budget_tokens", budget, field=f"{config}.thinkingBudget")
        body.drop("reasoning_effort", effort, "a budget in tokens was set as well")
    elif effort == "none":
        body.translate(
            "reasoning_effort",
            effort,
            field=f"{config}.thinkingBudget",
            wire=0,
            reason="no thinking is a budget of nothing",
        )
    elif effort is not None:
        body.put(f"{config}.includeThoughts", True)
        level = _LEVELS.get(effort, effort)
        field = f"{config}.thinkingLevel"
        if level == effort:
            body.send("reasoning_effort", effort, field=field)
        else:
            reason = f"“{level}” is the most effort that Google knows"
            body.translate("reasoning_effort", effort, field=field, wire=level, reason=reason)


def _encode_format(form: ResponseFormat | None, body: Body) -> None:
    if form is None:
        return
    media_type = "text/plain" if form.kind == "text" else "application/json"
    wire: dict[str, Any] = {"responseMimeType": media_type}
    if form.kind == "json_schema":
        wire["responseJsonSchema"] = dict(form.schema or {})
    for name, value in wire.items():
        body.put(f"generationConfig.{name}", value)
    body.send("response_format", form, field="generationConfig.responseMimeType", wire=media_type)


def _function(tool: Tool) -> dict[str, Any]:
    fields: dict[str, Any] = {"name": tool.name, "description": tool.description}
    if tool.schema:
        fields["parametersJsonSchema"] = dict(tool.schema)
    return fields


def _tool_choice(choice: ToolChoice) -> dict[str, Any]:
    config: dict[str, Any] = {"mode": _MODES[choice.mode]}
    return config | ({"allowedFunctionNames": [choice.name]} if choice.mode == "tool" else {})
