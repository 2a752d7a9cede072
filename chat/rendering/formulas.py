"""LaTeX to MathML.

The one rule: a formula that the converter does not know, or that is too long or deep for it, is
shown as its source.
"""

from __future__ import annotations

import re
from functools import lru_cache

import math_core

from chat.rendering.clean import clean

SOURCE_LIMIT = 2_000  # characters; 100,000 nested braces end the process
DEPTH_LIMIT = 50
OUTPUT_LIMIT = 64 * 1024

_CONVERTER = math_core.LatexToMathML(fancy_error=False, max_expansions=100)
_STYLE = re.compile(r' style="([^"]*)"')
_ID = re.compile(r' (?:id|class)="[^"]*"')
_TEXT = re.compile(r">[^<]+<")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")

# The Content-Security-Policy forbids inline style; these are the classes that stand for it.
_CLASSES = {
    "width:100%": "math-full",
    "width:50%": "math-half",
    "text-align:left": "math-left",
    "text-align:right": "math-right",
    "padding-left:0": "math-flush-left",
    "padding-right:0": "math-flush-right",
    "padding-left:1em": "math-gap",
    "border-top:0.05em solid currentcolor": "math-rule-top",
    "border-right:0.05em solid currentcolor": "math-rule-right",
    "border-bottom:0.05em solid currentcolor": "math-rule-bottom",
    "border-left:0.05em solid currentcolor": "math-rule-left",
    "border-top:0.05em dashed currentcolor": "math-dash-top",
    "border-right:0.05em dashed currentcolor": "math-dash-right",
}


@lru_cache(maxsize=2048)
def mathml(source: str, display: bool) -> str | None:
    """A formula as a clean `<math>` element, or None if its source should be shown."""
    if len(source) > SOURCE_LIMIT or _depth(source) > DEPTH_LIMIT:
        return None
    try:
        html = _CONVERTER.convert_with_local_state(source, displaystyle=display)
    except math_core.LatexError:
        return None
    if len(html) > OUTPUT_LIMIT or not _TEXT.search(html):
        return None
    return clean(_STYLE.sub(_classes, _ID.sub("", html)))


def _depth(source: str) -> int:
    depth = deepest = 0
    for opener in re.finditer(r"\\[{}]|\{|\}|\\left\b|\\right\b|\\begin\b|\\end\b", source):
        if opener[0] in {"{", "\\left", "\\begin"}:
            depth += 1
            deepest = max(deepest, depth)
        elif opener[0] in {"}", "\\right", "\\end"}:
            depth -= 1
    return deepest


def _classes(style: re.Match[str]) -> str:
    classes, colour = [], ""
    for declaration in style[1].split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if name == "color" and _COLOUR.fullmatch(value):
            colour = f' mathcolor="{value}"'
        elif known := _CLASSES.get(f"{name}:{value}"):
            classes.append(known)
    return (f' class="{" ".join(classes)}"' if classes else "") + colour
