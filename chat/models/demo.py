"""A link on which people without an account talk to one model, within limits that hold.

The one rule: a guest is a row of one demo and reaches nothing but its own conversation; what may be
spent is in the ledger before the first guest comes.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.utils import timezone

from chat.models.conversation import Conversation, Lane
from chat.models.ledger import Account, Budget, Period
from chat.models.link import hash_token
from chat.models.turn import Turn
from chat.secrets import Unreadable, seal, unseal

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

TOKEN_BYTES = 24
"""192 bits."""


class Full(Exception):
    """As many guests are there as may be at once."""


class Demo(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="demos"
    )
    """Who pays, and to whom the transcripts come."""
    token_hash = models.CharField(max_length=64, unique=True)
    sealed_token = models.TextField()
    title = models.CharField(max_length=100)
    greeting = models.TextField(blank=True, max_length=1000)
    colour = models.CharField(
        max_length=7, blank=True, validators=[RegexValidator(r"\A#[0-9a-f]{6}\Z")]
    )
    logo = models.BinaryField(null=True, blank=True)
    """WebP, drawn anew."""
    model = models.CharField(max_length=300)
    system = models.TextField(blank=True)
    parameters = models.JSONField(default=dict, blank=True)
    starters = models.JSONField(default=list, blank=True)
    shows_model = models.BooleanField(default=True)
    is_recorded = models.BooleanField(default=True)
    """Guests are told, and agree before they write."""
    dollars = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    """None only where no price is known, so that money cannot be counted."""
    messages = models.PositiveIntegerField(default=200)
    tokens = models.PositiveIntegerField(default=200_000)
    guest_dollars = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    guest_messages = models.PositiveIntegerField(default=20)
    guest_tokens = models.PositiveIntegerField(default=50_000)
    guest_minutes = models.PositiveIntegerField(default=60)
    address_messages = models.PositiveIntegerField(default=60)
    guests_at_once = models.PositiveIntegerField(default=50)
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    if TYPE_CHECKING:
        guests: RelatedManager[Guest]

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def find(cls, token: str) -> Demo | None:
        """The demo, if guests may come."""
        rows = cls.objects.filter(
            token_hash=hash_token(token),
            closed_at=None,
            expires_at__gt=timezone.now(),
            user__is_active=True,
        )
        return rows.select_related("user").first()

    @property
    def is_open(self) -> bool:
        return self.closed_at is None and self.expires_at > timezone.now() and self.user.is_active

    @property
    def address(self) -> str | None:
        """None where the master key is not the one any more."""
        try:
            return f"{settings.SITE_URL}/d/{unseal(self.sealed_token, place=self._place)}/"
        except Unreadable:
            return None

    @property
    def _place(self) -> str:
        return f"demo {self.pk}"

    @property
    def holder(self) -> str:
        return f"demo:{self.pk.hex}"

    def spent(self) -> tuple[Decimal, int, int]:
        """US dollars, messages, tokens."""
        names = (self.holder, f"{self.holder}:messages", f"{self.holder}:tokens")
        dollars, messages, tokens = (Account.spent_by(name, Period.TOTAL) for name in names)
        return dollars, int(messages), int(tokens)

    @transaction.atomic
    def publish(self) -> None:
        """Save it with its limits."""
        if not self.token_hash:
            token = secrets.token_urlsafe(TOKEN_BYTES)
            self.token_hash, self.sealed_token = hash_token(token), seal(token, place=self._place)
        self.save()
        Budget.put(self.holder, Period.TOTAL, self.dollars)
        Budget.put(f"{self.holder}:messages", Period.TOTAL, Decimal(self.messages))
        Budget.put(f"{self.holder}:tokens", Period.TOTAL, Decimal(self.tokens))

    @transaction.atomic
    def close(self) -> None:
        """At once: running answers are stopped too."""
        self.closed_at = timezone.now()
        self.save(update_fields=["closed_at"])
        running = Turn.objects.filter(conversation__guest__demo=self, status__in=Turn.UNFINISHED)
        running.update(stop_requested_at=timezone.now())

    def reopen(self) -> None:
        self.closed_at = None
        self.save(update_fields=["closed_at"])

    @transaction.atomic
    def welcome(self, *, network: str) -> tuple[Guest, str]:
        """A new guest, and the token that is not kept. Raise `Full`."""
        Demo.objects.select_for_update().get(pk=self.pk)
        if self.present().count() >= self.guests_at_once:
            raise Full
        token = secrets.token_urlsafe(TOKEN_BYTES)
        guest = self.guests.create(token_hash=hash_token(token), network=network)
        Budget.put(f"{guest.holder}:messages", Period.TOTAL, Decimal(self.guest_messages))
        Budget.put(f"{guest.holder}:tokens", Period.TOTAL, Decimal(self.guest_tokens))
        Budget.put(guest.holder, Period.TOTAL, self.guest_dollars)
        Budget.put(guest.address_holder, Period.TOTAL, Decimal(self.address_messages))
        return guest, token

    def present(self) -> models.QuerySet[Guest]:
        cutoff = timezone.now() - timedelta(seconds=settings.LIMITS.guest_present)
        return self.guests.filter(seen_at__gt=cutoff)


class Guest(models.Model):
    """Somebody without an account, on one demo, in one browser."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    demo = models.ForeignKey(Demo, on_delete=models.CASCADE, related_name="guests")
    token_hash = models.CharField(max_length=64, unique=True)
    network = models.CharField(max_length=16)
    """A hash of where they come from, for this demo only."""
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(default=timezone.now)

    if TYPE_CHECKING:
        conversations: RelatedManager[Conversation]

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["demo", "-seen_at"], name="guest_present")]

    def __str__(self) -> str:
        return f"guest {self.pk}"

    @classmethod
    def find(cls, demo: Demo, token: str) -> Guest | None:
        return cls.objects.filter(demo=demo, token_hash=hash_token(token)).first()

    @property
    def holder(self) -> str:
        return f"guest:{self.pk.hex}"

    @property
    def address_holder(self) -> str:
        return f"address:{self.demo_id.hex}:{self.network}"

    @property
    def is_in_time(self) -> bool:
        age = timezone.now() - self.created_at
        return age < timedelta(minutes=self.demo.guest_minutes)

    @property
    def conversation(self) -> Conversation | None:
        """What they have said, unless it was deleted."""
        return self.conversations.first()

    def see(self) -> None:
        """They are there."""
        Guest.objects.filter(pk=self.pk).update(seen_at=timezone.now())

    def lane(self) -> Lane:
        """Of their conversation, made with the first message."""
        conversation = self.conversation or Conversation.objects.create(
            user=self.demo.user, guest=self, title=self.demo.title, is_title_automatic=False
        )
        return conversation.lanes.first() or Lane.objects.create(conversation=conversation)

    def left(self) -> dict[str, int]:
        """Messages, tokens and seconds that this guest still has, whichever limit is nearest."""
        demo = self.demo
        limits = (
            ("messages", demo.messages, f"{demo.holder}:messages"),
            ("messages", demo.guest_messages, f"{self.holder}:messages"),
            ("messages", demo.address_messages, self.address_holder),
            ("tokens", demo.tokens, f"{demo.holder}:tokens"),
            ("tokens", demo.guest_tokens, f"{self.holder}:tokens"),
        )
        rows = Account.objects.filter(holder__in=[holder for *_, holder in limits], period="total")
        taken = {row.holder: (row.spent + row.reserved) // 10**9 for row in rows}
        end = min(self.created_at + timedelta(minutes=demo.guest_minutes), demo.expires_at)
        left = {"seconds": max(0, int((end - timezone.now()).total_seconds()))}
        for unit, most, holder in limits:
            rest = max(0, most - taken.get(holder, 0))
            left[unit] = min(left.get(unit, rest), rest)
        return left
