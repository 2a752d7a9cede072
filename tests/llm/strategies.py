"""Requests and streams that every dialect can say, for round trips.

Canonical means: an assistant's parts stand in the order thinking, text, tool calls; every call has
an id; every result follows its call.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from chat.llm.events import (
    Citation,
    Event,
    Finish,
    MediaDelta,
    ReasoningDelta,
    Started,
    TextDelta,
    ToolCallDelta,
    Usage,
)
from chat.llm.media import encode_base64
from chat.llm.types import (
    MediaPart,
    Message,
    Parameters,
    Part,
    ReasoningPart,
    Request,
    ResponseFormat,
    TextPart,
    Tool,
    ToolCallPart,
    ToolChoice,
    ToolResultPart,
)

words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
names = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)
fractions = st.integers(0, 100).map(lambda number: number / 50)
counts = st.integers(0, 1_000_000)
objects = st.dictionaries(names, st.one_of(words, st.integers(-9, 9), st.booleans()), max_size=3)
schemas = objects.map(
    lambda properties: {"type": "object", "properties": {}, "title": str(properties)}
)
images = st.builds(
    MediaPart,
    st.sampled_from(["image/png", "image/jpeg", "image/webp"]),
    data=st.binary(min_size=1, max_size=9),
)
documents = st.builds(MediaPart, st.just("application/pdf"), data=st.binary(min_size=1, max_size=9))
sounds = st.builds(
    MediaPart,
    st.sampled_from(["audio/wav", "audio/mpeg", "audio/flac"]),
    data=st.binary(min_size=1, max_size=9),
)
texts = st.builds(TextPart, words)
signatures = st.binary(min_size=1, max_size=12).map(encode_base64)
"""As Google writes its own; others are the matter of `test_crossing`."""
thoughts = st.builds(ReasoningPart, words, st.none() | signatures)


@st.composite
def conversations(
    draw: st.DrawFn,
    *,
    thinking: st.SearchStrategy[ReasoningPart] | None = thoughts,
    media: st.SearchStrategy[MediaPart] = images,
) -> tuple[Message, ...]:
    messages: list[Message] = []
    if draw(st.booleans()):
        messages.append(Message("system", (draw(texts),)))
    for turn in range(draw(st.integers(1, 3))):
        asked = draw(st.lists(texts | media, min_size=1, max_size=3))
        messages.append(Message("user", tuple(asked)))
        if draw(st.booleans()):
            messages += _answer(draw, f"{turn}", thinking)
    if messages[-1].role == "assistant":
        messages.append(Message("user", (draw(texts),)))
    return tuple(messages)


def _answer(
    draw: st.DrawFn, turn: str, thinking: st.SearchStrategy[ReasoningPart] | None
) -> list[Message]:
    thought = draw(st.lists(thinking, max_size=2)) if thinking is not None else []
    said: list[Part] = [*thought, *draw(st.lists(texts, min_size=1, max_size=1))]
    calls = [
        ToolCallPart(name, '{"a":1}', f"call_{turn}_{number}")
        for number, name in enumerate(draw(st.lists(names, max_size=2)))
    ]
    messages = [Message("assistant", (*said, *calls))]
    if calls:
        results = tuple(ToolResultPart(call.id, draw(words), call.name) for call in calls)
        messages.append(Message("tool", results))
        messages.append(Message("assistant", (draw(texts),)))
    return messages


tools = st.builds(Tool, names, st.just("") | words, schemas)
tool_choices = st.one_of(
    st.sampled_from(["auto", "none", "required"]).map(lambda mode: ToolChoice(mode)),  # type: ignore[arg-type]
    names.map(lambda name: ToolChoice("tool", name)),
)
formats = st.one_of(
    st.just(ResponseFormat("json")),
    schemas.map(lambda schema: ResponseFormat("json_schema", schema=schema)),
)


def parameters(**others: st.SearchStrategy[Any]) -> st.SearchStrategy[Parameters]:
    """What every dialect has a field for, and `others`."""
    common: dict[str, st.SearchStrategy[Any]] = {
        "temperature": st.none() | fractions,
        "max_output_tokens": st.integers(1, 9999),
        "top_p": st.none() | fractions,
        "stop_sequences": st.none() | st.lists(words, min_size=1, max_size=3).map(tuple),
        "tools": st.none() | st.lists(tools, min_size=1, max_size=2).map(tuple),
        "tool_choice": st.none() | tool_choices,
    }
    return st.builds(Parameters, **(common | others))


def requests(
    conversation: st.SearchStrategy[tuple[Message, ...]],
    parameter: st.SearchStrategy[Parameters],
) -> st.SearchStrategy[Request]:
    return st.builds(Request, names, conversation, parameter, st.booleans())


@st.composite
def streams(
    draw: st.DrawFn,
    *,
    others: st.SearchStrategy[Event] | None = None,
    is_encrypted: bool = True,
) -> list[Event]:
    """A well-behaved stream: ids, thinking, text, calls, finish, usage."""
    events: list[Event] = [Started("model", "id")]
    for text in draw(st.lists(words, max_size=3)):
        events.append(ReasoningDelta(text))
    if draw(st.booleans()) and len(events) > 1:
        events.append(ReasoningDelta(signature=draw(signatures)))
    if is_encrypted and draw(st.booleans()):
        events.append(ReasoningDelta(encrypted=draw(names)))
    events += [TextDelta(text) for text in draw(st.lists(words, max_size=4))]
    if others is not None:
        events += draw(st.lists(others, max_size=2, unique_by=repr))
    calls = draw(st.lists(names, max_size=2))
    for number, name in enumerate(calls):
        events.append(ToolCallDelta(number, f"call_{number}", name))
        events += [ToolCallDelta(number, arguments=text) for text in ('{"a"', ":1}")]
    reason = "tool_calls" if calls else draw(st.sampled_from(["stop", "length", "content_filter"]))
    events.append(Finish(reason))  # type: ignore[arg-type]
    events.append(draw(usages))
    return events


pictures = st.builds(MediaDelta, st.just("image/png"), st.binary(min_size=1, max_size=9))
citations = st.builds(
    Citation, names.map(lambda name: f"https://example.com/{name}"), st.none() | words
)


@st.composite
def _usages(draw: st.DrawFn) -> Usage:
    read, write, fresh = draw(counts), draw(counts), draw(counts)
    reasoning, said = draw(counts), draw(counts)
    return Usage(read + write + fresh, reasoning + said, read, write, reasoning)


usages = _usages()
