"""Long conversations: a piece of the path at a time, and everything works in any piece."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.double import Double
from tests.browser.seeds import seed

pytestmark = pytest.mark.browser
TO_TOP = "document.querySelector('chat-thread').scrollTop = 0"
TOP_OF = """(article) => article.getBoundingClientRect().top"""


def numbers(desk: Desk) -> list[int]:
    return [int(one.split(".")[0].split()[1]) for one in desk.messages.all_inner_texts()]


def test_earlier_messages_come_without_moving_what_is_read(desk: Desk) -> None:
    path, _ = seed(desk, 100)
    desk.open(path)
    assert desk.messages.count() == 40
    expect(desk.messages.last).to_be_in_viewport()
    first = desk.page.locator(".message").first.element_handle()
    assert first is not None

    desk.page.evaluate(TO_TOP)
    before = first.evaluate(TOP_OF)
    expect(desk.messages).to_have_count(80)

    assert abs(first.evaluate(TOP_OF) - before) < 2
    desk.page.evaluate(TO_TOP)
    expect(desk.messages).to_have_count(100)
    expect(desk.page.locator("[data-more]")).to_have_count(0)
    assert desk.page.evaluate(
        "[...document.querySelectorAll('.message')].every((one, at, all) =>"
        " !at || one.dataset.parent === all[at - 1].dataset.message)"
    )


def test_what_was_spent_and_counted_is_that_of_the_whole_path(desk: Desk) -> None:
    path, first = seed(desk, 100, cost="0.25")
    line = desk.open(path).page.locator("chat-estimate")

    expect(line).to_contain_text("≈ 1,208 tokens")
    expect(line).to_contain_text("$12.50 so far")
    desk.page.evaluate(TO_TOP)
    expect(desk.messages).to_have_count(80)
    desk.page.evaluate(TO_TOP)
    expect(desk.messages).to_have_count(100)
    desk.field.fill(" ")
    expect(line).to_contain_text("$12.50 so far")

    desk.open(f"{path}?message={first + 10}")

    expect(desk.page.locator("[data-more=after]")).to_be_attached()
    expect(line).to_contain_text("≈ 1,208 tokens")
    expect(line).to_contain_text("$12.50 so far")


def test_a_link_to_a_message_far_up_opens_there_and_goes_on_downwards(desk: Desk) -> None:
    path, first = seed(desk, 200)

    desk.open(f"{path}?message={first + 50}#message-{first + 50}")

    aimed = desk.page.locator(f"#message-{first + 50}")
    expect(aimed).to_be_in_viewport()
    assert desk.messages.count() < 120
    for _ in range(5):
        desk.page.evaluate("document.querySelector('chat-thread').scrollTop = 1e9")
        if desk.page.locator("[data-more=after]").count() == 0:
            break
        desk.page.wait_for_timeout(400)
    expect(desk.page.locator(f"#message-{first + 199}")).to_be_in_viewport()


def test_what_is_sent_from_far_up_follows_the_end(desk: Desk, double: Double) -> None:
    double.say("Here it is.")
    path, first = seed(desk, 200)
    desk.open(f"{path}?message={first + 50}#message-{first + 50}")

    desk.ask("One more")

    expect(desk.answer).to_contain_text("Here it is.")
    expect(desk.answer).to_have_attribute("data-state", "completed")
    expect(desk.questions.last).to_contain_text("One more")
    expect(desk.page.locator("[data-more=after]")).to_have_count(0)
    assert len(double.bodies[0]["messages"]) == 201


def test_jumping_to_the_latest_leaves_out_what_is_between(desk: Desk) -> None:
    path, first = seed(desk, 300)
    desk.open(f"{path}?message={first + 20}#message-{first + 20}")

    desk.page.locator("[data-action=jump]").click()

    expect(desk.page.locator(f"#message-{first + 299}")).to_be_in_viewport()
    assert desk.messages.count() <= 60


def test_a_branch_far_up_is_switched_where_it_forks(desk: Desk) -> None:
    path, first = seed(desk, 200, fork=50)
    desk.open(f"{path}?message={first + 50}#message-{first + 50}")
    forked = desk.page.locator(f"#message-{first + 50} .branches")

    forked.get_by_role("button", name="Later version").click()

    expect(desk.messages.last).to_contain_text("The other end")
    expect(desk.page.locator("[data-more=after]")).to_have_count(0)
    expect(desk.page.locator(f"#message-{first + 49}")).to_have_count(1)
    desk.page.locator(".branches").get_by_role("button", name="Earlier version").click()
    expect(desk.page.locator(f"#message-{first + 50}")).to_be_in_viewport()
    expect(desk.page.locator(f"#message-{first + 51}")).to_have_count(1)
    desk.reload()
    expect(desk.page.locator(f"#message-{first + 50}")).to_be_in_viewport()


def test_an_answer_of_two_megabytes_is_whole(desk: Desk) -> None:
    path, first = seed(desk, 4, last="The quick brown fox. ", times=100_000)

    desk.open(path)

    answer = desk.page.locator(f"#message-{first + 3}")
    length = answer.evaluate("(article) => article.querySelector('.part').textContent.length")
    assert length == len("The quick brown fox. ") * 100_000
    expect(answer.locator(".block").last).to_contain_text("The quick brown fox.")
    desk.field.press_sequentially("Typing goes on")
    expect(desk.field).to_have_value("Typing goes on")


def test_without_a_script_links_lead_up_and_down(desk: Desk) -> None:
    path, first = seed(desk, 100)
    context = desk.visitor.context.browser.new_context(  # type: ignore[union-attr]
        base_url=desk.server.url, java_script_enabled=False
    )
    context.add_cookies([desk.cookie])  # type: ignore[list-item]
    page = context.new_page()
    page.goto(path)

    page.get_by_role("link", name="Show earlier · 60 messages").click()

    expect(page.locator(".message")).to_have_count(40)
    expect(page.locator(f"#message-{first + 20}")).to_have_count(1)
    page.get_by_role("link", name="Show later · 40 messages").click()
    expect(page.locator(f"#message-{first + 60}")).to_have_count(1)
    context.close()
