"""Where a link may lead.

The one rule: only to an absolute http, https or mailto address, spelt so that what is shown of it
is where it goes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from chat.rendering.spelling import quoted

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\]")
_ADDRESS = re.compile(r"[^@\s:]+@([^@\s:?]+)(?:\?.*)?")
_HOST_LIMIT = 253
_SCHEMES = {"http", "https"}


@dataclass(frozen=True, slots=True)
class Destination:
    href: str
    host: str  # in punycode; of a mailto the part after the @


def destination(href: str) -> Destination | None:
    """The place that `href` leads to, or None if it must not be a link."""
    if _FORBIDDEN.search(href):
        return None
    scheme, colon, rest = href.partition(":")
    scheme = scheme.lower()
    if scheme == "mailto":
        address = _ADDRESS.fullmatch(rest)
        return Destination(f"mailto:{rest}", address[1].lower()) if address else None
    if not colon or scheme not in _SCHEMES or not rest.startswith("//"):
        return None
    try:
        parts = urlsplit(href)
        port = parts.port
    except ValueError:
        return None
    host = _host(parts.hostname or "", bracketed=parts.netloc.startswith("["))
    if host is None or "@" in unquote(parts.netloc):
        return None
    netloc = host if port is None else f"{host}:{port}"
    return Destination(f"{scheme}://{netloc}{rest[2 + len(parts.netloc) :]}", host)


def link(href: str, inner: str, *, title: str = "", image: bool = False) -> str:
    """A link around HTML, or around the same HTML what says that it was refused."""
    place = destination(href)
    if place is None:
        refused = f' title="{quoted(href)}"' if href else ""
        return f'<span class="link link--refused"{refused}>{inner}</span>'
    attributes = f' class="link{" link--image" if image else ""}" href="{quoted(place.href)}"'
    if title:
        attributes += f' title="{quoted(title)}"'
    if image or not _shows(inner, place):
        attributes += f' data-host="{quoted(place.host)}"'
    return f'<a{attributes} target="_blank" rel="noopener noreferrer nofollow">{inner}</a>'


def _host(name: str, *, bracketed: bool) -> str | None:
    name = f"[{name}]" if bracketed else unquote(name).lower()
    if len(name) > _HOST_LIMIT:
        return None
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    return name if _HOST.fullmatch(name) else None


def _shows(inner: str, place: Destination) -> bool:
    """Whether the text of the link begins with its host, so that it need not be shown again."""
    if place.href.startswith("mailto:"):
        return place.href.removeprefix("mailto:").partition("?")[0] == inner
    shown = inner.lower().removeprefix("https://").removeprefix("http://")
    return shown == place.host or shown.startswith((f"{place.host}/", f"{place.host}?"))
