"""Colours for code: Pygments, off the event loop, remembered by content.

The one rule: colouring never changes the text and never keeps anyone waiting; what is unknown, too
large or oddly cut stays as it is.
"""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES, Token, _TokenType

from chat.rendering.spelling import escaped

SOURCE_LIMIT = 100 * 1024
LINE_LIMIT = 2_000  # lexers are regular expressions; what they can be made to do grows with a line
SECONDS_LIMIT = 1.0  # of CPU for one block; what is left by then stays plain
MEMORY_LIMIT = 16 * 1024 * 1024  # characters of coloured code

# Pygments knows five hundred languages. These are the ones that answers are written in, and the
# ones whose lexers we let untrusted text into. (Not matlab: blank lines take it seconds a step.)
_LANGUAGES = """
apacheconf asm awk bash bat batch c c# c++ clojure cmake console cpp cs csharp css cuda dart
diff docker dockerfile elixir elm erlang f# fortran fsharp glsl go golang graphql groovy haskell
hcl hs html http ini java javascript js json json5 julia kotlin latex less lua make makefile
mysql nasm nginx nim nix objc objective-c ocaml octave pascal perl php pl postgres
postgresql powershell proto protobuf ps1 py pycon python python3 r rb rs ruby rust sass scala
scheme scss sh shell solidity sql sqlite3 swift tcl terraform tex toml ts tsx typescript vb.net
verilog vhdl vim wgsl xml yaml yml zig zsh
"""
_ALIASES = {
    "gql": "graphql",
    "jsonc": "json",
    "jsx": "javascript",
    "kt": "kotlin",
    "patch": "diff",
    "svelte": "html",
    "svg": "xml",
    "vb": "vb.net",
    "vue": "html",
}
LANGUAGES = frozenset(_LANGUAGES.split())

# Pygments' own short names, fewer of them: a subtype without a name here takes its parent's.
_CLASSES = "c cp k kc kt nb nc nd ne nf nn no nt na nv o s se si sr m gd gi gh gu ge gs gp go gt gr"
CLASSES = frozenset(_CLASSES.split())
_PLAIN = frozenset({"", "n", "p", "w", "err"})


class _Memory:
    """The least recently used leaves first once `limit` characters are held."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held = 0
        self._values: OrderedDict[bytes, str] = OrderedDict()
        self._lock = Lock()

    def get(self, key: bytes) -> str | None:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: bytes, value: str) -> None:
        with self._lock:
            self._held += len(value) - len(self._values.pop(key, ""))
            self._values[key] = value
            while self._held > self._limit:
                _, forgotten = self._values.popitem(last=False)
                self._held -= len(forgotten)


_memory = _Memory(MEMORY_LIMIT)
_worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="highlighting")
_running: dict[bytes, Future[str]] = {}


def highlighted(source: str, language: str) -> str:
    """HTML of the code, as soon as it is there. May take 3 ms per 1,000 characters."""
    language = _known(language)
    if not language or not _is_bearable(source):
        return escaped(source)
    key = _key(source, language)
    return _memory.get(key) or _highlight(source, language, key=key)


def highlighted_soon(source: str, language: str) -> str | None:
    """HTML of the code if it is known; otherwise None, and it is worked on elsewhere."""
    language = _known(language)
    if not language or not _is_bearable(source):
        return escaped(source)
    key = _key(source, language)
    known = _memory.get(key)
    if known is None and key not in _running:
        _running[key] = _worker.submit(_highlight, source, language, key=key)
        _running[key].add_done_callback(lambda _: _running.pop(key, None))
    return known


def _known(language: str) -> str:
    name = _ALIASES.get(language.lower(), language.lower())
    return name if name in LANGUAGES else ""


def _is_bearable(source: str) -> bool:
    return len(source) <= SOURCE_LIMIT and max(map(len, source.split("\n"))) <= LINE_LIMIT


def _key(source: str, language: str) -> bytes:
    return hashlib.blake2b(f"{language}\n{source}".encode(), digest_size=16).digest()


def _highlight(source: str, language: str, *, key: bytes) -> str:
    # PHP is only PHP after its opening tag, which answers leave out.
    options = {"startinline": True} if language == "php" and "<?" not in source else {}
    lexer = get_lexer_by_name(language, **options)
    pieces: list[str] = []
    text: list[str] = []
    last, run = "", ""
    for kind, value in _tokens(lexer, source):
        text.append(value)
        name = _class(kind)
        if name != last and not value.isspace():
            pieces.append(_span(run, last))
            last, run = name, ""
        run += value
    pieces.append(_span(run, last))
    html = "".join(pieces) if "".join(text) == source else escaped(source)
    _memory.put(key, html)
    return html


def _tokens(lexer: Lexer, source: str) -> Iterator[tuple[_TokenType, str]]:
    """The lexer's tokens, and when it has had its time, the rest as it is."""
    deadline = time.thread_time() + SECONDS_LIMIT
    for position, kind, value in lexer.get_tokens_unprocessed(source):
        if time.thread_time() > deadline:
            yield Token, source[position:]
            return
        yield kind, value


def _span(text: str, name: str) -> str:
    if not name or not text:
        return escaped(text)
    return f'<span class="{name}">{escaped(text)}</span>'


def _class(kind: _TokenType) -> str:
    name = STANDARD_TYPES.get(kind, "")
    if name in CLASSES:
        return name
    if name in _PLAIN or kind.parent is None:
        return ""
    return _class(kind.parent)
