"""A request as a program that somebody can paste and run: cURL, Python, JavaScript, PHP.

The one rule: it runs as printed, with nothing but the language itself, and sends the very body that
we would send. The key stands in it as the name of an environment variable, never as itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from chat.llm.dialects.registry import DIALECTS, url_of
from chat.llm.providers import provider_of
from chat.llm.types import DialectName, Endpoint, ParameterOutcome, Request
from chat.snippets.call import Call
from chat.snippets.writers import LANGUAGES, Language

__all__ = ["LANGUAGES", "Language", "Snippet", "snippet"]


@dataclass(frozen=True, slots=True)
class Snippet:
    language: str
    text: str
    dropped: tuple[ParameterOutcome, ...] = ()
    """What the request asks for and this dialect or provider has no word for."""

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
    is_streamed: bool = False,
) -> Snippet:
    """`language` is one of `LANGUAGES`; `provider` a row of `chat.llm.providers`, for its habits.
    Without a `key_variable` no key is sent."""
    endpoint = Endpoint("snippet", "", base_url, dialect=dialect, provider=provider)
    request = replace(request, is_streamed=is_streamed)
    encoded = DIALECTS[dialect].encode_request(endpoint, request)
    habits = provider_of(endpoint)
    call = Call(
        url=url_of(endpoint, encoded.path),
        headers={"Content-Type": "application/json", **encoded.headers},
        key_header=habits.key_header.replace("auth", "Auth") if key_variable else "",
        key_prefix=habits.key_prefix,
        key_variable=key_variable,
        body=encoded.body,
        dialect=dialect,
        is_streamed=is_streamed,
    )
    dropped = tuple(outcome for outcome in encoded.outcomes if outcome.fate == "dropped")
    return Snippet(language, LANGUAGES[language].write(call), dropped)
