"""The websocket's vocabulary: frames that come in are parsed, frames that go out are made here.

The one rule: a frame is strict. Unknown types and fields are refused, size and depth are looked at
before anything else, and a refusal is an error frame, never a closed socket. See docs/protocol.md.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import msgspec
from django.conf import settings

from chat.rendering import patch
from chat.standings import Standing
from chat.watching import EMPTY, View

Id = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]
Short = Annotated[str, msgspec.Meta(max_length=400)]


class ConversationWatch(
    msgspec.Struct, tag="conversation.watch", tag_field="type", forbid_unknown_fields=True
):
    conversation: uuid.UUID
    turns: Annotated[list[Id], msgspec.Meta(max_length=64)] = []


class TurnStart(msgspec.Struct, tag="turn.start", tag_field="type", forbid_unknown_fields=True):
    id: uuid.UUID
    model: Short
    conversation: uuid.UUID | None = None
    lane: Id | None = None
    parent: Id | None = None
    message: Id | None = None
    text: str | None = None
    system: str = ""
    parameters: dict[str, Any] = {}
    attachments: Annotated[list[uuid.UUID], msgspec.Meta(max_length=100)] = []
    turn: Id | None = None
    continues: Id | None = None


class TurnStop(msgspec.Struct, tag="turn.stop", tag_field="type", forbid_unknown_fields=True):
    turn: Id


class FrameAck(msgspec.Struct, tag="frame.ack", tag_field="type", forbid_unknown_fields=True):
    count: Annotated[int, msgspec.Meta(ge=0)]


class GuestSay(msgspec.Struct, tag="guest.say", tag_field="type", forbid_unknown_fields=True):
    id: uuid.UUID
    text: str


class GuestStop(msgspec.Struct, tag="guest.stop", tag_field="type", forbid_unknown_fields=True):
    pass


GuestFrame = GuestSay | GuestStop | FrameAck
Frame = ConversationWatch | TurnStart | TurnStop | FrameAck

_decoder: msgspec.json.Decoder[Frame] = msgspec.json.Decoder(Frame)
_guest_decoder: msgspec.json.Decoder[GuestFrame] = msgspec.json.Decoder(GuestFrame)
_loose = msgspec.json.Decoder(dict[str, Any])


class BadFrame(Exception):
    """`message` is for the person, `id` the frame's own, if it could be made out."""

    def __init__(self, code: str, message: str, *, id: str | None = None) -> None:
        self.code = code
        self.message = message
        self.id = id
        super().__init__(message)


def parse(data: str) -> Frame:
    """Raise `BadFrame`. Lone surrogates come through as they are; `storable` mends them."""
    limits = settings.LIMITS
    if len(data) > limits.frame_in_plain and not data.startswith('{"type":"turn.start"'):
        raise BadFrame("frame_too_large", "This was more than one frame may hold.")
    try:
        frame = _decode(data)
    except RecursionError:
        raise BadFrame("frame_too_deep", "This was nested too deeply.") from None
    except ValueError as error:
        raise BadFrame(
            "bad_frame", f"The page sent something odd: {error}.", id=_id(data)
        ) from None
    if isinstance(frame, TurnStart):
        if _depth(frame.parameters) > limits.frame_depth:
            raise BadFrame("frame_too_deep", "This was nested too deeply.", id=str(frame.id))
        if len(frame.system.encode("utf-8", "replace")) > limits.system_text:
            message = "A system message may have 256 KiB of text."
            raise BadFrame("system_too_long", message, id=str(frame.id))
    return frame


def parse_guest(data: str) -> GuestFrame:
    """What a guest of a demo may send. Raise `BadFrame`."""
    if len(data) > settings.LIMITS.frame_in_plain:
        raise BadFrame("frame_too_large", "This was more than one frame may hold.")
    try:
        return _guest_decoder.decode(data.encode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        message = f"The page sent something odd: {error}."
        raise BadFrame("bad_frame", message, id=_id(data)) from None


def left(*, messages: int, tokens: int, seconds: int) -> dict[str, Any]:
    """What a guest of a demo still has."""
    return {"type": "demo.left", "messages": messages, "tokens": tokens, "seconds": seconds}


def encode(frame: dict[str, Any]) -> str:
    # msgspec knows `str` but not Django's safe kind of it.
    return msgspec.json.encode(frame, enc_hook=str.__str__).decode()


def error(
    code: str,
    message: str,
    *,
    id: str | None = None,  # the name on the wire
    field: str | None = None,
) -> dict[str, Any]:
    return {"type": "error", "id": id, "code": code, "message": message, "field": field}


def ping() -> dict[str, Any]:
    return {"type": "ping"}


def watched(conversation: str, standing: Standing) -> dict[str, Any]:
    fields = {"title": standing.title, "mark": standing.mark}
    return {"type": "conversation.watched", "conversation": conversation, **fields}


def changed(conversation: str, *, title: str, item: str) -> dict[str, Any]:
    return {
        "type": "conversation.changed",
        "conversation": conversation,
        "title": title,
        "item": item,
    }


def path(keep: int, html: str) -> dict[str, Any]:
    """For visitors of a live share: the first `keep` messages stay, `html` comes after them."""
    return {"type": "share.path", "keep": keep, "html": html}


def viewers(conversation: str, count: int) -> dict[str, Any]:
    return {"type": "share.viewers", "conversation": conversation, "count": count}


def present(conversation: str, people: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Who else has it open: names and initials."""
    shown = [{"name": name, "initials": initials} for name, initials in people]
    return {"type": "conversation.present", "conversation": conversation, "people": shown}


def started(turn: int, **fields: Any) -> dict[str, Any]:
    """`fields`: id, conversation, lane, url, after, leaf, mark, html."""
    return {"type": "turn.started", "turn": turn, **fields}


def finished(
    turn: int, *, state: str, failure: dict[str, Any] | None, footer: str
) -> dict[str, Any]:
    if failure is None:
        return {"type": "turn.finished", "turn": turn, "state": state, "footer": footer}
    fields = {"turn": turn, "state": state, "error": failure, "footer": footer}
    return {"type": "turn.failed", **fields}


def snapshot(turn: int, view: View) -> list[str]:
    """The answer so far as frames that each fit: one, or an empty one and the differences."""
    parts = [[part.number, part.kind, part.blocks] for part in view.parts]
    whole = {"type": "turn.snapshot", "turn": turn, "parts": parts, "figures": _figures(view)}
    text = encode(whole)
    if len(text) <= settings.LIMITS.frame_out:
        return [text]
    return [encode(whole | {"parts": []}), *deltas(turn, EMPTY, view)]


def deltas(turn: int, old: View, new: View) -> list[str]:
    """The difference between two views, as few frames as the size limit allows."""
    shown = {part.number: part for part in old.parts}
    parts: list[list[Any]] = []
    for part in new.parts:
        before = shown.get(part.number)
        is_same_kind = before is not None and before.kind == part.kind
        if before is not None and is_same_kind and before.blocks is part.blocks:
            continue
        changes = patch(before.blocks if before and is_same_kind else (), part.blocks)
        if changes or not is_same_kind:
            parts.append([part.number, part.kind, changes])
    frame = {"type": "turn.delta", "turn": turn, "figures": _figures(new)}
    return [encode(frame | {"parts": piece}) for piece in _pieces(parts)]


def _pieces(parts: list[list[Any]]) -> Iterator[list[list[Any]]]:
    """Group the changes of parts so that no group is much larger than half a frame."""
    room = budget = settings.LIMITS.frame_out // 4
    group: list[list[Any]] = []
    for number, kind, changes in parts:
        taken: list[Any] = []
        for change in _cut(changes, budget):
            room -= len(change[2]) + 16
            taken.append(change)
            if room <= 0:
                yield [*group, [number, kind, taken]]
                group, taken, room = [], [], budget
        group.append([number, kind, taken])
    yield group


def _cut(changes: Iterable[Any], most: int) -> Iterator[tuple[int, int, str]]:
    """A change with a very long suffix becomes several that append to one another."""
    for block, keep, html in changes:
        if len(html) <= most:
            yield block, keep, html
            continue
        for start in range(0, len(html), most):
            piece = html[start : start + most]
            yield block, keep, piece
            keep += len(piece.encode("utf-16-le")) // 2  # where the next one goes


def _decode(data: str) -> Frame:
    try:
        return _decoder.decode(data.encode("utf-8", "replace"))
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        # Half a surrogate pair is fit for JSON and for a browser, but not for a strict decoder.
        if "\\ud" not in data.lower():
            raise
        frame: Frame = msgspec.convert(json.loads(data), Frame)
        return frame


def _figures(view: View) -> dict[str, Any]:
    return {
        "first_token_ms": view.first_token_ms,
        "tokens": view.tokens,
        "tokens_per_second": view.tokens_per_second,
    }


def _depth(value: Any, level: int = 1) -> int:
    """How deep a value nests; stops looking beyond what is allowed."""
    if level > settings.LIMITS.frame_depth or not isinstance(value, dict | list):
        return level
    inner = value.values() if isinstance(value, dict) else value
    return max((_depth(item, level + 1) for item in inner), default=level)


def _id(data: str) -> str | None:
    """The id of a frame that is otherwise wrong, so that the page knows what was refused."""
    try:
        found = _loose.decode(data.encode("utf-8", "replace")).get("id")
    except (msgspec.DecodeError, RecursionError):
        return None
    return found[:64] if isinstance(found, str) else None
