"""Conversations to take away: as JSON with everything, as Markdown, as one page of HTML.

The one rule: a few messages or a piece of one file are in memory, however much is asked for.
"""

from __future__ import annotations

from chat.exports.formats import ARCHIVE_TYPE, FORMATS, Format, pieces

__all__ = ["ARCHIVE_TYPE", "FORMATS", "Format", "pieces"]
