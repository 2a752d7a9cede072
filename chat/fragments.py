"""Frames that carry HTML drawn from rows: each reads what it shows, then renders a partial."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string

from chat import figures, frames, temporary, thread
from chat.models import Conversation, TemporaryTurn, Turn
from chat.standings import standings
from chat.watching import View


def started(turn_id: int) -> dict[str, Any]:
    """The prompt and its answer; of a prompt that has other answers already, the answer only."""
    turn = _turn(turn_id)
    is_again = turn.is_again
    after = turn.prompt_id if is_again else turn.prompt.parent_id
    if isinstance(turn, TemporaryTurn):
        items = turn.room.items_after(turn.answer, after)
        mark = ""
    else:
        items = thread.items_after(turn.answer_id, after)
        mark = standings([pk := str(turn.conversation_id)])[pk].mark
    return frames.started(
        turn.pk,
        id=str(turn.client_id),
        conversation=str(turn.conversation_id),
        lane=turn.lane_id,
        url=turn.conversation.get_absolute_url(),
        after=after,
        leaf=turn.answer_id,
        mark=mark,
        html="".join(render_to_string("_message.html", {"item": item}) for item in items),
    )


def finished(turn_id: int) -> dict[str, Any]:
    turn = _turn(turn_id)
    context = {"turn": turn, "figures": figures.figures(turn)}
    footer = render_to_string("_receipt_line.html", context)
    return frames.finished(turn.pk, state=turn.state, failure=turn.failure, footer=footer)


def changed(conversation_id: str) -> dict[str, Any]:
    conversation = Conversation.objects.get(pk=conversation_id)
    item = render_to_string("_history_item.html", {"conversation": conversation})
    return frames.changed(conversation_id, title=str(conversation), item=item)


def stored_view(turn_id: int) -> View:
    """The answer as it is kept; the final view if that is the end of it."""
    turn = _turn(turn_id)
    return View(1, thread.part_views(turn.answer.parts), is_final=not turn.is_unfinished)


def _turn(turn_id: int) -> Turn:
    """Raise `temporary.Gone`."""
    if not temporary.is_temporary(turn_id):
        return Turn.objects.select_related("prompt", "answer", "conversation").get(pk=turn_id)
    turn = temporary.turn(turn_id)
    if turn is None:
        raise temporary.Gone
    return turn
