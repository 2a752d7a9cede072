"""An endpoint that is kept here rather than in the environment: address, key and dialect.

The one rule: the key is stored encrypted, bound to this row, and leaves it only as a value of
`chat.llm`; pages get the last four characters.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.text import slugify

from chat import secrets
from chat.llm import types as llm
from chat.llm.providers import PROVIDERS
from chat.models.user import User

HINT_CHARACTERS = 4
HINT_FROM_CHARACTERS = 12
"""Of a shorter key, four characters would say too much."""
MASK = "••••"


class Endpoint(models.Model):
    """Without an owner it is everybody's."""

    class Dialect(models.TextChoices):
        OPENAI = "openai", "OpenAI"
        ANTHROPIC = "anthropic", "Anthropic"
        GOOGLE = "google", "Google"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.SlugField(max_length=60, unique=True)
    """Begins the key of every model here. It stays: conversations remember it."""
    label = models.CharField(max_length=80)
    provider = models.CharField(max_length=30)
    """A row of `chat.llm.providers`."""
    base_url = models.CharField(max_length=500)
    dialect = models.CharField(max_length=10, choices=Dialect.choices)
    sealed_key = models.TextField(blank=True)
    key_hint = models.CharField(max_length=HINT_CHARACTERS, blank=True)
    model_ids = models.JSONField(default=list, blank=True)
    """Named by hand, where the endpoint cannot list them itself."""
    is_enabled = models.BooleanField(default=True)
    is_private_allowed = models.BooleanField(default=False)
    """An administrator says that a private or loopback address is meant."""
    position = models.PositiveIntegerField(default=0)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="endpoints",
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="endpoints_made",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("position", "created_at", "pk")
        constraints = [
            models.CheckConstraint(
                name="endpoint_own_is_public",
                condition=models.Q(owner=None) | models.Q(is_private_allowed=False),
            )
        ]

    def __str__(self) -> str:
        return self.label

    @classmethod
    def shared(cls) -> models.QuerySet[Endpoint]:
        return cls.objects.filter(owner=None)

    @classmethod
    @transaction.atomic
    def add(cls, *, made_by: User, owner: User | None = None, key: str, **fields: Any) -> Endpoint:
        """At the end of its list, under a name that nobody has yet."""
        # Who clicks twice gets two of them, one after the other, rather than an error.
        User.objects.select_for_update().get(pk=made_by.pk)
        rows = cls.objects.filter(owner=owner)
        last = rows.aggregate(last=models.Max("position"))["last"]
        row = cls(made_by=made_by, owner=owner, position=0 if last is None else last + 1, **fields)
        row.name = _free_name(row.label if owner is None else f"own-{row.provider}")
        row.set_key(key)
        row.save(force_insert=True)
        return row

    @property
    def provider_label(self) -> str:
        row = PROVIDERS.get(self.provider)
        return row.label if row else self.provider

    @property
    def masked_key(self) -> str:
        """As it may be shown; nothing where there is no key."""
        return f"{MASK}{self.key_hint}" if self.sealed_key else ""

    def set_key(self, key: str) -> None:
        """Not saved yet. An empty one takes the key away."""
        self.sealed_key = secrets.seal(key, place=self._place) if key else ""
        self.key_hint = _hint(key)

    def change(self, *, key: str | None, **fields: Any) -> None:
        """`key` of None leaves it as it is."""
        for name, value in fields.items():
            setattr(self, name, value)
        if key is not None:
            self.set_key(key)
        self.save()

    def reseal(self) -> None:
        """Under the newest master key. Raise `secrets.Unreadable`."""
        if self.sealed_key:
            self.sealed_key = secrets.reseal(self.sealed_key, place=self._place)
            self.save(update_fields=["sealed_key"])

    def to_llm(self) -> llm.Endpoint:
        """Raise `secrets.Unreadable` where the key was encrypted with a master key that is gone."""
        key = secrets.unseal(self.sealed_key, place=self._place) if self.sealed_key else ""
        return llm.Endpoint(
            name=self.name,
            label=self.label,
            base_url=self.base_url,
            dialect=self.dialect,  # type: ignore[arg-type]  # its choices are the dialects' names
            api_key=key,
            provider=self.provider,
            is_private_allowed=self.is_private_allowed,
        )

    def enable(self) -> None:
        self.is_enabled = True
        self.save(update_fields=["is_enabled", "changed_at"])

    def disable(self) -> None:
        self.is_enabled = False
        self.save(update_fields=["is_enabled", "changed_at"])

    @transaction.atomic
    def move(self, places: int) -> None:
        """So many places towards the end of its list; towards its beginning where negative."""
        rows = list(Endpoint.objects.select_for_update().filter(owner=self.owner_id))
        place = rows.index(self)
        rows.insert(max(0, place + places), rows.pop(place))
        for position, row in enumerate(rows):
            row.position = position
        Endpoint.objects.bulk_update(rows, ["position"])

    @property
    def _place(self) -> str:
        return f"endpoint {self.pk}"


def masked(key: str) -> str:
    return f"{MASK}{_hint(key)}" if key else ""


def _hint(key: str) -> str:
    return key[-HINT_CHARACTERS:] if len(key) >= HINT_FROM_CHARACTERS else ""


def _free_name(wish: str) -> str:
    stem = slugify(wish)[:50].strip("-_") or "endpoint"
    taken = set(Endpoint.objects.filter(name__startswith=stem).values_list("name", flat=True))
    names = (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken and name not in RESERVED)


RESERVED = frozenset({"local"})
"""The embedded model's."""
