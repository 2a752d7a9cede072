"""A share as its visitors see it.

The one rule: it is drawn from the share's own content. Of a snapshot whatever was deleted since is
left out as well: deleting is for everybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chat.models import Message, Share, Turn
from chat.sharing import content
from chat.thread import PartView, part_views


@dataclass(frozen=True, slots=True)
class Shown:
    """One message as it is shown."""

    pk: int
    role: str
    parts: tuple[PartView, ...]
    model: str = ""
    turn: int | None = None
    state: str = "completed"
    figures: tuple[tuple[str, str], ...] = ()
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def is_assistant(self) -> bool:
        return self.role == Message.Role.ASSISTANT

    @property
    def is_running(self) -> bool:
        return self.state in Turn.UNFINISHED


def current(share: Share) -> dict[str, Any]:
    """What the share shows now; see `content` for its form."""
    if share.is_live:
        return content.build(share, share.lane.leaf_id)
    revision = share.revision
    found: dict[str, Any] = revision.content if revision else {"title": "", "messages": []}
    ids = [message["id"] for message in found["messages"]]
    there = set(Message.objects.filter(pk__in=ids).values_list("pk", flat=True))
    kept = [message for message in found["messages"] if message["id"] in there]
    return found | {"messages": kept, "has_gaps": len(kept) < len(ids)}


def items(shown: dict[str, Any], *, files: str) -> list[Shown]:
    """`files` is the address under which this visitor has the share's files."""
    return [_item(message, files) for message in shown["messages"]]


def files(shown: dict[str, Any]) -> Iterator[str]:
    """The ids of the files that belong to it, and of no others."""
    for message in shown["messages"]:
        for part in message["parts"]:
            if part["type"] == "media" and part.get("file"):
                yield part["file"]


def markdown(shown: dict[str, Any]) -> str:
    """The words, for those who may have them as data."""
    pieces = [f"# {shown['title']}"]
    if shown.get("system"):
        pieces.append(f"**System message**\n\n{shown['system']}")
    for message in shown["messages"]:
        who = message["answer"]["model"] if "answer" in message else message["role"].title()
        words = [_words(part) for part in message["parts"]]
        pieces.append("\n\n".join([f"## {who}", *(text for text in words if text)]))
    return "\n\n".join(pieces) + "\n"


def _words(part: dict[str, Any]) -> str:
    match part["type"]:
        case "text" | "refusal":
            return str(part["text"])
        case "tool_call":
            return f"```json\n{part['name']}({part['arguments']})\n```"
        case "tool_result":
            return f"```\n{part['content']}\n```"
        case "media":
            return f"*{part.get('name') or part['media_type']}*"
    return ""


def _item(message: dict[str, Any], files: str) -> Shown:
    parts = part_views(message["parts"], files=files)
    answer = message.get("answer")
    if not answer:
        return Shown(message["id"], message["role"], parts)
    return Shown(
        message["id"],
        message["role"],
        parts,
        model=answer["model"],
        turn=answer["turn"],
        state=answer["state"],
        figures=tuple((value, unit) for value, unit in answer["figures"]),
        facts=tuple((name, value) for name, value in answer["facts"]),
    )
