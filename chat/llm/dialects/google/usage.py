"""Tokens as Google counts them (thoughts and tool prompts apart), and as we do."""

from __future__ import annotations

from typing import Any

from chat.llm.events import Usage
from chat.llm.payload import count


def decode_usage(usage: dict[str, Any]) -> Usage:
    thoughts = count(usage.get("thoughtsTokenCount"))
    return Usage(
        input_tokens=count(usage.get("promptTokenCount"))
        + count(usage.get("toolUsePromptTokenCount")),
        output_tokens=count(usage.get("candidatesTokenCount")) + thoughts,
        cache_read_tokens=count(usage.get("cachedContentTokenCount")),
        reasoning_tokens=thoughts,
        raw=usage,
    )


def encode_usage(usage: Usage) -> dict[str, Any]:
    """Cache writes have no place in it; they are within the prompt all the same."""
    return {
        "promptTokenCount": usage.input_tokens,
        "cachedContentTokenCount": usage.cache_read_tokens,
        "candidatesTokenCount": max(0, usage.output_tokens - usage.reasoning_tokens),
        "thoughtsTokenCount": usage.reasoning_tokens,
        "totalTokenCount": usage.input_tokens + usage.output_tokens,
    }
