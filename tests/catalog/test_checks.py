"""`manage.py catalog check`: what it finds, and when it fails."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from chat.catalog import checks, loading

TODAY = date(2026, 11, 21)
Edit = Callable[[str, str, str], None]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return shutil.copytree(loading.DATA, tmp_path / "data")


@pytest.fixture
def edit(data: Path) -> Edit:
    """`edit(file, old, new)`: the first of `old` in a copy of the files."""

    def replace(file: str, old: str, new: str) -> None:
        text = (data / file).read_text()
        assert old in text
        (data / file).write_text(text.replace(old, new, 1))

    return replace


def invalid(data: Path) -> list[str]:
    findings = checks.check(today=TODAY, data=data)
    return [f"{row.subject}: {row.text}" for row in findings if row.kind == "invalid"]


def test_it_passes_the_files_as_they_are() -> None:
    output = StringIO()

    call_command("catalog", "check", "--today", "2026-11-21", stdout=output)

    lines = output.getvalue().splitlines()
    assert lines[-1].endswith("0 of them invalid")
    assert "retiring  openai/gpt-5: retires on 2026-12-11" in lines
    assert "retired   openai/gpt-4: retired on 2026-10-23" in lines


def test_it_fails_only_on_what_is_invalid(
    data: Path, edit: Edit, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit("google.json", '"slug": "gemini-2.5-flash"', '"slug": 25')
    monkeypatch.setattr(checks.check, "__kwdefaults__", {"stale_days": 120, "data": data})
    output = StringIO()

    with pytest.raises(SystemExit) as caught:
        call_command("catalog", "check", stdout=output)

    assert caught.value.code == 1
    assert output.getvalue().startswith("invalid   google.json: Expected `str`, got `int`")


def test_prices_grow_stale() -> None:
    later = checks.check(today=date(2027, 11, 21))
    openai = [row for row in later if row.kind == "stale" and row.subject == "openai/gpt-5.4"]

    assert any("openai's price is of 2026-11 (litellm)" in row.text for row in openai)
    assert not any(
        row.kind == "stale" and "2026-11" in row.text for row in checks.check(today=TODAY)
    )


def test_a_field_that_is_misspelt_is_found(data: Path, edit: Edit) -> None:
    edit("google.json", '"context_window"', '"context_windw"')

    assert "missing required field `context_window`" in invalid(data)[0]


def test_an_optional_field_that_is_misspelt_is_found(data: Path, edit: Edit) -> None:
    edit("google.json", '"cache_read"', '"cache_reed"')

    assert any("cache_reed is not a known field" in row for row in invalid(data))


def test_a_price_that_was_changed_by_hand_is_found(data: Path, edit: Edit) -> None:
    edit("google.json", '"input": 0.3,', '"input": 0.4,')

    assert any("the prices are those of" in row for row in invalid(data))


def test_a_negative_price_is_found(data: Path, edit: Edit) -> None:
    edit("google.json", '"input": 0.3,', '"input": -0.3,')

    assert any("google is negative" in row for row in invalid(data))


def test_two_models_on_one_route_are_found(data: Path, edit: Edit) -> None:
    edit("openai.json", '"id": "gpt-4o-mini"', '"id": "gpt-4o"')

    assert "openai gpt-4o: leads to openai/gpt-4o and openai/gpt-4o-mini" in invalid(data)


def test_two_models_of_one_name_are_found(data: Path, edit: Edit) -> None:
    edit("openai.json", '"slug": "gpt-4o-mini"', '"slug": "gpt-4o"')

    assert "openai/gpt-4o: is there 2 times" in invalid(data)


def test_a_default_out_of_its_range_is_found(data: Path, edit: Edit) -> None:
    edit("google.json", '"maximum": 2,', '"maximum": 0.5,')

    assert any("has the default 1, out of its range" in row for row in invalid(data))


def test_a_missing_file_is_found(data: Path) -> None:
    (data / loading.SOURCES).unlink()

    assert any(row.startswith("_sources.json") for row in invalid(data))
