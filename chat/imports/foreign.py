"""Which export a conversation is from, by what is in it; in our own format either way.

The one rule: what somebody else's export says of an answer is kept as what it says: the model that
it names and nothing that it does not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chat.exports.tree import OURS
from chat.imports import chatgpt, claude, librechat, openwebui
from chat.imports.growing import Translated

Reader = tuple[Callable[[dict[str, Any]], bool], Callable[[dict[str, Any]], Translated]]

OTHERS: tuple[Reader, ...] = (
    (chatgpt.is_one, chatgpt.translated),
    (claude.is_one, claude.translated),
    (openwebui.is_one, openwebui.translated),
    (librechat.is_one, librechat.translated),
)


def translated(json: Any) -> Translated:
    """Raise `ValueError` with a sentence."""
    if not isinstance(json, dict):
        raise ValueError("it is not a conversation")  # noqa: TRY004  # for a person
    for is_one, translate in OTHERS:
        if is_one(json):
            return translate(json)
    if "lanes" not in json and "messages" not in json:
        raise ValueError("it is of no kind that is known here")
    return Translated(OURS, json)
