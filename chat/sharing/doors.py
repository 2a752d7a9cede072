"""What lets a visitor through to a share, whatever way in.

The one rule: page, files and socket ask here, so that none of them is an easier way than another.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from chat.models import Share, User


def password_cookie(share: Share) -> str:
    return f"open-{share.pk.hex}"


def visit_cookie(share: Share) -> str:
    return f"visit-{share.pk.hex}"


def proof(share: Share) -> str:
    """What the cookie holds of those who knew the password: another password is another proof."""
    return salted_hmac("chat.share", share.password, algorithm="sha256").hexdigest()


def is_publisher(share: Share, user: User | None) -> bool:
    return user is not None and user.pk == share.user_id


def needs_password(share: Share, user: User | None, cookies: Mapping[str, str]) -> bool:
    if not share.password or is_publisher(share, user):
        return False
    return not constant_time_compare(_read(cookies, password_cookie(share)), proof(share))


def is_visiting(share: Share, user: User | None, cookies: Mapping[str, str]) -> bool:
    """Whether this is a visit that was counted already."""
    if is_publisher(share, user):
        return True
    return bool(_read(cookies, visit_cookie(share), seconds=settings.LIMITS.visit))


def may_watch(share: Share, user: User | None, cookies: Mapping[str, str]) -> bool:
    """Through a socket nobody is asked anything: who opened the page has been."""
    if not share.is_live or not share.is_for(user) or needs_password(share, user, cookies):
        return False
    return share.view_limit is None or is_visiting(share, user, cookies)


def sign(name: str, value: str) -> str:
    """The value of a cookie that only this server can have made, and for this name only."""
    return str(signing.TimestampSigner(salt=f"chat.share.{name}").sign(value))


def _read(cookies: Mapping[str, str], name: str, *, seconds: int | None = None) -> str:
    """What was signed; empty where there is no such cookie, or it is older than `seconds`."""
    signer = signing.TimestampSigner(salt=f"chat.share.{name}")
    try:
        return str(signer.unsign(cookies.get(name, ""), max_age=seconds))
    except signing.BadSignature:
        return ""
