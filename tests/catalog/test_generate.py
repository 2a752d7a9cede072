"""From a folder of facts to our files: the same bytes each time, and nothing dropped in silence."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chat.catalog import loading
from chat.catalog.generate import generate, layout

FOLDER = Path(
    os.environ.get("PLAYGROUND_CATALOG", Path(__file__).parents[2] / ".." / "shared" / "catalog")
)

MODEL: dict[str, Any] = {
    "id": "m-1",
    "name": "M 1 ",
    "vendor": "Some Vendor",
    "price": None,
    "price_checks": [],
    "price_disputed": False,
    "price_changed_since_summer": False,
    "routes": [],
    "sources": ["litellm"],
    **dict.fromkeys(
        (
            *("family", "release_date", "context_window", "max_input", "max_output", "tools"),
            *("input_modalities", "output_modalities", "structured_output", "reasoning"),
            *("reasoning_options", "accepts_temperature", "reasoning_field", "prompt_caching"),
            *("knowledge_cutoff", "weights", "licence", "status", "retires_on"),
            "openrouter_supported_parameters",
        )
    ),
}
FREE = {
    **dict.fromkeys(("cache_read", "cache_write")),
    "input": 0.0,
    "output": 0.0,
    "currency": "USD",
    "source": "litellm",
    "date": "2026-11",
    "charged_by": "someone",
}


def make(folder: Path, model: dict[str, Any], vendors: dict[str, Any] | None = None) -> Any:
    """The entry that is made of `model`."""
    days = ("litellm", "models.dev", "modelparams")
    source = {"where": "w", "as_of": "2026-11", "licence": "MIT"}
    sets = dict.fromkeys(days, source)
    facts = {"generated_on": "2026-11-21", "data_sets": sets, "models": [model]}
    (folder / "models.json").write_text(json.dumps(facts))
    listing = {"vendors": vendors or {}, "models": {}}
    (folder / "parameters.json").write_text(json.dumps(listing))
    return json.loads(generate(folder)["some-vendor.json"])["models"][0]


@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no facts in {FOLDER} (PLAYGROUND_CATALOG)")
def test_generating_again_gives_the_files_that_are_here() -> None:
    files = generate(FOLDER)

    assert {file.name for file in loading.DATA.glob("*.json")} == set(files)
    for name, text in files.items():
        assert (loading.DATA / name).read_text(encoding="utf-8") == text, name


def test_what_the_sources_do_not_say_is_null(tmp_path: Path) -> None:
    entry = make(tmp_path, MODEL)

    assert entry["name"] == "M 1"
    assert entry["context_window"] is None
    assert entry["open_weights"] is None
    assert entry["prices"] == []


def test_a_field_that_nobody_has_placed_stops_it(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'colour'"):
        make(tmp_path, MODEL | {"colour": "green"})


def test_a_refusal_that_nobody_has_read_stops_it(tmp_path: Path) -> None:
    rejects = [{"what": "odd numbers", "models": ["m-1"], "source": "s"}]
    vendors = {
        "v": {"dialect": "openai", "max_tokens_param": "m", "params": [], "rejects": rejects}
    }

    with pytest.raises(ValueError, match="odd numbers"):
        make(tmp_path, MODEL, vendors)


def test_a_zero_that_nobody_confirms_is_a_dispute_and_no_price(tmp_path: Path) -> None:
    other = {
        "source": "models.dev",
        "date": "2026-07",
        "input": 2.5,
        "output": 10.0,
        "agrees": False,
    }

    entry = make(tmp_path, MODEL | {"price": FREE, "price_checks": [other]})

    assert entry["prices"] == []
    assert [claim["says"] for claim in entry["disputes"][0]["claims"]] == [
        "input 0, output 0",
        "input 2.5, output 10",
    ]


def test_a_zero_that_another_source_confirms_is_a_price(tmp_path: Path) -> None:
    other = {"source": "models.dev", "date": "2026-07", "input": 0, "output": 0, "agrees": True}

    entry = make(tmp_path, MODEL | {"price": FREE, "price_checks": [other]})

    assert entry["prices"][0]["input"] == 0


def test_numbers_are_written_to_the_last_digit(tmp_path: Path) -> None:
    file = tmp_path / "numbers.json"
    file.write_text('{"a": 0.083333, "b": 10.0, "c": 0.0000001, "d": 100}')

    assert layout.line(layout.read(file)) == '{"a": 0.083333, "b": 10, "c": 0.0000001, "d": 100}'
    assert layout.plain(Decimal("1E+2")) == "100"
