"""Google's generateContent and streamGenerateContent, in both directions.

https://ai.google.dev/api/generate-content
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from chat.llm.dialects import EncodedRequest
from chat.llm.dialects.error_shapes import decode_error
from chat.llm.dialects.google.decode import Decoder
from chat.llm.dialects.google.encode import encode_request
from chat.llm.dialects.google.errors import render_error
from chat.llm.dialects.google.parse import parse_request
from chat.llm.dialects.google.render import StreamRenderer, render_response
from chat.llm.errors import ModelError
from chat.llm.payload import count, mapping, sequence, text, text_or_none
from chat.llm.types import DialectName, Endpoint, ModelInfo, Request

__all__ = ["Google", "StreamRenderer", "parse_request", "render_error", "render_response"]


class Google:
    """The client's half, as `chat.llm.dialects.Dialect` wants it."""

    name: DialectName = "google"
    root = "/v1beta"
    models_path = "/models?pageSize=1000"

    def encode_request(self, endpoint: Endpoint, request: Request) -> EncodedRequest:
        return encode_request(endpoint, request)

    def decoder(self) -> Decoder:
        return Decoder()

    def decode_error(self, status: int, headers: Mapping[str, str], body: bytes) -> ModelError:
        return decode_error(status, headers, body)

    def decode_models(self, payload: Any) -> list[ModelInfo]:
        """Those that can generate; embeddings and the like are listed beside them."""
        entries = (mapping(entry) for entry in sequence(mapping(payload).get("models")))
        return [
            ModelInfo(
                id,
                name=text_or_none(entry.get("displayName")),
                context_window=count(entry.get("inputTokenLimit")) or None,
                max_output_tokens=count(entry.get("outputTokenLimit")) or None,
                owned_by="google",
            )
            for entry in entries
            if _can_generate(entry) and (id := text(entry.get("name")).removeprefix("models/"))
        ]

    def next_models_path(self, payload: Any) -> str | None:
        token = text_or_none(mapping(payload).get("nextPageToken"))
        return None if token is None else f"{self.models_path}&pageToken={quote(token, safe='')}"


def _can_generate(entry: dict[str, Any]) -> bool:
    methods = entry.get("supportedGenerationMethods")
    return not isinstance(methods, list) or "generateContent" in methods
