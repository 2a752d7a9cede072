"""Conversations that are there before a test begins, too long to be typed."""

from __future__ import annotations

from tests.browser.desk import Desk
from tests.cast import receipt_of

SCRIPT = """
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
import uuid
from chat.models import Conversation, Lane, Turn, User
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
lane = Lane.objects.create(conversation=conversation, leaf=parent, model="double/parrot")
if {cost!r}:
    Turn.objects.bulk_create(Turn(user=user, conversation=conversation, lane=lane,
        client_id=uuid.uuid4(), prompt=prompt, answer=answer, status="completed", cost={cost!r},
        input_tokens=1100, output_tokens=100, receipt={receipt!r})
        for prompt, answer in zip(path[::2], path[1::2], strict=True))
print(conversation.pk, path[0].pk)
"""


def seed(
    desk: Desk, count: int, *, fork: int = 0, last: str = "", times: int = 0, cost: str = ""
) -> tuple[str, int]:
    """The address and the first message of a path of so many. With `fork` the message of that
    number has another version, which is not shown; the last one says `last` so many times.
    Each answer cost so much, if anything is known of that."""
    fields = {"count": count, "fork": fork, "last": last, "times": times, "cost": cost}
    script = SCRIPT.format(key=desk.cookie["value"], receipt=receipt_of(), **fields)
    pk, first = desk.server.manage("shell", "--no-imports", "--command", script).split()[-2:]
    return f"/c/{pk}/", int(first)
