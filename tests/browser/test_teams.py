"""Two members in one conversation: by the pages alone, from the founding to the copy."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Desks
from tests.browser.desk import Desk
from tests.browser.test_history import entries

pytestmark = pytest.mark.browser


def found(desk: Desk, name: str) -> str:
    """A team; returns its address."""
    desk.page.goto("/teams/")
    desk.page.get_by_label("Name").fill(name)
    desk.button("Begin").click()
    expect(desk.page).to_have_url(re.compile(r"/teams/[0-9a-f-]{36}/"))
    return desk.page.url


def invite(owner: Desk, team: str, guest: Desk, role: str) -> None:
    owner.page.goto(team)
    form = owner.page.locator("form[action$='/invitations/']").first
    form.get_by_label("Role").select_option(role)
    form.get_by_role("button", name="Make a link").click()
    link = owner.page.get_by_label("The link").input_value()
    guest.page.goto("/" + link.split("/", 3)[3])
    guest.page.get_by_role("button", name="Join").click()
    expect(guest.page).to_have_url(re.compile(r"/teams/[0-9a-f-]{36}/"))


def give(desk: Desk, conversation: str) -> None:
    desk.page.goto(f"/c/{conversation}/team/")
    desk.button("Move").click()
    expect(desk.pill).to_have_text("Live")


def shared(desks: Desks, role: str) -> tuple[Desk, Desk, str]:
    """An owner who has said something in the team's conversation, a member, its path."""
    owner, member = desks(), desks()
    team = found(owner, "Birds")
    invite(owner, team, member, role)
    owner.open().ask_and_wait("Herons and how they wait")
    conversation = owner.conversation
    give(owner, conversation)
    return owner, member, f"/c/{conversation}/"


def test_two_members_talk_in_one_conversation_and_see_each_other(desks: Desks) -> None:
    owner, member, path = shared(desks, "editor")

    member.open("/").page.locator(".shelf > summary").click()
    member.page.locator(".shelf__item", has_text="Birds").click()
    expect(entries(member)).to_have_text(["Herons and how they wait"])
    entries(member).first.click()
    expect(member.pill).to_have_text("Live")

    expect(owner.page.locator(".present li")).to_have_count(1)
    expect(member.page.get_by_role("list", name="Also here")).to_contain_text("Person")
    member.ask_and_wait("And egrets?")
    expect(owner.questions.last).to_contain_text("And egrets?")
    expect(owner.answer).to_have_attribute("data-state", "completed")
    owner.ask_and_wait("And bitterns?")
    expect(member.questions.last).to_contain_text("And bitterns?")

    member.page.goto("/teams/")
    expect(owner.page.locator(".present li")).to_have_count(0)
    assert path in owner.page.url


def test_a_viewer_reads_and_goes_on_in_a_copy(desks: Desks) -> None:
    owner, viewer, path = shared(desks, "viewer")

    viewer.open(path)
    expect(viewer.answers).to_have_count(1)
    for label in ("Answer again with the present settings", "Edit and send again", "Send"):
        expect(viewer.page.get_by_label(label, exact=True)).to_be_hidden()
    expect(viewer.page.locator("#composer-text")).to_be_hidden()
    owner.ask_and_wait("And egrets?")
    expect(viewer.answers).to_have_count(2)
    expect(viewer.answer).to_have_attribute("data-state", "completed")

    viewer.button("Continue in a copy").click()
    expect(viewer.pill).to_have_text("Live")
    assert path not in viewer.page.url
    expect(viewer.answers).to_have_count(2)
    viewer.ask_and_wait("And bitterns?")
    expect(owner.answers).to_have_count(2)
