"""What a program has to say to a provider, before it is written in any language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chat.llm.types import DialectName


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    url: str
    headers: Mapping[str, str]
    key_header: str
    """Empty where no key is sent."""
    key_prefix: str
    key_variable: str
    body: Mapping[str, Any]
    dialect: DialectName
    is_streamed: bool
