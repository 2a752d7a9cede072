"""The parser: Markdown to raw blocks, each with the line on which it begins.

The one rule: only `markdown_to_html` is called, never `parse_document`, which ends the process on
deeply nested input.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import comrak

from chat.rendering.source import INERT, NESTING, guarded
from chat.rendering.spelling import escaped

RAW_LIMIT = 1024 * 1024  # characters of HTML in one block, beyond which its source is shown
UNMATCHED_LIMIT = 200  # each opener of math without an end makes the parser read to the end


# Footnotes, header ids and description lists stay off: they reach across blocks.
def _extensions(*, math_latex: bool) -> comrak.ExtensionOptions:
    return comrak.ExtensionOptions(
        alerts=True,
        autolink=True,
        cjk_friendly_emphasis=True,
        math_dollars=True,
        math_latex=math_latex,
        strikethrough=True,
        table=True,
        tasklist=True,
    )


_WITH_LATEX = _extensions(math_latex=True)
_WITHOUT_LATEX = _extensions(math_latex=False)
_PARSING = comrak.ParseOptions()
_RENDERING = comrak.RenderOptions(escape=True, sourcepos=True, tasklist_classes=True)

# Every < of the text is escaped, and the parser begins each block on a line of its own, so these
# are all the openings and closings of blocks that can hold blocks, and of those that cannot.
_EDGE = re.compile(
    r"^<(?:(?P<holder>ul|ol|blockquote|div|table)|(?P<leaf>p|h[1-6]|pre|hr))\b"
    r'(?:[^>\n]*? data-sourcepos="(?P<line>[0-9]+):)?'
    r"|^</(?P<closed>ul|ol|blockquote|div|table)>",
    re.MULTILINE,
)
_INLINE = re.compile(r"<(/?)(?:em|strong|del)\b")
_POSITION = re.compile(r' data-sourcepos="[^"]*"')
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")


@dataclass(frozen=True, slots=True)
class Block:
    """One top-level element as the parser wrote it, and its first line, counted from 0."""

    line: int
    raw: str


def parse(text: str) -> list[Block]:
    """The top-level blocks of a text that went through `source.normal`."""
    extensions = _WITHOUT_LATEX if _has_unmatched_math(text) else _WITH_LATEX
    html = comrak.markdown_to_html(guarded(text), extensions, _PARSING, _RENDERING)
    html = html.replace(INERT, "")

    edges, deep = _top_level(html)
    lines: list[str] = []
    blocks = []
    for number, (line, start) in enumerate(edges):
        end = edges[number + 1][1] if number + 1 < len(edges) else len(html)
        raw = html[start:end]
        if start in deep or len(raw) > RAW_LIMIT or _is_deep_inline(raw):
            lines = lines or text.split("\n")
            last = edges[number + 1][0] if number + 1 < len(edges) else len(lines)
            raw = plain("\n".join(lines[line:last]))
        else:
            raw = _POSITION.sub("", raw.rstrip("\n"))
        blocks.append(Block(line, raw))
    return blocks


def plain(text: str) -> str:
    """Text that is shown as it is."""
    return f'<pre class="plain">{escaped(text)}</pre>'


def _top_level(html: str) -> tuple[list[tuple[int, int]], set[int]]:
    """Line and offset of each top-level block, and the offsets of those nested too deeply."""
    edges: list[tuple[int, int]] = []
    deep: set[int] = set()
    depth = 0
    for edge in _EDGE.finditer(html):
        if edge["closed"]:
            depth -= 1
            continue
        if depth == 0:
            edges.append((int(edge["line"]) - 1, edge.start()))
        if edge["holder"]:
            depth += 1
            if depth > NESTING:
                deep.add(edges[-1][1])
    return edges, deep


def _is_deep_inline(raw: str) -> bool:
    if raw.count("<em") + raw.count("<strong") + raw.count("<del") <= NESTING:
        return False
    depth = 0
    for tag in _INLINE.finditer(raw):
        depth += -1 if tag[1] else 1
        if depth > NESTING:
            return True
    return False


def _has_unmatched_math(text: str) -> bool:
    if text.count("\\(") + text.count("\\[") <= UNMATCHED_LIMIT:
        return False
    unmatched = 0
    for paragraph in _BLANK_LINES.split(text):
        unmatched += paragraph.count("\\(", paragraph.rfind("\\)") + 1)
        unmatched += paragraph.count("\\[", paragraph.rfind("\\]") + 1)
    return unmatched > UNMATCHED_LIMIT
