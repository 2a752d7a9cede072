"""No serious or critical finding of axe-core, in any state of any page, in either theme."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.axe import findings_in_both_themes
from tests.browser.conftest import Desks
from tests.browser.desk import Desk
from tests.browser.double import Double
from tests.script import Head, Send, delta, ending, failure

pytestmark = pytest.mark.browser

RICH = """# One
## Two
Some **bold**, *soft*, `code`, ~~gone~~ and [a link](https://example.com/path).

> [!WARNING]
> Mind the step.

> A quotation.

```python
def add(a: int, b: int = 1) -> int:  # adds
    return a + b + len("text")
```

| name | number |
|------|-------:|
| one  |      1 |

- [x] done
- [ ] open

1. first
2. second

$$\\int_0^1 x^2 dx$$

![picture](https://example.com/x.png)

---
The end.
"""
PHONE = {"width": 390, "height": 844}


def empty(desk: Desk) -> None:
    desk.open()


def settings_in_use(desk: Desk) -> None:
    desk.open().page.get_by_text("More parameters").click()
    for box in desk.page.locator(".parameter .switch").all():
        box.check()
    desk.page.get_by_label("Temperature", exact=True).fill("99")
    desk.ask("Points to the field")


def model_facts(desk: Desk) -> None:
    desk.open().page.get_by_role("tab", name="Model").click()


def picker(desk: Desk) -> None:
    desk.open().page.locator(".model-button").click()


def shortcuts(desk: Desk) -> None:
    desk.open().field.blur()
    desk.page.keyboard.press("?")
    expect(desk.page.locator("#shortcuts")).to_be_visible()


def user_menu(desk: Desk) -> None:
    desk.open().page.locator(".rail__user").click()


STATES: dict[str, Callable[[Desk], None]] = {
    "a new conversation": empty,
    "settings in use and one wrong": settings_in_use,
    "the facts of a model": model_facts,
    "the model picker": picker,
    "the shortcuts": shortcuts,
    "the user's menu": user_menu,
}


@pytest.mark.parametrize("name", STATES)
def test_a_state_of_the_page(desk: Desk, name: str) -> None:
    STATES[name](desk)

    assert findings_in_both_themes(desk.page) == []


def test_an_answer_with_everything_in_it(desk: Desk, double: Double) -> None:
    thought = delta("I *think*.", name="reasoning_content")
    double.play(Head(), Send(thought), Send(delta(RICH)), Send(ending()))
    answer = desk.open().ask_and_wait("Show me everything")
    answer.locator(".part--reasoning > summary").click()
    desk.button("Answer again with the present settings").click()
    expect(desk.answer.locator(".branches")).to_contain_text("2/2")
    expect(desk.answer).to_have_attribute("data-state", "completed")
    desk.button("Earlier version").click()
    expect(desk.answer.locator("table")).to_be_visible()

    assert findings_in_both_themes(desk.page) == []


def test_while_it_runs_and_a_message_waits(desk: Desk, double: Double) -> None:
    double.say_in_two("Half a sentence and `code`")
    desk.open().ask("Talk")
    expect(desk.answer).to_contain_text("Half")
    desk.ask("Next")
    expect(desk.page.locator(".composer__queue")).to_be_visible()

    assert findings_in_both_themes(desk.page) == []


def test_a_failure_and_a_stopped_answer(desk: Desk, double: Double) -> None:
    double.say_in_two("Stopped here")
    desk.open().ask("Talk")
    expect(desk.answer).to_contain_text("Stopped here")
    desk.button("Stop").click()
    expect(desk.answer).to_have_attribute("data-state", "stopped")
    double.play(*failure(400, "no", param="top_p"))
    desk.ask_and_wait("Again", "failed")

    assert findings_in_both_themes(desk.page) == []


def test_menus_editor_receipt_and_toast(desk: Desk) -> None:
    desk.open().ask_and_wait("First")
    desk.open().ask_and_wait("Second")

    more = "More: copy as plain text, copy link, delete"
    desk.answer.get_by_role("button", name=more).click()
    found = findings_in_both_themes(desk.page)
    desk.page.keyboard.press("Escape")
    desk.button("Rename or delete this conversation").click()
    found += findings_in_both_themes(desk.page)
    desk.page.keyboard.press("Escape")
    desk.answer.get_by_role("link", name="Receipt").click()
    expect(desk.page.get_by_role("dialog", name="Receipt")).to_be_visible()
    found += findings_in_both_themes(desk.page)
    desk.page.keyboard.press("Escape")
    desk.questions.first.hover()
    desk.button("Edit and send again").click()
    expect(desk.page.get_by_label("Edit your message")).to_be_visible()
    found += findings_in_both_themes(desk.page)
    desk.page.locator(".rail__entry", has_text="First").hover()
    desk.button("Rename or delete: First").click()
    desk.button("Delete conversation").click()
    expect(desk.page.locator(".toast")).to_be_visible()
    found += findings_in_both_themes(desk.page)

    assert found == []


def test_the_open_drawers_of_a_phone(desks: Desks) -> None:
    desk = desks(viewport=PHONE).open()
    found = findings_in_both_themes(desk.page)
    desk.button("Conversations").click()
    found += findings_in_both_themes(desk.page)
    desk.page.keyboard.press("Escape")
    desk.page.locator(".topbar").get_by_role("button", name="Settings", exact=True).click()
    found += findings_in_both_themes(desk.page)

    assert found == []


@pytest.mark.parametrize("path", ["/account/", "/account/password/", "/history/"])
def test_a_page_of_one_s_own(desk: Desk, path: str) -> None:
    desk.page.goto(path)

    assert findings_in_both_themes(desk.page) == []


@pytest.mark.parametrize("path", ["/sign-in/", "/welcome/used-up/", "/nowhere/"])
def test_a_page_for_anybody(desk: Desk, path: str) -> None:
    desk.expected = ["404", "410"]
    desk.visitor.context.clear_cookies()
    desk.page.goto(path)

    assert findings_in_both_themes(desk.page) == []


def test_a_receipt_on_its_own_page(desk: Desk) -> None:
    answer = desk.open().ask_and_wait("Hello")
    desk.page.goto(str(answer.get_by_role("link", name="Receipt").get_attribute("href")))

    assert findings_in_both_themes(desk.page) == []
