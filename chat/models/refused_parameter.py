"""A parameter that a provider refused: remembered for that model there, until it is taken again.

The one rule: it is a hint for the panel, not a ban. A provider may change its mind, and what it
complained of may have been the value.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

from chat.llm.errors import BadRequest

if TYPE_CHECKING:
    from chat.models.turn import Turn


class RefusedParameter(models.Model):
    endpoint = models.CharField(max_length=60)
    """By name: those of the environment have no row."""
    model_id = models.CharField(max_length=255)
    parameter = models.CharField(max_length=60)
    """In our words, such as max_output_tokens."""
    refused_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint", "model_id", "parameter"], name="refused_parameter_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.parameter} of {self.model_key}"

    @property
    def model_key(self) -> str:
        return f"{self.endpoint}/{self.model_id}"

    @classmethod
    def of(cls, endpoint: str, model_id: str) -> dict[str, RefusedParameter]:
        """By parameter."""
        rows = cls.objects.filter(endpoint=endpoint, model_id=model_id[:255])
        return {row.parameter: row for row in rows}

    @classmethod
    def learn(cls, turn: Turn) -> None:
        """From a turn that ended: what was refused is remembered, what was taken is forgotten."""
        asked = turn.receipt["asked"]["parameters"]
        if not asked:
            return
        endpoint, model_id = turn.receipt["sent"]["endpoint"], turn.receipt["sent"]["model"]
        error = turn.error or {}
        refused = error.get("parameter")
        if turn.status == turn.Status.COMPLETED:
            cls.forget(endpoint, model_id, asked)
        elif error.get("code") == BadRequest.code and refused and refused in asked:
            cls.remember(endpoint, model_id, refused)

    @classmethod
    def remember(cls, endpoint: str, model_id: str, parameter: str) -> None:
        cls.objects.update_or_create(
            endpoint=endpoint,
            model_id=model_id[:255],
            parameter=parameter,
            defaults={"refused_at": timezone.now()},
        )

    @classmethod
    def forget(cls, endpoint: str, model_id: str, parameters: Iterable[str]) -> None:
        """They were taken after all."""
        rows = cls.objects.filter(endpoint=endpoint, model_id=model_id[:255])
        rows.filter(parameter__in=list(parameters)).delete()

    @classmethod
    def forget_endpoint(cls, endpoint: str) -> None:
        """Somebody else may answer there now."""
        cls.objects.filter(endpoint=endpoint).delete()
