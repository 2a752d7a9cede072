"""A cut answer that goes on: in place, where its model takes the beginning of its own answer, or
else by a message that asks for the rest.

The one rule: the new answer begins with the words of the cut one, which stays as it is, and the
receipt says which of the two ways was taken and why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chat.llm import prefill
from chat.llm import types as llm
from chat.models import Message, Turn
from chat.offers import AvailableModel

GO_ON = "Go on exactly where you stopped."
_SAID = frozenset({"text", "reasoning", "citations"})


@dataclass(frozen=True, slots=True)
class Continuation:
    message: int
    """The cut answer."""
    version: int
    """Which of the answers to its prompt that was, from 1 on."""
    beginning: str = ""
    """What the new answer begins with; empty where a message asks for the rest."""
    reason: str = ""
    """Why it does not go on in place, in words that may be shown."""

    def to_json(self) -> dict[str, Any]:
        fields = {"message": self.message, "version": self.version}
        if self.beginning:
            return {**fields, "way": "prefill", "characters": len(self.beginning)}
        return {**fields, "way": "message", "reason": self.reason}


def of(
    cut: Message, version: int, *, model: AvailableModel, parameters: llm.Parameters
) -> Continuation:
    """How this answer goes on at this model."""
    if reason := _obstacle(cut) or obstacle(model, parameters):
        return Continuation(cut.pk, version, reason=reason)
    # Providers refuse a beginning that ends in a space, and models write the space themselves.
    return Continuation(cut.pk, version, beginning=cut.text.rstrip())


def again(turn: Turn) -> Continuation | None:
    """As the receipt has it: the words are those with which its own answer begins."""
    told = turn.receipt["asked"].get("continues")
    if not told:
        return None
    fields = told["message"], told["version"]
    return Continuation(*fields, beginning=turn.beginning, reason=told.get("reason", ""))


def obstacle(model: AvailableModel, parameters: llm.Parameters) -> str | None:
    """Why this model cannot be given the beginning of its answer, if it cannot."""
    return prefill.obstacle(model.endpoint, model.info.id, parameters)


def _obstacle(cut: Message) -> str | None:
    if not cut.text.strip():
        return "there were no words yet that could go on"
    if {part["type"] for part in cut.parts} - _SAID:
        return "there is more in it than text"
    return None
