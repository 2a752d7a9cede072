"""The receipt: what an answer was made of, to read and to download."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.double import Double
from tests.script import failure, stream

pytestmark = pytest.mark.browser


def test_it_tells_what_was_sent_and_what_came(desk: Desk, double: Double) -> None:
    double.play(*stream("One ", "two ", "three.", every=0.05))
    desk.open().page.get_by_label("Temperature", exact=True).fill("0.7")
    desk.page.get_by_label("System message").fill("Be brief")
    answer = desk.ask_and_wait("Count")

    answer.get_by_role("link", name="Receipt").click()

    dialog = desk.page.get_by_role("dialog", name="Receipt")
    for words in ("parrot", "The double", "Temperature", "0.7", "req-double"):
        expect(dialog).to_contain_text(words, ignore_case=True)
    address = dialog.get_by_role("link", name="JSON").get_attribute("href")
    desk.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(answer.get_by_role("link", name="Receipt")).to_be_focused()

    receipt = desk.page.request.get(str(address)).json()
    assert receipt["state"] == "completed"
    assert receipt["asked"]["parameters"] == {"temperature": 0.7}
    assert receipt["sent"]["body"]["temperature"] == 0.7
    assert "top_p" in receipt["sent"]["omitted"]
    assert receipt["sent"]["messages"]["is_unchanged"] is True
    rendered = receipt["sent"]["messages"]["rendered"]
    assert [message["role"] for message in rendered] == ["system", "user"]
    assert receipt["answered"]["request_id"] == "req-double"
    assert receipt["answered"]["finish_reason"] == "stop"
    assert receipt["answered"]["usage"]["input_tokens"] == 5
    assert receipt["answered"]["usage"]["output_tokens"] == 7
    assert receipt["answered"]["first_token_ms"] <= receipt["answered"]["total_ms"]
    assert sum(characters for _, characters in receipt["timeline"]) == len("One two three.")
    assert "sk-canary" not in str(receipt)


def test_it_has_a_page_of_its_own(desk: Desk) -> None:
    answer = desk.open().ask_and_wait("Count")

    desk.page.goto(str(answer.get_by_role("link", name="Receipt").get_attribute("href")))

    expect(desk.page.get_by_role("heading", name="Receipt")).to_be_visible()
    desk.page.get_by_role("link", name="To the conversation").click()
    expect(desk.questions).to_have_text(["Count"])


def test_a_failed_answer_has_one_too(desk: Desk, double: Double) -> None:
    double.play(*failure(401, "Incorrect API key sk-canary-0123456789"))
    answer = desk.open().ask_and_wait("Count", "failed")

    answer.get_by_role("link", name="Receipt").click()

    dialog = desk.page.get_by_role("dialog", name="Receipt")
    expect(dialog).to_contain_text("did not accept the endpoint's key")
    address = dialog.get_by_role("link", name="JSON").get_attribute("href")
    receipt = desk.page.request.get(str(address)).json()
    assert receipt["error"]["code"] == "authentication_failed"
    assert receipt["answered"]["status"] == 401
    assert "sk-canary" not in str(receipt)
