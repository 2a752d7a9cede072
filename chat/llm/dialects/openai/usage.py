"""Tokens as OpenAI-shaped providers count them, and as we do."""

from __future__ import annotations

from typing import Any

from chat.llm.events import Usage
from chat.llm.payload import count, mapping


def decode_usage(usage: dict[str, Any]) -> Usage:
    """`input_tokens` includes cached tokens as it does on the wire; `output_tokens` includes
    reasoning, which xAI and Vercel's gateway leave out."""
    prompt = mapping(usage.get("prompt_tokens_details"))
    completion = mapping(usage.get("completion_tokens_details"))
    input_tokens = count(usage.get("prompt_tokens")) or count(usage.get("input_tokens"))
    output_tokens = count(usage.get("completion_tokens")) or count(usage.get("output_tokens"))
    reasoning = count(completion.get("reasoning_tokens")) or count(usage.get("reasoning_tokens"))
    total = count(usage.get("total_tokens"))
    is_left_out = reasoning > output_tokens or total == input_tokens + output_tokens + reasoning
    return Usage(
        input_tokens=input_tokens,
        output_tokens=output_tokens + (reasoning if is_left_out else 0),
        cache_read_tokens=count(prompt.get("cached_tokens"))
        or count(usage.get("prompt_cache_hit_tokens"))
        or count(usage.get("cached_tokens")),
        cache_write_tokens=count(prompt.get("cache_write_tokens"))
        or count(prompt.get("cache_creation_input_tokens"))
        or count(usage.get("cache_creation_input_tokens")),
        reasoning_tokens=reasoning,
        raw=usage,
    )


def encode_usage(usage: Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
        "prompt_tokens_details": {
            "cached_tokens": usage.cache_read_tokens,
            "cache_write_tokens": usage.cache_write_tokens,
        },
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
    }
