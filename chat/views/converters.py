"""Ids in addresses that say what they are of."""

from __future__ import annotations

from django.urls.converters import UUIDConverter


class TemporaryKey(UUIDConverter):
    """Of a temporary conversation. See `chat.models.temporary.next_key`."""

    regex = "[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
