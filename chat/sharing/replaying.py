"""A share played back: scenes and tracks of what it shows.

The one rule: they are made of the share's own content, and a share that keeps its figures to itself
keeps them in a replay too.
"""

from __future__ import annotations

from typing import Any

from chat.replays.reels import Reel, Scene
from chat.replays.timings import timing
from chat.replays.tracks import track
from chat.sharing import showing
from chat.sharing.showing import Shown


def reel(shown: dict[str, Any], address: str) -> Reel:
    """`address` is the share's own, under which its files and tracks are."""
    items = showing.items(shown, files=f"{address}files/")
    pairs = zip(items, shown["messages"], strict=True)
    return Reel(tuple(_scene(item, message, address) for item, message in pairs))


def track_of(
    shown: dict[str, Any], pk: int, *, address: str, has_figures: bool
) -> dict[str, Any] | None:
    """None where the share shows no such answer."""
    for message in shown["messages"]:
        if message["id"] == pk and message["role"] == "assistant":
            found = track(message["parts"], _timeline(message), files=f"{address}files/")
            return found if has_figures else _silent(found)
    return None


def _scene(item: Shown, message: dict[str, Any], address: str) -> Scene:
    if not item.is_assistant:
        characters = sum(len(part["text"]) for part in message["parts"] if part["type"] == "text")
        return Scene(item.pk, item.parts, characters=characters)
    return Scene(
        item.pk,
        item.parts,
        timing=timing(message["parts"], _timeline(message)),
        track=f"{address}messages/{item.pk}/replay.json",
        model=item.model,
        state=item.state,
        figures=item.figures,
    )


def _timeline(message: dict[str, Any]) -> list[list[int]]:
    return list((message.get("answer") or {}).get("timeline") or ())


def _silent(found: dict[str, Any]) -> dict[str, Any]:
    frames = [[at, 0, None, parts] for at, _, _, parts in found["frames"]]
    return found | {"first_token_ms": None, "frames": frames}
