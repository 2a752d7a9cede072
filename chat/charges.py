"""What a call may cost before it is made, and who pays for it.

The one rule: `most` is never less than what comes to be charged. A token is a byte at least, and an
answer is never longer than its limit.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import msgspec
from django.utils import timezone

from chat.catalog import prices
from chat.catalog.tokens import estimate_tokens
from chat.llm.types import MediaPart, Message, Part, Request, TextPart
from chat.offers import AvailableModel

MESSAGE_TOKENS = 4
"""Around each message: its role and its borders, as a rule."""
MOST_MESSAGE_TOKENS = 32
MEDIA_TOKENS = 20_000
"""For each picture or file, where the window of the model is not known."""


def most(models: Iterable[AvailableModel], request: Request) -> Decimal | None:
    """In US dollars, whichever of them answers. None where a price, or the longest answer, is
    unknown."""
    costs = [_most_at(model, request) for model in models]
    known = [cost for cost in costs if cost is not None]
    return max(known) if len(known) == len(costs) else None


def input_tokens(request: Request) -> int:
    """An estimate of all that is sent, tools included, before anybody has counted."""
    tools = request.parameters.tools or ()
    said = sum(_tokens(part) for message in request.messages for part in message.parts)
    described = estimate_tokens(msgspec.json.encode(tools).decode())
    return said + (described if tools else 0) + MESSAGE_TOKENS * len(request.messages)


def _most_at(model: AvailableModel, request: Request) -> Decimal | None:
    if model.is_local:
        return Decimal(0)
    price, longest = model.price, _longest_answer(model, request)
    if price is None or longest is None or price.currency != "USD":
        return None
    found = prices.price_range(price, _most_input(model, request), longest, at=timezone.now())
    return None if found is None else found[1]


def _longest_answer(model: AvailableModel, request: Request) -> int | None:
    parameters = request.parameters
    asked = max(0, parameters.max_output_tokens or 0)
    limit = asked or model.max_output_tokens or model.context_window
    return None if limit is None else limit * max(1, parameters.choices or 1)


def _most_input(model: AvailableModel, request: Request) -> int:
    window = model.context_window
    tools = len(msgspec.json.encode(request.parameters.tools or ()))
    total = tools + sum(_most_of(message) for message in request.messages)
    return total if window is None else min(total, window)


def _most_of(message: Message) -> int:
    return MOST_MESSAGE_TOKENS + sum(
        MEDIA_TOKENS if isinstance(part, MediaPart) else len(msgspec.json.encode(part))
        for part in message.parts
    )


def _tokens(part: Part) -> int:
    if isinstance(part, MediaPart):
        return 0
    if isinstance(part, TextPart):
        return estimate_tokens(part.text)
    return estimate_tokens(msgspec.json.encode(part).decode())
