"""What a program has to say to a provider, before it is written in any language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from chat.llm.types import DialectName

Answering = Literal["whole", "stream", "task"]
"""How the answer comes: at once when it is done, piece by piece, or as a task to ask after."""


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
    answering: Answering
    tasks_url: str
    """Where tasks are asked after; empty unless it is one."""
    files: Mapping[str, str]
    """In the body each of these stands for the base64 of the file of that name."""

    @property
    def is_streamed(self) -> bool:
        return self.answering == "stream"

    @property
    def is_task(self) -> bool:
        return self.answering == "task"
