"""What a model takes besides the messages, and what it refuses.

The one rule: a refusal has a reason and a source. A parameter that no source lists is neither taken
nor refused here; what to make of that is `chat.catalog.rules`.
"""

from __future__ import annotations

from typing import Any

from chat.catalog.generate import names

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
THINKING = ("reasoning_effort", "reasoning_budget_tokens")
SWITCHES = ("thinking.type", "enable_thinking", "chat_template_kwargs.enable_thinking")
KINDS = {"number": "number", "integer": "integer", "enum": "choice", "boolean": "boolean"}


def parameters(listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Everything but thinking, which several sources describe, each in its own way."""
    rows = [parameter(row, source="modelparams") for row in listed]
    return [row for row in rows if row.get("name") not in THINKING]


def parameter(row: dict[str, Any], *, source: str) -> dict[str, Any]:
    path = row["path"].removeprefix("extra_body.")
    name = names.PARAMETERS.get(path)
    kind = KINDS.get(row.get("type", ""), "text")
    default = row.get("default")
    if name in ("max_output_tokens", "seed") or (isinstance(default, bool) and name):
        default = None  # the form's, not the model's
    values = row.get("values", ())
    is_format = name == "response_format"
    return names.present(
        name=name,
        path=path,
        kind=None if name else kind,
        minimum=row.get("min"),
        maximum=row.get("max"),
        default=names.FORMATS[default] if is_format and default else default,
        choices=[names.FORMATS[value] if is_format else value for value in values if value],
        excludes=excludes(row),
        needs_thinking_off=True if _needs_thinking_off(row) else None,
        note=names.source(row["note"]) if "note" in row else None,
        source=names.source(source),
    )


def _conditions(row: dict[str, Any]) -> list[dict[str, Any]]:
    conditions = row.get("not_when", [])
    return conditions if isinstance(conditions, list) else [conditions]


def excludes(row: dict[str, Any]) -> list[str]:
    """Which of our parameters may not be set beside it. Anthropic's thinking is off until a budget
    or, where it may be adaptive, an effort is sent; so these are what excludes the others."""
    found: set[str] = set()
    for condition in _conditions(row):
        for path, values in condition.items():
            if path != "thinking.type":
                found |= {names.PARAMETERS[path]} if path in names.PARAMETERS else set()
            elif row["path"] in ("temperature", "top_p", "top_k") and not _needs_thinking_off(row):
                found |= {"reasoning_budget_tokens"} if "enabled" in values else set()
                found |= {"reasoning_effort"} if "adaptive" in values else set()
    return sorted(found)


def _needs_thinking_off(row: dict[str, Any]) -> bool:
    """Where thinking is on by default: DeepSeek and Xiaomi, whose switch has no third value."""
    states = [condition.get("thinking.type") for condition in _conditions(row)]
    return "enabled" in states or ["enabled"] in states


def thinking(entry: dict[str, Any], listed: list[dict[str, Any]]) -> dict[str, Any] | None:
    """How thinking is steered, as far as the sources say; None where they say nothing.

    Of levels of effort only those are kept that every source names."""
    if not entry["reasoning"]:
        return None
    options = {option["type"]: option for option in entry["reasoning_options"] or ()}
    rows = {names.PARAMETERS.get(row["path"].removeprefix("extra_body.")): row for row in listed}
    effort, budget = rows.get("reasoning_effort", {}), rows.get("reasoning_budget_tokens", {})
    claims = [set(c) for c in (effort.get("values"), options.get("effort", {}).get("values")) if c]
    efforts = set.intersection(*claims) if claims else set()
    default = effort.get("default")
    return names.present(
        efforts=[level for level in EFFORTS if level in efforts],
        default=default if default in efforts else None,
        budget=_budget(budget, options.get("budget_tokens")),
        can_be_off=_can_be_off(efforts, options, listed),
        path=effort.get("path", budget.get("path", "")).removeprefix("extra_body.") or None,
    )


def _budget(row: dict[str, Any], option: dict[str, Any] | None) -> dict[str, Any] | None:
    if option is None and "min" not in row and "max" not in row:
        return None  # named, but nothing is said of it
    lows = [value for value in (row.get("min"), (option or {}).get("min")) if value is not None]
    highs = [value for value in (row.get("max"), (option or {}).get("max")) if value is not None]
    # Gemini's -1 means "as much as it likes", which is what not sending it means too.
    low = max([value for value in lows if value >= 0], default=1)
    return names.present(minimum=low, maximum=min(highs, default=None))


def _can_be_off(
    efforts: set[str], options: dict[str, Any], listed: list[dict[str, Any]]
) -> bool | None:
    switches = [row for row in listed if row["path"].removeprefix("extra_body.") in SWITCHES]
    values = [value for row in switches for value in row.get("values", ["disabled"])]
    if "none" in efforts or "toggle" in options or "disabled" in values:
        return True
    return False if switches else None


def effort_dispute(
    entry: dict[str, Any], listed: list[dict[str, Any]], days: dict[str, str]
) -> dict[str, Any] | None:
    """Two sources that name different levels of effort."""
    options = {option["type"]: option for option in entry["reasoning_options"] or ()}
    rows = [row for row in listed if names.PARAMETERS.get(row["path"]) == "reasoning_effort"]
    if not rows or "effort" not in options or not entry["reasoning"]:
        return None
    ours, theirs = rows[0]["values"], options["effort"]["values"]
    if set(ours) == set(theirs):
        return None
    claims = (("modelparams", ours), ("models.dev", theirs))
    return {
        "fact": "reasoning_effort",
        "claims": [
            {"source": source, "date": days[source], "says": ", ".join(values)}
            for source, values in claims
        ],
    }
