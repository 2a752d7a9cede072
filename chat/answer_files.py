"""Images and sounds that a model made, kept as files of their conversation.

The one rule: an answer is never lost over them. What cannot be kept is said in its place.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from django.db import DatabaseError

from chat import database
from chat.live import LiveTurn
from chat.llm.types import MediaPart
from chat.models.parts import part_to_json
from chat.places import Place
from chat.uploads import Refused, accept_from_model

logger = logging.getLogger(__name__)


async def keep(live: LiveTurn, place: Place, *, is_whole: bool) -> None:
    """Keep what has come and is not kept yet. A sound grows until the answer `is_whole`."""
    for number, part in enumerate(live.answer.parts):
        if not isinstance(part, MediaPart) or number in live.files or not part.data:
            continue
        if is_whole or part.media_type.startswith("image/"):
            live.show_file(number, await _kept(live, place, part))


async def _kept(live: LiveTurn, place: Place, part: MediaPart) -> dict[str, Any]:
    try:
        # Looked into on another thread than those that the database has.
        accepted = await asyncio.to_thread(accept_from_model, part.data or b"", part.media_type)
        return await database.run(place.keep_file, accepted)
    except Refused as refused:
        return part_to_json(part) | {"refused": refused.message}
    except (DatabaseError, OSError):
        logger.exception("a file of turn %s was not kept", live.turn_id)
        return part_to_json(part) | {"refused": "It came, but could not be stored here."}
