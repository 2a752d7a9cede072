"""Files that come with conversations: found, looked into, kept.

The one rule: bytes from an import are trusted no more than those from a picker. They go through the
same child process; an image is kept as it came only if nothing but an image is in it, so that what
is taken from one server to another stays the same.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

from chat.imports.archives import Archive
from chat.imports.checking import Checked
from chat.models import Conversation, User
from chat.uploads import Accepted, Refused, accept
from chat.uploads.bare import is_bare
from chat.uploads.names import clean

Key = tuple[str | None, str | None]


@dataclass(slots=True)
class Attachments:
    """Those of one conversation. `missing` counts the ones that are only named."""

    accepted: dict[Key, Accepted]
    missing: int = 0

    def keep(self, user: User, conversation: Conversation) -> dict[Key, dict[str, Any]]:
        """The stored part of each. Bytes of a transaction that fails are swept up later."""
        return {
            key: accepted.keep(user, conversation).to_part()
            for key, accepted in self.accepted.items()
        }


def media(json: dict[str, Any]) -> list[dict[str, Any]]:
    """What can have bytes: not what was refused where it came from."""
    parts = (part for message in json["messages"] for part in message["parts"])
    return [part for part in parts if part["type"] == "media" and "refused" not in part]


def key_of(part: dict[str, Any]) -> Key:
    return part.get("sha256"), part.get("name")


def count_missing(checked: Checked, archive: Archive | None) -> int:
    """As far as that can be said without looking into any."""
    return sum(not _is_there(part, checked, archive) for part in media(checked.json))


def prepare(checked: Checked, archive: Archive | None) -> Attachments:
    """Look into each. Blocks."""
    found = Attachments({})
    for part in media(checked.json):
        key = key_of(part)
        if key in found.accepted:
            continue
        given = _bytes(part, checked, archive)
        accepted = _accepted(*given) if given else None
        if accepted is None:
            found.missing += "url" not in part
        else:
            found.accepted[key] = accepted
    return found


def _is_there(part: dict[str, Any], checked: Checked, archive: Archive | None) -> bool:
    sha256, name = key_of(part)
    if "url" in part or (sha256 and sha256 in checked.files):
        return True
    return archive is not None and archive.has(sha256=sha256, name=name)


def _bytes(
    part: dict[str, Any], checked: Checked, archive: Archive | None
) -> tuple[str, bytes] | None:
    sha256, name = key_of(part)
    if sha256 and sha256 in checked.files:
        return name or "file", checked.files[sha256]
    found = archive.file(sha256=sha256, name=name) if archive else None
    if found is None:
        return None
    its_name, data = found
    if sha256 is None:
        # It was looked for by an id; what comes after that is what a person called it.
        return its_name.removeprefix(name or "").lstrip("-_") or its_name, data
    return (name or "file", data) if hashlib.sha256(data).hexdigest() == sha256 else None


def _accepted(name: str, data: bytes) -> Accepted | None:
    try:
        accepted = accept(data, name)
    except Refused:
        return None
    accepted = replace(accepted, name=clean(name))
    is_kept = accepted.media_type.startswith("image/") and is_bare(data, accepted.media_type)
    return replace(accepted, data=data) if is_kept else accepted
