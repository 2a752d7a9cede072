"""What a call may cost before it is made, and who pays for it.

The one rule: `most` is never less than what comes to be charged. A token is a byte at least, and an
answer is never longer than its limit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

import msgspec
from django.utils import timezone

from chat.catalog import prices
from chat.catalog.tokens import estimate_tokens
from chat.llm.answer import Answer
from chat.llm.errors import AddressForbidden, Interrupted, ModelError, Refused, Unreachable
from chat.llm.events import Usage
from chat.llm.types import MediaPart, Message, Parameters, Part, Request, TextPart
from chat.offers import AvailableModel

MESSAGE_TOKENS = 4
"""Around each message: its role and its borders, as a rule."""
MOST_MESSAGE_TOKENS = 32
IMAGE_TOKENS = 50_000
"""The dearest way of looking at one picture that is known (48,169). Of sound, film and documents
there is no such number: they may fill the window."""
TOOL_TOKENS = 1000
"""What a provider tells its model about tools in general."""
SILENT_TOKENS = 60
"""A second, by models that think without showing it: a guess from the speed at which they write."""
USUAL_WAIT = 1.0
"""Seconds until the first word of a model that does not think."""
SAMPLE = 256 * 1024
"""Characters by whose count a longer text is estimated: a prompt may have megabytes."""
OTHER_PRICE = frozenset(
    {
        *("models", "route", "fallbacks", "preset", "provider"),
        *("service_tier", "serviceTier", "speed", "inference_geo"),
        *("plugins", "web_search_options", "search_parameters", "enable_search", "mcp_servers"),
    }
)
"""Fields with which some provider lets another model answer, or takes another price."""


def most(models: Iterable[AvailableModel], request: Request) -> Decimal | None:
    """In US dollars, whichever of them answers. None where a price, or the longest answer, is
    unknown, or a field may change the price."""
    costs = [_most_at(model, request) for model in models]
    known = [cost for cost in costs if cost is not None]
    return max(known) if len(known) == len(costs) else None


def other_price(fields: Iterable[str]) -> str:
    """Those of them that may change the price, in words; empty where none does."""
    return ", ".join(f"“{name}”" for name in fields if name in OTHER_PRICE)


def without_other_price(request: Request) -> Request:
    extra = request.parameters.extra
    kept = {name: value for name, value in extra.items() if name not in OTHER_PRICE}
    return replace(request, parameters=replace(request.parameters, extra=kept))


def input_tokens(request: Request) -> int:
    """An estimate of all that is sent, tools included, before anybody has counted."""
    parts = (part for message in request.messages for part in message.parts)
    texts = [_beside(request.parameters).decode("utf-8", "replace"), *map(_words, parts)]
    return _estimated(texts) + MESSAGE_TOKENS * len(request.messages)


def tokens_of(parts: Iterable[Part]) -> int:
    return _estimated([_words(part) for part in parts])


def output_tokens(answer: Answer) -> int:
    """An estimate of all that was said, in every choice: text, thinking, calls of tools."""
    texts: list[str] = []
    for choice in answer.choices:
        texts += [choice.text, choice.reasoning, choice.refusal or ""]
        texts += [f"{call.name} {call.arguments}" for call in choice.tool_calls]
    return _estimated(texts)


def usage_of(
    answer: Answer,
    error: ModelError | None,
    *,
    prompt_tokens: int,
    is_begun: bool,
    beginning: str = "",
) -> Usage:
    """As the provider counted; of an answer that was cut off, at least what can be seen. Nobody
    pays for one that was refused, not reached, or broken off by us before it began, nor twice for
    the `beginning` of one that went on."""
    broken_off = Refused | Unreachable | AddressForbidden | Interrupted
    if not is_begun and isinstance(error, broken_off):
        return Usage(0, 0)
    told = answer.usage
    if told is not None and answer.finish is not None:
        return told
    written = max(0, output_tokens(answer) - _estimated([beginning]))
    seen = Usage(prompt_tokens, written, is_estimated=True)
    if told is None:
        return seen
    if seen.output_tokens > told.output_tokens:
        return replace(told, output_tokens=seen.output_tokens, is_estimated=True)
    return told


def with_silence(
    usage: Usage, answer: Answer, *, model: AvailableModel, request: Request, seconds: float
) -> Usage:
    """Of an answer that somebody left: the thinking that nobody was shown before its first word,
    by the time that it took. As it stands where the provider counted, or the thinking was seen."""
    asked = request.parameters
    is_asked = asked.reasoning_effort is not None or asked.reasoning_budget_tokens is not None
    thinks = bool(model.catalog and model.catalog.reasoning) and asked.reasoning_effort != "none"
    by_itself = model.endpoint.dialect != "anthropic"
    is_counted = answer.usage is not None and answer.finish is not None
    if is_counted or answer.reasoning or not (thinks and (is_asked or by_itself)):
        return usage
    silent = int(max(0, seconds - USUAL_WAIT) * SILENT_TOKENS)
    total = usage.output_tokens + silent
    longest = _longest_answer(model, request)
    total = total if longest is None else max(usage.output_tokens, min(total, longest))
    if total == usage.output_tokens:
        return usage
    thought = total - usage.output_tokens
    return replace(usage, output_tokens=total, reasoning_tokens=thought, is_estimated=True)


def ceiling(model: AvailableModel, usage: Usage) -> Decimal | None:
    """The most that so many tokens can have cost, in US dollars, where one of the rates is not
    known. None where none is."""
    price = model.price
    if price is None or price.currency != "USD":
        return None
    now = timezone.now()
    found = prices.price_range(price, usage.input_tokens, usage.output_tokens, at=now)
    return None if found is None else found[1]


def _most_at(model: AvailableModel, request: Request) -> Decimal | None:
    if model.is_local:
        return Decimal(0)
    if other_price(request.parameters.extra):
        return None
    price, longest = model.price, _longest_answer(model, request)
    input_tokens = _most_input(model, request)
    if price is None or longest is None or input_tokens is None or price.currency != "USD":
        return None
    found = prices.price_range(price, input_tokens, longest, at=timezone.now())
    return None if found is None else found[1]


def _longest_answer(model: AvailableModel, request: Request) -> int | None:
    parameters = request.parameters
    asked = max(0, parameters.max_output_tokens or 0)
    limit = asked or model.max_output_tokens or model.context_window
    if limit is None:
        return None
    # Some providers count thinking apart from the answer.
    thought = max(0, parameters.reasoning_budget_tokens or 0)
    return (limit + thought) * max(1, parameters.choices or 1)


def _most_input(model: AvailableModel, request: Request) -> int | None:
    """None where nothing limits it."""
    window = model.context_window
    parts = [part for message in request.messages for part in message.parts]
    if any(isinstance(part, MediaPart) and not _is_image(part) for part in parts):
        return window
    if "cachedContent" in request.parameters.extra:  # of whatever size
        return window
    total = sum(_most_of(message) for message in request.messages)
    if beside := _beside(request.parameters):
        total += TOOL_TOKENS + len(beside)
    return total if window is None else min(total, window)


def _most_of(message: Message) -> int:
    return MOST_MESSAGE_TOKENS + sum(
        IMAGE_TOKENS if isinstance(part, MediaPart) else len(msgspec.json.encode(part))
        for part in message.parts
    )


def _is_image(part: MediaPart) -> bool:
    return part.media_type.startswith("image/")


def _beside(parameters: Parameters) -> bytes:
    """What the model reads beside the messages, or may read; empty where there is nothing."""
    form = parameters.response_format
    schema = form.schema if form is not None else None
    described = (parameters.tools or (), schema or {}, parameters.extra)
    return msgspec.json.encode(described) if any(described) else b""


def _words(part: Part) -> str:
    if isinstance(part, MediaPart):
        return ""
    return part.text if isinstance(part, TextPart) else msgspec.json.encode(part).decode()


def _estimated(texts: list[str]) -> int:
    """Of the first `SAMPLE` characters, and the rest in proportion."""
    total = sum(len(text) for text in texts)
    looked_at = tokens = 0
    for text in texts:
        if looked_at >= SAMPLE:
            return tokens * total // looked_at
        head = text[: SAMPLE - looked_at]
        tokens += estimate_tokens(head)
        looked_at += len(head)
    return tokens * total // looked_at if looked_at else 0
