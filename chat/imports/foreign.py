"""Which export a conversation is from, by what is in it; in our own format either way."""

from __future__ import annotations

from typing import Any

from chat.imports import chatgpt, claude


def translated(json: Any) -> dict[str, Any]:
    """Raise `ValueError` with a sentence."""
    if not isinstance(json, dict):
        raise ValueError("it is not a conversation")  # noqa: TRY004  # for a person
    if chatgpt.is_one(json):
        return chatgpt.translated(json)
    if claude.is_one(json):
        return claude.translated(json)
    return json
