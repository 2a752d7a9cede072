"""Text spelt as HTML, exactly as a browser would write it back.

The one rule: one spelling everywhere, so that cleaning a block does not change a character of it.
"""

from __future__ import annotations

from html import escape


def escaped(text: str) -> str:
    """Text between tags."""
    return escape(text, quote=False).replace("\u00a0", "&nbsp;")


def quoted(text: str) -> str:
    """Text between the double quotes of an attribute."""
    return escaped(text).replace('"', "&quot;")
