"""Messages to read together: many small ones, or one large one.

The one rule: what is in memory at once depends on how much is said, not on in how many messages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.models import TextField
from django.db.models.functions import Cast, Length

from chat.models import Conversation

MOST = 50
CHARACTERS = 256 * 1024


def batches(conversation: Conversation, ids: Iterable[int]) -> Iterator[list[int]]:
    """In the order of `ids`; ids that are not of this conversation any more are left out."""
    length = Length(Cast("parts", TextField()))
    sizes = dict(conversation.messages.annotate(size=length).values_list("pk", "size"))
    batch: list[int] = []
    room = CHARACTERS
    for pk in ids:
        if pk not in sizes:
            continue
        if batch and (sizes[pk] > room or len(batch) == MOST):
            yield batch
            batch, room = [], CHARACTERS
        batch.append(pk)
        room -= sizes[pk]
    if batch:
        yield batch
