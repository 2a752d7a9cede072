"""What a person asks for, checked and saved before any provider is called.

The one rule: one transaction writes the message, the turn with its receipt and an empty answer, or
nothing at all.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from chat import attachments, budgets, charges, demos, endpoints, readiness, receipts, temporary
from chat.catalog import parameters as catalog
from chat.continuing import GO_ON, Continuation, again
from chat.continuing import obstacle as prefill_obstacle
from chat.continuing import of as continuation_of
from chat.llm import types as llm
from chat.models import Conversation, Entry, Guest, Lane, Message, Turn, User
from chat.models.ledger import OverBudget, holders_of
from chat.models.parts import storable
from chat.models.temporary import is_temporary
from chat.offers import AvailableModel
from chat.places import Kept, Place
from chat.uploads import Refused

NOT_THERE = "This conversation is not there any more."
GUEST_ANSWER = 4096
"""Tokens that are reserved for an answer whose length a demo leaves open."""


class Refusal(Exception):
    """The turn was not started and nothing was saved. `message` is for the person."""

    def __init__(self, code: str, message: str, *, field: str | None = None) -> None:
        self.code = code
        self.message = message
        self.field = field
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks for, as it came in. See docs/protocol.md, `turn.start`."""

    client_id: uuid.UUID
    model: str
    text: str | None = None
    conversation: uuid.UUID | None = None
    lane: int | None = None
    parent: int | None = None
    message: int | None = None
    system: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    attachments: Sequence[uuid.UUID] = ()
    turn: int | None = None
    """One to reproduce: what it asked is asked again, whatever the settings are now."""
    continues: int | None = None
    """A cut answer that is to go on."""
    continuation: Continuation | None = None
    """How it goes on; found out here."""


@dataclass(frozen=True, slots=True)
class Order:
    """All that `run` needs of the database."""

    turn: Turn
    place: Place
    model: AvailableModel
    system: str
    path: tuple[Message, ...]
    parameters: llm.Parameters
    fallbacks: tuple[AvailableModel, ...] = ()
    """The same model at other endpoints, for when this one fails before its first word."""
    beginning: str = ""
    """Of the answer: what there was of the one that goes on."""

    def request(self, model: AvailableModel) -> llm.Request:
        """The request as it goes to the endpoint of `model`. Reads its files from the disk."""
        messages = receipts.compose(
            self.system, self.path, endpoint=model.endpoint.name, beginning=self.beginning
        )
        is_prefilled = bool(self.beginning)
        return llm.Request(model.info.id, messages, self.parameters, is_prefilled=is_prefilled)

    @property
    def last_model(self) -> AvailableModel:
        return (self.model, *self.fallbacks)[-1]


def place(user: User, wish: Wish, guest: Guest | None = None) -> Order | Turn:
    """The order, or the turn that an equal wish made before. Raise `Refusal`. With a guest it is in
    the guest's own conversation, on a demo of `user`'s."""
    if readiness.is_draining():
        raise Refusal("restarting", "The server is restarting. Send it again in a moment.")
    is_reproduction = wish.turn is not None
    if is_reproduction:
        wish = _reproduced(user, wish)
    model = endpoints.find(wish.model, user)
    if model is None:
        raise Refusal("unknown_model", "This model is not available here.", field="model")
    try:
        parameters = catalog.clean(wish.parameters, model.specs)
    except catalog.InvalidParameters as invalid:
        name, message = next(iter(invalid.errors.items()))
        raise Refusal("invalid_parameter", message, field=name) from None
    fallbacks = endpoints.alternatives(model, user)[: settings.LIMITS.fallbacks]
    with transaction.atomic(), ExitStack() as stack:
        # The row of the user is the lock: of two equal sends one waits here and finds the other's.
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if earlier := user.turns.filter(client_id=wish.client_id).first():
            if not user.visible_conversations.filter(pk=earlier.conversation_id).exists():
                raise Refusal("not_found", NOT_THERE)
            return earlier
        place = _place(user, wish, guest)
        if earlier := place.earlier(wish.client_id):
            return earlier
        _check_room(user, guest)
        stack.enter_context(place.all_or_nothing())
        lane = place.lane
        wish = _continued(place, wish, model, parameters)
        continuation = wish.continuation
        beginning = continuation.beginning if continuation else ""
        prompt = _prompt(place, wish)
        if obstacle := place.obstacle():
            raise Refusal("temporary_full", obstacle)
        said = [{"type": "text", "text": beginning}] if beginning else []
        answer = place.add_message(prompt, Message.Role.ASSISTANT, said)
        system = storable(wish.system)
        path = tuple(prompt.path())
        messages = receipts.compose(system, path, endpoint=model.endpoint.name, beginning=beginning)
        if obstacle := attachments.obstacle(model, messages):
            raise Refusal("file_refused", obstacle, field="attachments")
        plain = dict(wish.parameters)
        turn = place.add_turn(
            user=user,
            lane=lane,
            client_id=wish.client_id,
            prompt=prompt,
            answer=answer,
            receipt=receipts.asked(
                model, messages, system=system, parameters=plain, continuation=continuation
            ),
        )
        lane.leaf = answer
        if not is_reproduction:
            lane.model, lane.system, lane.parameters = model.key, system, plain
        lane.save(update_fields=["leaf", "model", "system", "parameters"])
        place.placed(prompt)
        request = llm.Request(model.info.id, messages, parameters)
        _reserve(turn, (model, *fallbacks), request, guest)
    if beginning:
        able = (one for one in fallbacks if not prefill_obstacle(one, parameters))
        fallbacks = tuple(able)
    return Order(turn, place, model, system, path, parameters, fallbacks, beginning)


def _reproduced(user: User, wish: Wish) -> Wish:
    """The wish that the receipt of the turn tells of, as a wish of now."""
    rows = Turn.objects.filter(conversation__in=user.editable_conversations)
    pk = wish.turn or 0
    turn = temporary.turn(pk, user) if is_temporary(pk) else rows.filter(pk=pk).first()
    if turn is None:
        raise Refusal("not_found", "The answer to reproduce is not there any more.")
    asked = turn.receipt["asked"]
    return Wish(
        client_id=wish.client_id,
        model=asked["model"],
        conversation=turn.conversation_id,
        lane=wish.lane or turn.lane_id,
        message=turn.prompt_id,
        system=asked["system"],
        parameters=asked["parameters"],
        continuation=again(turn),
    )


def _continued(place: Place, wish: Wish, model: AvailableModel, parameters: llm.Parameters) -> Wish:
    """The wish to go on, as a wish for another answer to the same prompt or, where the model takes
    no beginning, as a message of the person's."""
    if wish.continues is None:
        return wish
    cut = place.message(wish.continues)
    turn = getattr(cut, "turn", None)
    if cut is None or turn is None:
        raise Refusal("not_found", "The answer that is to go on is not there any more.")
    if not turn.is_cut:
        raise Refusal("not_cut", "There is nothing to go on with: this answer was not cut.")
    version = place.siblings(cut).index(cut.pk) + 1
    found = continuation_of(cut, version, model=model, parameters=parameters)
    if found.beginning:
        return replace(wish, message=turn.prompt_id, continuation=found)
    return replace(wish, parent=cut.pk, text=GO_ON, continuation=found)


def _reserve(
    turn: Turn, models: tuple[AvailableModel, ...], request: llm.Request, guest: Guest | None
) -> None:
    most = charges.most(models, request)
    try:
        if guest is None:
            holders = holders_of(turn.user, turn.lane.conversation.team_id)
            Entry.reserve(turn.ledger_source, holders, most=most)
            return
        answer = request.parameters.max_output_tokens or GUEST_ANSWER
        demos.reserve(guest, turn, dollars=most, tokens=charges.input_tokens(request) + answer)
    except demos.UsedUp as used:
        raise Refusal("used_up", used.message) from None
    except OverBudget as over:
        advice = budgets.advice(over, fields=request.parameters.extra)
        raise Refusal("over_budget", f"{over.message} {advice}") from None


def _check_room(user: User, guest: Guest | None) -> None:
    fresh = timezone.now() - timedelta(seconds=settings.LIMITS.heartbeat_stale)
    unfinished = user.turns.filter(status__in=Turn.UNFINISHED, heartbeat_at__gt=fresh)
    if guest is not None:
        if unfinished.filter(conversation__guest=guest).exists():
            raise Refusal("turn_running", "The answer is still being written.")
        return
    unfinished = unfinished.filter(conversation__guest=None)
    most = settings.LIMITS.turns_per_user
    if unfinished.count() + temporary.running_count(user) >= most:
        message = f"{most} answers at once are the limit. Stop one, or wait for it."
        raise Refusal("too_many_turns", message)


def _place(user: User, wish: Wish, guest: Guest | None) -> Place:
    if guest is not None:
        try:
            demos.enter(guest)
        except demos.UsedUp as used:
            raise Refusal("used_up", used.message) from None
        return Kept(user, guest.lane())
    if wish.conversation is None or not is_temporary(wish.conversation):
        return Kept(user, _lane(user, wish))
    room = temporary.find(user, wish.conversation)
    if room is None:
        raise Refusal("not_found", temporary.GONE)
    return room


def _lane(user: User, wish: Wish) -> Lane:
    if wish.conversation is None:
        return Lane.objects.create(conversation=Conversation.objects.create(user=user))
    conversation = user.visible_conversations.filter(pk=wish.conversation).first()
    lanes = Lane.objects.filter(conversation=conversation).select_related("conversation")
    lane = lanes.filter(pk=wish.lane).first() if wish.lane else lanes.first()
    if conversation is None or lane is None:
        raise Refusal("not_found", NOT_THERE)
    if not user.may_edit(conversation):
        message = "You may read this conversation, but not write in it. Continue in a copy."
        raise Refusal("read_only", message)
    return lane


def _prompt(place: Place, wish: Wish) -> Message:
    if wish.message is not None:
        if wish.attachments:
            message = "A message keeps the files that it has. Edit it to send others."
            raise Refusal("file_refused", message, field="attachments")
        prompt = place.message(wish.message)
        if prompt is None or prompt.role != Message.Role.USER:
            raise Refusal("not_found", "The message to answer is not there any more.")
        return prompt
    text = storable(wish.text or "")
    if not text.strip() and not wish.attachments:
        raise Refusal("empty_message", "Write something first.", field="text")
    if len(text.encode()) > settings.LIMITS.message_text:
        raise Refusal("message_too_long", "A message may have 1 MiB of text.", field="text")
    parent = None
    if wish.parent is not None:
        parent = place.message(wish.parent)
        if parent is None or parent.role != Message.Role.ASSISTANT:
            raise Refusal("not_found", "The answer that this follows is not there any more.")
        turn = getattr(parent, "turn", None)  # an answer may have come without one
        if turn and turn.is_unfinished:
            raise Refusal("turn_running", "The answer is still being written.")
    try:
        parts = place.claim(wish.attachments)
    except Refused as refused:
        raise Refusal("file_refused", refused.message, field="attachments") from None
    if text.strip():
        parts.append({"type": "text", "text": text})
    return place.add_message(parent, Message.Role.USER, parts)
