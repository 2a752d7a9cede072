"""How a conversation is presented: its questions in their order, live or from what was recorded."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


class StageScript(models.Model):
    conversation = models.OneToOneField(
        "chat.Conversation", on_delete=models.CASCADE, related_name="stage_script"
    )
    steps = models.JSONField(default=list)
    """`[{prompt, answer, text, mode, is_left_out, note}, …]` in their order: the messages asked and
    answered, or None and the `text` of a prompt that was added; `mode` is `live` or `replay`."""
    wait_seconds = models.PositiveSmallIntegerField(
        default=8, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    """How long a live answer may take to its first word."""
    is_automatic = models.BooleanField(default=False)
    """Whether the prepared answer then takes over by itself, rather than on a key."""
    has_figures = models.BooleanField(default=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"script of {self.conversation_id}"

    def keep(self, steps: list[dict[str, Any]]) -> None:
        self.steps = steps
        self.save()

    def forget(self) -> None:
        """The next one is made of the conversation anew."""
        if self.pk is not None:
            self.delete()
