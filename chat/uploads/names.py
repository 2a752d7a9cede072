"""Names of files, as text: they are shown and offered for saving, and mean nothing here."""

from __future__ import annotations

import unicodedata

from django.conf import settings

from chat.models.parts import storable


def clean(name: str) -> str:
    """The last piece of a path, without what cannot be seen, such as line ends and marks that turn
    the direction of writing; not too long, the ending kept."""
    piece = storable(name).replace("\\", "/").rpartition("/")[2]
    text = unicodedata.normalize("NFC", piece)
    text = "".join(character for character in text if character.isprintable()).strip()
    most = settings.LIMITS.file_name_characters
    if len(text) > most:
        stem, dot, ending = text.rpartition(".")
        tail = f"…{dot}{ending}" if dot and len(ending) <= 10 else "…"
        text = (stem or text)[: most - len(tail)] + tail
    return "file" if text.strip(".") == "" else text
