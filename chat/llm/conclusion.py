"""What we conclude from a saved response of a provider: the tool for looking into oddities.

The one rule: it reads with the very decoder that reads live answers, so what it prints is what a
turn would have kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chat.llm.answer import Answer, tool_calls_as_dicts
from chat.llm.dialects.registry import DIALECTS
from chat.llm.errors import Interrupted, ModelError, Refused
from chat.llm.response import ResponseDecoder
from chat.llm.types import DialectName, ReasoningPart


def conclude(
    dialect: DialectName,
    body: bytes,
    *,
    status: int = 200,
    content_type: str = "",
    headers: Mapping[str, str] | None = None,
    chunk_size: int = 0,
) -> dict[str, Any]:
    """One JSON object. `chunk_size` feeds the body in pieces, to see that nothing changes."""
    decoder = ResponseDecoder(
        DIALECTS[dialect], status=status, content_type=content_type, headers=headers
    )
    answer = Answer()
    size = chunk_size or len(body) or 1
    for start in range(0, len(body), size):
        answer.extend(decoder.feed(body[start : start + size]))
    answer.extend(decoder.close())
    return _conclusion(dialect, answer, decoder)


def _conclusion(dialect: DialectName, answer: Answer, decoder: ResponseDecoder) -> dict[str, Any]:
    concluded = answer.as_dict()
    failure = decoder.failure
    concluded["error"] = _error(failure) if isinstance(failure, Refused) else None
    if concluded["error"]:
        concluded["finish_reason"] = "error"
    elif failure is not None and not isinstance(failure, Interrupted):
        concluded["problem"] = {"code": failure.code, "message": failure.message}
    concluded["complete"] = decoder.is_complete
    if decoder.is_array:
        concluded["json_array_stream"] = True
    elif decoder.is_streamed:
        concluded["counts"] = decoder.counts
    if len(answer.choices) > 1:
        concluded["choices"] = _choices(answer)
    match dialect:
        case "openai":
            _mark_legacy_call(concluded)
        case "anthropic":
            _add_blocks(concluded, answer)
            if not decoder.is_streamed:
                _forget_raw_arguments(concluded)
        case "google":
            _forget_raw_arguments(concluded)
            for block in answer.unknown_blocks:
                if block.kind == "prompt_block":
                    concluded["prompt_block"] = dict(block.detail)
    return concluded


def _error(failure: ModelError) -> dict[str, Any]:
    return {
        "status": failure.status,
        "type": failure.provider_type,
        "code": failure.provider_code,
        "message": failure.detail,
        "mid_stream": failure.is_mid_stream,
    }


def _choices(answer: Answer) -> list[dict[str, Any]]:
    return [
        {
            "index": choice.index,
            "text": choice.text,
            "refusal": choice.refusal,
            "tool_calls": tool_calls_as_dicts(choice.tool_calls),
            "finish_reason": choice.finish.reason if choice.finish else None,
        }
        for choice in answer.choices
    ]


def _mark_legacy_call(concluded: dict[str, Any]) -> None:
    for call in concluded["tool_calls"]:
        if call["id"] is None and concluded["finish_reason_raw"] == "function_call":
            call["legacy_function_call"] = True


def _forget_raw_arguments(concluded: dict[str, Any]) -> None:
    """On the wire they are an object there, not a text."""
    for call in concluded["tool_calls"]:
        call["arguments_raw"] = None


def _add_blocks(concluded: dict[str, Any], answer: Answer) -> None:
    redacted = sum(
        isinstance(part, ReasoningPart) and part.encrypted is not None for part in answer.parts
    )
    if redacted:
        concluded["redacted_thinking"] = redacted
    if answer.unknown_blocks:
        concluded["other_blocks"] = [block.kind for block in answer.unknown_blocks]
