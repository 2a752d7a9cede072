"""The running server as the SDKs see it: an address and a key."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from anthropic import Anthropic, AsyncAnthropic
from google.genai import Client as GoogleClient
from google.genai.types import HttpOptions, HttpRetryOptions
from openai import AsyncOpenAI, OpenAI

MODEL = "local/smollm2-135m-instruct"
PARROT = "double/parrot"
TASK_SECONDS = 30


@dataclass(frozen=True)
class Sdks:
    address: str
    key: str
    cookie: dict[str, str]
    """Of Alice, whose key it is."""

    @cached_property
    def openai(self) -> OpenAI:
        return OpenAI(api_key=self.key, base_url=f"{self.address}/api/v1", max_retries=0)

    def async_openai(self) -> AsyncOpenAI:
        return AsyncOpenAI(api_key=self.key, base_url=f"{self.address}/api/v1", max_retries=0)

    @cached_property
    def anthropic(self) -> Anthropic:
        """By Authorization, as it does with a token; by x-api-key it goes with `api_key`."""
        return Anthropic(auth_token=self.key, base_url=f"{self.address}/api", max_retries=0)

    def async_anthropic(self) -> AsyncAnthropic:
        return AsyncAnthropic(auth_token=self.key, base_url=f"{self.address}/api", max_retries=0)

    @cached_property
    def google(self) -> GoogleClient:
        options = HttpOptions(
            base_url=f"{self.address}/api", retry_options=HttpRetryOptions(attempts=1)
        )
        return GoogleClient(api_key=self.key, http_options=options)

    def result_of(self, task: Any) -> Any:
        """What became of a task, once it has ended well."""
        assert (task["object"], task["status"]) == ("task", "queued")
        ends_at = time.monotonic() + TASK_SECONDS
        while task["status"] in ("queued", "running") and time.monotonic() < ends_at:
            time.sleep(0.1)
            task = self.openai.get(f"/tasks/{task['id']}", cast_to=object)
        assert task["status"] == "completed", task
        return task["result"]


def twenty(ask: Callable[[], Awaitable[str | None]]) -> None:
    """Asked at once, all of them are answered with words."""

    async def ask_all() -> list[str | None]:
        return await asyncio.gather(*(ask() for _ in range(20)))

    answers = asyncio.run(ask_all())
    assert len(answers) == 20
    assert all(answers)
