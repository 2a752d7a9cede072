"""Where our own API has a model: its address in each dialect, and the settings of Claude Code.

The one rule: the key is never in it, only the place where it goes.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from chat import manuals
from chat.catalog.entries import CatalogModel


@dataclass(frozen=True, slots=True)
class Address:
    dialect: str
    url: str
    base: str
    """What an SDK of that dialect is told."""


def addresses(model: CatalogModel) -> tuple[Address, ...]:
    base = f"{settings.SITE_URL}/api"
    return (
        Address("OpenAI", f"{base}/v1/chat/completions", f"{base}/v1"),
        Address("Anthropic", f"{base}/v1/messages", base),
        Address("Google", f"{base}/v1beta/models/{model.id}:generateContent", base),
    )


def claude_code(model: CatalogModel) -> str:
    """What to type in a shell; empty for a model that is not known to call tools, which is all that
    Claude Code does."""
    manual = manuals.manual("claude-code")
    if manual is None or not model.tools:
        return ""
    _, settings_block, *_ = manual.blocks("sh", model.id, window=model.context_window)
    return f"{settings_block}claude\n"
