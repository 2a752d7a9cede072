"""What a model can be given, and how much of it."""

from __future__ import annotations

import statistics
from dataclasses import replace

from chat import catalog
from chat.catalog.capabilities import accepts, fits
from chat.catalog.tokens import estimate_tokens
from tests.recordings import needs_recordings, recordings


def test_it_takes_what_its_modalities_say() -> None:
    gemini = catalog.get("google/gemini-2.5-flash")
    deepseek = catalog.get("deepseek/deepseek-v4-pro")

    assert all(accepts(gemini, kind) for kind in ("image/png", "audio/wav", "video/mp4"))
    assert accepts(gemini, "application/pdf")
    assert accepts(gemini, "application/zip") is False
    assert accepts(deepseek, "image/png") is False
    assert accepts(deepseek, "text/markdown")


def test_what_nobody_says_is_neither_yes_nor_no() -> None:
    named_only = catalog.get("zai/glm-5-fp4")

    assert accepts(None, "image/png") is None
    assert accepts(named_only, "image/png") is None
    assert fits(None, 10) is None
    assert fits(named_only, 10) is None


def test_a_prompt_and_its_answer_share_the_window() -> None:
    model = catalog.get("openai/gpt-4o")
    assert model is not None
    assert model.context_window == 128_000

    assert fits(model, 128_000)
    assert not fits(model, 128_001)
    assert not fits(model, 127_000, output_tokens=1_001)


def test_an_input_limit_below_the_window_counts() -> None:
    model = catalog.get("openai/gpt-5.4")
    assert model is not None
    assert (model.max_input, model.context_window) == (922_000, 1_050_000)

    assert not fits(model, 922_001)
    assert fits(model, 922_000, output_tokens=128_000)


def test_where_sources_differ_the_smaller_limit_counts() -> None:
    model = catalog.get("mistral/magistral-medium-latest")
    assert model is not None

    assert model.dispute("context_window") is not None
    assert not fits(model, 128_001)
    assert fits(replace(model, context_window=None), 128_001)


def test_an_estimate_of_nothing_is_nothing_and_never_falls_as_text_grows() -> None:
    text = "Ein Wort, 12345 — 日本語 и ещё 🙂\n" * 3

    counts = [estimate_tokens(text[:end]) for end in range(len(text) + 1)]

    assert counts[0] == 0
    assert counts == sorted(counts)
    assert estimate_tokens("   \n\t ") == 0


def test_chinese_is_counted_by_the_character() -> None:
    assert estimate_tokens("安全是第一位的") == 7


@needs_recordings
def test_half_of_all_estimates_are_within_a_tenth_of_what_the_provider_counted() -> None:
    ratios = []
    for dialect in ("openai", "anthropic", "google"):
        for recording in recordings(dialect):
            expected = recording.expected
            if _is_plain_text(expected):
                counted = expected["usage"]["output"] - (expected["usage"]["reasoning"] or 0)
                ratios.append(estimate_tokens(expected["text"]) / counted)

    assert len(ratios) > 30
    assert 0.9 < statistics.median(ratios) < 1.1
    assert statistics.median(abs(ratio - 1) for ratio in ratios) < 0.15


def _is_plain_text(expected: dict[str, object]) -> bool:
    """A whole answer of some length that is nothing but the text that was counted."""
    usage = expected.get("usage")
    beside = ("tool_calls", "refusal", "reasoning", "citations", "server_tools", "images", "audio")
    if not isinstance(usage, dict) or any(expected.get(name) for name in beside):
        return False
    output = (usage.get("output") or 0) - (usage.get("reasoning") or 0)
    return bool(expected["complete"]) and len(str(expected["text"])) > 60 and output >= 20
