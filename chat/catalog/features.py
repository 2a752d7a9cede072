"""What a model's page says about it: features, uses, questions and answers, relatives.

The one rule: every sentence is a fact of the catalogue in words, with its date where it may change;
a question whose answer is unknown is either not asked or answered with "not known".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chat.catalog.entries import CatalogModel, Vendor
from chat.catalog.facts import KINDS, day, listed
from chat.catalog.loading import models, vendors
from chat.catalog.prices import EVERYWHERE, Price

LONG_WINDOW = 200_000


@dataclass(frozen=True, slots=True)
class Feature:
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    question: str
    answer: str


def features(model: CatalogModel) -> tuple[Feature, ...]:
    return tuple(Feature(title, text) for title, text in _features(model))


def uses(model: CatalogModel) -> tuple[str, ...]:
    """What its capabilities are for; none of them says that it does it well."""
    taken, given = set(model.input_modalities), set(model.output_modalities)
    found = {
        "Questions about pictures": "image" in taken,
        "Questions about recordings": bool(taken & {"audio", "video"}),
        "Reading PDF": bool(taken & {"pdf", "file"}),
        "Making pictures": "image" in given,
        "Long documents and long conversations": (model.context_window or 0) >= LONG_WINDOW,
        "Problems in several steps": bool(model.reasoning),
        "Programs that act through tools": bool(model.tools),
        "Answers that a program reads": bool(model.structured_output),
        "Running on machines of your own": bool(model.open_weights),
    }
    return tuple(use for use, is_possible in found.items() if is_possible)


def questions(model: CatalogModel, *, on: date) -> tuple[Question, ...]:
    return tuple(Question(question, answer) for question, answer in _questions(model, on))


def related(
    model: CatalogModel, *, among: Iterable[Vendor] | None = None, most: int = 6
) -> tuple[CatalogModel, ...]:
    """Other models of its family, then of its vendor, in the vendor's order; each once, however
    many providers serve it. Without `among`, those of the catalogue's files."""
    known = vendors() if among is None else among
    vendor = next((vendor for vendor in known if vendor.slug == model.vendor), None)
    others = [other for other in vendor.models if other.id != model.id] if vendor else []
    is_kin = {other.id: bool(model.family) and other.family == model.family for other in others}
    return tuple(sorted(others, key=lambda other: not is_kin[other.id])[:most])


def retiring(on: date) -> tuple[CatalogModel, ...]:
    """Those that have a day to retire on and are still there, the next one first."""
    found = [(m.retires_on, m) for m in models() if m.retires_on and not m.is_retired(on)]
    return tuple(model for _, model in sorted(found, key=lambda pair: pair[0]))


def money(rate: Decimal) -> str:
    """`$0.30`, `$0.083333`: two digits at least, and all that there are."""
    whole, _, digits = f"{rate:f}".partition(".")
    return f"${whole}.{digits.rstrip('0').ljust(2, '0')}"


def _features(model: CatalogModel) -> Iterator[tuple[str, str]]:
    if model.context_window:
        text = f"Holds {model.context_window:,} tokens of prompt and answer"
        longest = model.max_output_tokens
        yield (
            "Window",
            f"{text}, of which {longest:,} may be the answer." if longest else f"{text}.",
        )
    media = [KINDS.get(kind, kind) for kind in model.input_modalities if kind != "text"]
    if media:
        yield "Files", f"Takes {listed(media)} beside text."
    made = [KINDS.get(kind, kind) for kind in model.output_modalities if kind != "text"]
    if made:
        yield "Output", f"Answers with {listed(made)} as well as text."
    if model.reasoning:
        yield "Thinking", _thinking(model)
    if model.tools:
        yield "Tools", "Calls functions that you describe, and goes on with what they return."
    if model.structured_output:
        yield "Structured output", "Gives JSON that fits a schema of yours."
    if model.prompt_caching:
        yield "Prompt caching", _caching(model.list_price)
    if model.open_weights:
        licence = f", under {model.licence}" if model.licence else ""
        yield "Open weights", f"Its weights are published{licence}."


def _thinking(model: CatalogModel) -> str:
    efforts, budget = model.thinking.efforts, model.thinking.budget
    words = "Thinks before it answers"
    if efforts:
        words += f"; the effort is {', '.join(efforts[:-1])} or {efforts[-1]}"
    elif budget is not None and budget.maximum is not None:
        words += f", on {budget.minimum:,} to {budget.maximum:,} tokens"
    return f"{words}."


def _caching(price: Price | None) -> str:
    if price is None or price.cache_read is None or not price.input:
        return "A prompt that comes again may be read from a cache."
    share = price.cache_read * 100 / price.input
    return f"What is read from the cache costs {share:.0f} % of what is new."


def _questions(model: CatalogModel, on: date) -> Iterator[tuple[str, str]]:
    name = model.name
    yield f"What does {name} cost?", _cost(model)
    if model.context_window:
        yield f"How long may a conversation with {name} be?", _length(model)
    if model.input_modalities:
        media = listed([KINDS.get(kind, kind) for kind in model.input_modalities])
        yield f"What can I give {name}?", f"It takes {media}."
    if model.reasoning is not None:
        yield (
            f"Does {name} think before it answers?",
            _thinking(model) if model.reasoning else "No.",
        )
    for refused in model.refusals:
        if refused.name == "temperature":
            yield f"Can I set the temperature of {name}?", f"No. {refused.reason}"
    if model.knowledge_cutoff:
        until = day(model.knowledge_cutoff)
        yield f"How recent is what {name} knows?", f"It was trained on text up to {until}."
    if model.open_weights is not None:
        answer = "Yes, its weights are published." if model.open_weights else "No."
        yield f"Can I run {name} on machines of my own?", answer
    if model.retires_on is not None:
        verb = "It was retired" if model.is_retired(on) else "It will be retired"
        yield f"How long will {name} be there?", f"{verb} on {day(model.retires_on.isoformat())}."


def _cost(model: CatalogModel) -> str:
    price = model.list_price
    if price is None or price.input is None or price.output is None:
        return "Its price is not known."
    words = f"{money(price.input)} for a million tokens of input, {money(price.output)} of output"
    if price.tiers:
        words += f", more beyond {price.tiers[0].above_input_tokens:,} tokens of input"
    if price.off_peak:
        words += ", less at some hours"
    doubt = " Other sources say otherwise." if model.dispute("price") else ""
    if price.provider == EVERYWHERE:
        return f"{words} ({price.source} on {day(price.date)})."
    return f"{words} ({price.provider}, {day(price.date)}, from {price.source}).{doubt}"


def _length(model: CatalogModel) -> str:
    words = f"{model.context_window:,} tokens, prompt and answer together"
    if model.max_output_tokens:
        words += f"; one answer up to {model.max_output_tokens:,}"
    doubt = " The sources differ on this." if model.dispute("context_window") else ""
    return f"{words}.{doubt}"
