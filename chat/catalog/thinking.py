"""The two rows that steer thinking: how hard, and how many tokens at most.

The one rule: a level or a number is offered only where a source names it for the model.
"""

from __future__ import annotations

from dataclasses import replace

from chat.catalog.entries import CatalogModel
from chat.catalog.parameters import ParameterSpec
from chat.llm.types import DialectName

BUDGET = ParameterSpec(
    name="reasoning_budget_tokens",
    label="Reasoning budget",
    kind="integer",
    hint="Tokens that it may spend on thinking, before the answer.",
    minimum=1,
    step=1,
)
SWITCH = ("none", "high")
RELAYED = ("low", "medium", "high")
"""Levels that OpenRouter translates for every model whose thinking it steers
(https://openrouter.ai/docs/use-cases/reasoning-tokens)."""


def effort_spec(
    model: CatalogModel, spec: ParameterSpec, *, dialect: DialectName, provider: str
) -> ParameterSpec | str:
    """The row of the effort, or why there is none."""
    if model.reasoning is False:
        return "This model does not think before it answers."
    thinking = model.thinking
    if thinking.efforts:
        is_switchable = thinking.can_be_off and dialect == "openai"
        off = ("none",) if is_switchable and "none" not in thinking.efforts else ()
        choices = (*off, *thinking.efforts)
        return replace(spec, choices=choices, default=thinking.default)
    if provider == "openrouter" and model.reasoning:
        return replace(spec, choices=RELAYED, default=None)
    if thinking.can_be_off and dialect == "openai":
        hint = "This model thinks or does not: none switches it off, high switches it on."
        return replace(spec, choices=SWITCH, default=None, hint=hint)
    if thinking.budget is not None:
        return "This model takes a budget in tokens, not an effort."
    if model.reasoning is None:
        return replace(spec, default=None)
    return "The sources name no levels of effort for this model."


def budget_spec(model: CatalogModel) -> ParameterSpec | str:
    """The row of the budget, or why there is none."""
    if model.reasoning is False:
        return "This model does not think before it answers."
    budget = model.thinking.budget
    if budget is None and model.thinking.efforts:
        return "This model takes an effort, not a budget in tokens."
    if budget is None:
        return "The sources name no budget for this model."
    hint = f"{BUDGET.hint} 0 switches thinking off." if budget.minimum == 0 else BUDGET.hint
    return replace(BUDGET, minimum=budget.minimum, maximum=budget.maximum, hint=hint)
