"""A whole document at once: history, shares, exports, and the last word on a live one.

The one rule: `render` is the blocks of `render_blocks`, each in its own element.
"""

from __future__ import annotations

from django.utils.safestring import SafeString, mark_safe

from chat.rendering import source
from chat.rendering.chrome import dressed
from chat.rendering.clean import Images, clean
from chat.rendering.content import content
from chat.rendering.highlighting import highlighted
from chat.rendering.markdown import parse, plain


def render(text: str, images: Images | None = None) -> SafeString:
    """Safe HTML of a document. `images` says which image sources are our own files."""
    return mark_safe(  # noqa: S308 (each block went through both walls)
        "".join(f'<div class="block">{block}</div>' for block in render_blocks(text, images))
    )


def render_blocks(text: str, images: Images | None = None) -> tuple[str, ...]:
    """Safe HTML of each top-level block. About 1.5 ms per 10,000 characters, and the colours."""
    text = source.normal(text)
    end = source.markdown_end(text)
    blocks = [
        dressed(clean(content(block.raw, images), images), highlighted)[0]
        for block in parse(text[:end])
    ]
    blocks += map(plain, source.plain_pieces(text, end))
    return tuple(blocks)
