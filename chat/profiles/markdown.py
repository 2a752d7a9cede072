"""The profile as Markdown, for readers that are programs and programs that are readers.

The one rule: what comes from the catalogue stands in it as text and cannot end a table or a fence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from chat.catalog.facts import day
from chat.catalog.features import money
from chat.profiles.prices import PriceRow
from chat.profiles.profile import Fact, Profile, address

PRICE_HEAD = ("Provider", "Input", "Output", "Cache read", "Cache write", "Against list", "Source")


def as_markdown(profile: Profile, *, with_code: bool = True) -> str:
    lines = [*_head(profile), *_prices(profile), *_routes(profile)]
    if with_code:
        lines += _code(profile)
    lines += _table("Specifications", ("", ""), _facts(profile.facts))
    lines += _table("Parameters", ("Parameter", "Takes"), _facts(profile.parameters))
    lines += _list("Features", [f"**{item.title}**: {item.text}" for item in profile.features])
    lines += _list("Uses", profile.uses)
    lines += _questions(profile)
    lines += _list("Related", [f"[{m.name}]({address(m)[:-1]}.md)" for m in profile.related])
    lines += _list("Sources", [f"{s.name}: {s.where}, as of {s.as_of}" for s in profile.sources])
    return "\n".join(lines) + "\n"


def _head(profile: Profile) -> Iterator[str]:
    model = profile.model
    yield f"# {model.name}"
    yield ""
    yield f"{profile.description}"
    yield ""
    yield f"- Vendor: {model.vendor_name}"
    yield f"- Id: `{model.id}`"
    yield f"- Page: {profile.canonical_url}"
    if model.retires_on is not None:
        verb = "Retired on" if profile.is_retired else "Retires on"
        yield f"- {verb} {day(model.retires_on.isoformat())}"
    yield ""


def _prices(profile: Profile) -> Iterator[str]:
    yield "## Prices"
    yield ""
    if not profile.prices:
        yield "No source states a price."
        yield ""
        return
    yield "In US dollars per million tokens."
    yield ""
    yield from _rows(PRICE_HEAD, [_price(row) for row in profile.prices])
    yield ""
    for note in profile.price_notes:
        yield f"{note}"
        yield ""


def _price(row: PriceRow) -> tuple[str, ...]:
    rates = row.rates
    amounts = (rates.input, rates.output, rates.cache_read, rates.cache_write)
    return (
        f"{row.provider_name}, {row.condition}" if row.condition else row.provider_name,
        *(_amount(amount, row.currency) for amount in amounts),
        row.against_list,
        f"{row.source}, {day(row.date)}",
    )


def _amount(amount: Decimal | None, currency: str) -> str:
    if amount is None:
        return "unknown"
    return money(amount) if currency == "USD" else f"{amount:f} {currency}"


def _routes(profile: Profile) -> Iterator[str]:
    rows = [
        (route.name, f"`{route.id}`", route.dialect or "its own", route.base_url)
        for route in profile.routes
    ]
    return _table("Served by", ("Provider", "Model id", "Dialect", "Address"), rows)


def _code(profile: Profile) -> Iterator[str]:
    route = profile.quick_start
    if route is None:
        return
    yield "## Quick start"
    yield ""
    if route.key_variable:
        yield f"With {route.name}, and its key in `{route.key_variable}`."
    else:
        yield f"With {route.name}."
    for snippet in profile.snippets:
        yield ""
        yield f"```{snippet.colours}"
        yield snippet.text.rstrip("\n")
        yield "```"
    yield ""


def _questions(profile: Profile) -> Iterator[str]:
    if not profile.questions:
        return
    yield "## Questions"
    for item in profile.questions:
        yield ""
        yield f"### {item.question}"
        yield ""
        yield f"{item.answer}"
    yield ""


def _facts(facts: Iterable[Fact]) -> list[tuple[str, str]]:
    return [
        (fact.name, f"{fact.value}. {fact.note}" if fact.note else fact.value) for fact in facts
    ]


def _table(title: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    if not rows:
        return
    yield f"## {title}"
    yield ""
    yield from _rows(head, rows)
    yield ""


def _rows(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def _list(title: str, items: Iterable[str]) -> Iterator[str]:
    items = list(items)
    if not items:
        return
    yield f"## {title}"
    yield ""
    yield from (f"- {item}" for item in items)
    yield ""
