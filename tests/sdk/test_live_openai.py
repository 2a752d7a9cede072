"""The openai SDK against a running server."""

from __future__ import annotations

import json
from typing import Any

import openai
import pytest

from tests.browser.double import Double
from tests.script import Hang, Head, Send, chunk, delta, ending
from tests.sdk.live import MODEL, PARROT, Sdks, twenty
from tests.sdk.obedient import BUSY, OVERLOADED
from tests.sdk.script import WEATHER_SCHEMA

pytestmark = [pytest.mark.process, pytest.mark.model]

PROMPT: Any = [{"role": "user", "content": "Say hello to a friend in one short sentence."}]
TOOLS: Any = [{"type": "function", "function": {"name": "weather", "parameters": WEATHER_SCHEMA}}]


def said(words: str) -> Any:
    return [{"role": "user", "content": words}]


def test_it_completes(sdks: Sdks) -> None:
    answer = sdks.openai.chat.completions.create(model=MODEL, messages=PROMPT, max_tokens=30)

    assert answer.choices[0].message.content
    assert answer.usage is not None
    assert answer.usage.prompt_tokens > 5
    assert 0 < answer.usage.completion_tokens <= 30


def test_it_streams(sdks: Sdks) -> None:
    stream = sdks.openai.chat.completions.create(
        model=MODEL,
        messages=PROMPT,
        max_tokens=30,
        stream=True,
        stream_options={"include_usage": True},
    )

    chunks = list(stream)

    said = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
    assert len([text for text in said if text]) > 2
    assert chunks[-1].usage is not None


def test_it_keeps_to_a_schema(sdks: Sdks) -> None:
    form: Any = {"type": "json_schema", "json_schema": {"name": "city", "schema": WEATHER_SCHEMA}}
    answer = sdks.openai.chat.completions.create(
        model=MODEL, messages=PROMPT, max_tokens=60, response_format=form, temperature=0
    )

    assert set(json.loads(answer.choices[0].message.content or "")) == {"city"}


def test_it_calls_tools_side_by_side(sdks: Sdks, double: Double) -> None:
    def call(index: int, **function: str) -> dict[str, Any]:
        named = {"id": f"call_{index}", "type": "function"} if "name" in function else {}
        return {"index": index, "function": function, **named}

    calls = [call(0, name="weather", arguments=""), call(1, name="weather", arguments="")]
    pieces = [call(0, arguments='{"city": "Paris"}'), call(1, arguments='{"city": "Tokyo"}')]
    double.play(
        Head(),
        Send(chunk(choices=[{"index": 0, "delta": {"tool_calls": calls}}])),
        Send(chunk(choices=[{"index": 0, "delta": {"tool_calls": pieces}}])),
        Send(ending().replace(b'"stop"', b'"tool_calls"')),
    )

    answer = sdks.openai.chat.completions.create(
        model="double/parrot", messages=PROMPT, tools=TOOLS, tool_choice="required"
    )

    made = answer.choices[0].message.tool_calls or []
    arguments = [json.loads(one.function.arguments) for one in made if one.type == "function"]
    assert arguments == [{"city": "Paris"}, {"city": "Tokyo"}]
    assert double.bodies[-1]["tool_choice"] == "required"


def test_it_lists_and_finds_models(sdks: Sdks) -> None:
    listed = [model.id for model in sdks.openai.models.list()]

    assert listed == [MODEL, "double/parrot"]
    assert sdks.openai.models.retrieve(MODEL).id == MODEL


def test_it_raises_its_own_errors(sdks: Sdks) -> None:
    create = sdks.openai.chat.completions.create
    with pytest.raises(openai.NotFoundError) as missing:
        create(model="nobody/nothing", messages=PROMPT)
    assert missing.value.code == "model_not_found"
    assert missing.value.request_id
    with pytest.raises(openai.AuthenticationError):
        sdks.openai.with_options(api_key="pg-wrong").models.list()
    with pytest.raises(openai.BadRequestError) as wrong:
        create(model=MODEL, messages=[])
    assert wrong.value.param == "messages"
    with pytest.raises(openai.RateLimitError) as limited:
        create(model=PARROT, messages=said(BUSY))
    assert limited.value.response.headers["retry-after"] == "60"
    with pytest.raises(openai.InternalServerError) as overloaded:
        create(model=PARROT, messages=said(OVERLOADED))
    assert overloaded.value.status_code == 503


def test_a_prompt_that_is_too_long_is_called_so(sdks: Sdks) -> None:
    long: Any = [{"role": "user", "content": "word " * 9000}]

    with pytest.raises(openai.BadRequestError) as caught:
        sdks.openai.chat.completions.create(model=MODEL, messages=long)

    assert caught.value.code == "context_length_exceeded"


def test_leaving_ends_the_providers_work(sdks: Sdks, double: Double) -> None:
    double.play(Head(), Send(delta("Hel")), Send(delta("lo")), Hang())
    stream = sdks.openai.chat.completions.create(
        model="double/parrot", messages=PROMPT, stream=True
    )
    next(iter(stream))

    stream.close()

    double.wait_for_leaving(double.requests[-1], within=2.0)


def test_twenty_at_once_are_all_answered(sdks: Sdks) -> None:
    async def ask() -> str | None:
        async with sdks.async_openai() as client:
            answer = await client.chat.completions.create(
                model=MODEL, messages=PROMPT, max_tokens=8
            )
        return answer.choices[0].message.content

    twenty(ask)


def test_it_need_not_wait(sdks: Sdks) -> None:
    raw = sdks.openai.chat.completions.with_raw_response.create(
        model=MODEL, messages=PROMPT, max_tokens=8, extra_headers={"X-Async-Mode": "true"}
    )

    assert raw.status_code == 202
    result = sdks.result_of(raw.http_response.json())
    assert result["choices"][0]["message"]["content"]
