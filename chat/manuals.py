"""How other people's programs are pointed at this server's API: the pages of docs/tools/.

The one rule: what a page prints runs as printed. The address in it is this server's, the model one
that is there, the key an environment variable; the tests run what the pages show.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from django.conf import settings

from chat.offers import AvailableModel

WRITTEN_ADDRESS = "http://127.0.0.1:8000"
WRITTEN_MODELS = re.compile(r"local/smollm2-135m-instruct|anthropic/claude-sonnet-4-6")
WRITTEN_LINK = re.compile(r"\]\(tools/([\w-]+)\.md\)")
WRITTEN_WINDOW = re.compile(r"(?<=CONTEXT_TOKENS=)\d+")
WRITTEN_WINDOW_LINE = re.compile(r"^.*CONTEXT_TOKENS=\d+\n", re.MULTILINE)
SAFE = re.compile(r"[\w./:@+-]+", re.ASCII)
"""What may stand in a shell, a program and a settings file without quotes."""
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Manual:
    name: str
    title: str
    summary: str
    source: str
    """Markdown as it stands in docs/tools/."""
    least_window: int = 0
    """In tokens: what its own prompt needs of a model that has to call tools."""

    def text(self, model: str = "", *, window: int | None = None) -> str:
        """Markdown below the title, for the model of that name; else for the one that is written
        there. The line of a window that nobody knows is left out."""
        text = local(self.source.partition("\n")[2])
        if SAFE.fullmatch(model):
            text = WRITTEN_MODELS.sub(model, text)
        if window is None and model:
            return WRITTEN_WINDOW_LINE.sub("", text)
        return WRITTEN_WINDOW.sub(str(window), text) if window else text

    def blocks(self, language: str, model: str = "", *, window: int | None = None) -> list[str]:
        found = BLOCK.findall(self.text(model, window=window))
        return [text for name, text in found if name == language]

    def suits(self, model: AvailableModel) -> bool:
        return not self.obstacle(model)

    def obstacle(self, model: AvailableModel) -> str:
        """Why it will not work with this model, as far as is known; empty if it may."""
        if not SAFE.fullmatch(model.key):
            return "This name means something to a shell: put it in by hand, in quotes."
        if not self.least_window:
            return ""
        window = model.context_window
        if window and window < self.least_window:
            return (
                f"{model.name} has a window of {window:,} tokens; {self.title} needs "
                f"{self.least_window:,} or more. Pick another model."
            )
        if model.is_local or (model.catalog is not None and model.catalog.tools is False):
            return f"{model.name} calls no tools, and {self.title} does nothing else."
        return ""


def local(text: str) -> str:
    """With this server's own address, and links to pages instead of files."""
    text = WRITTEN_LINK.sub(r"](/docs/api/tools/\1/)", text)
    return text.replace(WRITTEN_ADDRESS, settings.SITE_URL)


@cache
def manuals() -> tuple[Manual, ...]:
    """In the order in which they are listed."""
    return (
        _read("claude-code", least_window=32_000),
        *(_read(name) for name in ("aider", "llm", "langchain", "ai-sdk")),
        *(_read(name) for name in ("openai-sdk", "anthropic-sdk", "google-genai")),
    )


def manual(name: str) -> Manual | None:
    return next((found for found in manuals() if found.name == name), None)


def pick(models: Iterable[AvailableModel], wanted: str, manual: Manual) -> AvailableModel | None:
    """The one that is asked for, by its key here or its id in the catalogue; else the first that
    suits."""
    models = list(models)
    named = (model for model in models if wanted and wanted in (model.key, _catalog_id(model)))
    suitable = (model for model in models if manual.suits(model))
    return next(named, None) or next(suitable, None)


def _catalog_id(model: AvailableModel) -> str:
    return model.catalog.id if model.catalog else ""


def _read(name: str, *, least_window: int = 0) -> Manual:
    source = (settings.BASE / "docs" / "tools" / f"{name}.md").read_text(encoding="utf-8")
    title, summary = re.findall(r"^\S.*$", source, re.MULTILINE)[:2]
    return Manual(name, title.removeprefix("# "), summary, source, least_window)
