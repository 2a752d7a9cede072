"""Which model an endpoint means by an id; and above all, when nobody can know."""

from __future__ import annotations

import pytest

from chat import catalog


@pytest.mark.parametrize(
    ("provider", "id", "expected"),
    [
        ("openai", "gpt-5.4", "openai/gpt-5.4"),
        ("openai", "gpt-4o-2024-08-06", "openai/gpt-4o"),
        ("openai", "o3-mini-2025-01-31", "openai/o3-mini"),
        ("azure", "gpt-4o", "openai/gpt-4o"),
        ("google", "models/gemini-2.5-flash", "google/gemini-2.5-flash"),
        ("google", "gemini-2.0-flash-001", "google/gemini-2.0-flash"),
        ("vertex", "publishers/google/models/gemini-2.5-pro", "google/gemini-2.5-pro"),
        ("anthropic", "claude-sonnet-4-5-20250929", "anthropic/claude-sonnet-4-5"),
        ("anthropic", "claude-sonnet-4-20250514", "anthropic/claude-sonnet-4-0"),
        ("anthropic", "claude-3-5-haiku-latest", "anthropic/claude-3-5-haiku-20241022"),
        ("openrouter", "anthropic/claude-sonnet-4.5", "anthropic/claude-sonnet-4-5"),
        ("openrouter", "anthropic/claude-opus-5.5", "anthropic/claude-opus-5-5"),
        ("minimax", "minimax-m3", "minimax/minimax-m3"),
        ("zai", "GLM-5.2", "zai/glm-5.2"),
        ("alibaba", "qwen2.5-72b-instruct", "alibaba/qwen2-5-72b-instruct"),
        ("vllm", "Qwen/Qwen3-32B", "alibaba/qwen3-32b"),
        ("groq", "openai/gpt-oss-120b", "openai/gpt-oss-120b"),
        ("together", "deepseek-ai/DeepSeek-V3.2", "deepseek/deepseek-v3.2"),
        ("modelslab", "gemini-2.5-flash", "google/gemini-2.5-flash"),
    ],
)
def test_it_knows_a_model_by_its_other_names(provider: str, id: str, expected: str) -> None:
    model = catalog.match(provider, id)

    assert model is not None
    assert model.id == expected


@pytest.mark.parametrize(
    ("provider", "id"),
    [
        ("openai", "gpt-4o-audio-preview"),
        ("openai", "gpt-4o-2024-05-13"),  # another price
        ("openai", "gpt-5.4-pro"),
        ("openai", "chatgpt-4o-latest"),
        ("anthropic", "claude-3-5-sonnet-20240620"),  # an earlier edition than the one we know
        ("anthropic", "claude-opus-4-20250514"),
        ("google", "gemini-2.5-flash-preview-05-20"),
        ("mistral", "mistral-large-latest"),
        ("alibaba", "qwen-plus-2025-07-28"),  # a snapshot of a name that moves on
        ("openrouter", "deepseek/deepseek-v3.2:free"),
        ("compatible", "gpt-4"),  # many local servers call their model that
        ("llamacpp", "gpt-3.5-turbo"),
        ("ollama", "mistral-nemo"),
        ("evolink", "sonar"),
        ("vllm", "someone/gpt-4o"),
        ("compatible", ""),
        ("compatible", "/"),
    ],
)
def test_it_would_rather_not_know_than_be_wrong(provider: str, id: str) -> None:
    assert catalog.match(provider, id) is None


def test_every_route_leads_back_to_its_model() -> None:
    for model in catalog.models():
        for route in model.routes:
            assert catalog.match(route.provider, route.id) is model, route
