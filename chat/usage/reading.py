"""Turns, tallies and calls, read as what sums need.

The one rule: nothing is counted twice, and nothing that did not happen here. A task is the calls
that were made for it; a turn that was imported was paid for elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from django.db.models import QuerySet, UUIDField, Value

from chat.models import ApiCall, Tally, Turn
from chat.usage import Used

AT_ONCE = 2000


def of_everything(
    turns: QuerySet[Turn], tallies: QuerySet[Tally], calls: QuerySet[ApiCall]
) -> Iterator[Used]:
    answers = calls.exclude(status=ApiCall.Status.REFUSED)
    return chain(of_turns(turns), of_tallies(tallies), of_calls(answers))


def of_turns(turns: QuerySet[Turn]) -> Iterator[Used]:
    rows = turns.filter(imported_at=None).order_by("created_at", "pk")
    for at, person, model, *rest in rows.values_list(
        *("created_at", "user_id", "receipt__asked__model", "status"),
        *("input_tokens", "output_tokens", "cost"),
        *("receipt__answered__first_token_ms", "receipt__answered__total_ms", "conversation_id"),
    ).iterator(AT_ONCE):
        yield Used("page", at, person, model or "unknown", *rest)


def of_tallies(tallies: QuerySet[Tally]) -> Iterator[Used]:
    """Of what is kept nowhere else: temporary conversations, and titles."""
    for row in (
        tallies.order_by("created_at", "pk")
        .values_list(
            *("kind", "created_at", "user_id", "model", "status"),
            *("input_tokens", "output_tokens", "cost", "first_token_ms", "total_ms"),
            "conversation_id",
        )
        .iterator(AT_ONCE)
    ):
        yield Used(*row)


def of_calls(calls: QuerySet[ApiCall]) -> Iterator[Used]:
    rows = calls.annotate(no_conversation=Value(None, output_field=UUIDField()))
    for is_task, *rest in (
        rows.order_by("created_at", "pk")
        .values_list(
            *("is_task", "created_at", "user_id", "model", "status"),
            *("input_tokens", "output_tokens", "cost", "first_token_ms", "total_ms"),
            *("no_conversation", "key_id", "dialect", "error__code"),
            *("cache_read_tokens", "reasoning_tokens"),
        )
        .iterator(AT_ONCE)
    ):
        yield Used("task" if is_task else "program", *rest)
