"""A browser at the live server, and everything that went wrong in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Request

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]
# The page's own policy does not apply to what the browser is told to run from outside.
WATCH_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  window.reportViolation(`${event.violatedDirective}: ${event.blockedURI}`));
"""


@dataclass(slots=True)
class Visitor:
    """`console` holds warnings and errors; `foreign` the requests to any host but the server's."""

    url: str
    context: BrowserContext
    page: Page
    console: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        """What a good visit leaves empty."""
        return self.console + self.errors + self.violations + self.foreign

    def sign_in(self, cookie: dict[str, str]) -> None:
        """With a cookie from `LiveServer.cookie_of`."""
        self.context.add_cookies([cookie])  # type: ignore[list-item]


@contextmanager
def visit(browser: Browser, url: str, **options: Any) -> Iterator[Visitor]:
    """A context of its own; `options` are Playwright's (viewport, color_scheme, …)."""
    context = browser.new_context(base_url=url, **options)
    visitor = Visitor(url, context, context.new_page())
    host = urlsplit(url).netloc

    def note_request(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != host:
            visitor.foreign.append(request.url)

    def watch(page: Page) -> None:
        page.on(
            "console",
            lambda message: (
                visitor.console.append(f"{message.type}: {message.text}")
                if message.type in ("warning", "error")
                else None
            ),
        )
        page.on("pageerror", lambda error: visitor.errors.append(str(error)))

    context.on("request", note_request)
    context.on("page", watch)
    context.expose_function("reportViolation", lambda text: visitor.violations.append(text))
    context.add_init_script(WATCH_VIOLATIONS)
    watch(visitor.page)
    try:
        yield visitor
    finally:
        context.close()
