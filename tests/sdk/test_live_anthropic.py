"""The anthropic SDK against a running server."""

from __future__ import annotations

from typing import Any

import anthropic
import pytest

from tests.browser.double import Double
from tests.script import Hang, Head, Send, chunk, delta, ending
from tests.sdk.live import MODEL, Sdks
from tests.sdk.script import WEATHER_SCHEMA

pytestmark = [pytest.mark.process, pytest.mark.model]

PROMPT: Any = [{"role": "user", "content": "Say hello to a friend in one short sentence."}]
TOOLS: Any = [{"name": "weather", "input_schema": WEATHER_SCHEMA}]


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


def test_it_calls_tools(sdks: Sdks, double: Double) -> None:
    call = {
        "index": 0,
        "id": "call_1",
        "type": "function",
        "function": {"name": "weather", "arguments": '{"city": "Paris"}'},
    }
    double.play(
        Head(),
        Send(chunk(choices=[{"index": 0, "delta": {"tool_calls": [call]}}])),
        Send(ending().replace(b'"stop"', b'"tool_calls"')),
    )

    message = sdks.anthropic.messages.create(
        model="double/parrot", messages=PROMPT, max_tokens=30, tools=TOOLS
    )

    block = message.content[0]
    assert block.type == "tool_use"
    assert (block.name, block.input) == ("weather", {"city": "Paris"})
    assert message.stop_reason == "tool_use"


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


def test_leaving_ends_the_providers_work(sdks: Sdks, double: Double) -> None:
    double.play(Head(), Send(delta("Hel")), Hang())
    messages = sdks.anthropic.messages

    with messages.stream(model="double/parrot", messages=PROMPT, max_tokens=9) as stream:
        next(iter(stream.text_stream))

    double.wait_for_leaving(double.requests[-1], within=2.0)
