"""What a model's page says: facts in words, and nothing where nothing is known."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from chat import catalog
from chat.catalog import CatalogModel
from chat.catalog.features import features, money, questions, related, retiring, uses

TODAY = date(2026, 11, 21)


def model(id: str) -> CatalogModel:
    found = catalog.get(id)
    assert found is not None
    return found


def answers(id: str) -> dict[str, str]:
    return {row.question: row.answer for row in questions(model(id), on=TODAY)}


def test_a_price_is_told_with_who_says_so_and_when() -> None:
    assert answers("google/gemini-2.5-flash")["What does Gemini 2.5 Flash cost?"] == (
        "$0.30 for a million tokens of input, $2.50 of output "
        "(google, November 2026, from litellm)."
    )
    assert answers("mistral/mistral-large-4")["What does Mistral Large 4 cost?"].endswith(
        "Other sources say otherwise."
    )
    assert answers("zai/glm-5-fp4") == {"What does GLM 5 Fp4 cost?": "Its price is not known."}


def test_the_end_of_a_model_is_told() -> None:
    question = "How long will GPT-5 be there?"

    assert answers("openai/gpt-5")[question] == "It will be retired on 11 December 2026."
    assert next(gone.id for gone in retiring(TODAY)) == "anthropic/claude-sonnet-4-5"


def test_features_and_uses_follow_from_capabilities() -> None:
    found = {row.title: row.text for row in features(model("google/gemini-2.5-flash"))}

    assert found["Thinking"] == "Thinks before it answers, on 0 to 24,576 tokens."
    assert found["Prompt caching"] == "What is read from the cache costs 10 % of what is new."
    assert "Questions about pictures" in uses(model("google/gemini-2.5-flash"))
    assert "Questions about pictures" not in uses(model("deepseek/deepseek-v4-pro"))


def test_nothing_is_said_of_a_model_of_which_nothing_is_known() -> None:
    assert features(model("zai/glm-5-fp4")) == ()
    assert uses(model("zai/glm-5-fp4")) == ()


def test_every_model_has_sentences_that_are_whole() -> None:
    for known in catalog.models():
        texts = [row.text for row in features(known)]
        texts += [row.answer for row in questions(known, on=TODAY)]
        assert all(text.endswith(".") and "None" not in text for text in texts), known.id


def test_relatives_are_other_models_of_the_vendor_and_the_family_comes_first() -> None:
    found = related(model("google/gemini-2.5-flash"), most=3)

    assert all(other.family == "gemini-flash" for other in found)
    assert len({other.id for other in found} - {"google/gemini-2.5-flash"}) == 3


@pytest.mark.parametrize(
    ("rate", "text"),
    [("10", "$10.00"), ("0.3", "$0.30"), ("0.083333", "$0.083333"), ("0.0100", "$0.01")],
)
def test_money_has_two_digits_at_least_and_all_that_there_are(rate: str, text: str) -> None:
    assert money(Decimal(rate)) == text
