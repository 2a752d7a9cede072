"""A model's profile, made of the catalogue alone: no person, no endpoint of ours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from django.conf import settings

from chat.catalog.entries import CatalogModel, Source, Vendor
from chat.catalog.facts import KINDS, day, listed
from chat.catalog.features import Feature, Question, features, questions, related, uses
from chat.catalog.loading import sources
from chat.catalog.override import SET_BY
from chat.catalog.rules import refusals, specs
from chat.llm.providers import PROVIDERS
from chat.llm.types import DialectName, Message, Request, TextPart
from chat.profiles.prices import (
    PriceRow,
    has_list_price,
    off_peak_hours,
    price_rows,
    provider_name,
)
from chat.snippets import LANGUAGES, Snippet, snippet

PROMPT = "Why is the sky blue?"
KEPT = 512
"""Profiles in memory: a day's worth of a large catalogue."""


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """Who serves it, under which id, and where."""

    provider: str
    name: str
    id: str
    dialect: DialectName | None
    base_url: str
    key_variable: str

    @property
    def is_callable(self) -> bool:
        """Whether we can say how to call it."""
        return bool(self.dialect and self.base_url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    model: CatalogModel
    url: str
    """Without the host."""
    canonical_url: str
    description: str
    prices: tuple[PriceRow, ...]
    has_list_price: bool
    price_notes: tuple[str, ...]
    facts: tuple[Fact, ...]
    parameters: tuple[Fact, ...]
    features: tuple[Feature, ...]
    uses: tuple[str, ...]
    questions: tuple[Question, ...]
    routes: tuple[Route, ...]
    quick_start: Route | None
    snippets: tuple[Snippet, ...]
    related: tuple[CatalogModel, ...]
    sources: tuple[Source, ...]
    is_retired: bool


def profile(model: CatalogModel, *, on: date, among: Iterable[Vendor] | None = None) -> Profile:
    """`among` are the vendors that the reader sees; without them, those of the files."""
    return replace(_profile(model, on), related=related(model, among=among))


@lru_cache(maxsize=KEPT)
def _profile(model: CatalogModel, on: date) -> Profile:
    routes = tuple(_route(route.provider, route.id, route.dialect) for route in model.routes)
    quick_start = next((route for route in routes if route.is_callable), None)
    url = address(model)
    return Profile(
        model=model,
        url=url,
        canonical_url=f"{settings.SITE_URL}{url}",
        description=model.description or f"A model of {model.vendor_name}.",
        prices=price_rows(model),
        has_list_price=has_list_price(model),
        price_notes=_price_notes(model),
        facts=_facts(model, on),
        parameters=_parameters(model),
        features=features(model),
        uses=uses(model),
        questions=questions(model, on=on),
        routes=routes,
        quick_start=quick_start,
        snippets=_snippets(quick_start),
        related=(),
        sources=tuple(sources()[name] for name in model.sources if name in sources()),
        is_retired=model.is_retired(on),
    )


def address(model: CatalogModel) -> str:
    return f"/models/{model.id}/"


def _route(provider: str, id: str, dialect: DialectName | None) -> Route:
    row = PROVIDERS.get(provider)
    name = provider_name(provider)
    if row is None:
        return Route(provider, name, id, dialect, "", "")
    return Route(provider, name, id, dialect, row.base_url, row.key_variable)


def _snippets(route: Route | None) -> tuple[Snippet, ...]:
    if route is None or route.dialect is None:
        return ()
    request = Request(route.id, (Message("user", (TextPart(PROMPT),)),))
    return tuple(
        snippet(
            language,
            route.dialect,
            request,
            base_url=route.base_url,
            key_variable=route.key_variable,
            provider=route.provider,
        )
        for language in LANGUAGES
    )


def _price_notes(model: CatalogModel) -> tuple[str, ...]:
    notes = []
    if model.prices and not has_list_price(model):
        notes.append(f"What {model.vendor_name} itself asks, no source says.")
    for kind in {kind for price in model.prices for kind in price.leaves_out}:
        notes.append(f"{KINDS.get(kind, kind).capitalize()} it makes cost something else.")
    for price in model.prices:
        if price.off_peak is not None:
            hours = off_peak_hours(price.off_peak)
            notes.append(f"Off-peak at {provider_name(price.provider)}, UTC: {hours}.")
    if doubt := _doubt(model, "price"):
        notes.append(doubt)
    return tuple(notes)


def _facts(model: CatalogModel, on: date) -> tuple[Fact, ...]:
    found = [
        Fact("Vendor", model.vendor_name),
        Fact("Released", day(model.released_on) if model.released_on else "unknown"),
        Fact("Context window", _tokens(model.context_window), _doubt(model, "context_window")),
        Fact("Longest input", _tokens(model.max_input)) if model.max_input else None,
        Fact(
            "Longest answer", _tokens(model.max_output_tokens), _doubt(model, "max_output_tokens")
        ),
        Fact("Takes", _kinds(model.input_modalities)),
        Fact("Gives", _kinds(model.output_modalities)),
        Fact("Tools", _yes(model.tools)),
        Fact("Structured output", _yes(model.structured_output)),
        Fact("Thinking", _yes(model.reasoning)),
        Fact("Prompt caching", _yes(model.prompt_caching)),
        Fact("Knows things until", day(model.knowledge_cutoff)) if model.knowledge_cutoff else None,
        Fact("Open weights", _yes(model.open_weights), model.licence or ""),
    ]
    if model.retires_on is not None:
        verb = "Retired on" if model.is_retired(on) else "Retires on"
        found.append(Fact(verb, day(model.retires_on.isoformat())))
    return tuple(_dated(fact, model) for fact in found if fact is not None)


_SET_HERE = {
    "Context window": "context_window",
    "Longest answer": "max_output_tokens",
    "Takes": "input_modalities",
    "Tools": "tools",
    "Structured output": "structured_output",
    "Thinking": "reasoning",
    "Prompt caching": "prompt_caching",
    "Retires on": "retires_on",
    "Retired on": "retires_on",
}
"""Facts that an administrator may have set."""


def _dated(fact: Fact, model: CatalogModel) -> Fact:
    on = model.overridden_on(_SET_HERE.get(fact.name, ""))
    return replace(fact, note=f"{SET_BY} on {day(on)}") if on else fact


def _parameters(model: CatalogModel) -> tuple[Fact, ...]:
    """As its first route takes them."""
    route = next((route for route in model.routes if route.dialect), None)
    if route is None or route.dialect is None:
        return ()
    taken = [
        Fact(spec.label, spec.range_text or ", ".join(spec.choices) or "accepted")
        for spec in specs(model, dialect=route.dialect, provider=route.provider)
        if spec.name != "extra"
    ]
    refused = [
        Fact(refusal.label, "not accepted", refusal.reason)
        for refusal in refusals(model, dialect=route.dialect, provider=route.provider)
    ]
    return (*taken, *refused)


def _tokens(count: int | None) -> str:
    return f"{count:,} tokens" if count else "unknown"


def _kinds(kinds: tuple[str, ...]) -> str:
    return listed([KINDS.get(kind, kind) for kind in kinds]) or "unknown"


def _yes(holds: bool | None) -> str:
    return {True: "yes", False: "no", None: "unknown"}[holds]


def _doubt(model: CatalogModel, fact: str) -> str:
    dispute = model.dispute(fact)
    if dispute is None:
        return ""
    claims = (
        f"{claim.says} ({claim.source})" if claim.source else claim.says for claim in dispute.claims
    )
    return f"The sources differ: {'; '.join(claims)}."
