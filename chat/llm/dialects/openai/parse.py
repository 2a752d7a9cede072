"""A caller's Chat Completions body as a request of ours.

Fields that we have no word for travel in `Parameters.extra`; the deprecated spellings are taken.
"""

from __future__ import annotations

from typing import Any, cast, get_args

from chat.llm.dialects.openai.parse_messages import parse_messages
from chat.llm.dialects.reading import Fields, invalid
from chat.llm.types import (
    Parameters,
    ReasoningEffort,
    Request,
    ResponseFormat,
    Tool,
    ToolChoice,
)

_IGNORED = frozenset({"stream_options"})
_MODES = {"auto": "auto", "none": "none", "required": "required", "any": "required"}


def parse_request(body: Any) -> Request:
    """Raise `BadRequest`, whose `parameter` names the field."""
    fields = Fields(body)
    model = fields.required_text("model")
    messages = parse_messages(fields.items("messages"))
    is_streamed = fields.flag("stream") or False
    parameters = _parameters(fields)
    return Request(model, messages, parameters, is_streamed)


def _parameters(fields: Fields) -> Parameters:
    newer, older = fields.whole("max_completion_tokens"), fields.whole("max_tokens")
    reasoning = fields.object("reasoning")
    effort = fields.text("reasoning_effort")
    budget = None
    if reasoning is not None:
        effort = reasoning.text("effort") or effort
        budget = reasoning.whole("max_tokens")
    return Parameters(
        temperature=fields.number("temperature"),
        max_output_tokens=newer if newer is not None else older,
        top_p=fields.number("top_p"),
        top_k=fields.whole("top_k"),
        frequency_penalty=fields.number("frequency_penalty"),
        presence_penalty=fields.number("presence_penalty"),
        seed=fields.whole("seed"),
        stop_sequences=_stop(fields),
        reasoning_effort=_effort(effort),
        reasoning_budget_tokens=budget,
        response_format=_response_format(fields.object("response_format")),
        tools=_tools(fields),
        tool_choice=_tool_choice(fields.any("tool_choice")),
        parallel_tool_calls=fields.flag("parallel_tool_calls"),
        logprobs=_logprobs(fields),
        choices=fields.whole("n"),
        user=fields.text("user"),
        extra={name: value for name, value in fields.rest.items() if name not in _IGNORED},
    )


def _stop(fields: Fields) -> tuple[str, ...] | None:
    stop = fields.any("stop")
    if stop is None:
        return None
    sequences = [stop] if isinstance(stop, str) else stop
    if not isinstance(sequences, list) or not all(isinstance(item, str) for item in sequences):
        raise invalid("stop", "a string or a list of strings")
    return tuple(sequences)


def _effort(effort: str | None) -> ReasoningEffort | None:
    if effort is not None and effort not in get_args(ReasoningEffort):
        raise invalid("reasoning_effort", "one of " + ", ".join(get_args(ReasoningEffort)))
    return cast(ReasoningEffort | None, effort)


def _logprobs(fields: Fields) -> int | None:
    is_wanted, alternatives = fields.flag("logprobs"), fields.whole("top_logprobs")
    return (alternatives or 0) if is_wanted else None


def _response_format(form: Fields | None) -> ResponseFormat | None:
    if form is None:
        return None
    match form.text("type"):
        case "text":
            return ResponseFormat("text")
        case "json_object":
            return ResponseFormat("json")
        case "json_schema":
            schema = form.object("json_schema")
            if schema is None:
                raise invalid("response_format.json_schema", "an object")
            body = schema.object("schema")
            return ResponseFormat(
                "json_schema",
                schema.text("name") or "answer",
                body.rest if body is not None else {},
                schema.flag("strict") or False,
            )
        case _:
            raise invalid("response_format.type", "text, json_object or json_schema")


def _tools(fields: Fields) -> tuple[Tool, ...] | None:
    items = fields.items("tools")
    if items is None:
        functions = fields.items("functions")
        if functions is None:
            return None
        items = [{"type": "function", "function": function} for function in functions]
    return tuple(_tool(item, number) for number, item in enumerate(items))


def _tool(item: Any, number: int) -> Tool:
    entry = Fields(item, f"tools[{number}]")
    function = entry.object("function")
    if function is None:
        raise invalid(entry.path("function"), "an object")
    schema = function.object("parameters")
    return Tool(
        function.required_text("name"),
        function.text("description") or "",
        schema.rest if schema is not None else {},
        function.flag("strict") or False,
    )


def _tool_choice(choice: Any) -> ToolChoice | None:
    if choice is None:
        return None
    if isinstance(choice, str) and choice in _MODES:
        return ToolChoice(cast(Any, _MODES[choice]))
    function = Fields(choice, "tool_choice").object("function")
    if function is None:
        raise invalid("tool_choice", "auto, none, required or a function")
    return ToolChoice("tool", function.required_text("name"))
