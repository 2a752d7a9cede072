"""A conversation on stage: its running order, and the place where it is asked live.

The one rule: what was prepared is never changed by showing it. Live answers go into a conversation
of their own, which begins with what the audience has seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from chat import copies
from chat.models import Conversation, IndexedTitle, Lane, Message, StageScript, User
from chat.models.message import path_ids
from chat.replays import reels
from chat.replays.reels import Address, Scene
from chat.thread import Item, part_views

STEPS = 100
LIVE, REPLAY = "live", "replay"


@dataclass(frozen=True, slots=True)
class Step:
    """One prompt of the running order, with the messages it stands for."""

    prompt: Message | None
    """None for one that was added."""
    answer: Message | None
    """What was prepared: the net under a live answer."""
    text: str
    mode: str
    is_left_out: bool
    note: str

    @property
    def has_files(self) -> bool:
        return bool(self.prompt and self.prompt.files)

    @property
    def is_live(self) -> bool:
        return self.mode == LIVE or self.answer is None

    def to_json(self) -> dict[str, Any]:
        return {
            "prompt": self.prompt.pk if self.prompt else None,
            "answer": self.answer.pk if self.answer else None,
            "text": "" if self.prompt else self.text,
            "mode": self.mode,
            "is_left_out": self.is_left_out,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Shown:
    """A step with what the page draws of it."""

    step: Step
    question: Item | None
    net: Scene | None


def script_of(conversation: Conversation) -> StageScript:
    """The saved one, or one made of the conversation that nobody has saved yet."""
    saved = StageScript.objects.filter(conversation=conversation).first()
    return saved or StageScript(conversation=conversation, steps=drafted(conversation))


def drafted(conversation: Conversation) -> list[dict[str, Any]]:
    """The questions of the path that is shown, each with its answer."""
    lane = conversation.lanes.first()
    ids = path_ids(lane.leaf_id if lane else None)
    roles = dict(Message.objects.filter(pk__in=ids).values_list("pk", "role"))
    found: list[dict[str, Any]] = []
    for pk in ids:
        if roles[pk] == Message.Role.USER and len(found) < STEPS:
            found.append(step_of(pk))
        elif roles[pk] == Message.Role.ASSISTANT and found:
            found[-1]["answer"] = pk
    return found


def step_of(prompt: int | None, text: str = "") -> dict[str, Any]:
    """One that nobody has changed yet."""
    fields = {"mode": LIVE, "is_left_out": False, "note": ""}
    return {"prompt": prompt, "answer": None, "text": text, **fields}


def steps(script: StageScript) -> list[Step]:
    """Without those whose question was deleted."""
    named = [step[name] for step in script.steps for name in ("prompt", "answer")]
    rows = script.conversation.messages.filter(pk__in=[pk for pk in named if pk is not None])
    messages = {row.pk: row for row in rows.select_related("turn")}
    found = []
    for step in script.steps:
        prompt, answer = messages.get(step["prompt"]), messages.get(step["answer"])
        if prompt is None and step["prompt"] is not None:
            continue
        if answer is not None and not answer.parts:
            answer = None  # it failed before its first word: no net at all
        text = prompt.text if prompt else step["text"]
        mode, is_left_out = step["mode"], step["is_left_out"]
        found.append(Step(prompt, answer, text, mode, is_left_out, step["note"]))
    return found


def shown(script: StageScript, *, track: Address, receipt: Address) -> list[Shown]:
    """The steps that are not left out, drawn."""
    chosen = [step for step in steps(script) if not step.is_left_out]
    answers = [_item(step.answer) for step in chosen if step.answer]
    drawn = reels.scenes(answers, track=track, receipt=receipt)
    nets = {scene.pk: scene for scene in drawn}
    return [
        Shown(
            step,
            _item(step.prompt) if step.prompt else None,
            nets.get(step.answer.pk) if step.answer else None,
        )
        for step in chosen
    ]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the next live prompt is asked."""

    lane: Lane
    parent: int | None
    """The answer that it follows."""
    message: int | None = None
    """The prompt itself, where it has files and so had to be put there first."""


@transaction.atomic
def continue_run(
    user: User,
    prepared: Conversation,
    *,
    run: UUID | None = None,
    parent: int | None = None,
    answers: Sequence[int] = (),
    prompt: int | None = None,
) -> Place | None:
    """The conversation in which `user` asks live, after those prepared `answers` that were played
    instead. Begins one where there is none; None if `run` or `parent` is not there any more."""
    lane = _begun(user, prepared) if run is None else _lane(user, run)
    last = lane.conversation.messages.filter(pk=parent).first() if lane and parent else None
    if lane is None or (parent and last is None):
        return None
    rows = prepared.messages.filter(pk__in=answers, role=Message.Role.ASSISTANT)
    found = {row.pk: row for row in rows.select_related("turn", "parent")}
    pairs = [(found[pk].parent, found[pk]) for pk in answers if pk in found]
    last = copies.append(lane, last, copies.of_path(row for pair in pairs for row in pair if row))
    asked = prepared.messages.filter(pk=prompt, role=Message.Role.USER).first() if prompt else None
    message = copies.append(lane, last, copies.of_path([asked])) if asked else None
    return Place(lane, last.pk if last else None, message.pk if message else None)


def _begun(user: User, prepared: Conversation) -> Lane:
    """With the model and the settings of what was prepared."""
    conversation = Conversation.objects.create(
        user=user, title=f"On stage: {prepared}"[:200], is_title_automatic=False
    )
    IndexedTitle.put(conversation)
    settings = prepared.lanes.first() or Lane()
    return Lane.objects.create(
        conversation=conversation,
        model=settings.model,
        system=settings.system,
        parameters=settings.parameters,
    )


def _lane(user: User, run: UUID) -> Lane | None:
    conversation = user.editable_conversations.filter(pk=run).first()
    return conversation.lanes.first() if conversation else None


def _item(message: Message) -> Item:
    return Item(
        message=message,
        turn=getattr(message, "turn", None),
        parts=part_views(message.parts),
        siblings=(message.pk,),
    )
