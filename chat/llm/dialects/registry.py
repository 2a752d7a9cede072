"""The dialects by name."""

from __future__ import annotations

from collections.abc import Mapping

from chat.llm.dialects import Dialect
from chat.llm.dialects.anthropic import Anthropic
from chat.llm.dialects.google import Google
from chat.llm.dialects.openai import OpenAI
from chat.llm.types import DialectName

DIALECTS: Mapping[DialectName, Dialect] = {
    "openai": OpenAI(),
    "anthropic": Anthropic(),
    "google": Google(),
}
