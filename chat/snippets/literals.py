"""Plain JSON values as literals of a programming language, indented as a person would.

The one rule: what the literal means is the value, whatever characters are in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

INLINE = 80
"""A list or object that is shorter than this stays on one line."""


def json_string(text: str) -> str:
    """A literal in JSON, JavaScript and Python at once."""
    literal = json.dumps(text, ensure_ascii=False)
    try:
        literal.encode()
    except UnicodeEncodeError:  # half a surrogate pair: only the escaped form can carry it
        return json.dumps(text)
    return literal.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def php_string(text: str) -> str:
    r"""Double quotes where nothing in them means something; else single ones, which know `\\` and
    `\'` alone. PHP has no half surrogate pairs."""
    text = text.encode("utf-8", "replace").decode()
    if re.fullmatch(r"[^\x00-\x1f\\\"$\x7f]*", text):
        return f'"{text}"'
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def javascript_key(name: str) -> str:
    if name == "__proto__":  # as a plain key it would be the prototype
        return '["__proto__"]'
    return name if re.fullmatch(r"[A-Za-z_$][\w$]*", name, re.ASCII) else json_string(name)


@dataclass(frozen=True, slots=True)
class Style:
    true: str = "true"
    false: str = "false"
    null: str = "null"
    brackets: tuple[str, str] = ("{", "}")
    arrow: str = ": "
    string: Callable[[str], str] = json_string
    key: Callable[[str], str] = json_string
    empty_object: str = "{}"
    numbered_object: str = ""
    """Stands before an object whose keys are numbers, where it would pass for a list."""
    inner: str = ""
    """A space inside the brackets of an object on one line."""
    trailing: str = ","
    """After the last item of a list or object that takes several lines."""
    indent: str = "    "
    plus: str = " + "
    read: str = ""
    """The base64 of a file; `{}` is its name as a literal."""
    files: Mapping[str, str] = field(default_factory=dict)
    """See `Call.files`."""


JSON = Style(trailing="", indent="  ")
PYTHON = Style(
    "True", "False", "None", read="base64.b64encode(pathlib.Path({}).read_bytes()).decode()"
)
JAVASCRIPT = Style(key=javascript_key, inner=" ", indent="  ", read='readFileSync({}, "base64")')
PHP = Style(
    brackets=("[", "]"),
    arrow=" => ",
    string=php_string,
    key=php_string,
    empty_object="new stdClass()",
    numbered_object="(object) ",
    plus=" . ",
    read="base64_encode(file_get_contents({}))",
)


def literal(value: Any, style: Style, *, indent: str = "") -> str:
    """`indent` is that of the line on which it begins."""
    match value:
        case None:
            return style.null
        case bool():
            return style.true if value else style.false
        case str():
            return _text(value, style)
        case int() | float():
            return json.dumps(value, allow_nan=False)
        case Mapping():
            if not value:
                return style.empty_object
            deeper = indent + style.indent
            items = [
                style.key(str(name)) + style.arrow + literal(item, style, indent=deeper)
                for name, item in value.items()
            ]
            is_numbered = any(re.fullmatch("[0-9]+", str(name)) for name in value)
            cast = style.numbered_object if is_numbered else ""
            return cast + _bracketed(items, style.brackets, style, indent=indent)
    items = [literal(item, style, indent=indent + style.indent) for item in value]
    return _bracketed(items, ("[", "]"), style, indent=indent) if items else "[]"


def _text(text: str, style: Style) -> str:
    for mark, name in style.files.items():
        before, found, after = text.partition(mark)
        if found:
            around = [style.string(piece) if piece else "" for piece in (before, after)]
            read = style.read.format(style.string(name))
            return style.plus.join(piece for piece in (around[0], read, around[1]) if piece)
    return style.string(text)


def _bracketed(items: list[str], brackets: tuple[str, str], style: Style, *, indent: str) -> str:
    opening, closing = brackets
    space = style.inner if opening == "{" else ""
    line = f"{opening}{space}{', '.join(items)}{space}{closing}"
    if len(line) <= INLINE and "\n" not in line:
        return line
    deeper = indent + style.indent
    lines = f",\n{deeper}".join(items)
    return f"{opening}\n{deeper}{lines}{style.trailing}\n{indent}{closing}"
