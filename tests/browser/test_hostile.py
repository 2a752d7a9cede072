"""Text made to run: as an answer, a question, a title, an error. None of it does, and the policy
never had to step in, since a violation would mean that the cleaner had failed."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Request, expect

from tests.browser.conftest import Desks
from tests.browser.desk import Desk
from tests.browser.double import Double
from tests.rendering.corpus import ATTACKS
from tests.script import Head, Send, delta, ending, failure

pytestmark = pytest.mark.browser

SHOWN = ".message__body, .rail__list, .toasts, .topbar, .message__failure, .receipt, .card"
PWNED = "window.__pwned=1"
LURES = (
    '<script>{0}</script><img src=x onerror="{0}"><svg onload="{0}"></svg>',
    '<iframe srcdoc="<script>parent.{0}</script>"></iframe><a href="javascript:{0}">x</a>',
    "<form id=__proto__><input name=attributes></form><img name=cookie id=body>",
)
CORPUS = [*(attack.replace("alert(1)", PWNED) for attack in ATTACKS)]
CORPUS += [lure.format(PWNED) for lure in LURES]
GRAVE = """
(shown) => [...document.querySelectorAll(shown)].flatMap((element) => [...element.querySelectorAll(
  "script:not([type='application/json']), iframe, object, embed, img, style, link, meta, base,"
  + " svg:not(.icon), .message__body form")]).map((element) => element.outerHTML)
"""
TEMPTATIONS = (
    "![](/sign-out/) ![](/people/) ![x](/files/1) ![y](//127.0.0.1:1/y.png) "
    "![z](http://127.0.0.1:1/z.png) [r](/sign-out/) <img src=/sign-out/ alt=a>"
)
OURS = ("/c/", "/static/", "/ws/", "/history/", "/panel/", "/messages/", "/turns/")


@pytest.fixture
def asked(desk: Desk) -> Iterator[list[str]]:
    """The paths that the page asked for."""
    paths: list[str] = []

    def note(request: Request) -> None:
        paths.append(urlsplit(request.url).path)

    desk.visitor.context.on("request", note)
    yield paths
    assert [path for path in paths if path != "/" and not path.startswith(OURS)] == []


def assert_untouched(desk: Desk) -> None:
    """Nothing ran, nothing that could run is there, and the page still has its own objects."""
    assert desk.page.evaluate("window.__pwned === undefined")
    assert desk.page.evaluate("document.cookie.constructor === String")
    assert desk.page.evaluate("document.body instanceof HTMLBodyElement")
    assert desk.page.evaluate(GRAVE, SHOWN) == []
    handlers = (
        "[...document.querySelectorAll('.message__body *')].flatMap((element) =>"
        " [...element.attributes]).filter(({name, value}) =>"
        " name.startsWith('on') || /^\\s*(javascript|data|vbscript):/i.test(value))"
        ".map(({name, value}) => `${name}=${value}`)"
    )
    assert desk.page.evaluate(handlers) == []


def test_an_answer_and_its_reasoning(desk: Desk, double: Double, asked: list[str]) -> None:
    thoughts = [Send(delta(f"{attack}\n\n", name="reasoning_content")) for attack in CORPUS]
    texts = [Send(delta(f"{attack}\n\n")) for attack in CORPUS]
    double.play(Head(), *thoughts, *texts, Send(ending()))

    answer = desk.open().ask_and_wait("Be evil")
    answer.locator(".part--reasoning > summary").click()

    assert_untouched(desk)
    assert desk.stored_text(answer) == "".join(f"{attack}\n\n" for attack in CORPUS)
    desk.reload()
    assert_untouched(desk)


def test_a_whole_attack_letter_by_letter(desk: Desk, double: Double, asked: list[str]) -> None:
    text = "\n\n".join(CORPUS[:8])
    double.play(Head(), *(Send(delta(letter)) for letter in text), Send(ending()))

    desk.open().ask_and_wait("Slowly")

    assert_untouched(desk)


def test_a_question_the_title_it_makes_and_the_edit(
    desk: Desk, double: Double, asked: list[str]
) -> None:
    text = "\n".join([LURES[0].format(PWNED), *CORPUS])

    desk.open().ask_and_wait(text)
    assert_untouched(desk)
    assert desk.page.title().startswith("<script>")
    desk.reload()
    assert_untouched(desk)
    desk.questions.first.hover()
    desk.button("Edit and send again").click()

    expect(desk.page.get_by_label("Edit your message")).to_have_value(text)
    assert double.bodies[0]["messages"][0]["content"] == text
    desk.page.goto(f"/history/?q={quote('<script>')}")
    expect(desk.page.locator(".card li").first).to_contain_text("<script>")
    assert_untouched(desk)


def test_a_title_that_was_typed(desk: Desk, asked: list[str]) -> None:
    title = LURES[0].format(PWNED)[:200]
    desk.open().ask_and_wait("Harmless")
    desk.open().ask_and_wait("Another")

    desk.page.locator(".rail__entry", has_text="Harmless").hover()
    desk.button("Rename or delete: Harmless").click()
    desk.page.get_by_label("Title", exact=True).fill(title)
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator(".rail__item").nth(1)).to_have_text(title)
    assert_untouched(desk)
    desk.page.locator(".rail__entry").nth(1).hover()
    desk.page.locator(".rail__entry").nth(1).get_by_role("button").click()
    desk.button("Delete conversation").click()

    expect(desk.page.locator(".toast")).to_contain_text(title)
    assert_untouched(desk)


def test_an_error_of_the_provider_and_its_receipt(
    desk: Desk, double: Double, asked: list[str]
) -> None:
    lure = LURES[0].format(PWNED)
    double.play(*failure(400, lure, param=lure, type=lure, code=lure))
    desk.open().page.get_by_label("System message").fill(lure)
    answer = desk.ask_and_wait("Break", "failed")
    assert_untouched(desk)

    answer.get_by_role("link", name="Receipt").click()

    expect(desk.page.get_by_role("dialog", name="Receipt")).to_be_visible()
    assert_untouched(desk)


def test_what_an_address_prefills(desk: Desk, asked: list[str]) -> None:
    lure = quote(LURES[0].format(PWNED))

    desk.open(f"/?prompt={lure}&system={lure}&model={lure}&temperature={lure}&extra={lure}")

    expect(desk.field).to_have_value(LURES[0].format(PWNED))
    assert_untouched(desk)


def test_no_picture_is_fetched_and_no_relative_link_is_made(
    desk: Desk, double: Double, asked: list[str]
) -> None:
    double.say(TEMPTATIONS)

    answer = desk.open().ask_and_wait("Show me pictures")

    hrefs = [link.get_attribute("href") for link in answer.locator(".message__body a").all()]
    assert [href for href in hrefs if not str(href).startswith("http")] == []
    desk.reload()
    assert_untouched(desk)


def test_a_link_leaves_without_a_trace(desks: Desks, double: Double) -> None:
    desk = desks()
    address = "http://elsewhere.example/path"
    seen: list[dict[str, str]] = []

    def arrive(route: object, request: Request) -> None:
        seen.append(request.headers)
        route.fulfill(body="<!doctype html><title>There</title>")  # type: ignore[attr-defined]

    desk.visitor.context.route("http://elsewhere.example/**", arrive)
    desk.expected = ["elsewhere.example"]
    double.say(f"Go [there]({address})")
    answer = desk.open().ask_and_wait("Where?")

    with desk.visitor.context.expect_page() as opened:
        answer.get_by_role("link", name="there").click()

    assert opened.value.url == address
    assert opened.value.evaluate("window.opener") is None
    assert "referer" not in seen[0]
    link = answer.locator(".message__body a")
    assert set(str(link.get_attribute("rel")).split()) >= {"noopener", "noreferrer", "nofollow"}
    shown = "(link) => getComputedStyle(link, '::after').content"
    assert "elsewhere.example" in link.evaluate(shown)
