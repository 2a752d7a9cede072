"""Settings: what is switched on is sent, what is wrong is pointed at, nothing is clamped."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.desk import Desk
from tests.browser.double import Double

pytestmark = pytest.mark.browser

PLAIN = {"model", "messages", "stream", "stream_options"}


def value(desk: Desk, label: str) -> Locator:
    return desk.page.get_by_label(label, exact=True)


def switch(desk: Desk, label: str) -> Locator:
    return desk.page.get_by_role("switch", name=f"Send {label}")


def more(desk: Desk) -> None:
    desk.page.get_by_text("More parameters").click()


def fill_below(desk: Desk, label: str, text: str) -> None:
    """A field that shows when its switch is on."""
    switch(desk, label).check()
    value(desk, label).fill(text)


def test_nothing_but_the_message_is_sent_at_first(desk: Desk, double: Double) -> None:
    desk.open().ask_and_wait("Plain")

    assert set(double.bodies[0]) == PLAIN
    assert double.bodies[0]["model"] == "parrot"
    assert double.bodies[0]["messages"] == [{"role": "user", "content": "Plain"}]
    expect(desk.page.locator("[data-sent-summary]")).to_have_text("No settings sent")


def test_what_is_set_is_sent_as_a_number(desk: Desk, double: Double) -> None:
    desk.open()
    value(desk, "Temperature").fill("0.7")
    value(desk, "Max output tokens").fill("1,024")
    more(desk)
    value(desk, "Seed").fill("0")
    fill_below(desk, "Stop sequences", "END\n\nSTOP")
    fill_below(desk, "Extra JSON", '{"logit_bias": {"1": 2}}')
    value(desk, "System message").fill("Be brief")
    desk.ask_and_wait("With settings")

    body = double.bodies[0]
    assert body["temperature"] == 0.7
    assert body.get("max_tokens", body.get("max_completion_tokens")) == 1024
    assert body["seed"] == 0
    assert body["stop"] == ["END", "STOP"]
    assert body["logit_bias"] == {"1": 2}
    assert body["messages"][0] == {"role": "system", "content": "Be brief"}
    assert "top_p" not in body
    expect(desk.page.locator("[data-sent-summary]")).to_have_text("5 settings sent")


def test_a_switch_decides(desk: Desk, double: Double) -> None:
    desk.open()
    value(desk, "Top P").fill("0.5")
    expect(switch(desk, "Top P")).to_be_checked()
    desk.ask_and_wait("sent")

    switch(desk, "Top P").uncheck()
    desk.ask_and_wait("not sent")
    switch(desk, "Top P").check()
    desk.ask_and_wait("sent again")

    assert [body.get("top_p") for body in double.bodies] == [0.5, None, 0.5]


def test_a_slider_sets_the_value(desk: Desk, double: Double) -> None:
    slider = desk.open().page.get_by_label("Temperature, slider")
    expect(slider).to_be_hidden()
    switch(desk, "Temperature").check()
    slider.press("Home")
    slider.press("ArrowRight")

    expect(value(desk, "Temperature")).to_have_value("0.1")
    desk.ask_and_wait("Slid")
    assert double.bodies[0]["temperature"] == 0.1


@pytest.mark.parametrize(
    ("label", "typed", "sentence"),
    [
        ("Temperature", "2.1", "0 to 2 for this model."),
        ("Temperature", "-0.1", "0 to 2 for this model."),
        ("Temperature", "warm", "Temperature is a number."),
        ("Temperature", "NaN", "Temperature is a number."),
        ("Temperature", "1e999", "Temperature is a number."),
        ("Top P", "1,5", "Top P is a number."),
        ("Max output tokens", "0", "1 or more for this model."),
        ("Max output tokens", "1.5", "Max output tokens is a whole number."),
    ],
)
def test_a_wrong_value_stays_and_send_points_to_it(
    desk: Desk, double: Double, label: str, typed: str, sentence: str
) -> None:
    desk.open()
    field = value(desk, label)
    field.fill(typed)
    field.press("Tab")
    error = desk.page.locator(f".parameter[data-label='{label}'] .field__error")
    expect(error).to_have_text(sentence)

    desk.ask("Send me")

    expect(field).to_be_focused()
    expect(field).to_have_value(typed)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(desk.field).to_have_value("Send me")
    expect(desk.composer_error).to_have_text("Mend the settings first.")
    expect(desk.messages).to_have_count(0)
    assert double.requests == []
    field.fill("1")
    expect(error).to_be_hidden()
    desk.field.press("Enter")
    expect(desk.answer).to_have_attribute("data-state", "completed")
    assert len(double.requests) == 1


def test_a_wrong_value_that_is_not_sent_is_nobody_s_business(desk: Desk, double: Double) -> None:
    desk.open()
    value(desk, "Temperature").fill("99")
    switch(desk, "Temperature").uncheck()

    desk.ask_and_wait("Send me")

    assert "temperature" not in double.bodies[0]


def test_send_unfolds_what_hides_the_wrong_value(desk: Desk, double: Double) -> None:
    desk.open()
    more(desk)
    fill_below(desk, "JSON schema", "{not json")
    more(desk)
    expect(value(desk, "JSON schema")).to_be_hidden()

    desk.ask("Send me")

    expect(value(desk, "JSON schema")).to_be_focused()
    assert double.requests == []


def test_extras_cannot_redirect_the_request(desk: Desk, double: Double) -> None:
    desk.open()
    more(desk)
    fill_below(desk, "Extra JSON", '{"base_url": "https://evil.example", "api_key": "x"}')

    desk.ask("Send me")

    error = desk.page.locator(".parameter[data-name=extra] .field__error")
    expect(error).to_contain_text("api_key, base_url may not be set here")
    expect(value(desk, "Extra JSON")).to_be_focused()
    expect(desk.field).to_have_value("Send me")
    expect(desk.messages).to_have_count(0)
    assert double.requests == []


def test_reset_sends_nothing_again(desk: Desk, double: Double) -> None:
    desk.open()
    value(desk, "Temperature").fill("0.2")
    value(desk, "System message").fill("Be brief")

    desk.button("Reset").click()

    expect(value(desk, "Temperature")).to_have_value("1")
    expect(switch(desk, "Temperature")).not_to_be_checked()
    expect(value(desk, "System message")).to_have_value("")
    desk.ask_and_wait("Plain")
    assert set(double.bodies[0]) == PLAIN
