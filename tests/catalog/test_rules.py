"""The rows of the panel for real models, and the reasons for those that are missing."""

from __future__ import annotations

from itertools import product

import pytest

from chat import catalog
from chat.catalog import CatalogModel, rules
from chat.catalog.parameters import InvalidParameters, ParameterSpec, clean, common_specs
from chat.llm.types import DialectName


def model(id: str) -> CatalogModel:
    found = catalog.get(id)
    assert found is not None
    return found


def rows(id: str, *, provider: str = "") -> dict[str, ParameterSpec]:
    known = model(id)
    route = known.route(provider) if provider else known.routes[0]
    dialect: DialectName = (route and route.dialect) or "openai"
    return {row.name: row for row in rules.specs(known, dialect=dialect, provider=provider)}


def reasons(id: str, **where: str) -> dict[str, str]:
    return {row.name: row.reason for row in rules.refusals(model(id), **where)}  # type: ignore[arg-type]


def test_every_parameter_is_offered_or_refused_with_a_reason() -> None:
    every = {spec.name for spec in common_specs()} | {"reasoning_budget_tokens"}

    for known, provider in product(catalog.models(), ("", "openrouter", "together", "compatible")):
        refused = rules.refusals(known, dialect="openai", provider=provider)
        offered = {row.name for row in rules.specs(known, dialect="openai", provider=provider)}
        assert offered.isdisjoint(row.name for row in refused)
        assert offered | {row.name for row in refused} == every
        assert all(row.reason.endswith(".") for row in refused)


def test_the_ranges_are_those_of_the_model() -> None:
    assert rows("anthropic/claude-opus-4-6")["temperature"].range_text == "0 to 1"
    assert rows("openai/gpt-4o")["temperature"].range_text == "0 to 2"
    assert rows("alibaba/qwen3-max")["temperature"].range_text == "0 to 1.9"
    assert rows("minimax/minimax-m3")["temperature"].minimum == 0.01
    assert rows("openai/gpt-5.4")["max_output_tokens"].range_text == "16 to 128,000"
    assert rows("google/gemini-2.5-flash")["top_p"].default == 0.95


def test_thirty_two_models_refuse_a_temperature() -> None:
    refusing = [known for known in catalog.models() if "temperature" in reasons(known.id)]
    named = [known for known in refusing if any(r.name == "temperature" for r in known.refusals)]

    assert len(named) == 32
    assert "temperature" not in rows("openai/gpt-5.4")
    assert reasons("openai/gpt-5.4")["temperature"] == "This reasoning model does its own sampling."


def test_a_new_version_of_an_api_refuses_what_the_old_one_took() -> None:
    old = reasons("anthropic/claude-opus-4-6", api_version="2023-06-01")
    new = reasons("anthropic/claude-opus-4-6", api_version="2026-10-21")

    assert "temperature" not in old
    assert {"temperature", "top_p", "top_k"} <= new.keys()
    assert new["top_k"] == "Refused since version 2026-10-21 of the API."


def test_efforts_and_budgets_are_those_of_the_model() -> None:
    assert rows("openai/gpt-5.4")["reasoning_effort"].choices == (
        *("none", "low", "medium", "high"),
        "xhigh",
    )
    assert rows("google/gemini-2.5-pro")["reasoning_budget_tokens"].range_text == "128 to 32,768"
    assert "reasoning_effort" not in rows("google/gemini-2.5-pro")
    assert "reasoning_budget_tokens" not in rows("anthropic/claude-opus-5")
    assert reasons("openai/gpt-4o")["reasoning_effort"] == (
        "This model does not think before it answers."
    )


def test_only_the_efforts_on_which_the_sources_agree_are_offered() -> None:
    known = model("deepseek/deepseek-v4-flash")

    assert known.dispute("reasoning_effort") is not None
    assert rows(known.id)["reasoning_effort"].choices == ("none", "high", "max")


def test_openrouter_offers_what_it_lists_for_the_model() -> None:
    offered = rows("openai/gpt-5.4", provider="openrouter")

    assert "seed" in offered
    assert "stop_sequences" not in offered
    assert "stop_sequences" in rows("openai/gpt-5.4", provider="openai")


def test_a_model_that_nobody_knows_gets_what_the_dialect_can_say() -> None:
    openai = rules.specs(None, dialect="openai", max_output_tokens=100)
    anthropic = {row.name: row for row in rules.specs(None, dialect="anthropic")}

    assert openai == common_specs(max_output_tokens=100)
    assert anthropic["temperature"].maximum == 1
    assert "seed" not in anthropic
    assert rules.refusals(None) == ()


def test_the_limit_of_the_endpoint_comes_before_that_of_the_catalogue() -> None:
    known = model("openai/gpt-4o")
    specs = rules.specs(known, dialect="openai", max_output_tokens=4096)

    assert {row.name: row for row in specs}["max_output_tokens"].maximum == 4096


def test_of_an_exclusive_pair_one_is_sent() -> None:
    specs = rules.specs(model("anthropic/claude-opus-4-6"), dialect="anthropic")

    with pytest.raises(InvalidParameters) as caught:
        clean({"top_p": 0.5, "temperature": 0.5}, specs)

    assert ("temperature", "top_p") in rules.exclusives(model("anthropic/claude-opus-4-6"))
    assert caught.value.errors == {
        "top_p": "Temperature or Top P: this model takes one of them, not both."
    }
    assert clean({"top_p": 0.5}, specs).top_p == 0.5


def test_thinking_excludes_sampling_where_the_vendor_says_so() -> None:
    home = rows("anthropic/claude-opus-4-6")
    relayed = rows("anthropic/claude-opus-4-6", provider="openrouter")

    assert home["reasoning_effort"].excludes == ("temperature", "top_k", "top_p")
    assert relayed["reasoning_effort"].excludes == ()
    assert rows("anthropic/claude-3-haiku-20240307")["temperature"].excludes == ("top_p",)


def test_a_pair_is_free_where_no_source_says_otherwise() -> None:
    specs = rules.specs(model("openai/gpt-4o"), dialect="openai")

    parameters = clean({"top_p": 0.5, "temperature": 0.5}, specs)

    assert (parameters.top_p, parameters.temperature) == (0.5, 0.5)


def test_the_token_limit_has_the_field_that_the_model_wants() -> None:
    assert rules.token_limit_field(model("openai/gpt-4o")) == "max_tokens"
    assert rules.token_limit_field(model("openai/o3")) == "max_completion_tokens"
    assert rules.token_limit_field(model("openai/o3"), provider="openrouter") == "max_tokens"
    assert rules.token_limit_field(None, provider="groq") == "max_completion_tokens"
    assert rules.token_limit_field(None, provider="nobody") is None


def test_defaults_lie_within_their_ranges() -> None:
    for known in catalog.models():
        for row in (
            rules.specs(known, dialect=known.routes[0].dialect or "openai") if known.routes else ()
        ):
            if isinstance(row.default, int | float) and row.minimum is not None:
                assert row.minimum <= row.default <= (row.maximum or row.default), (known.id, row)
            if row.kind == "choice":
                assert row.choices, (known.id, row)
                assert row.default is None or row.default in row.choices
