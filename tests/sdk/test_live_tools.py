"""The pages about tools: what they print is run as printed, against a running server."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat.manuals import manuals
from tests import requirements
from tests.browser.double import Double
from tests.script import calling
from tests.sdk.live import Sdks
from tests.sdk.printed import Page, code_of, fetch, pinned

pytestmark = [pytest.mark.process, pytest.mark.model]

MODEL = "double/parrot"
SAID = "A heron, of course."
PINS = Path(__file__).parent
DEVELOPMENT = PINS.parents[1] / "requirements-dev.txt"


@pytest.fixture
def manual(request: pytest.FixtureRequest, sdks: Sdks, double: Double, tmp_path: Path) -> Page:
    """The page that the test is parametrised with, as Alice sees it for the double's model."""
    html = fetch(f"{sdks.address}/docs/api/tools/{request.param}/?model={MODEL}", sdks.cookie)
    return Page(code_of(html), sdks.key, tmp_path)


def page(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("manual", [name], indirect=True)


def expect(double: Double, times: int = 1) -> None:
    for _ in range(times):
        double.say(SAID)


@pytest.mark.javascript
@page("claude-code")
def test_claude_code_answers_as_its_page_says(manual: Page, double: Double) -> None:
    manual.paths.append(requirements.JAVASCRIPT / "node_modules" / ".bin")
    expect(double)

    said = manual.run_shell()

    assert said.strip() == SAID
    assert set(manual.installed) <= pinned(PINS / "js" / "package.json")
    body = double.bodies[0]
    assert body["model"] == "parrot"
    assert {"Bash", "Read"} <= {tool["function"]["name"] for tool in body["tools"]}
    assert "Say hello." in str(body["messages"])


@pytest.mark.javascript
@page("claude-code")
def test_claude_code_uses_its_tools_through_us(manual: Page, double: Double) -> None:
    """It reads a file because the model says so, and sends what is in it back."""
    manual.paths.append(requirements.JAVASCRIPT / "node_modules" / ".bin")
    (manual.folder / "birds.txt").write_text("The heron stands in the shallows.")
    path = str(manual.folder / "birds.txt")
    double.play(*calling("Read", file_path=path))
    expect(double)

    said = manual.run_shell()

    assert said.strip() == SAID
    first, second = double.bodies
    assert "stands in the shallows" not in str(first["messages"])
    result = next(message for message in second["messages"] if message["role"] == "tool")
    assert "The heron stands in the shallows." in str(result["content"])
    assert result["tool_call_id"] == "call_1"


@pytest.mark.tools
@page("aider")
def test_aider_answers_as_its_page_says(manual: Page, double: Double) -> None:
    manual.paths.append(requirements.TOOLS / "aider" / "bin")
    expect(double)

    said = manual.run_shell()

    assert SAID in said
    assert set(manual.installed) <= pinned(PINS / "tools" / "aider.txt")
    assert "Say hello." in str(double.bodies[0]["messages"])


@pytest.mark.tools
@page("llm")
def test_llm_answers_as_its_page_says(manual: Page, double: Double) -> None:
    manual.paths.append(requirements.TOOLS / "python" / "bin")
    expect(double)

    said = manual.run_shell()

    assert said.strip() == SAID
    assert set(manual.installed) <= pinned(PINS / "tools" / "python.txt")
    assert double.bodies[0]["messages"][-1]["content"] == "Say hello."


@pytest.mark.tools
@page("langchain")
def test_langchain_answers_as_its_page_says(manual: Page, double: Double) -> None:
    programs = manual.programs("python")
    expect(double, len(programs))

    for program in programs:
        said = manual.run_python(program, python=str(requirements.TOOLS / "python/bin/python"))

        assert said.strip() == SAID

    assert len(programs) == 4
    assert set(manual.installed) <= pinned(PINS / "tools" / "python.txt")
    assert [tool["function"]["name"] for tool in double.bodies[-1]["tools"]] == ["weather"]


@pytest.mark.javascript
@page("ai-sdk")
def test_the_ai_sdk_answers_as_its_page_says(manual: Page, double: Double) -> None:
    programs = manual.programs("javascript")
    expect(double, len(programs))

    for program in programs:
        assert manual.run_javascript(program).strip() == SAID

    assert len(programs) == 4
    assert set(manual.installed) <= pinned(PINS / "js" / "package.json")


@pytest.mark.javascript
@pytest.mark.parametrize("manual", ["openai-sdk", "anthropic-sdk", "google-genai"], indirect=True)
def test_the_official_sdks_answer_as_their_pages_say(manual: Page, double: Double) -> None:
    (python,) = manual.programs("python")
    (javascript,) = manual.programs("javascript")
    expect(double, 2)

    assert manual.run_python(python).strip() == SAID
    assert manual.run_javascript(javascript).strip() == SAID
    installed = pinned(DEVELOPMENT) | pinned(PINS / "js" / "package.json")
    assert set(manual.installed) <= installed


def test_every_page_is_run() -> None:
    run = {"claude-code", "aider", "llm", "langchain", "ai-sdk"}
    run |= {"openai-sdk", "anthropic-sdk", "google-genai"}

    assert {manual.name for manual in manuals()} == run
