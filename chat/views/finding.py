"""What an address names by a number, where it may be seen: in rows, or in a temporary conversation.

The one rule: not there and not yours are the same 404.
"""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import get_object_or_404

from chat import temporary
from chat.models import Message, Turn, User


def turn_or_404(user: User, pk: int) -> Turn:
    """A turn goes with its conversation: deleted is deleted."""
    if not temporary.is_temporary(pk):
        rows = Turn.objects.filter(conversation__in=user.visible_conversations)
        return get_object_or_404(rows.select_related("conversation", "prompt", "answer"), pk=pk)
    turn = temporary.turn(pk, user)
    if turn is None:
        raise Http404
    return turn


def message_or_404(user: User, pk: int) -> Message:
    if not temporary.is_temporary(pk):
        rows = Message.objects.filter(conversation__in=user.visible_conversations)
        return get_object_or_404(rows, pk=pk)
    message = temporary.message(user, pk)
    if message is None:
        raise Http404
    return message
