"""When the provider refuses, breaks off or talks nonsense: a sentence, what came, and *Retry*."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.double import Double
from tests.script import (
    Cut,
    Head,
    Reset,
    Send,
    Step,
    chunk,
    delta,
    ending,
    failure,
    stream,
)

pytestmark = pytest.mark.browser

HTML = b"<!doctype html><html><script>window.__pwned = 1</script><h1>Welcome to nginx!</h1></html>"
KEY = "sk-canary-0123456789"
KEPT = "This much **came**"
PARTIAL = Send(delta(KEPT))
ERROR = {"message": f"boom {KEY}", "type": "server_error"}

CUT = "The answer was cut off before its end."

# Each: what the provider does, how the turn ends, a piece of the sentence, and the text that stays.
TROUBLE: dict[str, tuple[list[Step], str, str, str]] = {
    "a wrong key": (failure(401, f"Incorrect API key {KEY}"), "failed", "key", ""),
    "a limit": (failure(429, "slow down", retry_after=60), "failed", "limiting requests", ""),
    "no such model": (failure(404, code="model_not_found"), "failed", "model", ""),
    "a page": ([Head(502, content_type="text/html"), Send(HTML)], "failed", "error of its own", ""),
    "a page with a 200": ([Head(content_type="text/html"), Send(HTML)], "failed", "page", ""),
    "broken JSON": ([Head(), Send(b"data: {broken\n\ndata: {\n\n")], "interrupted", CUT, ""),
    "no answer": (
        [Head(content_type="application/json"), Send(b'{"hello": "world"}')],
        "failed",
        "could not be read",
        "",
    ),
    "nothing at all": ([Head(content_type="application/json")], "interrupted", CUT, ""),
    "a cut": ([Head(), PARTIAL, Cut()], "interrupted", CUT, KEPT),
    "a reset": ([Head(), PARTIAL, Reset()], "interrupted", CUT, KEPT),
    "an end without a marker": ([Head(), PARTIAL], "interrupted", CUT, KEPT),
    "an error in the stream": (
        [Head(), PARTIAL, Send(chunk(error=ERROR))],
        "failed",
        "error of its own",
        KEPT,
    ),
}


@pytest.mark.parametrize("name", TROUBLE)
def test_it_says_so_keeps_what_came_and_offers_to_retry(
    desk: Desk, double: Double, name: str
) -> None:
    steps, state, words, kept = TROUBLE[name]
    double.play(*steps)

    answer = desk.open().ask_and_wait("Will it work?", state)

    notice = answer.locator(".message__failure")
    expect(notice.locator("p")).to_contain_text(words)
    expect(desk.button("Stop")).to_be_hidden()
    assert KEY not in desk.page.content()
    assert desk.stored_text(answer) == kept
    expect(answer.locator("strong")).to_have_text(["came"] if kept else [])
    double.say("It works now")
    notice.get_by_role("button", name="Answer again" if state == "interrupted" else "Retry").click()
    expect(desk.answer).to_contain_text("It works now")
    expect(desk.answer).to_have_attribute("data-state", "completed")
    expect(desk.messages).to_have_count(2)
    assert desk.page.evaluate("window.__pwned === undefined")


def test_a_drip_is_an_answer_like_any_other(desk: Desk, double: Double) -> None:
    drops = b"".join((delta("Drip "), delta("drop "), delta("✓"), ending()))
    double.play(Head(), Send(drops, size=3, every=0.005))

    answer = desk.open().ask_and_wait("Slowly")

    expect(answer.locator(".part--text")).to_have_text("Drip drop ✓")


def test_a_drip_that_never_says_anything_can_be_stopped(desk: Desk, double: Double) -> None:
    double.play(Head(), Send(b": keep-alive\n\n" * 10_000, size=14, every=0.05))
    desk.open().ask("Slowly")
    expect(desk.answer.locator("[data-live=state]")).to_contain_text("Waiting · 1 s")

    desk.button("Stop").click()

    expect(desk.answer).to_have_attribute("data-state", "stopped")
    double.wait_for_leaving(double.requests[0], within=1.0)


def test_a_parameter_that_the_provider_refuses_is_pointed_at(desk: Desk, double: Double) -> None:
    message = "Unsupported parameter: 'top_p' is not supported with this model."
    double.play(*failure(400, message, param="top_p", type="invalid_request_error"))
    desk.open().page.get_by_label("Top P", exact=True).fill("0.5")
    answer = desk.ask_and_wait("Try", "failed")

    expect(answer.locator(".message__failure")).to_contain_text("did not accept")
    desk.button("Look at it").click()
    expect(desk.page.get_by_label("Top P", exact=True)).to_be_focused()

    double.say("Fine without")
    desk.button("Remove Top P and retry").click()

    expect(desk.answer).to_contain_text("Fine without")
    assert [request.json.get("top_p") for request in double.requests] == [0.5, None]


def test_what_waits_is_given_back_after_a_failure(desk: Desk, double: Double) -> None:
    gate = double.gate()
    double.play(gate.step, *failure(401))
    desk.open().ask("first")
    expect(desk.button("Stop")).to_be_visible()
    desk.ask("second")
    expect(desk.page.locator(".composer__queue")).to_contain_text("second")

    gate.open()

    expect(desk.answer).to_have_attribute("data-state", "failed")
    expect(desk.field).to_have_value("second")
    assert len(double.requests) == 1


def test_a_limit_is_retried_before_anybody_is_told(desk: Desk, double: Double) -> None:
    double.play(*failure(429, retry_after=0))
    double.play(*stream("Third time lucky"))

    answer = desk.open().ask_and_wait("Again")

    expect(answer).to_contain_text("lucky")
    assert len(double.requests) == 2
