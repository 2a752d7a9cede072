"""The running server as the SDKs see it: an address and a key."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from anthropic import Anthropic
from google.genai import Client as GoogleClient
from google.genai.types import HttpOptions, HttpRetryOptions
from openai import AsyncOpenAI, OpenAI

MODEL = "local/smollm2-135m-instruct"


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

    @cached_property
    def google(self) -> GoogleClient:
        options = HttpOptions(
            base_url=f"{self.address}/api", retry_options=HttpRetryOptions(attempts=1)
        )
        return GoogleClient(api_key=self.key, http_options=options)
