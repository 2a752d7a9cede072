"""The google-genai SDK against a running server."""

from __future__ import annotations

import json

import pytest
from google.genai import errors, types

from tests.browser.double import Double
from tests.script import Head, Send, chunk, ending
from tests.sdk.live import MODEL, Sdks
from tests.sdk.test_google import WEATHER

pytestmark = [pytest.mark.process, pytest.mark.model]

PROMPT = "Say hello to a friend in one short sentence."


def config(**fields: object) -> types.GenerateContentConfig:
    return types.GenerateContentConfig.model_validate({"max_output_tokens": 30, **fields})


def test_it_answers(sdks: Sdks) -> None:
    answer = sdks.google.models.generate_content(model=MODEL, contents=PROMPT, config=config())

    assert answer.text
    assert answer.usage_metadata is not None
    assert answer.usage_metadata.prompt_token_count


def test_it_streams(sdks: Sdks) -> None:
    chunks = list(
        sdks.google.models.generate_content_stream(model=MODEL, contents=PROMPT, config=config())
    )

    assert len([chunk for chunk in chunks if chunk.text]) > 2
    assert chunks[-1].usage_metadata is not None


def test_it_keeps_to_a_schema(sdks: Sdks) -> None:
    schema = {"type": "OBJECT", "properties": {"city": {"type": "STRING"}}, "required": ["city"]}
    wishes = config(
        response_mime_type="application/json", response_schema=schema, max_output_tokens=60
    )

    answer = sdks.google.models.generate_content(model=MODEL, contents=PROMPT, config=wishes)

    assert set(json.loads(answer.text or "")) == {"city"}


def test_it_calls_tools(sdks: Sdks, double: Double) -> None:
    function = {"name": "weather", "arguments": '{"city": "Paris"}'}
    call = {"index": 0, "id": "call_1", "type": "function", "function": function}
    double.play(
        Head(),
        Send(chunk(choices=[{"index": 0, "delta": {"tool_calls": [call]}}])),
        Send(ending().replace(b'"stop"', b'"tool_calls"')),
    )
    tools = [types.Tool(function_declarations=[WEATHER])]

    answer = sdks.google.models.generate_content(
        model="double/parrot", contents=PROMPT, config=config(tools=tools)
    )

    assert [(c.name, c.args) for c in answer.function_calls or []] == [
        ("weather", {"city": "Paris"})
    ]


def test_it_counts_tokens(sdks: Sdks) -> None:
    counted = sdks.google.models.count_tokens(model=MODEL, contents=PROMPT)

    assert counted.total_tokens
    assert counted.total_tokens > 5


def test_it_lists_and_finds_models(sdks: Sdks) -> None:
    listed = [model.name for model in sdks.google.models.list(config={"page_size": 1})]

    assert listed == [f"models/{MODEL}", "models/double/parrot"]
    assert sdks.google.models.get(model=MODEL).name == f"models/{MODEL}"


def test_it_raises_its_own_errors(sdks: Sdks) -> None:
    ask = sdks.google.models.generate_content
    with pytest.raises(errors.ClientError) as missing:
        ask(model="nobody/nothing", contents=PROMPT)
    assert (missing.value.code, missing.value.status) == (404, "NOT_FOUND")
    with pytest.raises(errors.ClientError) as long:
        ask(model=MODEL, contents="word " * 9000)
    assert long.value.status == "INVALID_ARGUMENT"
