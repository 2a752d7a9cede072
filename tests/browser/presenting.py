"""Somebody on stage: what they press, and what the room sees."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.browser.desk import Desk


def stage(desk: Desk) -> Locator:
    return desk.page.locator("stage-show")


def arrange(desk: Desk, conversation: str, *, wait: int = 8, **modes: str) -> None:
    """`first="replay"` and so on; then to the stage."""
    desk.page.goto(f"/c/{conversation}/stage/script/")
    for number, name in enumerate(("first", "second", "third")):
        desk.page.locator(f"[name=step-{number}-mode]").select_option(modes.get(name, "live"))
    desk.page.get_by_label("Seconds to the first word").fill(str(wait))
    desk.page.get_by_label("Switch to the prepared answer").set_checked("automatic" in modes)
    desk.button("Save and present").click()
    be_ready(desk)


def be_ready(desk: Desk) -> None:
    expect(stage(desk)).to_have_attribute("data-loaded", "")
    expect(desk.page.get_by_text("Connected", exact=True)).to_be_visible()


def press(desk: Desk, key: str, state: str | None = None) -> Locator:
    """The step that is on stage then."""
    desk.page.keyboard.press(key)
    if state:
        expect(stage(desk)).to_have_attribute("data-state", state)
    return desk.page.locator("[data-current]")


def answer_of(step: Locator) -> Locator:
    return step.locator(".message--assistant:visible")
