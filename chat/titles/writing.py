"""One title: asked for beside everything else, paid for, and taken if it is one.

The one rule: nobody waits for it and nobody sees it fail. It is asked for once for a conversation,
which keeps its place in the history, and never replaces what a person wrote.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Any
from weakref import WeakSet

from django.conf import settings
from django.db import DatabaseError, transaction

from chat import charges, database, receipts, sockets
from chat.catalog import parameters as catalog
from chat.catalog.parameters import ParameterSpec
from chat.llm import types as llm
from chat.llm.answer import Answer
from chat.llm.client import Client, Exchange
from chat.llm.errors import ModelError
from chat.models import Conversation, Entry, Message, Tally, Turn, User
from chat.models.ledger import OverBudget, holders_of
from chat.models.user import Titles
from chat.offers import AvailableModel
from chat.orders import Order
from chat.titles.cleaning import MOST_WORDS, cleaned

logger = logging.getLogger(__name__)

SYSTEM = (
    f"You write titles. Answer with a title of at most {MOST_WORDS - 1} words for the conversation "
    "that you are shown, in its own language. Plain words: no quotes, no label, no full stop."
)
EXCERPT = 1000
"""Characters of each side that are shown: the subject of a conversation is at its beginning."""
TOKENS = 40
THINKING_TOKENS = 400
"""More for models that think first: without them they would never come to the title."""

_tasks: WeakSet[asyncio.Task[None]] = WeakSet()


@dataclass(slots=True)
class Ask:
    tally: Tally
    model: AvailableModel
    request: llm.Request
    receipt: dict[str, Any]
    about: str
    answer: Answer
    exchange: Exchange | None = None


def begin(client: Client, order: Order) -> None:
    """After an answer that is complete. Returns at once."""
    if order.place.is_kept:
        _tasks.add(asyncio.create_task(_write(client, order), name=f"title {order.turn.pk}"))


async def drain(seconds: float) -> None:
    """The server ends: titles are worth no wait, but what they cost is written down."""
    if tasks := list(_tasks):
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=seconds)


async def _write(client: Client, order: Order) -> None:
    try:
        ask = await database.run(_place, order)
        if ask is None:
            return
        status = await _ask(client, ask)
        if await database.run(_settle, ask, status):
            await sockets.tell_changed(order.turn.user_id, str(order.turn.conversation_id))
    except DatabaseError:
        logger.exception("turn %s gave no title", order.turn.pk)


async def _ask(client: Client, ask: Ask) -> str:
    """What becomes of it. Never raises but for the end of the server."""
    began = asyncio.get_running_loop().time()
    status, error = Turn.Status.FAILED, None
    first_token_ms: int | None = None
    try:
        async with asyncio.timeout(settings.LIMITS.title_seconds):
            ask.exchange = exchange = client.stream(ask.model.endpoint, ask.request)
            receipts.record_sent(ask.receipt, ask.model, exchange=exchange)
            async with exchange:
                async for event in exchange:
                    first_token_ms = first_token_ms or _since(began)
                    ask.answer.add(event)
        status = Turn.Status.COMPLETED
    except ModelError as failure:
        error = failure
        logger.warning("%s: no title: %s", ask.tally.source, failure.code)
    except TimeoutError:
        logger.warning("%s: no title: it took too long", ask.tally.source)
    except asyncio.CancelledError:
        status = Turn.Status.STOPPED
    total_ms = _since(began)
    usage = charges.usage_of(
        ask.answer,
        error,
        prompt_tokens=charges.input_tokens(ask.request),
        is_begun=first_token_ms is not None,
    )
    receipts.record_answered(
        ask.receipt,
        ask.answer,
        exchange=ask.exchange,
        fallbacks=[],
        usage=usage,
        first_token_ms=first_token_ms,
        total_ms=total_ms,
    )
    cost = receipts.record_charged(ask.receipt, ask.model, usage=usage, answer=ask.answer)
    ask.tally.cost = None if cost is None else round(cost, 9)
    ask.tally.input_tokens, ask.tally.output_tokens = usage.input_tokens, usage.output_tokens
    ask.tally.first_token_ms, ask.tally.total_ms = first_token_ms, total_ms
    return status


def _since(began: float) -> int:
    return int((asyncio.get_running_loop().time() - began) * 1000)


def _place(order: Order) -> Ask | None:
    """What to ask, reserved in the ledger; None where no title is to be written."""
    user = User.objects.get(pk=order.turn.user_id)
    conversation = Conversation.objects.filter(pk=order.turn.conversation_id).first()
    model, prompt = order.model, order.turn.prompt
    if conversation is None or not conversation.is_title_automatic:
        return None
    if not can_write(model):
        return None
    if user.titles == Titles.NEVER or conversation.turns.exclude(pk=order.turn.pk).exists():
        return None
    answer = Message.objects.get(pk=order.turn.answer_id).text
    about = f"{prompt.text[:EXCERPT]}\n\n{answer[:EXCERPT]}"
    request = _request(model, prompt.text, answer)
    most = charges.most((model,), request)
    if not about.strip() or (user.titles == Titles.FREE and most != 0):
        return None
    receipt = receipts.asked(model, request.messages, system=SYSTEM, parameters={})
    tally = Tally(
        user=user,
        kind=Tally.Kind.TITLE,
        source=f"title:{conversation.pk}",
        conversation=conversation,
        model=model.key[:300],
        # Until it is known better: its process may be killed.
        status=Turn.Status.FAILED,
        receipt=receipt,
    )
    try:
        with transaction.atomic():
            # Once: a second answer that ends at the same moment finds this one.
            _, is_new = Tally.objects.get_or_create(source=tally.source, defaults=_fields(tally))
            if not is_new:
                return None
            holders = holders_of(user, conversation.team_id)
            Entry.reserve(tally.source, holders, most=most)
    except OverBudget:
        logger.info("%s: no title: the budget does not allow it", tally.source)
        return None
    return Ask(tally, model, request, receipt, about, Answer())


def can_write(model: AvailableModel) -> bool:
    """The tiny model that comes with the installation cannot: of what it wrote under three prompts
    nothing was a title, and each took seconds of all processor cores."""
    return not (model.is_local and settings.LOCAL_MODEL == "on")


def _fields(tally: Tally) -> dict[str, Any]:
    names = ("user", "kind", "conversation", "model", "status", "receipt")
    return {name: getattr(tally, name) for name in names}


@transaction.atomic
def _settle(ask: Ask, status: str) -> bool:
    """Whether there is a title now that was not there before."""
    tally = ask.tally
    Tally.objects.filter(source=tally.source).update(
        status=status,
        receipt=ask.receipt,
        input_tokens=tally.input_tokens,
        output_tokens=tally.output_tokens,
        cost=tally.cost,
        first_token_ms=tally.first_token_ms,
        total_ms=tally.total_ms,
    )
    Entry.settle_for(tally.source, receipts.charge(ask.receipt))
    if status != Turn.Status.COMPLETED or ask.answer.finish is None:
        return False
    title = cleaned(ask.answer.text, ask.about)
    conversation = tally.conversation
    return bool(title and conversation and conversation.suggest(title))


def _request(model: AvailableModel, question: str, answer: str) -> llm.Request:
    shown = f"User: {question[:EXCERPT].strip()}\n\nAssistant: {answer[:EXCERPT].strip()}"
    messages = (
        llm.Message("system", (llm.TextPart(SYSTEM),)),
        llm.Message("user", (llm.TextPart(f"{shown}\n\nThe title of this conversation:"),)),
    )
    return llm.Request(model.info.id, messages, _parameters(model))


def _parameters(model: AvailableModel) -> llm.Parameters:
    """Few tokens, and as little thinking as the model offers."""
    specs = {spec.name: spec for spec in model.specs}
    thinks = bool(model.catalog and model.catalog.reasoning)
    wanted: dict[str, Any] = {}
    if "max_output_tokens" in specs:
        wanted["max_output_tokens"] = THINKING_TOKENS if thinks else TOKENS
    if thinks and (effort := _least(specs.get("reasoning_effort"))):
        wanted["reasoning_effort"] = effort
    try:
        return catalog.clean(wanted, model.specs)
    except catalog.InvalidParameters:
        return llm.Parameters()


def _least(effort: ParameterSpec | None) -> str | None:
    """Choices are in their order, the least first."""
    return effort.choices[0] if effort and effort.choices else None
