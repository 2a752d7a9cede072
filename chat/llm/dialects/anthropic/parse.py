"""A caller's Messages body as a request of ours.

Fields that we have no word for travel in `Parameters.extra`; so do, by their names alone, tools
that run on Anthropic's servers, and caches that are to live longer than usual.
"""

from __future__ import annotations

from typing import Any, cast, get_args

from chat.llm.dialects.anthropic.parse_messages import cache_ttl, parse_messages
from chat.llm.dialects.reading import Fields, invalid
from chat.llm.types import (
    Parameters,
    ReasoningEffort,
    Request,
    ResponseFormat,
    Tool,
    ToolChoice,
)

_MODES = {"auto": "auto", "none": "none", "any": "required"}


def parse_request(body: Any) -> Request:
    """Raise `BadRequest`, whose `parameter` names the field."""
    fields = Fields(body)
    model = fields.required_text("model")
    ttl = cache_ttl(fields.rest)
    messages = parse_messages(fields.any("system"), fields.items("messages"))
    is_streamed = fields.flag("stream") or False
    parameters = _parameters(fields, extra={"cache_control.ttl": ttl} if ttl else {})
    return Request(model, messages, parameters, is_streamed)


def _parameters(fields: Fields, *, extra: dict[str, Any]) -> Parameters:
    own_tools = _own_tools(fields.rest.get("tools"))
    if isinstance(own_cache := fields.rest.get("cache_control"), dict):
        fields.rest["cache_control"] = {**own_cache}
        fields.rest["cache_control"].pop("ttl", None)
    config = fields.object("output_config") or Fields({})
    older_format = fields.object("output_format")
    metadata = fields.object("metadata")
    choice = fields.object("tool_choice")
    is_serial = choice.flag("disable_parallel_tool_use") if choice else None
    effort, budget = _thinking(fields.object("thinking"), config)
    return Parameters(
        temperature=fields.number("temperature"),
        max_output_tokens=fields.whole("max_tokens"),
        top_p=fields.number("top_p"),
        top_k=fields.whole("top_k"),
        stop_sequences=_stop(fields),
        reasoning_effort=effort,
        reasoning_budget_tokens=budget,
        response_format=_format(config.object("format") or older_format),
        tools=_tools(fields),
        tool_choice=_tool_choice(choice, is_serial),
        parallel_tool_calls=None if is_serial is None else not is_serial,
        user=metadata.text("user_id") if metadata else None,
        extra={**fields.rest, **own_tools, **extra},
    )


def _stop(fields: Fields) -> tuple[str, ...] | None:
    items = fields.items("stop_sequences")
    if items is None:
        return None
    if not all(isinstance(item, str) for item in items):
        raise invalid("stop_sequences", "a list of strings")
    return tuple(items)


def _thinking(thinking: Fields | None, config: Fields) -> tuple[ReasoningEffort | None, int | None]:
    effort = config.text("effort")
    if effort is not None and effort not in get_args(ReasoningEffort):
        raise invalid("output_config.effort", "one of " + ", ".join(get_args(ReasoningEffort)))
    known = cast(ReasoningEffort | None, effort)
    if thinking is None:
        return known, None
    match thinking.text("type"):
        case "enabled":
            return known, thinking.whole("budget_tokens")
        case "disabled":
            return "none", None
        case "adaptive":
            return known, None
        case _:
            raise invalid("thinking.type", "enabled, adaptive or disabled")


def _format(form: Fields | None) -> ResponseFormat | None:
    if form is None:
        return None
    if form.text("type") != "json_schema":
        raise invalid("output_config.format.type", "json_schema")
    schema = form.object("schema")
    return ResponseFormat("json_schema", schema=schema.rest if schema is not None else {})


def _own_tools(items: Any) -> dict[str, Any]:
    entries = (item for item in items if isinstance(item, dict)) if isinstance(items, list) else ()
    return {f"tools.{item['type']}": True for item in entries if _runs_there(item.get("type"))}


def _runs_there(kind: Any) -> bool:
    return isinstance(kind, str) and kind != "custom"


def _tools(fields: Fields) -> tuple[Tool, ...] | None:
    items = fields.items("tools")
    if items is None:
        return None
    entries = (Fields(item, f"tools[{number}]") for number, item in enumerate(items))
    return tuple(tool for entry in entries if (tool := _tool(entry)) is not None)


def _tool(entry: Fields) -> Tool | None:
    if _runs_there(entry.text("type")):
        return None
    name = entry.required_text("name")
    schema = entry.object("input_schema")
    return Tool(
        name,
        entry.text("description") or "",
        schema.rest if schema is not None else {},
        entry.flag("strict") or False,
        is_cache_boundary=bool(entry.any("cache_control")),
    )


def _tool_choice(choice: Fields | None, is_serial: bool | None) -> ToolChoice | None:
    """`auto` beside a word on parallel calls is only there because the word needs an object."""
    if choice is None:
        return None
    mode = choice.text("type")
    if mode == "tool":
        return ToolChoice("tool", choice.required_text("name"))
    if mode not in _MODES:
        raise invalid("tool_choice.type", "auto, any, none or tool")
    if mode == "auto" and is_serial is not None:
        return None
    return ToolChoice(cast(Any, _MODES[mode]))
