"""Who runs models: a table of addresses and habits.

The one rule: a provider is a row, not a class. What a row cannot say is a matter of the dialect
(the wire format) or of the catalogue (what a model can do).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from chat.llm.types import DialectName, Endpoint

ReasoningControl = Literal["effort", "reasoning_object", "thinking_switch", "thinking_budget"]
"""How thinking is asked for in the OpenAI dialect: `reasoning_effort`, OpenRouter's `reasoning`
object, an on-off `thinking` object, or `enable_thinking` with `thinking_budget`."""

ReasoningHistory = Literal["dropped", "reasoning_content", "reasoning_details"]
"""In which field earlier thinking is sent back in the OpenAI dialect."""

Prefill = Literal["message", "flags", "prefix", "partial"]
"""How the beginning of an answer is sent: as the last message and nothing else, with vLLM's two
flags, or with a mark on that message."""


@dataclass(frozen=True, slots=True)
class Provider:
    name: str
    label: str
    base_url: str
    """Empty where every account or machine has its own."""
    dialect: DialectName = "openai"
    key_header: str = "authorization"
    key_prefix: str = "Bearer "
    key_variable: str = ""
    """The environment variable in which its own documentation keeps the key."""
    other_key_variable: str = ""
    """A second name for the same, where its documentation has one."""
    base_url_variable: str = ""
    """The same for the address, where every account has its own."""
    base_url_path: str = ""
    """Put after such an address where it has no path."""
    output_limit_field: str = "max_tokens"
    has_stream_options: bool = True
    accepted: frozenset[str] = frozenset()
    """Parameters that the dialect itself has no field for."""
    refused: frozenset[str] = frozenset()
    """Parameters that every model of this provider answers with an error."""
    reasoning_control: ReasoningControl = "effort"
    reasoning_history: ReasoningHistory = "dropped"
    has_cache_markers: bool = False
    """Takes `cache_control` on a part of the prompt."""
    prefill: Prefill | None = None
    """None: it begins a new message, or nobody knows. Of some only for some models: see
    `chat.llm.prefill`."""

    @property
    def variables(self) -> tuple[str, ...]:
        """Every environment variable that says something about it, the more specific first."""
        names = (self.key_variable, self.other_key_variable, self.base_url_variable)
        return tuple(name for name in names if name)

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).netloc

    @property
    def is_on_this_network(self) -> bool:
        """Runs where its user runs it, mostly without a key."""
        return self.base_url.startswith("http://127.0.0.1")


_TOP_K = frozenset({"top_k"})

_ROWS = (
    Provider("compatible", "OpenAI-compatible", "", key_variable="OPENAI_API_KEY"),
    Provider(
        "openai",
        "OpenAI",
        "https://api.openai.com/v1",
        key_variable="OPENAI_API_KEY",
        output_limit_field="max_completion_tokens",
    ),
    Provider(
        "azure",
        "Azure OpenAI",
        "",
        key_header="api-key",
        key_prefix="",
        key_variable="AZURE_OPENAI_API_KEY",
        base_url_variable="AZURE_OPENAI_ENDPOINT",
        base_url_path="/openai/v1",
        output_limit_field="max_completion_tokens",
    ),
    Provider(
        "anthropic",
        "Anthropic",
        "https://api.anthropic.com/v1",
        dialect="anthropic",
        key_header="x-api-key",
        key_prefix="",
        key_variable="ANTHROPIC_API_KEY",
        prefill="message",
    ),
    Provider(
        "google",
        "Google AI Studio",
        "https://generativelanguage.googleapis.com/v1beta",
        dialect="google",
        key_header="x-goog-api-key",
        key_prefix="",
        key_variable="GEMINI_API_KEY",
        other_key_variable="GOOGLE_API_KEY",
        prefill="message",
    ),
    Provider("vertex", "Google Vertex AI", "", dialect="google", prefill="message"),
    Provider(
        "modelslab",
        "ModelsLab",
        "https://modelslab.com/api/v7/llm",
        key_variable="MODELSLAB_API_KEY",
    ),
    Provider("evolink", "EvoLink", "https://api.evolink.ai/v1", key_variable="EVOLINK_API_KEY"),
    Provider(
        "openrouter",
        "OpenRouter",
        "https://openrouter.ai/api/v1",
        key_variable="OPENROUTER_API_KEY",
        accepted=_TOP_K,
        reasoning_control="reasoning_object",
        reasoning_history="reasoning_details",
        has_cache_markers=True,
        prefill="message",
    ),
    Provider(
        "together",
        "Together AI",
        "https://api.together.xyz/v1",
        key_variable="TOGETHER_API_KEY",
        accepted=_TOP_K,
    ),
    Provider(
        "groq",
        "Groq",
        "https://api.groq.com/openai/v1",
        key_variable="GROQ_API_KEY",
        output_limit_field="max_completion_tokens",
        refused=frozenset({"logprobs"}),
        prefill="message",
    ),
    Provider(
        "mistral",
        "Mistral AI",
        "https://api.mistral.ai/v1",
        key_variable="MISTRAL_API_KEY",
        refused=frozenset({"logprobs", "user"}),
        has_stream_options=False,
        prefill="prefix",
    ),
    Provider(
        "deepseek",
        "DeepSeek",
        "https://api.deepseek.com",
        key_variable="DEEPSEEK_API_KEY",
        reasoning_control="thinking_switch",
        reasoning_history="reasoning_content",
    ),
    Provider("xai", "xAI", "https://api.x.ai/v1", key_variable="XAI_API_KEY"),
    Provider(
        "fireworks",
        "Fireworks AI",
        "https://api.fireworks.ai/inference/v1",
        key_variable="FIREWORKS_API_KEY",
        accepted=_TOP_K,
    ),
    Provider(
        "cerebras",
        "Cerebras",
        "https://api.cerebras.ai/v1",
        key_variable="CEREBRAS_API_KEY",
        output_limit_field="max_completion_tokens",
        refused=frozenset({"frequency_penalty", "presence_penalty"}),
    ),
    Provider(
        "perplexity",
        "Perplexity",
        "https://api.perplexity.ai",
        key_variable="PERPLEXITY_API_KEY",
        accepted=_TOP_K,
        has_stream_options=False,
    ),
    Provider(
        "zai",
        "Z.ai",
        "https://api.z.ai/api/paas/v4",
        key_variable="ZAI_API_KEY",
        reasoning_control="thinking_switch",
        reasoning_history="reasoning_content",
    ),
    Provider(
        "moonshot",
        "Moonshot AI",
        "https://api.moonshot.ai/v1",
        key_variable="MOONSHOT_API_KEY",
        reasoning_control="thinking_switch",
        reasoning_history="reasoning_content",
        prefill="partial",
    ),
    Provider(
        "alibaba",
        "Alibaba Cloud",
        "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
        key_variable="DASHSCOPE_API_KEY",
        accepted=_TOP_K,
        reasoning_control="thinking_budget",
        reasoning_history="reasoning_content",
        prefill="partial",
    ),
    Provider("ollama", "Ollama", "http://127.0.0.1:11434/v1", prefill="message"),
    Provider(
        "vllm",
        "vLLM",
        "http://127.0.0.1:8000/v1",
        accepted=_TOP_K,
        reasoning_history="reasoning_content",
        prefill="flags",
    ),
    Provider(
        "llamacpp",
        "llama.cpp",
        "http://127.0.0.1:8080/v1",
        accepted=_TOP_K,
        reasoning_history="reasoning_content",
        prefill="message",
    ),
    Provider("local", "Embedded model", "", accepted=_TOP_K, prefill="message"),
    Provider("lmstudio", "LM Studio", "http://127.0.0.1:1234/v1", accepted=_TOP_K),
)

PROVIDERS = {row.name: row for row in _ROWS}


def provider_of(endpoint: Endpoint) -> Provider:
    """Its row; a name that is not in the table has no habits but those of its dialect."""
    row = PROVIDERS.get(endpoint.provider)
    if row is not None and row.name != "compatible":
        return row
    return _BY_DIALECT[endpoint.dialect]


_BY_DIALECT = {
    "openai": PROVIDERS["compatible"],
    "anthropic": PROVIDERS["anthropic"],
    "google": PROVIDERS["google"],
}
