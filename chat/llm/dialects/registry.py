"""The dialects by name."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

from chat.llm.dialects import Dialect
from chat.llm.dialects.anthropic import Anthropic
from chat.llm.dialects.google import Google
from chat.llm.dialects.openai import OpenAI
from chat.llm.types import DialectName, Endpoint

DIALECTS: Mapping[DialectName, Dialect] = {
    "openai": OpenAI(),
    "anthropic": Anthropic(),
    "google": Google(),
}


def url_of(endpoint: Endpoint, path: str) -> str:
    """Azure keeps its `api-version` in the query of the base address."""
    base, more = urlsplit(endpoint.base_url), urlsplit(path)
    query = "&".join(part for part in (base.query, more.query) if part)
    root = base.path.rstrip("/") or DIALECTS[endpoint.dialect].root
    return urlunsplit((base.scheme, base.netloc, root + more.path, query, ""))
