"""On stage: prompts on one key, live or from what was recorded, and a net that holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.axe import findings_in_both_themes
from tests.browser.conftest import Desks
from tests.browser.desk import Desk
from tests.browser.double import Double
from tests.browser.presenting import answer_of, arrange, be_ready, press, stage
from tests.script import Hang, Head, Send, Sleep, Step, delta, ending, failure

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
PROMPTS = ["First prompt", "Second prompt", "Third prompt"]


def slowly(text: str, *, every: float = 0.1) -> Iterator[Step]:
    yield Head()
    for word in text.split(" "):
        yield Sleep(every)
        yield Send(delta(f"{word} "))
    yield Send(ending())


@pytest.fixture
def prepared(desk: Desk, double: Double) -> Desk:
    """Somebody with three prompts and their answers."""
    desk.open()
    for number, prompt in enumerate(PROMPTS, start=1):
        double.say(f"Prepared **answer** {number}")
        desk.ask_and_wait(prompt)
    return desk


def test_three_prompts_one_replayed_one_live_and_one_that_the_net_saves(
    prepared: Desk, double: Double
) -> None:
    conversation = prepared.conversation
    arrange(prepared, conversation, first="replay")
    asked = len(double.requests)

    step = press(prepared, "PageDown", "done")
    expect(answer_of(step)).to_contain_text("Prepared answer 1")
    expect(answer_of(step)).to_contain_text("Replayed")
    assert len(double.requests) == asked

    double.say("Said **live**")
    step = press(prepared, "ArrowRight", "done")
    expect(answer_of(step)).to_contain_text("Said live")
    expect(answer_of(step)).not_to_contain_text("Replayed")
    expect(prepared.page.locator("[data-stage=progress]")).to_have_text("2 / 3")
    said = [message["content"] for message in double.bodies[-1]["messages"]]
    assert said == ["First prompt", "Prepared **answer** 1", "Second prompt"]

    double.play(*failure(400, "no"))
    step = press(prepared, " ", "failed")
    expect(step.locator("[data-notice]")).to_have_text("→ plays the prepared answer.")
    step = press(prepared, "PageDown", "done")
    expect(answer_of(step)).to_have_count(1)
    expect(answer_of(step)).to_contain_text("Prepared answer 3")
    expect(answer_of(step)).to_contain_text("Replayed")

    press(prepared, "ArrowRight", "over")
    prepared.open(f"/c/{conversation}/")
    expect(prepared.messages).to_have_count(6)
    expect(prepared.page.locator(".rail__item", has_text="On stage:")).to_be_visible()


def test_a_late_answer_is_replaced_by_itself_where_that_was_chosen(
    prepared: Desk, double: Double
) -> None:
    double.play(Head(), Hang())
    arrange(prepared, prepared.conversation, wait=1, automatic="yes")

    step = press(prepared, "PageDown", "done")

    expect(answer_of(step)).to_contain_text("Prepared answer 1")
    expect(answer_of(step)).to_contain_text("Replayed")
    double.wait_for_leaving(double.requests[-1], within=5)


def test_a_late_answer_that_comes_after_all_is_shown_where_nobody_pressed(
    prepared: Desk, double: Double
) -> None:
    gate = double.gate()
    double.play(Head(), gate.step, Send(delta("Late but live")), Send(ending()))
    arrange(prepared, prepared.conversation, wait=1)

    step = press(prepared, "PageDown", "late")
    expect(step.locator("[data-notice]")).to_have_text(
        "No word after 1 s. → plays the prepared answer."
    )
    gate.open()

    expect(stage(prepared)).to_have_attribute("data-state", "done")
    expect(answer_of(step)).to_contain_text("Late but live")
    expect(step.locator("[data-notice]")).to_be_hidden()


def test_the_show_goes_on_without_a_network(prepared: Desk, double: Double) -> None:
    prepared.expected = ["ERR_INTERNET_DISCONNECTED"]
    arrange(prepared, prepared.conversation)
    asked = len(double.requests)

    prepared.visitor.context.set_offline(True)
    for number in (1, 2, 3):
        step = press(prepared, "PageDown", "failed")
        expect(step.locator("[data-notice]")).to_contain_text("→ plays the prepared answer.")
        step = press(prepared, "PageDown", "done")
        expect(answer_of(step)).to_contain_text(f"Prepared answer {number}")
    prepared.visitor.context.set_offline(False)

    assert len(double.requests) == asked


def test_what_was_replayed_offline_is_known_to_the_next_live_prompt(
    prepared: Desk, double: Double
) -> None:
    prepared.expected = ["ERR_INTERNET_DISCONNECTED"]
    arrange(prepared, prepared.conversation)
    prepared.visitor.context.set_offline(True)
    press(prepared, "PageDown", "failed")
    press(prepared, "PageDown", "done")
    prepared.visitor.context.set_offline(False)
    connection = prepared.page.locator("[data-stage=connection]")
    expect(connection).to_have_text("Connected")

    double.say("Live again")
    step = press(prepared, "PageDown", "done")

    expect(answer_of(step)).to_contain_text("Live again")
    said = [message["content"] for message in double.bodies[-1]["messages"]]
    assert said == ["First prompt", "Prepared **answer** 1", "Second prompt"]


def test_a_replay_runs_and_one_key_ends_it(desks: Desks, prepared: Desk, double: Double) -> None:
    double.play(*slowly("one two three four five six seven eight nine ten"))
    prepared.ask_and_wait("Fourth prompt")
    conversation = prepared.conversation
    moved = desks(cookie=prepared.cookie, reduced_motion="no-preference")
    arrange(moved, conversation)
    moved.page.goto(f"/c/{conversation}/stage/script/")
    moved.page.locator("[name=step-3-mode]").select_option("replay")
    for number in range(3):
        moved.page.locator(f"[name=step-{number}-is_left_out]").check()
    moved.button("Save and present").click()
    be_ready(moved)

    step = press(moved, "PageDown", "replaying")
    expect(answer_of(step)).to_contain_text("one two")
    expect(answer_of(step)).not_to_contain_text("ten")
    press(moved, "PageDown", "done")

    expect(answer_of(step)).to_contain_text("nine ten")
    expect(moved.page.locator("[data-stage=progress]")).to_have_text("1 / 1")


def test_going_back_asks_nothing_again(prepared: Desk, double: Double) -> None:
    arrange(prepared, prepared.conversation)
    double.say("Live one")
    press(prepared, "PageDown", "done")
    double.say("Live two")
    press(prepared, "PageDown", "done")
    asked = len(double.requests)

    step = press(prepared, "PageUp", "done")
    expect(answer_of(step)).to_contain_text("Live one")
    expect(step.locator(".stage__prompt")).to_be_in_viewport()
    step = press(prepared, "PageDown", "done")

    expect(answer_of(step)).to_contain_text("Live two")
    assert len(double.requests) == asked


def test_a_running_answer_is_not_run_over_but_stopped(prepared: Desk, double: Double) -> None:
    double.say_in_two("Half of it")
    arrange(prepared, prepared.conversation)
    step = press(prepared, "PageDown", "live")
    expect(answer_of(step)).to_contain_text("Half of it")

    press(prepared, "PageDown", "live")
    expect(prepared.page.get_by_text("Still writing. S stops it.")).to_be_visible()
    press(prepared, "s", "done")

    expect(answer_of(step)).to_contain_text("Stopped")


def test_a_reload_goes_on_after_the_last_prompt_in_the_same_run(
    prepared: Desk, double: Double
) -> None:
    arrange(prepared, prepared.conversation)
    double.say("Live one")
    press(prepared, "PageDown", "done")

    prepared.page.reload()
    be_ready(prepared)
    expect(prepared.page.get_by_text("This goes on after prompt 1 of 3.")).to_be_visible()
    double.say("Live two")
    step = press(prepared, "PageDown", "done")

    expect(answer_of(step)).to_contain_text("Live two")
    said = [message["content"] for message in double.bodies[-1]["messages"]]
    assert said == ["First prompt", "Live one", "Second prompt"]


def test_every_live_answer_has_its_receipt(prepared: Desk, double: Double) -> None:
    arrange(prepared, prepared.conversation)
    double.say("Live one")
    step = press(prepared, "PageDown", "done")

    with prepared.visitor.context.expect_page() as opened:
        answer_of(step).get_by_role("link", name=re.compile("^Receipt")).click()

    expect(opened.value.get_by_role("heading", name="Receipt")).to_be_visible()


def test_notes_keys_and_the_way_out(prepared: Desk) -> None:
    conversation = prepared.conversation
    prepared.page.goto(f"/c/{conversation}/stage/script/")
    prepared.page.get_by_label("Note for prompt 1").fill("Smile")
    prepared.page.locator("[name=step-0-mode]").select_option("replay")
    prepared.button("Save and present").click()
    be_ready(prepared)
    press(prepared, "PageDown", "done")

    expect(prepared.page.get_by_text("Smile")).to_be_hidden()
    press(prepared, "n")
    expect(prepared.page.get_by_text("Smile")).to_be_visible()
    press(prepared, "?")
    expect(prepared.page.get_by_role("dialog", name="Keys")).to_be_visible()
    press(prepared, "Escape")
    expect(prepared.page.get_by_role("dialog", name="Keys")).to_be_hidden()
    press(prepared, "Escape")

    expect(prepared.page).to_have_url(re.compile(f"/c/{conversation}/$"))


def test_the_menu_leads_to_the_stage(prepared: Desk) -> None:
    prepared.button("Rename or delete this conversation").click()
    prepared.page.get_by_role("link", name="Present").click()

    be_ready(prepared)
    expect(prepared.page.get_by_text("3 prompts.")).to_be_visible()


def test_it_reads_well_for_everybody(prepared: Desk, double: Double) -> None:
    conversation = prepared.conversation
    prepared.page.goto(f"/c/{conversation}/stage/script/")
    found = findings_in_both_themes(prepared.page)
    arrange(prepared, conversation, first="replay")
    found += findings_in_both_themes(prepared.page)
    press(prepared, "PageDown", "done")
    found += findings_in_both_themes(prepared.page)
    double.play(*failure(400, "no"))
    press(prepared, "PageDown", "failed")
    found += findings_in_both_themes(prepared.page)
    press(prepared, "?")

    assert found + findings_in_both_themes(prepared.page) == []


def test_it_fits_a_phone(desks: Desks, prepared: Desk) -> None:
    phone: Any = desks(cookie=prepared.cookie, viewport=PHONE)
    arrange(phone, prepared.conversation, first="replay")

    phone.button("Next").click()
    expect(stage(phone)).to_have_attribute("data-state", "done")

    width = phone.page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]
    expect(phone.button("Next")).to_be_in_viewport()
    assert findings_in_both_themes(phone.page) == []
