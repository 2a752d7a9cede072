"""What models and their pages write into an answer's text although it is no part of it: thinking,
and calls of tools. It becomes parts of its own.

The one rule: every character is looked at once. What does not close is text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from chat.models.parts import quoted

Part = dict[str, Any]

_THINKING = (("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<thought>", "</thought>"))
_OPEN, _CLOSE = '<details type="', "</details>"
_ATTRIBUTE = re.compile(r'([a-z_]+)="([^"]*)"')
_QUOTE = re.compile(r"^> ?", re.MULTILINE)
KINDS = ("reasoning", "tool_calls", "code_interpreter")


def parts_of(text: str) -> list[Part]:
    """Of an answer. Thinking at its beginning, and `<details>` as Open WebUI writes them."""
    found: list[Part] = []
    rest = text.lstrip()
    for opening, closing in _THINKING:
        if rest.startswith(opening):
            thought, _, after = rest[len(opening) :].partition(closing)
            found += reasoning(thought)
            text = after
            break
    return joined([*found, *_details(text)])


def reasoning(text: str) -> list[Part]:
    return [{"type": "reasoning", "text": text.strip()}] if text.strip() else []


def words(text: str) -> list[Part]:
    return [{"type": "text", "text": text}] if text.strip() else []


def joined(parts: list[Part]) -> list[Part]:
    """Text beside text is one."""
    found: list[Part] = []
    for part in parts:
        if found and part["type"] == found[-1]["type"] in ("text", "reasoning"):
            found[-1] = part | {"text": f"{found[-1]['text']}\n\n{part['text'].lstrip()}"}
        else:
            found.append(part)
    return found


def _details(text: str) -> Iterator[Part]:
    position = 0
    while (start := text.find(_OPEN, position)) >= 0:
        tag_end, end = text.find(">", start), text.find(_CLOSE, start)
        if tag_end < 0 or end < tag_end:
            break
        attributes = dict(_ATTRIBUTE.findall(text[start:tag_end]))
        if attributes.get("type") not in KINDS:
            # Somebody's own; it stays where it is.
            yield from words(text[position:end])
            position = end
            continue
        yield from words(text[position:start].strip("\n"))
        yield from _special(attributes, text[tag_end + 1 : end])
        position = end + len(_CLOSE)
    rest = text[position:]
    yield from words(rest.strip("\n") if position else rest)


def _special(attributes: dict[str, str], inside: str) -> list[Part]:
    _, summary_end, after = inside.partition("</summary>")
    inside = html.unescape(after if summary_end else inside).strip()
    if attributes["type"] == "reasoning":
        return reasoning(_QUOTE.sub("", inside))
    if attributes["type"] == "code_interpreter":
        return words(inside)
    name, arguments = attributes.get("name", "tool"), html.unescape(attributes.get("arguments", ""))
    return tool(name, arguments, html.unescape(attributes.get("result", "")) or inside)


def tool(name: str, arguments: str, result: str) -> list[Part]:
    """In words: whoever goes on with the conversation here has not got this tool."""
    return words(quoted(f"{name or 'tool'}({arguments})", result))
