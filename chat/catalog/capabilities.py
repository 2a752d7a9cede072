"""What a model can be given.

The one rule: three answers, because there are three: yes, no, and nobody says.
"""

from __future__ import annotations

from chat.catalog.entries import CatalogModel

DOCUMENTS = {"pdf", "file"}


def accepts(model: CatalogModel | None, media_type: str) -> bool | None:
    """Whether it takes parts of this media type, such as "image/png"; None where that is unknown.

    Text files are text, whatever the model: they are sent as part of the prompt."""
    kind, _, subtype = media_type.lower().partition("/")
    if kind == "text":
        return True
    if model is None or not model.input_modalities:
        return None
    taken = set(model.input_modalities)
    if kind in ("image", "audio", "video"):
        return kind in taken
    return subtype == "pdf" and bool(taken & DOCUMENTS)


def fits(model: CatalogModel | None, tokens: int, *, output_tokens: int = 0) -> bool | None:
    """Whether a prompt of so many tokens, and an answer beside it, find room. None: unknown.

    Where sources give an input larger than the window, the smaller of the two counts."""
    if model is None:
        return None
    limits = [limit for limit in (model.context_window, model.max_input) if limit is not None]
    if not limits:
        return None
    window = model.context_window or limits[0]
    return tokens <= min(limits) and tokens + output_tokens <= window
