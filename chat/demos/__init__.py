"""What a guest of a demo may still do, held to by the ledger.

The one rule: money, messages and tokens are reserved together with the turn, in one transaction and
in one order, so that any number of guests at once gets exactly what there is.
"""

from __future__ import annotations

from decimal import Decimal

from chat.models import Demo, Entry, Guest, Turn
from chat.models.ledger import OverBudget, holder_of

OVER = "This demo is over. Thank you for trying it."
_SENTENCES = {
    "address": "From this address everything that the demo allows was asked already.",
    "guest": "You have used everything that this demo allows one guest. Thank you for trying it.",
    "demo": "This demo has used everything it was given. Thank you for trying it.",
    "user": "This demo cannot go on: whoever runs it has reached a limit.",
}


class UsedUp(Exception):
    """`message` is for the guest."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


def check(guest: Guest) -> None:
    """Raise `UsedUp`: the demo was closed, or is over, or this guest's time is."""
    if not guest.demo.is_open:
        raise UsedUp(OVER)
    if not guest.is_in_time:
        raise UsedUp(f"Your {guest.demo.guest_minutes} minutes are over. Thank you for trying it.")


def enter(guest: Guest) -> None:
    """The same inside the transaction of a turn, under the lock that closing takes as well: no
    turn begins after its demo was closed. Raise `UsedUp`."""
    rows = Demo.objects.select_for_update(no_key=True, of=("self",)).select_related("user")
    demo = rows.filter(pk=guest.demo_id, guests=guest.pk).first()
    if demo is None:
        raise UsedUp(OVER)
    guest.demo = demo
    check(guest)


def reserve(guest: Guest, turn: Turn, *, dollars: Decimal | None, tokens: int) -> None:
    """For one turn, at most so much. Raise `UsedUp`; then nothing is reserved."""
    demo, source = guest.demo, turn.ledger_source
    try:
        Entry.reserve(source, [holder_of(demo.user), demo.holder, guest.holder], most=dollars)
        holders = [f"{demo.holder}:messages", f"{guest.holder}:messages", guest.address_holder]
        Entry.reserve(f"{source}/messages", holders, most=Decimal(1))
        holders = [f"{demo.holder}:tokens", f"{guest.holder}:tokens"]
        Entry.reserve(f"{source}/tokens", holders, most=Decimal(tokens))
    except OverBudget as over:
        raise UsedUp(_sentence(over)) from None


def settle(turn: Turn) -> None:
    """What was used of messages and tokens; money is settled as everywhere. An answer that failed
    before its first word counts for nothing."""
    used = (turn.input_tokens or 0) + (turn.output_tokens or 0)
    is_nothing = turn.status == Turn.Status.FAILED and not turn.output_tokens
    amounts = {"messages": 0 if is_nothing else 1, "tokens": 0 if is_nothing else used}
    Entry.settle_parts(
        turn.ledger_source, {unit: Decimal(amount) for unit, amount in amounts.items()}
    )


def _sentence(over: OverBudget) -> str:
    holder = over.budget.holder if over.budget else ""
    if holder.endswith(":tokens"):
        return "What is left is too little for another answer. Thank you for trying it."
    return _SENTENCES.get(holder.partition(":")[0], _SENTENCES["user"])
