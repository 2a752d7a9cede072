"""The words of the data sets, and ours for the same things.

The one rule: a word that is not in these tables and not known to be beside the point stops the
generator, so that new facts are never dropped in silence.
"""

from __future__ import annotations

import re
from typing import Any

VENDORS = {
    "Alibaba (Qwen)": "alibaba",
    "Arcee AI": "arcee",
    "ByteDance Seed": "bytedance",
    "Moonshot AI": "moonshot",
    "Nous Research": "nous",
    "Z.ai": "zai",
}
PROVIDERS = {"moonshotai": "moonshot", "z-ai": "zai"}
DIALECTS = {"openai": "openai", "anthropic": "anthropic", "gemini": "google"}
SOURCES = {"ruby_llm:openrouter": "ruby_llm", "seed": "reference-pages"}

PARAMETERS = {
    "temperature": "temperature",
    "max_tokens": "max_output_tokens",
    "max_completion_tokens": "max_output_tokens",
    "top_p": "top_p",
    "p": "top_p",
    "top_k": "top_k",
    "frequency_penalty": "frequency_penalty",
    "presence_penalty": "presence_penalty",
    "seed": "seed",
    "random_seed": "seed",
    "stop": "stop_sequences",
    "stop_sequences": "stop_sequences",
    "reasoning_effort": "reasoning_effort",
    "output_config.effort": "reasoning_effort",
    "thinking_budget": "reasoning_budget_tokens",
    "thinking.budget_tokens": "reasoning_budget_tokens",
    "response_format.type": "response_format",
    "response_format": "response_format",
    "json_schema": "json_schema",
    "generationConfig.temperature": "temperature",
    "generationConfig.topP": "top_p",
    "generationConfig.topK": "top_k",
    "generationConfig.seed": "seed",
    "generationConfig.maxOutputTokens": "max_output_tokens",
    "generationConfig.stopSequences": "stop_sequences",
    "generationConfig.presencePenalty": "presence_penalty",
    "generationConfig.frequencyPenalty": "frequency_penalty",
    "generationConfig.responseMimeType": "response_format",
    "generationConfig.thinkingConfig.thinkingLevel": "reasoning_effort",
    "generationConfig.thinkingConfig.thinkingBudget": "reasoning_budget_tokens",
}
"""Wire path → our parameter. Others are kept under their path, for extra JSON."""

OPENROUTER = {
    "max_tokens": "max_output_tokens",
    "max_completion_tokens": "max_output_tokens",
    "stop": "stop_sequences",
    "reasoning": "reasoning_effort",
    "structured_outputs": "json_schema",
    **{
        name: name
        for name in (
            *("temperature", "top_p", "top_k", "seed", "frequency_penalty"),
            *("presence_penalty", "reasoning_effort", "response_format"),
        )
    },
}

FORMATS = {
    "text": "text",
    "text/plain": "text",
    "json_object": "json",
    "application/json": "json",
    "json_schema": "json_schema",
}


def slug(text: str) -> str:
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-")


def vendor_slug(name: str) -> str:
    return VENDORS.get(name) or slug(name)


def model_slug(id: str) -> str:
    """`amazon.nova-pro-v1:0` is Amazon's `nova-pro-v1`; the others are themselves."""
    return slug(re.sub(r":0$", "", id.removeprefix("amazon.")))


def provider(name: str) -> str:
    return PROVIDERS.get(name, name)


def source(text: str) -> str:
    """A source as it is shown: without how it was fetched, and without words of one day's work."""
    text = re.sub(r"\s*\(read through[^)]*\)|; file read only.*", "", SOURCES.get(text, text))
    return re.sub(r"\bseed page\b", "reference page", text)


def present(**fields: Any) -> dict[str, Any]:
    """Without what is unknown or empty."""
    return {name: value for name, value in fields.items() if value not in (None, [], ())}
