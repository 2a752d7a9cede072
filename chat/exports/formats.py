"""The three formats, and each of them as pieces to send one after another."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.template.loader import render_to_string

from chat import database
from chat.exports import tree, words
from chat.exports.style import POLICY, STYLE
from chat.models import Conversation, User

_HTML_END = "</main></body></html>\n"


@dataclass(frozen=True, slots=True)
class Format:
    name: str
    media_type: str
    write: Callable[[Conversation], str]
    before: Callable[[], str]
    between: str
    after: str


def _json(conversation: Conversation) -> str:
    return json.dumps(tree.conversation_to_json(conversation), ensure_ascii=False)


def _json_head() -> str:
    """Each conversation is a line, so that a reader need not hold more than one."""
    return f'{{"format": "{tree.FORMAT}", "version": {tree.VERSION}, "conversations": [\n'


def _html_head() -> str:
    return render_to_string("export.html", {"style": STYLE, "policy": POLICY})


FORMATS = {
    format.name: format
    for format in (
        Format("json", "application/json", _json, _json_head, ",\n", "\n]}\n"),
        Format("md", "text/markdown; charset=utf-8", words.markdown, str, "\n---\n\n", ""),
        Format(
            "html",
            "text/html; charset=utf-8",
            words.html,
            _html_head,
            "",
            _HTML_END,
        ),
    )
}


async def pieces(user: User, ids: Sequence[UUID], format: Format) -> AsyncIterator[bytes]:
    """What was deleted meanwhile is left out."""
    yield (await database.run(format.before)).encode()
    is_first = True
    for pk in ids:
        text = await database.run(_written, user, pk, format)
        if text is None:
            continue
        yield (text if is_first else format.between + text).encode()
        is_first = False
    yield format.after.encode()


def _written(user: User, pk: UUID, format: Format) -> str | None:
    conversation = user.visible_conversations.filter(pk=pk).first()
    return None if conversation is None else format.write(conversation)
