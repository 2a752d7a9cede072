"""The anthropic SDK against a running server."""

from __future__ import annotations

from typing import Any

import anthropic
import pytest
from pydantic import BaseModel

from tests.browser.double import Double
from tests.sdk.live import MODEL, PARROT, Sdks, twenty
from tests.sdk.obedient import BUSY, CALL, OVERLOADED, WAIT
from tests.sdk.script import WEATHER_SCHEMA

pytestmark = [pytest.mark.process, pytest.mark.model]

PROMPT: Any = [{"role": "user", "content": "Say hello to a friend in one short sentence."}]
TOOLS: Any = [{"name": "weather", "input_schema": WEATHER_SCHEMA}]


class City(BaseModel):
    city: str


def said(words: str) -> Any:
    return [{"role": "user", "content": words}]


def prompt_tokens(message: anthropic.types.Message) -> int:
    """What is in the cache is counted apart."""
    return message.usage.input_tokens + (message.usage.cache_read_input_tokens or 0)


def test_it_answers(sdks: Sdks) -> None:
    message = sdks.anthropic.messages.create(model=MODEL, messages=PROMPT, max_tokens=30)

    assert message.content[0].type == "text"
    assert message.content[0].text
    assert prompt_tokens(message) > 5
    assert 0 < message.usage.output_tokens <= 30


def test_it_takes_the_key_in_its_other_header(sdks: Sdks) -> None:
    client = anthropic.Anthropic(api_key=sdks.key, base_url=f"{sdks.address}/api", max_retries=0)

    assert client.messages.create(model=MODEL, messages=PROMPT, max_tokens=3).content


def test_it_streams(sdks: Sdks) -> None:
    with sdks.anthropic.messages.stream(model=MODEL, messages=PROMPT, max_tokens=30) as stream:
        said = list(stream.text_stream)
        final = stream.get_final_message()

    assert len(said) > 2
    assert final.content[0].type == "text"
    assert final.content[0].text == "".join(said)
    assert final.usage.output_tokens > 0


def test_it_calls_tools(sdks: Sdks) -> None:
    fields: Any = {"model": PARROT, "messages": said(CALL), "max_tokens": 30, "tools": TOOLS}

    message = sdks.anthropic.messages.create(**fields)
    with sdks.anthropic.messages.stream(**fields) as stream:
        streamed = stream.get_final_message()

    for answer in (message, streamed):
        block = answer.content[0]
        assert block.type == "tool_use"
        assert (block.name, block.input) == ("weather", {"city": "Paris"})
        assert answer.stop_reason == "tool_use"


def test_it_keeps_to_a_schema(sdks: Sdks) -> None:
    message = sdks.anthropic.messages.parse(
        model=MODEL, messages=PROMPT, max_tokens=60, output_format=City
    )

    assert message.parsed_output is not None
    assert isinstance(message.parsed_output.city, str)


def test_it_counts_tokens(sdks: Sdks) -> None:
    counted = sdks.anthropic.messages.count_tokens(model=MODEL, messages=PROMPT)
    told = sdks.anthropic.messages.create(model=MODEL, messages=PROMPT, max_tokens=1)

    assert counted.input_tokens == prompt_tokens(told)


def test_it_lists_models_page_by_page(sdks: Sdks) -> None:
    listed = [model.id for model in sdks.anthropic.models.list(limit=1)]

    assert listed == [MODEL, "double/parrot"]
    assert sdks.anthropic.models.retrieve(MODEL).id == MODEL


def test_it_raises_its_own_errors(sdks: Sdks) -> None:
    create = sdks.anthropic.messages.create
    with pytest.raises(anthropic.NotFoundError):
        create(model="nobody/nothing", messages=PROMPT, max_tokens=3)
    with pytest.raises(anthropic.AuthenticationError):
        sdks.anthropic.with_options(auth_token="pg-wrong").models.list()
    with pytest.raises(anthropic.BadRequestError, match="messages"):
        create(model=MODEL, messages=[], max_tokens=3)
    long: Any = [{"role": "user", "content": "word " * 9000}]
    with pytest.raises(anthropic.BadRequestError, match="prompt is too long"):
        create(model=MODEL, messages=long, max_tokens=3)
    with pytest.raises(anthropic.RateLimitError) as limited:
        create(model=PARROT, messages=said(BUSY), max_tokens=3)
    assert limited.value.response.headers["retry-after"] == "60"
    with pytest.raises(anthropic.OverloadedError):
        create(model=PARROT, messages=said(OVERLOADED), max_tokens=3)


def test_leaving_ends_the_providers_work(sdks: Sdks, double: Double) -> None:
    messages = sdks.anthropic.messages

    with messages.stream(model=PARROT, messages=said(WAIT), max_tokens=9) as stream:
        assert next(iter(stream.text_stream)) == "Hel"

    double.wait_for_leaving(double.requests[-1], within=2.0)


def test_twenty_at_once_are_all_answered(sdks: Sdks) -> None:
    async def ask() -> str | None:
        async with sdks.async_anthropic() as client:
            message = await client.messages.create(model=MODEL, messages=PROMPT, max_tokens=8)
        return getattr(message.content[0], "text", None)

    twenty(ask)


def test_it_need_not_wait(sdks: Sdks) -> None:
    raw = sdks.anthropic.messages.with_raw_response.create(
        model=MODEL, messages=PROMPT, max_tokens=8, extra_headers={"X-Async-Mode": "true"}
    )

    assert raw.status_code == 202
    assert sdks.result_of(raw.http_response.json())["content"][0]["text"]
