"""A file in the thread: a picture, a player, or a line to save it by.

The one rule: it is drawn from the stored part and leads to our own address; the name is text.
"""

from __future__ import annotations

from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html

from chat.uploads.kinds import kind_of

ICON = '<svg class="icon" aria-hidden="true"><use href="#icon-file"/></svg>'
IMAGE = (
    '<a class="media__image" href="{url}" target="_blank" rel="noopener" data-file="{id}">'
    '<img src="{url}thumbnail/" alt="{name}" loading="lazy" width="{width}" height="{height}"></a>'
)
SOUND = (
    '<figure class="media__sound" data-file="{id}"><audio controls preload="metadata" src="{url}">'
    "</audio><figcaption>{name}</figcaption></figure>"
)
OTHER = (
    '<a class="media__file" href="{url}" download="{name}" data-file="{id}">' + ICON + "<span>"
    '<span class="media__name">{name}</span> <span class="media__facts">{facts}</span></span></a>'
)


FILES = "/files/"


def file_html(part: dict[str, Any], files: str = FILES) -> str:
    """`files` is where the bytes are to be had by whoever sees this."""
    if "file" not in part:
        name = part.get("name")
        missing = (
            f"“{name}” is not stored here." if name else f"{part['media_type']}, not stored yet"
        )
        return format_html('<p class="media__missing">{}</p>', part.get("refused") or missing)
    template = OTHER
    if part["media_type"].startswith("image/"):
        template = IMAGE
    elif part["media_type"].startswith("audio/"):
        template = SOUND
    width, height = part.get("width"), part.get("height")
    return format_html(
        template,
        url=f"{files}{part['file']}/",
        id=part["file"],
        name=part.get("name", ""),
        facts=facts(part),
        width=width or "",
        height=height or "",
    )


def facts(part: dict[str, Any]) -> str:
    """PDF · 3 pages · 12.5 KB"""
    pages = part.get("pages")
    words = ["PDF"] if kind_of(part["media_type"]) == "PDF" else []
    words += [f"{pages:,} page{'' if pages == 1 else 's'}"] if pages else []
    return " · ".join([*words, filesizeformat(part["size"])])
