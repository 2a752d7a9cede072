"""A conversation's next request, or that of a receipt, as a program in the dialect of choice.

The one rule: no key is ever in it, and the address of an endpoint only where the person may know
it: a provider's public one, or one that is the person's own to see.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings

from chat import receipts
from chat.catalog import parameters as catalog
from chat.catalog import rules
from chat.llm import types as llm
from chat.llm.dialects.registry import DIALECTS
from chat.llm.providers import provider_of
from chat.models import File, Message, Turn, User
from chat.models.parts import parts_from_json
from chat.offers import AvailableModel
from chat.rendering import render
from chat.snippets import LANGUAGES, Answering, Snippet, snippet

KEY_VARIABLE = "PLAYGROUND_API_KEY"
TASKS = "/api/v1/tasks"
ROOTS = {"openai": "/api/v1", "anthropic": "/api/v1", "google": "/api/v1beta"}
"""Where this server's API has each dialect: see `chat/api/urls.py`."""
ANSWERS: tuple[Answering, ...] = ("whole", "stream", "task")
EXAMPLE = "Hello"
"""Stands for a message that nobody has written yet."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person wants to see. Unknown words mean the first of each."""

    language: str = "python"
    dialect: llm.DialectName = "openai"
    is_direct: bool = False
    """Straight to the provider, in its own dialect, instead of through this server's API."""
    answering: Answering = "whole"
    is_last_only: bool = False
    """Without the history: the system text and the last message."""

    @classmethod
    def parse(cls, fields: Mapping[str, Any]) -> Choice:
        language, dialect = fields.get("language", ""), fields.get("dialect", "")
        return cls(
            language=language if language in LANGUAGES else "python",
            dialect=next((name for name in DIALECTS if name == dialect), "openai"),
            is_direct=fields.get("target") == "provider",
            answering=next((name for name in ANSWERS if name == fields.get("answer")), "whole"),
            is_last_only="last" in fields,
        )


@dataclass(frozen=True, slots=True)
class Program:
    snippet: Snippet
    choice: Choice
    can_be_direct: bool

    @property
    def html(self) -> str:
        text = self.snippet.text
        longest = max((len(run) for run in re.findall("`+", text)), default=2)
        fence = "`" * max(3, longest + 1)
        return render(f"{fence}{self.snippet.colours}\n{text.rstrip()}\n{fence}")

    @property
    def key_variable(self) -> str:
        return KEY_VARIABLE if KEY_VARIABLE in self.snippet.text else ""


def of_state(
    model: AvailableModel,
    path: list[Message],
    *,
    text: str,
    files: Iterable[File] = (),
    system: str,
    parameters: Mapping[str, Any],
    choice: Choice,
    user: User,
) -> Program:
    """What *Send* would ask now. Raise `InvalidParameters`."""
    words = [{"type": "text", "text": text.strip()}] if text.strip() else []
    parts = parts_from_json([*(file.to_part() for file in files), *words])
    messages = list(receipts.compose(system, path, endpoint=model.endpoint.name))
    while messages and messages[-1].role == "assistant" and not parts:
        messages.pop()
    if parts or not any(message.role == "user" for message in messages):
        messages.append(llm.Message("user", parts or (llm.TextPart(EXAMPLE),)))
    cleaned = catalog.clean(parameters, model.specs)
    request = llm.Request(model.info.id, tuple(messages), cleaned)
    return _program(model.endpoint, model, request, choice=choice, user=user)


def of_turn(turn: Turn, model: AvailableModel | None, *, choice: Choice, user: User) -> Program:
    """What the receipt says was asked. Its model need not be here any more. Raise
    `InvalidParameters` where the model has changed what it takes."""
    sent, asked = turn.receipt["sent"], turn.receipt["asked"]
    endpoint = llm.Endpoint(sent["endpoint"], sent["endpoint_label"], "", dialect=sent["dialect"])
    if model is not None and model.endpoint.name == sent["endpoint"]:
        endpoint = model.endpoint
    specs = model.specs if model else rules.specs(None, dialect=sent["dialect"])
    cleaned = catalog.clean(asked["parameters"], specs)
    messages = receipts.request_messages(turn)
    is_prefilled = bool(turn.beginning)
    request = llm.Request(sent["model"], messages, cleaned, is_prefilled=is_prefilled)
    return _program(endpoint, model, request, choice=choice, user=user)


def _program(
    endpoint: llm.Endpoint,
    model: AvailableModel | None,
    request: llm.Request,
    *,
    choice: Choice,
    user: User,
) -> Program:
    messages = _last(request.messages) if choice.is_last_only else request.messages
    can_be_direct = _may_know(endpoint, model, user)
    if choice.is_direct and can_be_direct:
        # Tasks are ours.
        answering: Answering = "whole" if choice.answering == "task" else choice.answering
        choice = replace(choice, dialect=endpoint.dialect, answering=answering)
        address, provider = endpoint.base_url, endpoint.provider
        key_variable = provider_of(endpoint).key_variable
        name = request.model
    else:
        choice = replace(choice, is_direct=False)
        address = f"{settings.SITE_URL}{ROOTS[choice.dialect]}"
        provider, key_variable = "compatible", KEY_VARIABLE
        name = model.key if model else f"{endpoint.name}/{request.model}"
    written = snippet(
        choice.language,
        choice.dialect,
        replace(request, model=name, messages=messages),
        base_url=address,
        key_variable=key_variable,
        provider=provider,
        answering=choice.answering,
        tasks_url=f"{settings.SITE_URL}{TASKS}",
    )
    return Program(written, choice, can_be_direct)


def _may_know(endpoint: llm.Endpoint, model: AvailableModel | None, user: User) -> bool:
    if not endpoint.base_url or model is None or model.is_local:
        return False
    is_public = endpoint.base_url == provider_of(endpoint).base_url
    return is_public or model.is_own or user.is_staff


def _last(messages: tuple[llm.Message, ...]) -> tuple[llm.Message, ...]:
    head = messages[:1] if messages and messages[0].role == "system" else ()
    asked = [message for message in messages if message.role == "user"]
    return (*head, *asked[-1:])
