"""What we put around clean content: the bar over code with its copy button, room for wide tables.

The one rule: it comes after cleaning, so that the cleaner never has to allow a button.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

Colours = Callable[[str, str], str | None]

_CODE = re.compile(
    r'<pre><code(?: class="language-(?P<language>[^"]*)")?>(?P<source>.*?)</code></pre>'
    r"|(?P<table><table>)|(?P<end></table>)",
    re.DOTALL,
)
_COPY = (
    '<button type="button" class="button button--icon button--plain" data-action="copy-code"'
    ' aria-label="Copy code"><svg class="icon" aria-hidden="true"><use href="#icon-copy"/></svg>'
    "</button>"
)
_TABLE = '<div class="table" role="region" aria-label="Table" tabindex="0"><table>'


def dressed(html: str, colours: Colours) -> tuple[str, bool]:
    """Clean content in its chrome, and whether all colours were there."""
    if "<pre><code" not in html and "<table" not in html:
        return html, True
    complete = True

    def dress(found: re.Match[str]) -> str:
        nonlocal complete
        if found["table"]:
            return _TABLE
        if found["end"]:
            return "</table></div>"
        language = found["language"] or ""
        coloured = colours(unescape(found["source"]), language)
        complete = complete and coloured is not None
        return figure(found["source"] if coloured is None else coloured, language)

    return _CODE.sub(dress, html), complete


def figure(code: str, language: str) -> str:
    """A code block; `code` is HTML."""
    name = f' class="language-{language}"' if language else ""
    return (
        f'<figure class="code"><figcaption class="code__bar"><span>{language or "text"}</span>'
        f'{_COPY}</figcaption><pre tabindex="0"><code{name}>{code}</code></pre></figure>'
    )
