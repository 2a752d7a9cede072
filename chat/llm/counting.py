"""Asking a provider how many tokens a request would have, where it has a counter.

Anthropic: https://docs.anthropic.com/en/api/messages-count-tokens
Google: https://ai.google.dev/api/tokens
llama.cpp speaks Anthropic's beside OpenAI's, so that the embedded model can count too.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from chat.llm.dialects import EncodedRequest
from chat.llm.dialects.anthropic.encode import encode_request as encode_anthropic
from chat.llm.dialects.google.encode import encode_request as encode_google
from chat.llm.payload import mapping
from chat.llm.types import Endpoint, Request

_COUNTED = ("model", "messages", "system", "tools", "tool_choice", "thinking")
_LLAMA_CPP = frozenset({"local", "llamacpp"})


def encode_count(endpoint: Endpoint, request: Request) -> EncodedRequest | None:
    """None where there is no counter."""
    if endpoint.dialect == "anthropic" or endpoint.provider in _LLAMA_CPP:
        encoded = encode_anthropic(endpoint, request)
        body = {name: encoded.body[name] for name in _COUNTED if name in encoded.body}
        return EncodedRequest("/messages/count_tokens", body, encoded.headers)
    if endpoint.dialect == "google":
        model = f"models/{request.model.removeprefix('models/')}"
        counted = {"model": model, **encode_google(endpoint, request).body}
        path = f"/models/{quote(model.removeprefix('models/'), safe='')}:countTokens"
        return EncodedRequest(path, {"generateContentRequest": counted})
    return None


def decode_count(payload: Any) -> int | None:
    """None if there is no number in it."""
    found = mapping(payload)
    for name in ("input_tokens", "totalTokens"):
        number = found.get(name)
        if isinstance(number, int) and not isinstance(number, bool) and number >= 0:
            return number
    return None
