"""Conversations to take away: as JSON with everything, as Markdown, as one page of HTML.

The one rule: one conversation at a time is in memory, however many are asked for.
"""

from __future__ import annotations

from chat.exports.formats import FORMATS, Format, pieces

__all__ = ["FORMATS", "Format", "pieces"]
