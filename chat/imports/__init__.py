"""Conversations from a file: our own export, and those of others that are turned into it.

The one rule: nothing in a file is believed. Who owns it, what is already here and what time it is,
this server knows; all else is checked before a row is written, and one conversation is kept whole
or not at all.
"""

from __future__ import annotations

from chat.imports.report import Report
from chat.imports.running import Import, look, take

__all__ = ["Import", "Report", "look", "take"]
