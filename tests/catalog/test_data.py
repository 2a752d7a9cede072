"""The catalogue's files as they are in the repository."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

from chat import catalog
from chat.catalog import checks, loading

MEASURE = """
import time
from chat.catalog import loading
start = time.process_time()
count = len(loading.models())
print(count, (time.process_time() - start) * 1000)
"""


def test_every_file_is_valid() -> None:
    findings = checks.check(today=date(2026, 11, 21))

    assert [finding for finding in findings if finding.kind == "invalid"] == []


def test_all_models_load_in_less_than_50_milliseconds() -> None:
    root = Path(__file__).parents[2]
    output = subprocess.run(
        [sys.executable, "-c", MEASURE], cwd=root, check=True, capture_output=True, text=True
    )

    count, milliseconds = output.stdout.split()
    assert int(count) == 187
    assert float(milliseconds) < 50


def test_no_line_is_too_long_to_read() -> None:
    lines = [
        (file.name, number)
        for file in loading.DATA.glob("*.json")
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if len(line) > 180
    ]

    assert lines == []


def test_a_model_is_found_by_its_id_and_knows_its_vendor() -> None:
    model = catalog.get("google/gemini-2.5-flash")

    assert model is not None
    assert model.vendor_name == "Google"
    assert model.context_window == 1_048_576
    assert model.capabilities == ("tools", "structured_output", "reasoning", "prompt_caching")
    assert catalog.get("google/gemini-nothing") is None


def test_ids_are_made_for_addresses() -> None:
    ids = [model.id for model in catalog.models()]

    assert len(set(ids)) == len(ids)
    assert all(set(id) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-/") for id in ids)
    assert all(id.count("/") == 1 for id in ids)


def test_every_fact_can_name_its_sources() -> None:
    known = loading.sources()

    for model in catalog.models():
        if model.note is None:
            assert model.sources, model.id
        assert set(model.sources) <= set(known)
        assert all(price.source in known and price.date for price in model.prices)
        assert all(refused.source and refused.reason for refused in model.refusals)


def test_what_is_unknown_stays_unknown() -> None:
    named_only = catalog.get("alibaba/qwen2-vl-72b-instruct")

    assert named_only is not None
    assert named_only.context_window is None
    assert named_only.list_price is None
    assert named_only.tools is None


def test_a_price_is_zero_only_where_a_second_source_says_so() -> None:
    free = {m.id for m in catalog.models() for p in m.prices if not p.input or not p.output}

    assert free == {"zai/glm-4.7-flash"}


def test_disputed_prices_show_what_each_source_says() -> None:
    model = catalog.get("mistral/magistral-medium-latest")

    assert model is not None
    dispute = model.dispute("price")
    assert dispute is not None
    assert {claim.source for claim in dispute.claims} >= {"litellm", "genai-prices"}
    assert len({claim.says for claim in dispute.claims}) > 1


def test_a_model_retires_on_its_day() -> None:
    model = catalog.get("openai/gpt-5")

    assert model is not None
    assert not model.is_retired(date(2026, 12, 10))
    assert model.is_retired(date(2026, 12, 11))


def test_the_description_says_only_what_is_known() -> None:
    known = catalog.get("openai/gpt-4.1")
    unknown = catalog.get("zai/glm-5-fp4")

    assert known is not None
    assert unknown is not None
    assert known.description == (
        "Takes text, images and PDF, answers with text. "
        "Calls tools and fits its answers to a schema. Released in April 2025."
    )
    assert unknown.description == ""
