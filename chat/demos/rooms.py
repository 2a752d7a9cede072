"""A guest's own conversation as the guest sees it: what was said, and nothing of how.

The one rule: it is drawn as a share is that shows the least. No system message, no settings, no
cost, no address of anything else.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chat.models import Guest, Share
from chat.sharing import content
from chat.sharing.rooms import Look, Room, enter, look_at


def room(guest: Guest) -> Room:
    conversation = guest.conversation
    return enter(
        guest.pk, conversation=conversation.pk if conversation else None, files="", look=_look
    )


def shown(guest: Guest) -> tuple[Share, dict[str, Any]]:
    """What was said; nothing if the guest said nothing yet."""
    conversation, demo = guest.conversation, guest.demo
    share = Share(user=demo.user, title=demo.title, redaction={"is_on": False})
    if conversation is None:
        return share, {"version": content.VERSION, "title": demo.title, "messages": []}
    lane = guest.lane()
    share.conversation, share.lane = conversation, lane
    found = content.build(share, lane.leaf_id)
    if not demo.shows_model:
        for message in found["messages"]:
            if "answer" in message:
                message["answer"]["model"] = demo.title
    return share, found


def _look(guest_id: UUID, files: str) -> Look | None:
    guest = Guest.objects.filter(pk=guest_id).select_related("demo__user").first()
    if guest is None or not guest.demo.is_open:
        return None
    share, found = shown(guest)
    return look_at(share, found, files=files)
