"""Where a request comes from, for limits and logs.

The one rule: a header counts only as far as a proxy of ours has written it. With `TRUSTED_PROXIES`
at 0, the peer of the connection is the client, whatever it claims.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "0.0.0.0"  # noqa: S104  # stands for "no address", nothing listens on it


def client_address(source: HttpRequest | Mapping[str, Any]) -> str:
    """The client's address in its shortest form, from a request or an ASGI scope.

    Each trusted proxy appends the address it was called from, so that the n-th entry from the
    right was written by the outermost proxy of ours, and everything left of it by the client.
    """
    if isinstance(source, HttpRequest):
        peer = source.META.get("REMOTE_ADDR")
        forwarded = source.META.get("HTTP_X_FORWARDED_FOR", "")
    else:
        peer = (source.get("client") or (None,))[0]
        values = [value for name, value in source["headers"] if name == b"x-forwarded-for"]
        forwarded = ",".join(value.decode("latin-1") for value in values)
    hops = settings.TRUSTED_PROXIES
    if not hops:
        return _address(peer) or UNKNOWN
    chain = [_address(entry) for entry in forwarded.split(",")] if forwarded else []
    # Fewer entries than proxies: it did not come through all of them, so trust none of it.
    claimed = chain[-hops] if len(chain) >= hops else None
    return claimed or _address(peer) or UNKNOWN


def _address(text: str | None) -> str | None:
    """Without port, brackets or zone; an IPv4 address inside IPv6 is the IPv4 address."""
    text = (text or "").strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(address)
