"""The google-genai SDK against a running server."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from google.genai import Client, errors, types

from tests.browser.double import Double
from tests.sdk.live import MODEL, PARROT, Sdks, twenty
from tests.sdk.obedient import BUSY, CALL, OVERLOADED, WAIT
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


def test_it_calls_tools(sdks: Sdks) -> None:
    wishes = config(tools=[types.Tool(function_declarations=[WEATHER])])
    asked: Any = {"model": PARROT, "contents": CALL, "config": wishes}

    answer = sdks.google.models.generate_content(**asked)
    chunks = list(sdks.google.models.generate_content_stream(**asked))

    streamed = [call for chunk in chunks for call in chunk.function_calls or []]
    for calls in (answer.function_calls or [], streamed):
        assert [(call.name, call.args) for call in calls] == [("weather", {"city": "Paris"})]


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
    assert (long.value.code, long.value.status) == (400, "INVALID_ARGUMENT")
    stranger = Client(api_key="pg-wrong", http_options={"base_url": f"{sdks.address}/api"})
    with pytest.raises(errors.ClientError) as unknown:
        stranger.models.generate_content(model=MODEL, contents=PROMPT)
    assert (unknown.value.code, unknown.value.status) == (401, "UNAUTHENTICATED")
    with pytest.raises(errors.ClientError) as limited:
        ask(model=PARROT, contents=BUSY)
    assert (limited.value.code, limited.value.status) == (429, "RESOURCE_EXHAUSTED")
    with pytest.raises(errors.ServerError) as overloaded:
        ask(model=PARROT, contents=OVERLOADED)
    assert (overloaded.value.code, overloaded.value.status) == (503, "UNAVAILABLE")


def test_leaving_ends_the_providers_work(sdks: Sdks, double: Double) -> None:
    """Its generator of today keeps the connection until nobody holds it; the asynchronous one is
    cancelled."""

    async def ask() -> None:
        stream = await sdks.google.aio.models.generate_content_stream(model=PARROT, contents=WAIT)
        async for chunk in stream:
            assert chunk.text == "Hel"
            await asyncio.sleep(60)

    async def leave() -> None:
        asking = asyncio.create_task(ask())
        while not double.requests or not double.requests[-1].bytes_written:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)

    asyncio.run(leave())

    double.wait_for_leaving(double.requests[-1], within=2.0)


def test_twenty_at_once_are_all_answered(sdks: Sdks) -> None:
    async def ask() -> str | None:
        answer = await sdks.google.aio.models.generate_content(
            model=MODEL, contents=PROMPT, config=config(max_output_tokens=8)
        )
        return answer.text

    twenty(ask)


def test_it_need_not_wait(sdks: Sdks) -> None:
    """It takes a 202 for a failure, and hands over what came with it."""
    wishes = config(max_output_tokens=8, http_options={"headers": {"X-Async-Mode": "true"}})

    with pytest.raises(errors.APIError) as promised:
        sdks.google.models.generate_content(model=MODEL, contents=PROMPT, config=wishes)

    assert promised.value.code == 202
    result = sdks.result_of(promised.value.details)
    assert result["candidates"][0]["content"]["parts"][0]["text"]
