"""What providers hang onto OpenAI's shape: thinking in parts, images and sound, citations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from chat.llm.events import (
    Citation,
    Event,
    MediaDelta,
    ReasoningDelta,
    TextDelta,
    UnknownBlock,
)
from chat.llm.media import decode_base64, decode_data_url, sound_type
from chat.llm.payload import mapping, sequence, text, text_or_none
from chat.llm.types import ReasoningPart


def reasoning_details(
    details: list[Any], number: int, *, is_text_known: bool
) -> Iterator[ReasoningDelta]:
    """OpenRouter's list: text with a signature, summaries, and encrypted items, which have to be
    sent back as they are, with their id and format."""
    for item in details:
        detail = mapping(item)
        words = text(detail.get("text")) or text(detail.get("summary"))
        signature = text_or_none(detail.get("signature"))
        encrypted = None
        if text(detail.get("data")):
            kept = {name: detail[name] for name in ("data", "format", "id") if detail.get(name)}
            encrypted = msgspec.json.encode(kept).decode() if len(kept) > 1 else detail["data"]
        if is_text_known:
            words = ""
        if words or signature or encrypted:
            yield ReasoningDelta(words, signature, encrypted, choice=number)


def encode_reasoning_details(parts: list[ReasoningPart]) -> list[dict[str, Any]]:
    """The inverse."""
    details: list[dict[str, Any]] = []
    for part in parts:
        if part.text or part.signature is not None:
            detail: dict[str, Any] = {"type": "reasoning.text", "text": part.text}
            details.append(detail | ({"signature": part.signature} if part.signature else {}))
        if part.encrypted is not None:
            details.append({"type": "reasoning.encrypted", **_encrypted_item(part.encrypted)})
    return [{**detail, "index": index} for index, detail in enumerate(details)]


def _encrypted_item(encrypted: str) -> dict[str, Any]:
    if encrypted.startswith('{"data":'):
        try:
            return mapping(msgspec.json.decode(encrypted))
        except msgspec.DecodeError:
            pass
    return {"data": encrypted}


def media_of(said: dict[str, Any], number: int) -> Iterator[Event]:
    for item in sequence(said.get("images")):
        image = mapping(item)
        inner = image.get("image_url")
        url = text(inner) or text(mapping(inner).get("url")) or text(image.get("url"))
        decoded = decode_data_url(url)
        if decoded is not None:
            yield MediaDelta(decoded[0], decoded[1], number)
        elif url:
            yield UnknownBlock("image_url", {"url": url})
    audio = mapping(said.get("audio"))
    data = decode_base64(text(audio.get("data")))
    if data:
        yield MediaDelta(sound_type(data), data, number)
    if text(audio.get("transcript")) and not said.get("content"):
        yield TextDelta(text(audio.get("transcript")), number)


def citations(source: dict[str, Any]) -> Iterator[Citation]:
    """From annotations (OpenAI), `citations` and `search_results` (Perplexity)."""
    for item in sequence(source.get("annotations")):
        annotation = mapping(item)
        cited = mapping(annotation.get("url_citation")) or annotation
        if text(cited.get("url")):
            yield Citation(text(cited.get("url")), text_or_none(cited.get("title")))
    for name in ("citations", "search_results"):
        for item in sequence(source.get(name)):
            url = item if isinstance(item, str) else text(mapping(item).get("url"))
            if url:
                yield Citation(url, text_or_none(mapping(item).get("title")))
