"""`GET /models`, which every provider pads with facts of its own."""

from __future__ import annotations

from typing import Any

from chat.llm.payload import count, mapping, sequence, text_or_none
from chat.llm.types import ModelInfo

_WINDOWS = ("context_window", "context_length", "max_context_length", "max_model_len")
_OUTPUTS = ("max_completion_tokens", "max_output_tokens", "max_tokens")


def decode_models(payload: Any) -> list[ModelInfo]:
    """Also a bare list (Together) and llama.cpp's `meta`. Entries without an id are passed over."""
    entries = payload if isinstance(payload, list) else sequence(mapping(payload).get("data"))
    return [info for entry in entries if (info := _model(mapping(entry))) is not None]


def _model(entry: dict[str, Any]) -> ModelInfo | None:
    id = text_or_none(entry.get("id"))
    if id is None:
        return None
    best = mapping(entry.get("top_provider"))
    trained = mapping(entry.get("meta"))
    return ModelInfo(
        id,
        name=text_or_none(entry.get("name")) or text_or_none(entry.get("display_name")),
        context_window=_first(entry, _WINDOWS)
        or _first(best, _WINDOWS)
        or _first(trained, ("n_ctx", "n_ctx_train")),
        max_output_tokens=_first(entry, _OUTPUTS) or _first(best, _OUTPUTS),
        owned_by=text_or_none(entry.get("owned_by")),
    )


def _first(entry: dict[str, Any], names: tuple[str, ...]) -> int | None:
    return next((size for name in names if (size := count(entry.get(name)))), None)
