"""The list of models and their pages, in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.axe import findings
from tests.browser.conftest import double_environment, seats
from tests.browser.desk import Desk
from tests.browser.double import Double
from tests.browser.people import People
from tests.live_server import LiveServer

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
PAGES = ("/models/", "/models/openai/gpt-4o-mini/", "/models/anthropic/claude-opus-5-5/")
QUICK_MS = 1_000
"""From a key press to the list, on a busy machine."""


@pytest.fixture(scope="module")
def people(provider: Double, tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    """Of a server whose endpoint offers two models that the catalogue knows."""
    environment = double_environment(provider).items()
    listed = {
        name: value.replace(
            '"name"', '"provider": "openai", "models": ["gpt-4o-mini", "o3"], "name"'
        )
        for name, value in environment
    }
    server = LiveServer(tmp_path_factory.mktemp("models"), **listed)
    server.start()
    yield People(server)
    server.kill()


@pytest.fixture
def desks(chromium: Browser, people: People, double: Double) -> Iterator[Callable[..., Desk]]:
    yield from seats(chromium, people)


def rows(desk: Desk) -> Locator:
    return desk.page.locator(".models tbody tr")


def test_the_list_follows_what_is_typed_and_ticked(desk: Desk) -> None:
    desk.page.goto("/models/")
    every = rows(desk).count()
    desk.page.get_by_role("searchbox", name="Search models").fill("claude")

    expect(rows(desk).first).to_contain_text("Claude")
    expect(desk.page.locator("[data-count]")).to_contain_text(f"of {every} models")
    desk.page.get_by_label("Reasoning", exact=True).check()
    expect(desk.page).to_have_url(re.compile(r"\?q=claude&capability=reasoning$|capability.*q="))
    few = rows(desk).count()
    desk.page.reload()

    expect(rows(desk)).to_have_count(few)
    expect(desk.page.get_by_label("Reasoning", exact=True)).to_be_checked()
    desk.page.get_by_role("link", name="Reset").click()
    expect(rows(desk)).to_have_count(every)


def test_a_letter_shows_its_list_at_once(desk: Desk) -> None:
    desk.page.goto("/models/")
    field = desk.page.get_by_role("searchbox", name="Search models")

    milliseconds = desk.page.evaluate(
        """async (field) => {
          const results = document.querySelector("[data-results]");
          const begun = performance.now();
          const drawn = new Promise((done) => {
            new MutationObserver(done).observe(results, { childList: true });
          });
          field.value = "a";
          field.dispatchEvent(new Event("input", { bubbles: true }));
          await drawn;
          await new Promise((done) => requestAnimationFrame(done));
          return performance.now() - begun;
        }""",
        field.element_handle(),
    )

    assert milliseconds < QUICK_MS


def test_without_scripts_the_form_is_a_form(desks: Callable[..., Desk]) -> None:
    desk = desks(java_script_enabled=False)
    desk.page.goto("/models/")

    desk.page.get_by_role("searchbox", name="Search models").fill("gpt-4o mini")
    desk.page.get_by_role("button", name="Show").first.click()

    expect(rows(desk)).to_have_count(1)
    desk.page.get_by_role("link", name="GPT-4o mini").click()
    expect(desk.page.get_by_role("heading", name="Prices")).to_be_visible()
    desk.page.get_by_text("cURL", exact=True).click()
    expect(desk.page.locator(".snippets__code--curl")).to_be_visible()


def test_on_a_phone_the_filters_open_over_the_list(desks: Callable[..., Desk]) -> None:
    desk = desks(viewport=PHONE)
    desk.page.goto("/models/")
    expect(desk.page.get_by_label("Vendor", exact=True)).to_be_hidden()

    desk.button("Filters").click()
    desk.page.get_by_label("Vendor", exact=True).select_option("openai")
    desk.button("Close the filters").click()

    expect(desk.page.get_by_label("Vendor", exact=True)).to_be_hidden()
    expect(rows(desk).first).to_contain_text("OpenAI")


def test_a_model_page_is_a_playground(desk: Desk, double: Double) -> None:
    double.say("Because.")
    desk.page.goto("/models/")
    desk.page.get_by_role("link", name="GPT-4o mini").click()
    expect(desk.pill).to_have_text("Live")
    expect(desk.page.locator(".model-button__name")).to_have_text("GPT-4o mini")

    desk.page.locator(".starter").first.click()
    desk.field.press("Enter")

    expect(desk.answer).to_contain_text("Because.")
    expect(desk.page.get_by_role("heading", name="Prices")).to_be_hidden()
    assert desk.conversation
    assert double.bodies[0]["model"] == "gpt-4o-mini"


def test_what_can_be_copied_is_copied(desks: Callable[..., Desk]) -> None:
    for path in ("/models/openai/gpt-4o-mini/", "/models/anthropic/claude-opus-5-5/"):
        desk = desks(permissions=["clipboard-read", "clipboard-write"])
        desk.page.goto(path)
        read = "navigator.clipboard.readText()"

        desk.button("Copy the model id").first.click()
        expect(desk.page.locator("#announcer")).to_have_text("Copied.")
        assert desk.page.evaluate(read) == path.split("/")[3]
        desk.page.get_by_text("JavaScript", exact=True).click()
        desk.page.locator(".snippets__code--javascript").get_by_label("Copy code").click()

        desk.page.wait_for_function(f"{read}.then((text) => text.startsWith('const response'))")


def test_the_picker_finds_by_vendor_and_ability_and_warns(desk: Desk) -> None:
    desk.open("/models/openai/gpt-4o-mini/")
    desk.page.locator(".model-button").click()
    options = desk.page.locator("#model-picker .option:visible")
    expect(options).to_have_count(2)

    desk.page.keyboard.type("openai reasoning")

    expect(options).to_have_count(1)
    expect(options).to_contain_text("retires on 11 December 2026")
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("#pane-settings")).to_contain_text("16 to 100,000")
    expect(desk.page.get_by_role("heading", name="Prices")).to_be_hidden()
    desk.page.get_by_role("tab", name="Model").click()
    expect(desk.page.locator("#pane-model")).to_contain_text("This model retires on 11 December")
    expect(desk.page.get_by_role("link", name="Prices, limits and sources")).to_have_attribute(
        "href", "/models/openai/o3/"
    )


def test_its_playground_can_be_temporary(desk: Desk, double: Double) -> None:
    desk.open("/models/openai/o3/").page.get_by_role("switch", name="Temporary").click()

    expect(desk.page.locator(".temporary-bar")).to_be_visible()
    expect(desk.page.locator(".model-button__name")).to_have_text("o3")
    desk.open(desk.page.url).ask_and_wait("A heron?")
    assert double.bodies[-1]["model"] == "o3"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_overflows_and_everybody_can_use_it(
    desks: Callable[..., Desk], width: int, scheme: str
) -> None:
    desk = desks(viewport={"width": width, "height": 844}, color_scheme=scheme)
    for path in PAGES:
        desk.page.goto(path)

        is_wider = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not desk.page.evaluate(is_wider), path
        assert findings(desk.page) == [], path
