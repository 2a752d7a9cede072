"""OpenAI Chat Completions, in both directions, as the many who speak it really do.

https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chat.llm.dialects import EncodedRequest
from chat.llm.dialects.error_shapes import decode_error
from chat.llm.dialects.openai.decode import Decoder
from chat.llm.dialects.openai.encode import encode_request
from chat.llm.dialects.openai.errors import render_error
from chat.llm.dialects.openai.models import decode_models
from chat.llm.dialects.openai.parse import parse_request
from chat.llm.dialects.openai.render import StreamRenderer, render_response
from chat.llm.errors import ModelError
from chat.llm.types import DialectName, Endpoint, ModelInfo, Request

__all__ = ["OpenAI", "StreamRenderer", "parse_request", "render_error", "render_response"]


class OpenAI:
    """The client's half, as `chat.llm.dialects.Dialect` wants it."""

    name: DialectName = "openai"
    root = ""
    models_path = "/models"

    def encode_request(self, endpoint: Endpoint, request: Request) -> EncodedRequest:
        return encode_request(endpoint, request)

    def decoder(self) -> Decoder:
        return Decoder()

    def decode_error(self, status: int, headers: Mapping[str, str], body: bytes) -> ModelError:
        return decode_error(status, headers, body)

    def decode_models(self, payload: Any) -> list[ModelInfo]:
        return decode_models(payload)

    def next_models_path(self, payload: Any) -> str | None:
        return None
