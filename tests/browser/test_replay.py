"""A replay in the browser: it plays, pauses, goes back, and needs nobody once it is loaded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.axe import findings_in_both_themes
from tests.browser.conftest import Desks
from tests.browser.desk import Desk
from tests.browser.double import Double
from tests.script import Head, Send, Sleep, Step, delta, ending
from tests.uploads.files import picture

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
CODE = "```python\nx = 1\n```\n\nDone, **really**."
FIRST, SECOND = "one two three four five six seven eight", f"nine\n\n{CODE}"


def paced(text: str, *, every: float = 0.15) -> Iterator[Step]:
    """So slow that a replay can be caught in the middle of it."""
    yield Head()
    yield Send(delta("I think.", name="reasoning_content"))
    for word in text.split(" "):
        yield Sleep(every)
        yield Send(delta(f"{word} "))
    yield Send(ending())


@pytest.fixture
def recorded(desk: Desk, double: Double) -> Desk:
    """Somebody with a conversation of two answers."""
    double.play(*paced(FIRST))
    double.play(*paced(SECOND, every=0.05))
    desk.open().ask_and_wait("First question")
    desk.ask_and_wait("Second question")
    return desk


def player(desk: Desk) -> Locator:
    return desk.page.locator("replay-player")


def load(desk: Desk, path: str) -> None:
    desk.page.goto(path)
    expect(player(desk)).to_have_attribute("data-loaded", "")


def position(desk: Desk) -> int:
    return int(desk.page.get_by_label("Position").input_value())


def seek(desk: Desk, to: float) -> None:
    """Drag the slider to that share of the whole."""
    box = desk.page.get_by_label("Position").bounding_box()
    assert box is not None
    desk.page.mouse.click(box["x"] + 8 + (box["width"] - 16) * to, box["y"] + box["height"] / 2)


def bodies(desk: Desk) -> list[str]:
    script = "all => all.map(body => body.textContent.trim())"
    return list(desk.page.locator(".scene:not([hidden]) .message__body").evaluate_all(script))


def test_it_ends_as_the_conversation_stands(recorded: Desk) -> None:
    blocks = recorded.page.locator(".message--assistant .block").evaluate_all(
        "all => all.map(block => block.innerHTML)"
    )
    load(recorded, f"/c/{recorded.conversation}/replay/")

    seek(recorded, 0.5)
    recorded.button("At once").click()

    shown = recorded.page.locator(".message--assistant .block")
    assert shown.evaluate_all("all => all.map(block => block.innerHTML)") == blocks
    expect(recorded.page.locator(".scene__end").last).to_contain_text("out")
    expect(recorded.page.get_by_role("link", name=re.compile("^Receipt"))).to_have_count(2)


def test_it_starts_by_itself_and_plays_at_four_times_the_speed(
    desks: Desks, recorded: Desk
) -> None:
    moved = desks(cookie=recorded.cookie, reduced_motion="no-preference")
    load(moved, f"/c/{recorded.conversation}/replay/")
    expect(player(moved)).to_have_attribute("data-state", "playing")

    moved.button("4×").click()

    expect(moved.page.locator(".scene[data-state=running]")).to_contain_text("one two")
    expect(player(moved)).to_have_attribute("data-state", "paused")
    assert "Done, really." in bodies(moved)[-1]


def test_who_wants_no_motion_finds_everything_there(recorded: Desk) -> None:
    load(recorded, f"/c/{recorded.conversation}/replay/")

    expect(player(recorded)).to_have_attribute("data-state", "paused")
    assert len(bodies(recorded)) == 4


def test_space_pauses_and_the_keys_go_back_and_forth(recorded: Desk) -> None:
    load(recorded, f"/c/{recorded.conversation}/replay/")
    recorded.page.keyboard.press("Home")
    recorded.page.keyboard.press("PageUp")
    recorded.page.keyboard.press("PageUp")
    recorded.page.keyboard.press("PageUp")
    assert position(recorded) == 0
    assert bodies(recorded) == ["First question"]

    recorded.page.keyboard.press(" ")
    expect(player(recorded)).to_have_attribute("data-state", "playing")
    expect(recorded.page.locator(".scene[data-state=running]")).to_contain_text("one two")
    recorded.page.keyboard.press(" ")
    expect(player(recorded)).to_have_attribute("data-state", "paused")
    here = position(recorded)
    recorded.page.keyboard.press("ArrowRight")
    assert position(recorded) == here + 2000
    recorded.page.keyboard.press("ArrowLeft")
    assert position(recorded) == here
    recorded.page.keyboard.press("PageDown")

    assert bodies(recorded)[-1] == "Second question"


def test_scrubbing_back_takes_words_away_and_forth_brings_them(recorded: Desk) -> None:
    load(recorded, f"/c/{recorded.conversation}/replay/")
    states = []
    for share in (0.9, 0.3, 0.9, 0.3):
        seek(recorded, share)
        states.append(bodies(recorded))

    assert states[0] == states[2]
    assert states[1] == states[3]
    assert len("".join(states[1])) < len("".join(states[0]))
    expect(recorded.page.get_by_label("Position")).to_have_attribute(
        "aria-valuetext", re.compile(r"0:\d\d of 0:\d\d, message \d of 4")
    )


def test_it_needs_no_network_once_it_is_loaded(recorded: Desk, double: Double) -> None:
    asked = len(double.requests)
    load(recorded, f"/c/{recorded.conversation}/replay/")
    expect(recorded.page.get_by_text("this plays without a network")).to_be_visible()

    recorded.visitor.context.set_offline(True)
    recorded.button("4×").click()
    recorded.button("Play").click()

    expect(player(recorded)).to_have_attribute("data-state", "playing")
    expect(recorded.page.locator(".scene[data-state=running]")).to_be_visible()
    expect(player(recorded)).to_have_attribute("data-state", "paused")
    assert "Done, really." in bodies(recorded)[-1]
    assert len(double.requests) == asked
    recorded.visitor.context.set_offline(False)


def test_an_answer_is_replayed_from_its_menu_and_stops_at_its_end(recorded: Desk) -> None:
    more = "More: copy as plain text, copy link, delete"
    recorded.answers.first.get_by_role("button", name=more).click()
    recorded.page.locator("#message-menu").get_by_role("button", name="Replay").click()
    expect(player(recorded)).to_have_attribute("data-loaded", "")

    recorded.button("4×").click()
    recorded.button("Play").click()

    expect(recorded.page.locator(".scene[data-state=running]")).to_contain_text("one")
    expect(player(recorded)).to_have_attribute("data-state", "paused")
    assert len(bodies(recorded)) == 2
    assert bodies(recorded)[-1].endswith("seven eight")


def test_the_menu_of_a_conversation_leads_to_its_replay(recorded: Desk) -> None:
    recorded.button("Rename or delete this conversation").click()
    recorded.page.get_by_role("link", name="Replay").click()

    expect(recorded.page.get_by_role("heading", name="First question")).to_be_visible()
    expect(recorded.page.get_by_role("textbox")).to_have_count(0)


def test_an_answer_that_cannot_be_loaded_is_there_whole(recorded: Desk) -> None:
    recorded.expected = ["500", "replay.json"]
    page: Any = recorded.page
    page.route("**/replay.json", lambda route: route.fulfill(status=500))

    load(recorded, f"/c/{recorded.conversation}/replay/")

    expect(recorded.page.get_by_text("2 of the answers could not be loaded")).to_be_visible()
    seek(recorded, 0.4)
    assert bodies(recorded)[1].endswith("seven eight")


def test_it_reads_well_for_everybody(recorded: Desk) -> None:
    load(recorded, f"/c/{recorded.conversation}/replay/")
    whole = findings_in_both_themes(recorded.page)
    seek(recorded, 0.3)

    assert whole + findings_in_both_themes(recorded.page) == []


def test_it_fits_a_phone(desks: Desks, recorded: Desk) -> None:
    phone = desks(cookie=recorded.cookie, viewport=PHONE)
    load(phone, f"/c/{recorded.conversation}/replay/")

    phone.button("Play").click()
    expect(player(phone)).to_have_attribute("data-state", "playing")
    phone.button("At once").click()

    width = phone.page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]
    expect(phone.button("Play")).to_be_in_viewport()
    assert findings_in_both_themes(phone.page) == []


def test_pictures_are_there_without_a_network(recorded: Desk) -> None:
    heron = {"name": "heron.png", "mimeType": "image/png", "buffer": picture("PNG", (64, 48))}
    files: Any = [heron]
    recorded.page.locator("chat-attachments input").set_input_files(files)
    expect(recorded.page.locator(".chip [data-note]")).to_contain_text("Not known")
    recorded.ask_and_wait("What bird is this?")

    load(recorded, f"/c/{recorded.conversation}/replay/")
    image = recorded.page.get_by_role("img", name="heron.png")
    expect(image).to_have_attribute("src", re.compile("^blob:"))
    recorded.visitor.context.set_offline(True)
    seek(recorded, 0.1)
    seek(recorded, 0.99)

    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    recorded.visitor.context.set_offline(False)


def test_a_share_is_replayed_by_somebody_without_an_account(
    desks: Desks, recorded: Desk, double: Double
) -> None:
    recorded.page.goto(f"/c/{recorded.conversation}/shares/new/")
    recorded.button("See what visitors will see").click()
    recorded.button("Publish").click()
    address = recorded.page.locator("copy-link input").first.input_value()
    asked = len(double.requests)

    visitor = desks()
    visitor.visitor.context.clear_cookies()
    visitor.page.goto(address)
    visitor.page.get_by_role("link", name="Replay").click()
    expect(player(visitor)).to_have_attribute("data-loaded", "")
    visitor.visitor.context.set_offline(True)
    seek(visitor, 0.3)
    visitor.button("4×").click()
    visitor.button("Play").click()

    expect(visitor.page.locator(".scene[data-state=running]")).to_be_visible()
    expect(player(visitor)).to_have_attribute("data-state", "paused")
    assert "Done, really." in bodies(visitor)[-1]
    assert len(double.requests) == asked
