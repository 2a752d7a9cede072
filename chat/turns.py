"""The whole life of a turn, in reading order: start, run, stop.

The one rule: the turn belongs to the server. It is saved before a provider is called, it runs
whoever watches, and it ends in exactly one UPDATE, with usage and cost, on every path.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from chat import answer_files, charges, checkpoints, database, receipts, running, titles
from chat.live import LiveTurn
from chat.llm import types as llm
from chat.llm.client import Client, Deadlines, Exchange
from chat.llm.errors import Interrupted, ModelError
from chat.llm.events import MediaDelta
from chat.models import Guest, Turn, User
from chat.models.turn import error_to_json
from chat.offers import AvailableModel
from chat.orders import Order, Wish, place
from chat.thread import part_views

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Attempt:
    """Who is asked at present; in the end, whose answer it is."""

    model: AvailableModel
    request: llm.Request | None = None
    exchange: Exchange | None = None
    fallbacks: list[dict[str, Any]] = field(default_factory=list)
    """For the receipt: who was asked before, and failed."""


@dataclass(frozen=True, slots=True)
class Started:
    turn: Turn
    is_new: bool


async def start(user: User, wish: Wish, guest: Guest | None = None) -> Started:
    """Save the message and the turn, then let it run. Raise `Refusal` where it may not.

    A repeated client id gives the first turn again, and nothing happens twice.
    """
    placed = await database.run(place, user, wish, guest)
    if isinstance(placed, Turn):
        return Started(placed, is_new=False)
    turn = placed.turn
    live = LiveTurn(
        turn_id=turn.pk,
        answer_id=turn.answer_id,
        conversation_id=str(turn.conversation_id),
        is_kept=placed.place.is_kept,
        beginning=placed.beginning,
    )
    running.launch(live, asyncio.create_task(run(live, placed), name=f"turn {turn.pk}"))
    checkpoints.keep()
    return Started(turn, is_new=True)


async def run(live: LiveTurn, order: Order) -> None:
    """Relay the provider's answer to its end, whatever the end is."""
    attempt = Attempt(order.model)
    error: ModelError | None = None
    is_stopped = False
    try:
        for model in (order.model, *order.fallbacks):
            attempt.model = model
            try:
                is_stopped = await _try(live, order, attempt)
                break
            except ModelError as failure:
                _log(live, attempt, failure)
                # After its first word an answer is this endpoint's, whatever comes.
                if model is order.last_model or live.size or not failure.is_retryable:
                    raise
                attempt.fallbacks.append(receipts.fallback(model, failure))
    except ModelError as failure:
        error = failure
    except Exception as failure:  # the one place that must record every failure
        error = ModelError("The playground had an error of its own.", detail=repr(failure))
        logger.error("turn %s failed", live.turn_id, exc_info=failure if live.is_kept else None)
    if is_stopped and live.is_interrupted:
        error = Interrupted("The server was restarted before the answer was complete.")
    status = Turn.Status.COMPLETED
    if error is not None:
        status = Turn.Status.FAILED
    elif is_stopped:
        status = Turn.Status.STOPPED
    await _settle(live, order, attempt, status=status, error=error)
    if status == Turn.Status.COMPLETED:
        titles.begin(client(), order)


async def _try(live: LiveTurn, order: Order, attempt: Attempt) -> bool:
    """Relay what this endpoint says. True if somebody stopped it. Raise `ModelError`."""
    # Files are read, hashed and spelt in base64, for which the event loop has no time.
    exchange = await asyncio.to_thread(_prepare, client(), order, attempt)
    relay = asyncio.create_task(_relay(live, order, exchange), name=f"relay {live.turn_id}")
    live.on_stop(relay.cancel)
    # Both at once: a write to the database is not added to the wait for the first token.
    dispatched = asyncio.create_task(database.run(order.place.dispatched, order.turn))
    await asyncio.wait([relay, dispatched])
    if trouble := dispatched.exception():
        logger.warning("turn %s was not marked as running: %r", live.turn_id, trouble)
    if relay.cancelled():
        return True
    if failure := relay.exception():
        raise failure
    return False


def _prepare(client: Client, order: Order, attempt: Attempt) -> Exchange:
    attempt.request = order.request(attempt.model)
    attempt.exchange = exchange = client.stream(attempt.model.endpoint, attempt.request)
    receipts.record_sent(order.turn.receipt, attempt.model, exchange=exchange)
    return exchange


def _log(live: LiveTurn, attempt: Attempt, failure: ModelError) -> None:
    endpoint = attempt.model.endpoint
    failure.withhold(endpoint.api_key)
    # A provider's detail may repeat what was asked.
    text = f"{failure.code} {failure.detail}" if live.is_kept else failure.code
    logger.warning("turn %s at %s: %s", live.turn_id, endpoint.name, text)


async def _relay(live: LiveTurn, order: Order, exchange: Exchange) -> None:
    async with exchange:
        async for event in exchange:
            live.publish(event)
            if isinstance(event, MediaDelta):
                await answer_files.keep(live, order.place, is_whole=False)


async def _settle(
    live: LiveTurn, order: Order, attempt: Attempt, *, status: str, error: ModelError | None
) -> None:
    turn = order.turn
    usage = charges.usage_of(
        live.answer,
        error,
        prompt_tokens=charges.input_tokens(attempt.request) if attempt.request else 0,
        is_begun=live.first_token_ms is not None,
        beginning=order.beginning,
    )
    if status == Turn.Status.STOPPED and attempt.request and attempt.exchange:
        waited = live.elapsed_ms if live.first_token_ms is None else live.first_token_ms
        if attempt.exchange.status is not None:
            usage = charges.with_silence(
                usage,
                live.answer,
                model=attempt.model,
                request=attempt.request,
                seconds=waited / 1000,
            )
    receipts.record_answered(
        turn.receipt,
        live.answer,
        exchange=attempt.exchange,
        fallbacks=attempt.fallbacks,
        usage=usage,
        first_token_ms=live.first_token_ms,
        total_ms=live.elapsed_ms,
    )
    cost = receipts.record_charged(turn.receipt, attempt.model, usage=usage, answer=live.answer)
    turn.timeline = live.timeline
    turn.input_tokens, turn.output_tokens = usage.input_tokens, usage.output_tokens
    turn.cost = None if cost is None else round(cost, 9)
    turn.finished_at = timezone.now()
    await answer_files.keep(live, order.place, is_whole=True)
    parts = live.stored_parts()
    async with checkpoints.lock():
        turn.status, turn.error = status, error_to_json(error) if error else None
        await _persist(order, parts)
    # Highlighting a long answer takes longer than the event loop may stand still.
    live.finish(await asyncio.to_thread(part_views, parts))


async def _persist(order: Order, parts: list[dict[str, Any]]) -> None:
    """The one UPDATE. A database that is busy or away is asked again, for about a minute."""
    for wait_seconds in (0.5, 1, 2, 5, 10, 20, 20):
        try:
            return await database.run(order.place.finished, order.turn, parts)
        except DatabaseError:
            logger.exception("turn %s could not be saved; trying again", order.turn.pk)
            await asyncio.sleep(wait_seconds)
    logger.critical("turn %s is lost but for its last checkpoint", order.turn.pk)
    return None


async def stop(turn: Turn) -> None:
    """Ask for the end of a turn, wherever it runs. One that has ended is left alone."""
    live = running.get(turn.pk)
    if live is not None:
        live.stop()
    else:
        await database.run(turn.request_stop)


async def drain(seconds: float) -> None:
    """Let running turns end; interrupt what is left after so many seconds."""
    tasks = [turn.task for turn in running.turns() if turn.task]
    if not tasks:
        return
    _, late = await asyncio.wait(tasks, timeout=seconds)
    for turn in running.turns():
        turn.interrupt()
    if late:
        await asyncio.wait(late, timeout=10)


_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, Client] = WeakKeyDictionary()


def client() -> Client:
    """The one client of this process (of this event loop, strictly)."""
    loop = asyncio.get_running_loop()
    if loop not in _clients:
        limits = settings.LIMITS
        _clients[loop] = Client(
            deadlines=Deadlines(
                first_byte=limits.first_byte_wait,
                content_idle=limits.idle_wait,
                reasoning_idle=limits.reasoning_idle_wait,
                total=limits.turn_seconds,
            )
        )
    return _clients[loop]


def forget_client() -> None:
    """The next call of `client` makes a new one."""
    _clients.pop(asyncio.get_running_loop(), None)
