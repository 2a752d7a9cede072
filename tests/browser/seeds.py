"""Conversations that are there before a test begins, too long to be typed."""

from __future__ import annotations

from tests.browser.desk import Desk

SCRIPT = """
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from chat.models import Conversation, Lane, User
user = User.objects.get(pk=SessionStore({key!r})[SESSION_KEY])
conversation = Conversation.objects.create(user=user, title="Long")
parent, path = None, []
for number in range({count}):
    text = f"Message {{number}}. " + "Some words of it. " * 12
    if {times} and number == {count} - 1:
        text = {last!r} * {times}
    parent = conversation.messages.create(parent=parent, role="assistant" if number % 2 else "user",
        parts=[{{"type": "text", "text": text}}])
    path.append(parent)
if {fork}:
    other = conversation.messages.create(parent=path[{fork} - 1], role="user",
        parts=[{{"type": "text", "text": "Another way"}}])
    conversation.messages.create(parent=other, role="assistant",
        parts=[{{"type": "text", "text": "The other end"}}])
Lane.objects.create(conversation=conversation, leaf=parent, model="double/parrot")
print(conversation.pk, path[0].pk)
"""


def seed(
    desk: Desk, count: int, *, fork: int = 0, last: str = "", times: int = 0
) -> tuple[str, int]:
    """The address and the first message of a path of so many. With `fork` the message of that
    number has another version, which is not shown; the last one says `last` so many times."""
    key = desk.cookie["value"]
    script = SCRIPT.format(key=key, count=count, fork=fork, last=last, times=times)
    pk, first = desk.server.manage("shell", "--no-imports", "--command", script).split()[-2:]
    return f"/c/{pk}/", int(first)
