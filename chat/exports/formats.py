"""The three formats, and each of them as pieces to send one after another.

Where files go with what is asked for, JSON and Markdown come as a ZIP with the files beside them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.template.loader import render_to_string

from chat import database
from chat.exports import tree, words
from chat.exports.archive import archive
from chat.exports.files import Export, Place, by_hash, by_name
from chat.exports.style import POLICY, STYLE
from chat.models import Conversation, User

_HTML_END = "</main></body></html>\n"
_PIECE = 64 * 1024
ARCHIVE_TYPE = "application/zip"
MARKDOWN = "text/markdown; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Format:
    name: str
    media_type: str
    write: Callable[[Conversation, Export], Iterator[str]]
    before: Callable[[], str]
    between: str
    after: str
    place: Place | None = None
    """How a file is named in the archive. None: a page has its images inside, and never is one."""


def _json_head() -> str:
    """Each conversation is a line, so that a reader need not hold more than one."""
    return f'{{"format": "{tree.FORMAT}", "version": {tree.VERSION}, "conversations": [\n'


def _html_head() -> str:
    return render_to_string("export.html", {"style": STYLE, "policy": POLICY})


FORMATS = {
    format.name: format
    for format in (
        Format("json", "application/json", tree.pieces, _json_head, ",\n", "\n]}\n", by_hash),
        Format("md", MARKDOWN, words.markdown, str, "\n---\n\n", "", by_name),
        Format("html", "text/html; charset=utf-8", words.html, _html_head, "", _HTML_END),
    )
}


async def pieces(
    user: User, ids: Sequence[UUID], format: Format, *, archived_as: str | None = None
) -> AsyncIterator[bytes]:
    """What was deleted meanwhile is left out. `archived_as`: the name of the text in a ZIP."""
    export = Export(user, place=format.place if archived_as else None)
    found = _joined(_text(user, ids, format, export))
    parts = archive(archived_as, found, export) if archived_as else found
    while piece := await database.run(next, parts, b""):
        yield piece


def _text(user: User, ids: Sequence[UUID], format: Format, export: Export) -> Iterator[str]:
    """Whoever takes the next piece may be another thread, so each query is read to its end before
    one is given."""
    yield format.before()
    is_first = True
    for pk in ids:
        conversation = user.visible_conversations.filter(pk=pk).first()
        if conversation is None:
            continue
        if not is_first:
            yield format.between
        is_first = False
        yield from format.write(conversation, export)
    yield format.after


def _joined(pieces: Iterable[str]) -> Iterator[bytes]:
    """In pieces that are worth sending; never an empty one."""
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece.encode())
        size += len(waiting[-1])
        if size >= _PIECE:
            yield b"".join(waiting)
            waiting, size = [], 0
    if size:
        yield b"".join(waiting)
