"""The running order as somebody arranges it: every button of the page sends the whole of it.

The one rule: what was typed is kept or refused in a sentence, and a step can only stand for
messages of the conversation that is presented.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from chat.forms import LineField
from chat.models import StageScript
from chat.models.parts import storable
from chat.stages import LIVE, REPLAY, STEPS, Step, drafted, step_of, steps

PROMPT_CHARACTERS = 20_000
NOTE_CHARACTERS = 2_000
MODES = ((LIVE, "Live"), (REPLAY, "Replay"))
MOVES = {"up": -1, "down": 1}
NEEDS_WORDS = "Write the prompt, or remove it."
FULL = f"A running order has room for {STEPS} prompts."
WAIT = "Between 1 and 120 seconds."


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker only
    class Meta:
        model = StageScript
        fields = ("wait_seconds", "is_automatic", "has_figures")
        labels = {
            "wait_seconds": "Seconds to the first word",
            "is_automatic": "Switch to the prepared answer by itself",
            "has_figures": "Show figures under the answers",
        }
        help_texts = {"wait_seconds": "After that a live answer counts as late."}
        error_messages = {
            "wait_seconds": {"min_value": WAIT, "max_value": WAIT, "invalid": WAIT},
        }
        widgets = {
            "wait_seconds": forms.NumberInput(attrs={"class": "input", "min": 1, "max": 120})
        }


class StepForm(forms.Form):
    prompt = forms.IntegerField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(
        label="Prompt",
        required=False,
        max_length=PROMPT_CHARACTERS,
        widget=forms.Textarea(attrs={"class": "input", "rows": 2}),
    )
    mode = forms.ChoiceField(label="How", choices=MODES, required=False)
    is_left_out = forms.BooleanField(label="Leave out", required=False)
    note = LineField("Note for yourself", max_length=NOTE_CHARACTERS, required=False)

    step: Step | None = None
    """What it stands for, as the page shows it."""

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("prompt") is None and "text" in found and not found["text"].strip():
            self.add_error("text", NEEDS_WORDS)
        return found


StepForms = forms.formset_factory(StepForm, extra=0, absolute_max=STEPS, max_num=STEPS)


class ScriptForm:
    """The settings and all the steps. `is_valid`, then `steps`."""

    def __init__(self, script: StageScript, data: QueryDict | None = None) -> None:
        self.script = script
        self.action = data.get("action", "") if data else ""
        present = steps(script)
        initial = [_initial(step) for step in present]
        self.settings = SettingsForm(data, instance=script)
        self.forms = StepForms(data, initial=None if data else initial, prefix="step")
        known = {step.prompt.pk: step for step in present if step.prompt}
        for number, form in enumerate(self.forms):
            form.step = known.get(_number(form["prompt"].value()) or 0)
            if not data:
                form.step = present[number]

    def is_valid(self) -> bool:
        return self.settings.is_valid() and bool(self.forms.is_valid())

    @property
    def problem(self) -> str:
        if self.action == "add" and len(self.forms) >= STEPS:
            return FULL
        return ""

    def steps(self) -> list[dict[str, Any]]:
        """As they are to be kept: with what the pressed button moves, removes or adds."""
        answers = {step["prompt"]: step["answer"] for step in drafted(self.script.conversation)}
        answers |= {step["prompt"]: step["answer"] for step in self.script.steps}
        found = [
            _kept(form.cleaned_data, answers)
            for form in self.forms
            if form.cleaned_data["prompt"] is None or form.cleaned_data["prompt"] in answers
        ]
        action, _, place = self.action.partition(":")
        if action == "add" and len(found) < STEPS:
            found.append(step_of(None, "New prompt"))
        at = _number(place)
        if at is None or not 0 <= at < len(found):
            return found
        to = at + MOVES.get(action, 0)
        if action == "remove":
            del found[at]
        elif 0 <= to < len(found):
            found[at], found[to] = found[to], found[at]
        return found


def _initial(step: Step) -> dict[str, Any]:
    return step.to_json() | {"text": step.text if step.prompt is None else ""}


def _kept(values: dict[str, Any], answers: dict[int | None, int | None]) -> dict[str, Any]:
    prompt = values["prompt"]
    return step_of(prompt, "" if prompt else storable(values["text"].strip())) | {
        "answer": answers.get(prompt) if prompt else None,
        "mode": values["mode"] or LIVE,
        "is_left_out": values["is_left_out"],
        "note": storable(values["note"]),
    }


def _number(text: Any) -> int | None:
    try:
        return int(str(text)[:19])
    except ValueError:
        return None
