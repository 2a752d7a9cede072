"""Markdown from anyone to HTML that is safe to place, whole or while it is still being written.

The one rule: nothing outside this package marks text as safe, and what leaves it is the same HTML
whether a document was rendered at once or as it grew.
"""

from __future__ import annotations

from chat.rendering.document import render, render_blocks
from chat.rendering.live import LiveMarkdown
from chat.rendering.patches import Patch, apply_patch, patch

__all__ = ["LiveMarkdown", "Patch", "apply_patch", "patch", "render", "render_blocks"]
