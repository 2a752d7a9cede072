"""Which addresses may be reached.

The one rule: the check is on the addresses that are connected to, not on a name that may mean
something else a moment later. A host passes only if every one of its addresses is global; the
caller then connects to exactly those, while TLS goes on verifying the name.
"""

from __future__ import annotations

import asyncio
import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from chat.llm.errors import AddressForbidden, Unreachable

Address = IPv4Address | IPv6Address

_TUNNELS = tuple(
    IPv6Network(network)
    for network in (
        "2002::/16",  # 6to4 (RFC 3056)
        "2001::/32",  # Teredo (RFC 4380)
        "64:ff9b::/96",  # NAT64 (RFC 6052)
        "64:ff9b:1::/48",  # local NAT64 (RFC 8215)
        "::/96",  # IPv4-compatible, deprecated (RFC 4291)
        "fec0::/10",  # site-local, deprecated (RFC 3879)
    )
)

_ODD_ONES = tuple(
    IPv4Network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments (RFC 6890)
        "192.88.99.0/24",  # 6to4 relays (RFC 7526)
    )
)
_PORTS = (None, 80, 443)


def is_public(address: Address) -> bool:
    """Global, and no form of an IPv4 address in disguise that leads elsewhere."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address.scope_id is not None or any(address in network for network in _TUNNELS):
            return False
    elif any(address in network for network in _ODD_ONES):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def family_of(address: Address) -> socket.AddressFamily:
    return socket.AF_INET6 if isinstance(address, IPv6Address) else socket.AF_INET


def literal(host: str) -> Address | None:
    """The address that `host` spells out, in any spelling that the system would take for one.

    `getaddrinfo` reads 127.1, 0x7f000001 and 2130706433 as addresses too; they come out of
    `resolve` as what they are.
    """
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


def check_url(url: str) -> None:
    """What can be said of a person's URL before its name is looked up. Raise `AddressForbidden`."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressForbidden(detail="not an address") from error
    host = parts.hostname
    if parts.scheme not in ("http", "https") or not host or port not in _PORTS:
        raise AddressForbidden(detail="scheme, host or port")
    if parts.username is not None or parts.password is not None:
        raise AddressForbidden(detail="a user in the address")
    address = literal(host)
    if address is not None and not is_public(address):
        raise AddressForbidden(detail=f"{address} is not public")


async def resolve(host: str, port: int, *, family: int = socket.AF_UNSPEC) -> list[Address]:
    """Every address of `host`. Raise `Unreachable` for a name that has none."""
    known = literal(host)
    if known is not None:
        return [known]
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(detail=f"{host}: {error}") from error
    return list(dict.fromkeys(ip_address(entry[4][0]) for entry in found))


async def resolve_public(host: str, port: int, *, family: int = socket.AF_UNSPEC) -> list[Address]:
    """The same, or `AddressForbidden` unless all of them are public. One is enough to refuse:
    which of several is taken is not ours to say."""
    addresses = await resolve(host, port, family=family)
    if not addresses or not all(is_public(address) for address in addresses):
        raise AddressForbidden(detail=f"{host} is {', '.join(map(str, addresses)) or 'nowhere'}")
    return addresses
