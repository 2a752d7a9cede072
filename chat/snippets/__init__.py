"""A request as a program that somebody can paste and run: cURL, Python, JavaScript, PHP.

The one rule: it runs as printed, with nothing but the language itself, and sends the very body that
we would send. The key stands in it as the name of an environment variable, never as itself; a file
as its name, to be read where the program runs.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from chat.llm.dialects.registry import DIALECTS, url_of
from chat.llm.providers import provider_of
from chat.llm.types import DialectName, Endpoint, ParameterOutcome, Request
from chat.snippets.call import Answering, Call
from chat.snippets.files import marked
from chat.snippets.writers import LANGUAGES, Language

__all__ = ["LANGUAGES", "Answering", "Language", "Snippet", "snippet"]


@dataclass(frozen=True, slots=True)
class Snippet:
    language: str
    text: str
    dropped: tuple[ParameterOutcome, ...] = ()
    """What the request asks for and this dialect or provider has no word for."""
    files: tuple[str, ...] = ()
    """What it reads from the folder in which it runs."""

    @property
    def label(self) -> str:
        return LANGUAGES[self.language].label

    @property
    def colours(self) -> str:
        """The name of the language for whoever paints it."""
        return LANGUAGES[self.language].colours


def snippet(
    language: str,
    dialect: DialectName,
    request: Request,
    *,
    base_url: str,
    key_variable: str = "",
    provider: str = "compatible",
    answering: Answering = "whole",
    tasks_url: str = "",
) -> Snippet:
    """`language` is one of `LANGUAGES`; `provider` a row of `chat.llm.providers`, for its habits.
    Without a `key_variable` no key is sent. `tasks_url` is where this server's tasks are."""
    endpoint = Endpoint("snippet", "", base_url, dialect=dialect, provider=provider)
    messages, names = marked(request.messages)
    request = replace(request, messages=messages, is_streamed=answering == "stream")
    encoded = DIALECTS[dialect].encode_request(endpoint, request)
    # What the dialect drops is not read either.
    words = json.dumps(encoded.body)
    files = {mark: name for mark, name in names.items() if mark in words}
    habits = provider_of(endpoint)
    more = {"X-Async-Mode": "true"} if answering == "task" else {}
    call = Call(
        url=url_of(endpoint, encoded.path),
        headers={"Content-Type": "application/json", **more, **encoded.headers},
        key_header=habits.key_header.replace("auth", "Auth") if key_variable else "",
        key_prefix=habits.key_prefix,
        key_variable=key_variable,
        body=encoded.body,
        dialect=dialect,
        answering=answering,
        tasks_url=tasks_url,
        files=files,
    )
    dropped = tuple(outcome for outcome in encoded.outcomes if outcome.fate == "dropped")
    text = LANGUAGES[language].write(call)
    return Snippet(language, text, dropped, tuple(files.values()))
