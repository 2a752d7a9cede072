"""Light and dark, from a phone to a desk: nothing too wide, everything within reach."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Desks
from tests.browser.desk import Desk
from tests.browser.double import Double

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
TABLET = {"width": 1024, "height": 768}
SMALLEST = {"width": 320, "height": 568}
WIDE_WORDS = (
    f"{'Donaudampfschifffahrt' * 20}\n\n`{'x' * 300}`\n\n```\n{'y' * 400}\n```\n\n"
    f"| {' | '.join('column' for _ in range(20))} |\n|{'---|' * 20}\n\n"
    f"<https://example.com/{'z' * 300}>\n\n$$\\sum_{{i}} {'x + ' * 80} 1$$\n"
)


def is_within(page: Page) -> bool:
    """Without a scrollbar at the bottom, and with nothing cut off at the side."""
    return bool(
        page.evaluate(
            "[document.documentElement, document.querySelector('.thread') ?? document.body]"
            ".every((element) => element.scrollWidth <= element.clientWidth)"
        )
    )


def lightness(page: Page, selector: str) -> float:
    """Of the background, 0 to 1, as the screen would show it."""
    script = """
    (selector) => {
      const canvas = new OffscreenCanvas(1, 1).getContext("2d");
      canvas.fillStyle = getComputedStyle(document.querySelector(selector)).backgroundColor;
      canvas.fillRect(0, 0, 1, 1);
      const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
      return (red + green + blue) / 765;
    }
    """
    return float(page.evaluate(script, selector))


@pytest.mark.parametrize("viewport", [SMALLEST, PHONE, TABLET], ids=lambda size: str(size["width"]))
def test_nothing_is_wider_than_the_window(
    desks: Desks, double: Double, viewport: dict[str, int]
) -> None:
    double.say(WIDE_WORDS)
    desk = desks(viewport=viewport)
    for path in ("/account/", "/account/password/", "/history/", "/"):
        desk.page.goto(path)
        assert is_within(desk.page), path

    desk.open().ask_and_wait("w" * 300)

    assert is_within(desk.page)
    expect(desk.field).to_be_in_viewport()
    expect(desk.button("Send")).to_be_in_viewport()


def test_a_phone_has_its_conversations_in_a_drawer(desks: Desks) -> None:
    desk = desks(viewport=PHONE)
    desk.open().ask_and_wait("The first")
    rail = desk.page.get_by_role("navigation", name="Conversations")
    expect(rail).to_be_hidden()

    desk.button("Conversations").click()
    expect(rail).to_be_in_viewport(ratio=0.9)
    expect(rail.get_by_role("link", name="The first")).to_be_visible()
    desk.page.keyboard.press("Escape")

    expect(rail).to_be_hidden()
    desk.button("Conversations").click()
    desk.page.mouse.click(380, 400)
    expect(rail).to_be_hidden()


@pytest.mark.parametrize("viewport", [PHONE, TABLET], ids=["bottom sheet", "drawer"])
def test_settings_come_over_a_narrow_page(
    desks: Desks, double: Double, viewport: dict[str, int]
) -> None:
    desk = desks(viewport=viewport).open()
    panel = desk.page.get_by_role("complementary", name="Settings")
    expect(panel).to_be_hidden()

    desk.page.locator(".topbar").get_by_role("button", name="Settings").click()
    expect(panel).to_be_visible()
    box = panel.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert abs(box["x"] + box["width"] - viewport["width"]) <= 1
    assert abs(box["y"] + box["height"] - viewport["height"]) <= 1
    if viewport is PHONE:
        assert box["width"] == viewport["width"]
        assert box["y"] > 0
    desk.page.get_by_label("Temperature", exact=True).fill("0.6")
    desk.button("Close the settings").click()

    expect(panel).to_be_hidden()
    expect(desk.page.locator("[data-sent-summary]")).to_have_text("1 setting sent")
    desk.ask_and_wait("Go")
    assert double.bodies[0]["temperature"] == 0.6


def test_a_wrong_setting_opens_the_sheet_that_hides_it(desks: Desks, double: Double) -> None:
    desk = desks(viewport=PHONE).open()
    desk.page.locator(".topbar").get_by_role("button", name="Settings").click()
    desk.page.get_by_label("Temperature", exact=True).fill("9")
    desk.button("Close the settings").click()

    desk.ask("Go")

    expect(desk.page.get_by_label("Temperature", exact=True)).to_be_focused()
    expect(desk.page.get_by_label("Temperature", exact=True)).to_be_in_viewport()
    assert double.requests == []


def test_a_desk_shows_all_three_columns(desk: Desk) -> None:
    desk.open()

    expect(desk.page.get_by_role("navigation", name="Conversations")).to_be_in_viewport()
    expect(desk.page.get_by_role("complementary", name="Settings")).to_be_in_viewport()
    expect(desk.field).to_be_in_viewport()
    expect(desk.page.locator(".below-wide:visible, .below-medium:visible")).to_have_count(0)


def test_it_is_dark_where_the_system_is(desks: Desks) -> None:
    light, dark = desks(color_scheme="light").open(), desks(color_scheme="dark").open()

    for selector in ("body", ".composer__box"):
        assert lightness(light.page, selector) > 0.8
        assert lightness(dark.page, selector) < 0.4


def test_a_chosen_theme_stays(desks: Desks) -> None:
    desk = desks(color_scheme="light").open()
    desk.page.locator(".rail__user").click()

    desk.button("Dark").click()
    expect(desk.button("Dark")).to_have_attribute("aria-pressed", "true")
    assert lightness(desk.page, "body") < 0.4
    desk.reload()

    assert lightness(desk.page, "body") < 0.4
    desk.page.goto("/account/")
    assert lightness(desk.page, "body") < 0.4


def test_the_sent_message_goes_to_the_top_and_the_answer_grows_below(
    desks: Desks, double: Double
) -> None:
    desk = desks(viewport=PHONE)
    double.say("A paragraph.\n\n" * 60)
    desk.open().ask_and_wait("First")
    double.say_in_two("Short.")

    desk.ask("Second")
    expect(desk.answer).to_contain_text("Short.")

    top = desk.page.locator(".thread").bounding_box()
    question = desk.questions.last.bounding_box()
    assert top is not None
    assert question is not None
    assert 0 <= question["y"] - top["y"] < 60


def test_a_reader_elsewhere_is_left_alone(desks: Desks, double: Double) -> None:
    desk = desks(viewport=PHONE)
    gate = double.say_in_two("Line.\n\n" * 60, "More.\n\n" * 60)
    desk.open().ask("Go")
    expect(desk.answer).to_contain_text("Line.")
    jump = desk.button("Jump to latest")
    expect(jump).to_be_hidden()

    desk.answer.hover()
    desk.page.mouse.wheel(0, -10_000)
    expect(jump).to_be_visible()
    gate.open()
    expect(desk.answer).to_have_attribute("data-state", "completed")

    thread = desk.page.locator(".thread")
    assert thread.evaluate("(element) => element.scrollTop") == 0
    jump.click()
    expect(desk.answer.locator(".receipt-line")).to_be_in_viewport()
    expect(jump).to_be_hidden()
