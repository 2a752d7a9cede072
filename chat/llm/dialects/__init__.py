"""The wire formats. Each module is one dialect in both directions, behind one protocol."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from chat.llm.errors import ModelError
from chat.llm.events import Event
from chat.llm.types import DialectName, Endpoint, ModelInfo, ParameterOutcome, Request


@dataclass(frozen=True, slots=True)
class EncodedRequest:
    """One HTTP request, ready to be sent. `headers` carry no key: the client adds it."""

    path: str
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    outcomes: tuple[ParameterOutcome, ...] = ()


class PayloadDecoder(Protocol):
    """Turns the decoded JSON objects of one response, streamed or not, into events. Stateful."""

    is_complete: bool
    """A terminal marker was seen."""

    def decode(self, payload: Any, event_name: str | None = None) -> Iterable[Event]:
        """Raise `ModelError` with `is_mid_stream` for an error inside the stream."""

    def close(self) -> Iterable[Event]:
        """What is still owed when the body has ended."""


class Dialect(Protocol):
    name: DialectName
    root: str
    """Where its paths begin if a base address has no path of its own."""
    models_path: str

    def encode_request(self, endpoint: Endpoint, request: Request) -> EncodedRequest: ...
    def decoder(self) -> PayloadDecoder: ...
    def decode_error(self, status: int, headers: Mapping[str, str], body: bytes) -> ModelError: ...
    def decode_models(self, payload: Any) -> list[ModelInfo]: ...
    def next_models_path(self, payload: Any) -> str | None:
        """Where the list goes on; None at its end."""
