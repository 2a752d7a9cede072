"""The second wall: an allowlist that every closed block passes, whatever the first let through.

The one rule: what it returns for our own HTML is that HTML, character by character, so that
cleaning a block when it closes changes nothing on the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import nh3

from chat.rendering.links import destination

Images = Callable[[str], bool]


def _words(text: str) -> set[str]:
    return set(text.split())


_TAGS = _words(
    """p br hr em strong del code pre blockquote ul ol li h1 h2 h3 h4 h5 h6 table thead tbody tr th
    td a span div sup sub kbd input"""
)
_MATH_TAGS = _words(
    """math mi mn mo ms mtext mspace mrow mfrac msqrt mroot msub msup msubsup munder mover
    munderover mmultiscripts mprescripts mphantom mpadded menclose mstyle merror mtable mtr mtd"""
)
_MATH_ATTRIBUTES = _words(
    """display displaystyle scriptlevel mathvariant mathcolor lspace rspace stretchy symmetric fence
    separator form largeop movablelimits accent accentunder minsize maxsize linethickness width
    height depth voffset notation columnspan rowspan columnalign rowspacing class"""
)
_ATTRIBUTES = {
    "a": {"class", "href", "title", "data-host"},
    "span": {"class", "title"},
    "code": {"class"},
    "pre": {"class"},
    "div": {"class"},
    "p": {"class"},
    "ul": {"class"},
    "li": {"class"},
    "ol": {"class", "start"},
    "th": {"align"},
    "td": {"align"},
    "input": {"class", "aria-label", "checked", "disabled"},
    **dict.fromkeys(_MATH_TAGS, _MATH_ATTRIBUTES),
}
_CLASSES = {
    "a": re.compile(r"link(?: link--image)?"),
    "span": re.compile(r"link link--refused"),
    "code": re.compile(r"language-[A-Za-z0-9_+#.-]{1,40}|formula"),
    "pre": re.compile(r"plain"),
    "div": re.compile(r"callout callout--[a-z]+"),
    "p": re.compile(r"callout__title"),
    "ul": re.compile(r"tasks"),
    "ol": re.compile(r"tasks"),
    "li": re.compile(r"task"),
    "input": re.compile(r"task__box"),
}
_MATH_CLASS = re.compile(r"math-[a-z-]+(?: math-[a-z-]+)*")
_LENGTH = re.compile(r"[a-z-]{0,20}|-?[0-9.]{1,10}(?:em|ex|px|%)?|#[0-9A-Fa-f]{6}")

# Nothing in it but text: as safe as the text, and the commonest block of all.
_BARE = re.compile(r"<(p|h[1-6])>[^<]*</\1>|<hr>|<pre class=\"plain\">[^<]*</pre>")


def _attribute(tag: str, name: str, value: str) -> str | None:
    if tag in _MATH_TAGS:
        return value if (_MATH_CLASS if name == "class" else _LENGTH).fullmatch(value) else None
    if name == "class":
        return value if tag in _CLASSES and _CLASSES[tag].fullmatch(value) else None
    if name == "href":
        return value if destination(value) else None
    return value


_FIXED = {
    "a": {"target": "_blank"},
    "input": {"type": "checkbox"},
}
_RELATION = "noopener noreferrer nofollow"
_SCHEMES = {"http", "https", "mailto"}

_CLEANER = nh3.Cleaner(
    tags=_TAGS | _MATH_TAGS,
    attributes=_ATTRIBUTES,
    attribute_filter=_attribute,
    link_rel=_RELATION,
    set_tag_attribute_values=_FIXED,
    url_schemes=_SCHEMES,
    url_relative="deny",
)


def clean(html: str, images: Images | None = None) -> str:
    """Only what we allow of it. `images` says which sources are our own files."""
    if _BARE.fullmatch(html):
        return html
    if images is None or "<img" not in html:
        return _CLEANER.clean(html)
    ours = images

    def attribute(tag: str, name: str, value: str) -> str | None:
        if name == "src":
            return value if ours(value) else None
        return _attribute(tag, name, value)

    return nh3.clean(
        html,
        tags=_TAGS | _MATH_TAGS | {"img"},
        attributes={**_ATTRIBUTES, "img": {"src", "alt", "loading"}},
        attribute_filter=attribute,
        link_rel=_RELATION,
        set_tag_attribute_values=_FIXED,
        url_schemes=_SCHEMES,
        url_relative=lambda url: url if ours(url) else None,
    )
