"""A key with which a program of one person asks us: what it may reach, how often, and until when.

The one rule: the secret is 256 random bits, shown once and stored only as a hash; what stays
visible is its beginning, by which people tell their keys apart.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from chat.models.user import User

MARK = "pg-"
VISIBLE_CHARACTERS = 9
MINUTE = timedelta(minutes=1)


class TooFast(Exception):
    """The minute's requests or tokens are used up."""

    def __init__(self, unit: str, limit: int, *, seconds: float | None) -> None:
        self.unit = unit
        self.limit = limit
        self.seconds = seconds
        """Until it may be tried again; None where that would never help."""
        super().__init__(f"{limit} {unit} a minute are the limit of this key.")


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of the running minute; None where there is no limit."""

    requests: int | None
    tokens: int | None
    resets_in_seconds: float


class ApiKey(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_keys"
    )
    name = models.CharField(max_length=80)
    environment = models.CharField(max_length=30, blank=True)
    """A label such as production; it changes nothing."""
    prefix = models.CharField(max_length=VISIBLE_CHARACTERS)
    secret_hash = models.CharField(max_length=64, unique=True)
    previous_prefix = models.CharField(max_length=VISIBLE_CHARACTERS, blank=True)
    previous_hash = models.CharField(max_length=64, null=True, blank=True, unique=True)
    previous_until = models.DateTimeField(null=True, blank=True)
    """After a rotation the old secret works on for a while."""
    model_patterns = models.JSONField(default=list, blank=True)
    """`openai/gpt-5*`, `anthropic/claude-sonnet-5`: by our key or the catalogue's id. None: all."""
    endpoint_names = models.JSONField(default=list, blank=True)
    """None: all."""
    requests_per_minute = models.PositiveIntegerField(null=True, blank=True)
    tokens_per_minute = models.PositiveIntegerField(null=True, blank=True)
    minute = models.DateTimeField(null=True, blank=True)
    """The one that the next two count."""
    minute_requests = models.PositiveIntegerField(default=0)
    minute_tokens = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "pk")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def make(cls, user: User, **fields: Any) -> tuple[ApiKey, str]:
        """The row, and the secret that is not kept."""
        secret = _new_secret()
        key = cls(user=user, prefix=secret[:VISIBLE_CHARACTERS], secret_hash=_hash(secret))
        for name, value in fields.items():
            setattr(key, name, value)
        key.save(force_insert=True)
        return key, secret

    @classmethod
    def find(cls, secret: str) -> ApiKey | None:
        """The key, if it works now and its person may still sign in."""
        digest, now = _hash(secret), timezone.now()
        is_current = Q(secret_hash=digest)
        is_previous = Q(previous_hash=digest, previous_until__gt=now)
        key = (
            cls.objects.select_related("user")
            .filter(is_current | is_previous, revoked_at=None, user__is_active=True)
            .first()
        )
        if key is None or (key.expires_at is not None and key.expires_at <= now):
            return None
        # The index has compared it already, but not in constant time.
        known = (key.secret_hash, key.previous_hash or "")
        return key if any(hmac.compare_digest(digest, other) for other in known) else None

    @property
    def holder(self) -> str:
        """By which the ledger knows it."""
        return f"key:{self.pk}"

    @property
    def state(self) -> str:
        """works, expired or revoked."""
        if self.revoked_at is not None:
            return "revoked"
        is_over = self.expires_at is not None and self.expires_at <= timezone.now()
        return "expired" if is_over else "works"

    @property
    def is_overlapping(self) -> bool:
        return self.previous_until is not None and self.previous_until > timezone.now()

    def allows(self, *, endpoint: str, names: tuple[str, ...]) -> bool:
        """Whether a model there, which is known by `names`, is within its scope."""
        if self.endpoint_names and endpoint not in self.endpoint_names:
            return False
        patterns = self.model_patterns
        return not patterns or any(
            fnmatchcase(name, pattern) for name in names for pattern in patterns
        )

    def rotate(self, *, overlap: timedelta) -> str:
        """A new secret, shown once; the one before it works on for `overlap`."""
        secret = _new_secret()
        self.previous_prefix, self.previous_hash = self.prefix, self.secret_hash
        self.previous_until = timezone.now() + overlap
        self.prefix, self.secret_hash = secret[:VISIBLE_CHARACTERS], _hash(secret)
        self.save(
            update_fields=[
                *("prefix", "secret_hash", "previous_prefix", "previous_hash", "previous_until")
            ]
        )
        return secret

    def change(self, **fields: Any) -> None:
        for name, value in fields.items():
            setattr(self, name, value)
        self.save(update_fields=list(fields))

    def revoke(self) -> None:
        """For good. Its calls and what they cost stay on record."""
        self.revoked_at = timezone.now()
        self.save(update_fields=["revoked_at"])

    def touch(self) -> None:
        """Note that it is in use, once a minute at most."""
        now = timezone.now()
        if self.last_used_at is None or abs(now - self.last_used_at) > MINUTE:
            ApiKey.objects.filter(pk=self.pk).update(last_used_at=now)

    def take(self, tokens: int, *, requests: int = 1) -> Allowance:
        """Count a request, and the tokens that it is known to have. Raise `TooFast`.

        One conditional update, so that any number of requests at once gets no more than the limit.
        """
        now = timezone.now()
        left = (now.replace(second=0, microsecond=0) + MINUTE - now).total_seconds()
        if self.requests_per_minute is None and self.tokens_per_minute is None:
            return Allowance(None, None, left)
        rows = ApiKey.objects.filter(pk=self.pk)
        minute = now.replace(second=0, microsecond=0)
        stale = rows.filter(Q(minute=None) | ~Q(minute=minute))
        stale.update(minute=minute, minute_requests=0, minute_tokens=0)
        if self.requests_per_minute is not None and requests:
            rows = rows.filter(minute_requests__lt=self.requests_per_minute)
        if self.tokens_per_minute is not None and tokens:
            rows = rows.filter(minute_tokens__lte=self.tokens_per_minute - tokens)
        taken = rows.update(
            minute_requests=F("minute_requests") + requests,
            minute_tokens=F("minute_tokens") + tokens,
        )
        self.refresh_from_db(fields=["minute", "minute_requests", "minute_tokens"])
        if not taken:
            self._refuse(left, tokens, requests)
        return self.allowance

    @property
    def allowance(self) -> Allowance:
        """What is left of the minute, as this row was last read."""
        now = timezone.now()
        minute = now.replace(second=0, microsecond=0)
        is_running = self.minute == minute
        return Allowance(
            _left(self.requests_per_minute, self.minute_requests if is_running else 0),
            _left(self.tokens_per_minute, self.minute_tokens if is_running else 0),
            (minute + MINUTE - now).total_seconds(),
        )

    def add_tokens(self, tokens: int) -> None:
        """What an answer had, beyond what was known when it was asked for."""
        if self.tokens_per_minute is not None and tokens:
            rows = ApiKey.objects.filter(pk=self.pk)
            rows.update(minute_tokens=F("minute_tokens") + tokens)

    def _refuse(self, seconds: float, tokens: int, requests: int) -> None:
        most = self.requests_per_minute
        if most is not None and requests and self.minute_requests >= most:
            raise TooFast("requests", most, seconds=seconds)
        limit = self.tokens_per_minute or 0
        raise TooFast("tokens", limit, seconds=None if tokens > limit else seconds)


def _left(limit: int | None, used: int) -> int | None:
    return None if limit is None else max(0, limit - used)


def _new_secret() -> str:
    return MARK + secrets.token_urlsafe(32)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
