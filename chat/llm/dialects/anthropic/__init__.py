"""Anthropic Messages, in both directions.

https://docs.anthropic.com/en/api/messages
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chat.llm.dialects import EncodedRequest
from chat.llm.dialects.anthropic.decode import Decoder
from chat.llm.dialects.anthropic.encode import encode_request
from chat.llm.dialects.anthropic.errors import render_error
from chat.llm.dialects.anthropic.parse import parse_request
from chat.llm.dialects.anthropic.render import StreamRenderer, render_response
from chat.llm.dialects.error_shapes import decode_error
from chat.llm.errors import ModelError
from chat.llm.payload import count, mapping, sequence, text_or_none
from chat.llm.types import DialectName, Endpoint, ModelInfo, Request

__all__ = ["Anthropic", "StreamRenderer", "parse_request", "render_error", "render_response"]


class Anthropic:
    """The client's half, as `chat.llm.dialects.Dialect` wants it."""

    name: DialectName = "anthropic"
    root = "/v1"
    models_path = "/models?limit=1000"

    def encode_request(self, endpoint: Endpoint, request: Request) -> EncodedRequest:
        return encode_request(endpoint, request)

    def decoder(self) -> Decoder:
        return Decoder()

    def decode_error(self, status: int, headers: Mapping[str, str], body: bytes) -> ModelError:
        return decode_error(status, headers, body)

    def decode_models(self, payload: Any) -> list[ModelInfo]:
        entries = (mapping(entry) for entry in sequence(mapping(payload).get("data")))
        return [
            ModelInfo(
                id,
                name=text_or_none(entry.get("display_name")),
                context_window=count(entry.get("max_input_tokens")) or None,
                max_output_tokens=count(entry.get("max_tokens")) or None,
                owned_by="anthropic",
            )
            for entry in entries
            if (id := text_or_none(entry.get("id"))) is not None
        ]

    def next_models_path(self, payload: Any) -> str | None:
        last = text_or_none(mapping(payload).get("last_id"))
        if last is None or not mapping(payload).get("has_more"):
            return None
        return f"{self.models_path}&after_id={last}"
