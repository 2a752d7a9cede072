"""Sending a message: once, whole, and never by itself."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.double import Double

pytestmark = pytest.mark.browser

MEBIBYTE = 1024 * 1024
PROMPT = "Explain to a ten-year-old why the sky is blue."


def test_a_starter_prompt_fills_the_field(desk: Desk, double: Double) -> None:
    desk.open().page.locator(".starter").first.click()

    expect(desk.field).to_have_value(PROMPT)
    expect(desk.field).to_be_focused()
    assert double.requests == []


def test_a_starter_prompt_with_shift_is_sent(desk: Desk, double: Double) -> None:
    desk.open().page.locator(".starter").first.click(modifiers=["Shift"])

    expect(desk.answer).to_have_attribute("data-state", "completed")
    expect(desk.questions).to_have_text([PROMPT])
    expect(desk.field).to_have_value("")
    assert double.bodies[0]["messages"] == [{"role": "user", "content": PROMPT}]


def test_shift_enter_breaks_the_line(desk: Desk, double: Double) -> None:
    desk.open().field.fill("one")
    desk.field.press("Shift+Enter")
    desk.field.press_sequentially("two")
    desk.field.press("Enter")

    expect(desk.answer).to_have_attribute("data-state", "completed")
    assert double.bodies[0]["messages"][0]["content"] == "one\ntwo"


def test_enter_while_an_input_method_composes_does_not_send(desk: Desk, double: Double) -> None:
    desk.open().field.focus()
    session = desk.visitor.context.new_cdp_session(desk.page)
    session.send(
        "Input.imeSetComposition", {"text": "にほん", "selectionStart": 3, "selectionEnd": 3}
    )

    desk.page.evaluate(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"
    )
    session.send("Input.insertText", {"text": "日本"})
    expect(desk.field).to_have_value("日本")
    desk.field.press("Enter")

    expect(desk.questions).to_have_text(["日本"])
    expect(desk.answer).to_have_attribute("data-state", "completed")
    assert len(double.requests) == 1


def test_a_double_click_sends_once(desk: Desk, double: Double) -> None:
    gate = double.say_in_two("Only")

    desk.open().field.fill("Once")
    desk.button("Send").dblclick()
    expect(desk.answer).to_contain_text("Only")
    gate.open()

    expect(desk.answer).to_have_attribute("data-state", "completed")
    expect(desk.messages).to_have_count(2)
    assert len(double.requests) == 1


def test_enter_twice_sends_once(desk: Desk, double: Double) -> None:
    desk.open().field.fill("Once")
    desk.field.press("Enter")
    desk.field.press("Enter")

    expect(desk.answer).to_have_attribute("data-state", "completed")
    expect(desk.messages).to_have_count(2)
    assert len(double.requests) == 1


@pytest.mark.parametrize("text", ["", "   \n\t "])
def test_nothing_is_not_sent(desk: Desk, double: Double, text: str) -> None:
    desk.open().ask(text)

    expect(desk.composer_error).to_have_text("Write something first.")
    expect(desk.page.locator(".message")).to_have_count(0)
    assert double.requests == []


def test_a_mebibyte_is_sent_and_one_more_byte_is_not(desk: Desk, double: Double) -> None:
    desk.open().ask("é" * (MEBIBYTE // 2) + "x")
    expect(desk.composer_error).to_have_text("A message may have 1 MiB of text.")
    assert desk.field.input_value().endswith("éx")
    assert double.requests == []

    answer = desk.ask_and_wait("é" * (MEBIBYTE // 2))

    expect(answer).to_contain_text("Hello")
    assert double.bodies[0]["messages"][0]["content"] == "é" * (MEBIBYTE // 2)


def test_a_null_byte_and_half_a_pair_are_replaced(desk: Desk, double: Double) -> None:
    desk.open()
    desk.page.evaluate(
        "document.getElementById('composer-text').value = 'a\\u0000b\\ud800c \\ud83c\\udf89'"
    )
    desk.field.press("Enter")

    expect(desk.answer).to_have_attribute("data-state", "completed")
    assert double.bodies[0]["messages"][0]["content"] == "a\ufffdb\ufffdc 🎉"
    assert desk.stored_text(desk.questions.last) == "a\ufffdb\ufffdc 🎉"


def test_the_next_message_waits_for_the_answer(desk: Desk, double: Double) -> None:
    gate = double.say_in_two("First answer")
    double.say("Second answer")
    queue = desk.page.locator(".composer__queue")

    desk.open().ask("first")
    expect(desk.answer).to_contain_text("First answer")
    desk.ask("second")
    expect(queue).to_contain_text("second")
    expect(desk.field).to_have_value("")
    gate.open()

    expect(desk.answers).to_have_count(2)
    expect(desk.answer).to_contain_text("Second answer")
    expect(desk.answer).to_have_attribute("data-state", "completed")
    expect(queue).to_be_hidden()
    roles = [message["role"] for message in double.bodies[1]["messages"]]
    assert roles == ["user", "assistant", "user"]


def test_a_waiting_message_can_be_taken_back(desk: Desk, double: Double) -> None:
    gate = double.say_in_two("First answer")
    desk.open().ask("first")
    expect(desk.answer).to_contain_text("First answer")
    desk.ask("second")

    desk.button("Take back the waiting message").click()
    gate.open()

    expect(desk.field).to_have_value("second")
    expect(desk.answer).to_have_attribute("data-state", "completed")
    assert len(double.requests) == 1


def test_an_address_prefills_and_never_sends(desk: Desk, double: Double) -> None:
    path = f"/?prompt={quote('Buy it <b>now</b>')}&model=double/starling&system=Be+brief"

    desk.open(f"{path}&temperature=0.5")

    expect(desk.field).to_have_value("Buy it <b>now</b>")
    expect(desk.page.locator(".model-button__name")).to_have_text("starling")
    expect(desk.page.get_by_label("System message")).to_have_value("Be brief")
    expect(desk.page.get_by_role("switch", name="Send Temperature")).to_be_checked()
    expect(desk.page.locator(".message")).to_have_count(0)
    assert double.requests == []
    desk.field.press("Enter")
    expect(desk.answer).to_have_attribute("data-state", "completed")
    assert double.bodies[0]["model"] == "starling"
    assert double.bodies[0]["temperature"] == 0.5
    assert double.bodies[0]["messages"][0] == {"role": "system", "content": "Be brief"}
