"""Any tree at all: exported, taken by somebody else and exported again, it is the same."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from chat.imports import take
from chat.models import Conversation, Lane, Message, Turn, User
from tests.cast import receipt_of
from tests.exports.reading import fetch
from tests.imports.case import ImportCase

PATH = "/exports/conversations.json"
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
MOMENT = st.datetimes(
    min_value=datetime(1971, 1, 1), max_value=datetime(2026, 1, 1), timezones=st.just(UTC)
)
SIMPLE = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT
PART = st.one_of(
    st.fixed_dictionaries({"type": st.just("text"), "text": TEXT}),
    st.fixed_dictionaries({"type": st.just("refusal"), "text": TEXT}),
    st.fixed_dictionaries(
        {"type": st.just("reasoning"), "text": TEXT}, optional={"signature": TEXT}
    ),
    st.fixed_dictionaries(
        {"type": st.just("tool_call"), "name": TEXT, "arguments": TEXT}, optional={"id": TEXT}
    ),
    st.fixed_dictionaries(
        {"type": st.just("tool_result"), "content": TEXT, "is_error": st.booleans()}
    ),
)
ROW = st.fixed_dictionaries(
    {
        "parent": st.none() | st.integers(0, 30),
        "parts": st.lists(PART, max_size=3),
        "role": st.sampled_from(["user", "assistant", "tool"]),
        "name": TEXT.map(lambda text: text[:20]),
        "at": MOMENT,
        "is_starred": st.booleans(),
        "has_turn": st.booleans(),
        "cost": st.none() | st.decimals(0, 999, places=9),
        "timeline": st.lists(st.tuples(st.integers(0, 9999), st.integers(1, 99)), max_size=3),
    }
)
LANE = st.fixed_dictionaries(
    {
        "leaf": st.none() | st.integers(0, 30),
        "system": TEXT,
        "parameters": st.dictionaries(TEXT, SIMPLE, max_size=3),
    }
)


class RandomTreeTests(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(
        title=TEXT,
        rows=st.lists(ROW, max_size=12),
        lanes=st.lists(LANE, min_size=1, max_size=3),
        is_archived=st.booleans(),
    )
    def test_it_comes_out_as_it_went_in(
        self, title: str, rows: list[Any], lanes: list[Any], is_archived: bool
    ) -> None:
        alice = User.objects.create_user("alice")
        bob = User.objects.create_user("bob")
        plant(alice, title, rows, lanes, is_archived=is_archived)
        _, first, _ = fetch(alice, PATH)

        report = take(bob, ImportCase.written(first))

        self.assertEqual(report.reasons, [])
        _, second, _ = fetch(bob, PATH)
        (mine,), (theirs,) = (json.loads(text)["conversations"] for text in (first, second))
        self.assertEqual(theirs | {"id": mine["id"]}, mine)


def plant(
    user: User, title: str, rows: list[Any], lanes: list[Any], *, is_archived: bool
) -> Conversation:
    moment = datetime(2025, 5, 5, tzinfo=UTC) if is_archived else None
    conversation = Conversation.objects.create(user=user, title=title, archived_at=moment)
    messages: list[Message] = []
    for row in rows:
        parent = messages[row["parent"] % len(messages)] if messages and row["parent"] else None
        message = conversation.messages.create(
            parent=parent,
            role=row["role"],
            parts=row["parts"],
            name=row["name"],
            starred_at=row["at"] if row["is_starred"] else None,
        )
        Message.objects.filter(pk=message.pk).update(created_at=row["at"])
        messages.append(message)
    found = [
        Lane.objects.create(
            conversation=conversation,
            position=position,
            leaf=messages[lane["leaf"] % len(messages)] if messages and lane["leaf"] else None,
            system=lane["system"],
            parameters=lane["parameters"],
        )
        for position, lane in enumerate(lanes)
    ]
    for row, message in zip(rows, messages, strict=True):
        if row["has_turn"] and message.role == "assistant" and message.parent:
            Turn.objects.create(
                user=user,
                conversation=conversation,
                lane=found[message.pk % len(found)],
                client_id=f"00000000-0000-4000-8000-{message.pk:012}",
                prompt=message.parent,
                answer=message,
                status="completed",
                receipt=receipt_of(),
                cost=row["cost"],
                timeline=row["timeline"],
            )
    return conversation
