"""What a model answers with an error, and why.

The one rule: every list of refusals in the data sets is either translated here or named as beside
the point; an unknown one stops the generator.
"""

from __future__ import annotations

from typing import Any

from chat.catalog.generate import names

SAMPLING = ("temperature", "top_p", "top_k")

KNOWN = {
    ("openai", "temperature, top_p, penalties, logprobs"): (
        ("temperature", "top_p", "frequency_penalty", "presence_penalty", "logprobs"),
        "This reasoning model does its own sampling.",
    ),
    ("openai", "stop -> 400 unsupported_parameter"): (
        ("stop_sequences",),
        "A request with stop sequences was answered with an error.",
    ),
    ("anthropic", "temperature, top_p, top_k (any API version)"): (
        SAMPLING,
        "Claude models of this generation do their own sampling.",
    ),
    ("anthropic", "thinking.type=enabled / budget_tokens -> 400"): (
        ("reasoning_budget_tokens",),
        "Claude models of this generation take an effort, not a budget in tokens.",
    ),
    ("google", "sampling parameters"): (
        SAMPLING,
        "This model does its own sampling, says one source; another still lists it.",
    ),
}
"""(vendor, what) → the parameters, and the reason in words that may be shown."""

BESIDE_THE_POINT = {
    "role system / developer -> 400 unsupported_value",  # the dialect's matter
    "max_tokens -> 400 on reasoning models",  # the token limit's field, see _apis.json
    "effort xhigh -> 400",  # the model's list of efforts says it
    "roles other than user, model -> 400",
    "logprobs, logit_bias, top_logprobs, messages[].name -> 400",  # no row of the panel
}

_NO_STOP = (
    "stop_sequences",
    "OpenAI's reference says that o3 and o4-mini take none.",
    "openai-python 3.54.0",
)
_NO_EFFORT = ("reasoning_effort", "Grok 4.20 refuses it.", "vercel/ai changelog")

EXTRA = {
    "o3": _NO_STOP,
    "o4-mini": _NO_STOP,
    "grok-4.20-0309-reasoning": _NO_EFFORT,
    "grok-4.20-0309-non-reasoning": _NO_EFFORT,
}
"""What the data sets say in a note beside a parameter of the whole API."""


def refusals(
    entry: dict[str, Any], vendors: dict[str, Any], days: dict[str, str]
) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for vendor, api in vendors.items():
        for rejected in api.get("rejects", ()):
            what = rejected["what"]
            if what in BESIDE_THE_POINT:
                continue
            if (vendor, what) not in KNOWN:
                raise ValueError(f"{vendor} rejects {what!r}: say what that means")
            if entry["id"] in _models(rejected, api):
                parameters, reason = KNOWN[vendor, what]
                for name in parameters:
                    found[name] = _refusal(name, reason, rejected["source"])
    if entry["id"] in EXTRA:
        name, reason, source = EXTRA[entry["id"]]
        found[name] = _refusal(name, reason, source)
    if entry["accepts_temperature"] is False:
        source = f"models.dev {days['models.dev']}, litellm {days['litellm']}"
        found.setdefault("temperature", _refusal("temperature", "This model takes none.", source))
    return list(found.values())


def _refusal(name: str, reason: str, source: str) -> dict[str, Any]:
    return {"name": name, "reason": reason, "source": names.source(source)}


def _models(rejected: dict[str, Any], api: dict[str, Any]) -> set[str]:
    named = {model.removesuffix(" (recorded)") for model in rejected["models"]}
    if "claude-opus-4-7 and later" in named:
        # The same models as those without sampling, which the data sets do name one by one.
        sampling = "temperature, top_p, top_k (any API version)"
        return next(set(row["models"]) for row in api["rejects"] if row["what"] == sampling)
    return named


def temperature_dispute(entry: dict[str, Any], days: dict[str, str]) -> dict[str, Any] | None:
    if "temperature_note" not in entry:
        return None
    takes = entry["accepts_temperature"]
    claims = (
        ("litellm", "takes it" if takes else "refuses it"),
        ("modelparams", "does not list it" if takes else "lists it"),
    )
    return {
        "fact": "temperature",
        "claims": [{"source": s, "date": days[s], "says": says} for s, says in claims],
    }
