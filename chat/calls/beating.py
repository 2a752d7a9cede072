"""Once a second: that the calls of this process live, and what they have had so far.

The one rule: whatever happens to the process, the last beat says what is owed. The same look at the
database brings the news that a key was revoked.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import Error as DatabaseError

from chat import database, receipts
from chat.llm.events import Usage
from chat.models import ApiCall
from chat.models.api_call import Progress

if TYPE_CHECKING:
    from chat.calls.call import Call

logger = logging.getLogger(__name__)

_calls: set[Call] = set()
_tasks: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Task[None]] = WeakKeyDictionary()


def add(call: Call) -> None:
    """From now on, until `remove`."""
    _calls.add(call)
    loop = asyncio.get_running_loop()
    task = _tasks.get(loop)
    if task is None or task.done():
        _tasks[loop] = loop.create_task(_keep(), name="heartbeats of calls")


def remove(call: Call) -> None:
    _calls.discard(call)
    task = _tasks.get(asyncio.get_running_loop())
    if task is not None and not _calls:
        task.cancel()


async def _keep() -> None:
    while _calls:
        await asyncio.sleep(settings.LIMITS.checkpoint_interval)
        try:
            await _beat({call.row.pk: call for call in _calls})
        except DatabaseError:
            logger.exception("heartbeats of calls were not written")


async def _beat(calls: dict[object, Call]) -> None:
    progress = {call.row.pk: _progress(call) for call in calls.values()}
    for pk in await database.run(ApiCall.beat, progress):
        calls[pk].withdraw()


def _progress(call: Call) -> Progress:
    """Nothing is owed before the first word. Counting every character anew each second would take
    longer the longer the answer is."""
    if call.first_token_ms is None:
        return Progress(0, 0, None, None)
    told = call.answer.usage
    prompt_tokens = told.input_tokens if told is not None else call.prompt_tokens
    output_tokens = -(-call.characters // receipts.CHARACTERS_PER_TOKEN)
    usage = Usage(prompt_tokens, max(1, output_tokens), is_estimated=True)
    cost = receipts.record_charged({}, call.model, usage=usage, answer=call.answer)
    known = None if cost is None else round(cost, 9)
    return Progress(usage.input_tokens, usage.output_tokens, known, call.first_token_ms)
