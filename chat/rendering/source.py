"""Text as it came in, made fit for the parser: characters, size, and two traps of the grammar.

The one rule: nothing is dropped. What cannot stand is replaced by U+FFFD, what is too much is
shown plain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MARKDOWN_LIMIT = 256 * 1024  # characters; what comes after them is shown plain
PLAIN_BLOCK = 64 * 1024  # characters of plain text in one block, so that a live one stays cheap
NESTING = 20

# A noncharacter that never leaves this package. Put before something, it takes away its meaning.
INERT = "\ufdd0"

_UNFIT = re.compile(f"[\x00\r{INERT}\ud800-\udfff]")
_SURROGATE_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_UNUSABLE = re.compile(f"[\x00{INERT}\ud800-\udfff]")

# An HTML block swallows Markdown up to the next blank line (a comment or <script> to its end) and
# has no source position; as a paragraph that begins with a tag it behaves. So a tag that could
# begin one, at the start of a line or of a container, gets the inert character before it.
_HTML_BLOCK = re.compile(
    r"^((?:[ \t>]|[-+*][ \t]|[0-9]{1,9}[.)][ \t])*+)"
    r"(?=<(?:[!?]|/?[A-Za-z][A-Za-z0-9-]*(?:[\s/>]|$)))",
    re.MULTILINE,
)
# 262,144 nested quotes cost the parser 40 seconds; beyond NESTING a > is only a character.
_DEEP_QUOTE = re.compile(rf"((?:>[ \t]*){{{NESTING}}})(?=>)")


def normal(text: str) -> str:
    """The text with \\n as its only line end, and without NUL and lone surrogates."""
    if not _UNFIT.search(text):
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _SURROGATE_PAIR.sub(_joined, text)
    return _UNUSABLE.sub("\ufffd", text)


def unfinished(text: str) -> int:
    """How many characters at the end mean something else if more follows: \\r, half a pair."""
    return 1 if text and (text[-1] == "\r" or "\ud800" <= text[-1] <= "\udbff") else 0


def guarded(text: str) -> str:
    """The text as the parser should see it: no HTML blocks, no abyss of quotes."""
    if "<" in text:
        text = _HTML_BLOCK.sub(rf"\1{INERT}", text)
    if text.count(">") > NESTING:
        text = _DEEP_QUOTE.sub(rf"\1{INERT}", text)
    return text


def markdown_end(text: str) -> int:
    """Where Markdown ends and plain text begins: at a line's end if there is one."""
    if len(text) <= MARKDOWN_LIMIT:
        return len(text)
    return text.rfind("\n", 0, MARKDOWN_LIMIT) + 1 or MARKDOWN_LIMIT


def plain_pieces(text: str, start: int) -> Iterator[str]:
    """The rest of a text from `start` in pieces, of which only the last changes as it grows."""
    while len(text) - start > PLAIN_BLOCK:
        end = text.rfind("\n", start, start + PLAIN_BLOCK) + 1 or start + PLAIN_BLOCK
        yield text[start:end]
        start = end
    if start < len(text):
        yield text[start:]


def _joined(pair: re.Match[str]) -> str:
    return pair[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le")
