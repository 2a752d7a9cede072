"""Tries at getting in, so that guessing is slow.

The one rule: a try is written down before it is judged, so that any number of tries at once, in
any number of processes, gets no more than the limit. Names and addresses are kept as hashes only.
"""

from __future__ import annotations

import ipaddress
import math
from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

WINDOW = timedelta(minutes=1)


class TooManyAttempts(Exception):
    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        unit = "second" if seconds == 1 else "seconds"
        self.message = f"That was one try too many. Please try again in {seconds} {unit}."
        super().__init__(self.message)


class Attempt(models.Model):
    class Kind(models.TextChoices):
        USER = "user", "a password for this user name"
        ADDRESS = "address", "a password, from this address"
        LINK = "link", "an unknown link, from this address"
        SHARE = "share", "a password of a share"
        CHECK = "check", "a connection to a provider, by this person"

    who = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        indexes = [models.Index(fields=["who", "at"], name="attempt_who")]

    def __str__(self) -> str:
        return f"attempt at {self.at}"

    @classmethod
    def make(cls, kind: Kind, who: str, *, limit: int) -> Attempt:
        """One more try within the last minute; raises TooManyAttempts beyond `limit`.

        A refused try is forgotten, so that trying on does not put the end of the wait off.
        """
        now = timezone.now()
        # Rows from the future as well: a clock that was set back must lock nobody out.
        cls.objects.exclude(at__range=(now - WINDOW, now + WINDOW)).delete()
        attempt = cls.objects.create(who=_hash(kind, who), at=now)
        tries = list(
            cls.objects.filter(who=attempt.who, at__range=(now - WINDOW, now + WINDOW))
            .order_by("-at", "-pk")
            .values_list("at", flat=True)[: limit + 1]
        )
        if len(tries) <= limit:
            return attempt
        attempt.delete()
        # The earliest of the last `limit` other tries has to grow old first.
        wait = (tries[limit] + WINDOW - now).total_seconds()
        raise TooManyAttempts(min(max(1, math.ceil(wait)), int(WINDOW.total_seconds())))

    @classmethod
    def forget(cls, kind: Kind, who: str) -> None:
        cls.objects.filter(who=_hash(kind, who)).delete()


def network(address: str) -> str:
    """Whom an address stands for: in IPv6 one household has 2**64 of them."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


def _hash(kind: Attempt.Kind, who: str) -> str:
    value = f"{kind}:{who}"
    return salted_hmac("chat.attempt", value, algorithm="sha256").hexdigest()
