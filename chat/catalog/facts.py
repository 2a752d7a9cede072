"""Facts of a model as text for people.

The one rule: a sentence says what the catalogue knows and leaves out what it does not; no praise.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chat.catalog.entries import CatalogModel

KINDS = {
    "text": "text",
    "image": "images",
    "audio": "audio",
    "video": "video",
    "pdf": "PDF",
    "file": "files",
}


def description(model: CatalogModel) -> str:
    """Such as "Takes text and images, answers with text. Calls tools. Released in April 2025."

    Empty where nothing is known."""
    sentences = (_media(model), _abilities(model), _origin(model))
    return " ".join(f"{sentence[0].upper()}{sentence[1:]}." for sentence in sentences if sentence)


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def day(iso: str) -> str:
    """`5 March 2026`; `March 2026` where only the month is known."""
    if len(iso) == len("2026-03"):
        return f"{date.fromisoformat(iso + '-01'):%B %Y}"
    moment = date.fromisoformat(iso)
    return f"{moment.day} {moment:%B %Y}"


def _media(model: CatalogModel) -> str:
    if not model.input_modalities or not model.output_modalities:
        return ""
    takes = listed([KINDS.get(kind, kind) for kind in model.input_modalities])
    gives = listed([KINDS.get(kind, kind) for kind in model.output_modalities])
    return f"takes {takes}, answers with {gives}"


def _abilities(model: CatalogModel) -> str:
    words = (
        "thinks before it answers" if model.reasoning else "",
        "calls tools" if model.tools else "",
        "fits its answers to a schema" if model.structured_output else "",
    )
    return listed([word for word in words if word])


def _origin(model: CatalogModel) -> str:
    weights = "open weights" if model.open_weights else ""
    released = f"released in {_month(model.released_on)}" if model.released_on else ""
    return ", ".join(part for part in (weights, released) if part)


def _month(iso: str) -> str:
    return day(iso[: len("2026-03")])
