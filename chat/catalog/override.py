"""Facts that somebody here sets over those of the catalogue, or for a model that it does not have.

The one rule: what does not fit is refused when it comes in, with the sentence of its field; so an
override that exists can be applied. None leaves the catalogue's fact as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import msgspec

from chat.catalog.entries import CatalogModel, Refused, Route
from chat.catalog.parameters import common_specs
from chat.catalog.prices import EVERYWHERE, Price
from chat.llm.providers import PROVIDERS

SET_BY = "set by an administrator"
MODALITIES = ("text", "image", "audio", "video", "pdf")
CAPABILITIES = ("tools", "structured_output", "reasoning", "prompt_caching")
MOST_TOKENS = 100_000_000
MOST_RATE = 10_000
RATE_DIGITS = 8
MOST_LINES = 40
"""Of routes, and of refused parameters."""

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}/[a-z0-9][a-z0-9._-]{0,79}")
_LINE = re.compile(r"[^\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")

BAD_ID = (
    "An id looks like openai/gpt-5.4: the vendor, a slash, the model, in small letters, digits "
    "and - . _"
)
BAD_LINE = "One line of text, {most} characters at most."
BAD_FENCE = "Leave out ``` and ~~~: they would begin a block of code."
BAD_TOKENS = f"A whole number of tokens from 1 to {MOST_TOKENS:,}."
BAD_LONGEST = "The longest answer cannot be longer than the context window."
BAD_RATE = (
    f"US dollars per million tokens, from 0 to {MOST_RATE:,}, with {RATE_DIGITS} digits at most "
    "behind the point."
)
BAD_MODALITIES = f"Only {', '.join(MODALITIES)}, each once."
BAD_ROUTE = "An id at a provider is one line of at most 255 characters without spaces."
BAD_ROUTES = f"{MOST_LINES} lines at most."
BAD_PARAMETER = "There is no parameter {name}."


class Rates(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Per million tokens. Both of the usual rates: half a price cannot charge an answer."""

    input: Decimal
    output: Decimal
    cache_read: Decimal | None = None
    cache_write: Decimal | None = None
    currency: Literal["USD"] = "USD"

    def __post_init__(self) -> None:
        for rate in (self.input, self.output, self.cache_read, self.cache_write):
            if rate is not None and not is_rate(rate):
                raise ValueError(BAD_RATE)


class Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """As they are stored. Order and names are those of the form."""

    name: str | None = None
    description: str | None = None
    context_window: int | None = None
    max_output_tokens: int | None = None
    input_modalities: tuple[str, ...] | None = None
    tools: bool | None = None
    structured_output: bool | None = None
    reasoning: bool | None = None
    prompt_caching: bool | None = None
    price: Rates | None = None
    retires_on: date | None = None
    routes: Mapping[str, str] | None = None
    """Provider, or name of an endpoint here → the model's id there."""
    refusals: Mapping[str, str] | None = None
    """Parameter → the reason, as a sentence."""

    def __post_init__(self) -> None:
        for sentence in (
            *(_line(self.name, 80), _line(self.description, 500), _fence(self.description)),
            *(_tokens(self.context_window), _tokens(self.max_output_tokens)),
            *(_modalities(self.input_modalities), _longest(self)),
            *(_routes(self.routes), _refusals(self.refusals)),
        ):
            if sentence:
                raise ValueError(sentence)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name in self.__struct_fields__ if getattr(self, name) is not None)


@dataclass(frozen=True, slots=True)
class Override:
    model_id: str
    facts: Facts
    set_on: Mapping[str, str]
    """Fact → ISO date."""

    def price(self, base: CatalogModel | None) -> Price | None:
        rates = self.facts.price
        if rates is None:
            return None
        listed = base.list_price if base else None
        return Price(
            provider=EVERYWHERE,
            input=rates.input,
            output=rates.output,
            cache_read=rates.cache_read,
            cache_write=rates.cache_write,
            currency=rates.currency,
            source=SET_BY,
            date=self.set_on["price"],
            # What its pictures cost is as unknown as before.
            leaves_out=listed.leaves_out if listed else (),
        )


def parse(plain: Any) -> Facts:
    """From its JSON form. Raise `msgspec.ValidationError`."""
    return msgspec.convert(plain, Facts)


def to_plain(facts: Facts) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(facts)
    return plain


def is_id(text: str) -> bool:
    """Not one that would end like the address of a twin of another model's page."""
    return bool(_ID.fullmatch(text)) and not text.endswith((".md", ".json"))


def is_rate(rate: Decimal) -> bool:
    if not rate.is_finite() or not 0 <= rate <= MOST_RATE:
        return False
    exponent = rate.normalize().as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -RATE_DIGITS


def parameter_names() -> frozenset[str]:
    """Those that a model may refuse."""
    names = {spec.name for spec in common_specs()} | {"reasoning_budget_tokens"}
    return frozenset(names - {"extra"})


def apply(override: Override, base: CatalogModel | None) -> CatalogModel:
    """The model with these facts set. A base of None makes a model of the administrator's own."""
    facts = override.facts
    model = base or _blank(override.model_id)
    simple = {name: getattr(facts, name) for name in _SIMPLE if getattr(facts, name) is not None}
    price = override.price(base)
    return replace(
        model,
        **simple,
        own_description=facts.description or "",
        max_input=None if _is_outgrown(model, facts) else model.max_input,
        prices=model.prices if price is None else (price,),
        routes=_merged_routes(model.routes, facts.routes or {}),
        refusals=_merged_refusals(override, model.refusals),
        disputes=tuple(d for d in model.disputes if d.fact not in override.set_on),
        overridden=tuple((name, override.set_on[name]) for name in facts.names),
    )


_LIMITS = ("context_window", "max_output_tokens")
_SIMPLE = ("name", *_LIMITS, "input_modalities", *CAPABILITIES, "retires_on")


def _blank(model_id: str) -> CatalogModel:
    vendor, _, slug = model_id.partition("/")
    return CatalogModel(
        slug=slug,
        name=slug,
        family=None,
        released_on=None,
        knowledge_cutoff=None,
        context_window=None,
        max_input=None,
        max_output_tokens=None,
        input_modalities=(),
        output_modalities=("text",),
        tools=None,
        structured_output=None,
        reasoning=None,
        prompt_caching=None,
        open_weights=None,
        licence=None,
        retires_on=None,
        routes=(),
        prices=(),
        sources=(),
        vendor=vendor,
        vendor_name=vendor.replace("-", " ").capitalize(),
    )


def _is_outgrown(model: CatalogModel, facts: Facts) -> bool:
    """A smaller window says more than the longest input of the larger one."""
    return bool(facts.context_window and (model.max_input or 0) > facts.context_window)


def _merged_routes(routes: tuple[Route, ...], ids: Mapping[str, str]) -> tuple[Route, ...]:
    """The first one tells whose home the model has, so none comes before it. Names of endpoints are
    nobody's business but this server's: they are looked up, not listed."""
    listed = {name: id for name, id in ids.items() if name in PROVIDERS}
    kept = tuple(
        replace(route, id=listed[route.provider]) if route.provider in listed else route
        for route in routes
    )
    known = {route.provider for route in routes}
    added = (
        Route(name, id, PROVIDERS[name].dialect) for name, id in listed.items() if name not in known
    )
    return (*kept, *added)


def _merged_refusals(override: Override, refusals: tuple[Refused, ...]) -> tuple[Refused, ...]:
    reasons = override.facts.refusals or {}
    source = f"{SET_BY} on {override.set_on['refusals']}" if reasons else ""
    kept = (refused for refused in refusals if refused.name not in reasons)
    return (*kept, *(Refused(name, reason, source) for name, reason in reasons.items()))


def _line(text: str | None, most: int) -> str:
    if text is None or (0 < len(text) <= most and text.strip() and _LINE.fullmatch(text)):
        return ""
    return BAD_LINE.format(most=most)


def _fence(text: str | None) -> str:
    return BAD_FENCE if text and ("```" in text or "~~~" in text) else ""


def _tokens(count: int | None) -> str:
    return "" if count is None or 1 <= count <= MOST_TOKENS else BAD_TOKENS


def _longest(facts: Facts) -> str:
    window, longest = facts.context_window, facts.max_output_tokens
    return BAD_LONGEST if window and longest and longest > window else ""


def _modalities(kinds: tuple[str, ...] | None) -> str:
    if kinds is None:
        return ""
    is_good = kinds and len(set(kinds)) == len(kinds) and set(kinds) <= set(MODALITIES)
    return "" if is_good else BAD_MODALITIES


def _routes(routes: Mapping[str, str] | None) -> str:
    for name, id in (routes or {}).items():
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,59}", name):
            return BAD_ROUTE
        if _line(id, 255) or " " in id:
            return BAD_ROUTE
    return "" if routes is None or 0 < len(routes) <= MOST_LINES else BAD_ROUTES


def _refusals(refusals: Mapping[str, str] | None) -> str:
    for name, reason in (refusals or {}).items():
        if name not in parameter_names():
            return BAD_PARAMETER.format(name=name[:60])
        if sentence := _line(reason, 300):
            return sentence
    return "" if refusals is None or 0 < len(refusals) <= MOST_LINES else BAD_ROUTES
