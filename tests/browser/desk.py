"""Somebody at the playground's page: what they do, and what they see."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Self

from playwright.sync_api import Locator, Page, expect

from tests.live_server import LiveServer
from tests.visitor import Visitor

LIVE = "Live"
UNFINISHED = re.compile("^(queued|running)$")
"""The page does not tell them apart once text arrives."""


@dataclass(slots=True)
class Desk:
    visitor: Visitor
    server: LiveServer
    cookie: dict[str, str]
    expected: list[str] = field(default_factory=list)
    """Pieces of what the console may say in this test."""

    @property
    def page(self) -> Page:
        return self.visitor.page

    @property
    def problems(self) -> list[str]:
        """What went wrong and was not meant to."""
        return [
            problem
            for problem in self.visitor.problems
            if not any(piece in problem for piece in self.expected)
        ]

    # Doing

    def open(self, path: str = "/") -> Self:
        self.page.goto(path)
        expect(self.pill).to_have_text(LIVE)
        return self

    def reload(self) -> Self:
        self.page.reload()
        expect(self.pill).to_have_text(LIVE)
        return self

    def ask(self, text: str) -> Self:
        self.field.fill(text)
        self.field.press("Enter")
        return self

    def ask_and_wait(self, text: str, state: str = "completed") -> Locator:
        """The answer's article, once it has come to that state."""
        number = self.answers.count()
        self.ask(text)
        answer = self.answers.nth(number)
        expect(answer).to_have_attribute("data-state", state)
        return answer

    def button(self, name: str, **options: Any) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True, **options)

    # Seeing

    @property
    def pill(self) -> Locator:
        return self.page.locator("chat-connection")

    @property
    def field(self) -> Locator:
        return self.page.get_by_role("textbox", name="Message", exact=True)

    @property
    def composer_error(self) -> Locator:
        return self.page.locator(".composer__error")

    @property
    def messages(self) -> Locator:
        return self.page.locator(".message:not(.is-expected)")

    @property
    def questions(self) -> Locator:
        return self.page.locator(".message--user:not(.is-expected)")

    @property
    def answers(self) -> Locator:
        return self.page.locator(".message--assistant")

    @property
    def answer(self) -> Locator:
        return self.answers.last

    @property
    def conversation(self) -> str:
        """The id in the address."""
        expect(self.page).to_have_url(re.compile(r"/c/[0-9a-f-]{36}/"))
        return self.page.url.split("/c/")[1].split("/")[0]

    def source(self, article: Locator) -> str:
        """What *copy* copies: the Markdown of a message, exactly as the server has it."""
        number = article.get_attribute("data-message")
        return self.page.request.get(f"/messages/{number}/source/").body().decode()

    def stored(self, article: Locator) -> list[dict[str, Any]]:
        """The parts of a message as they stand in the database."""
        path = self.server.folder / "data" / "playground.sqlite3"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            query = "SELECT parts FROM chat_message WHERE id = ?"
            row = database.execute(query, [article.get_attribute("data-message")]).fetchone()
        return list(json.loads(row[0]))

    def stored_text(self, article: Locator, kind: str = "text") -> str:
        return "".join(part["text"] for part in self.stored(article) if part["type"] == kind)
