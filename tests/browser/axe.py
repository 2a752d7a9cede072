"""axe-core on the page as it stands, injected from outside so that the policy stays whole."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

GRAVE = ("serious", "critical")
RUN = """
(options) => axe.run(document, options).then(({violations}) => violations.map(
  ({id, impact, help, nodes}) => ({id, impact, help, nodes: nodes.map(
    ({html, failureSummary}) => `${html.slice(0, 200)} — ${failureSummary}`)})))
"""


@cache
def script() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def findings(page: Page, *rules: str) -> list[dict[str, Any]]:
    """Serious and critical ones; of all rules, or of those that are named."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(script())
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": rules}
    found = page.evaluate(RUN, options)
    return [finding for finding in found if finding["impact"] in GRAVE]


def findings_in_both_themes(page: Page) -> list[dict[str, Any]]:
    """Everything in the light; in the dark what depends on colours."""
    page.emulate_media(color_scheme="light")
    light = findings(page)
    page.emulate_media(color_scheme="dark")
    return light + findings(page, "color-contrast", "link-in-text-block")
