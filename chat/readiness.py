"""Whether this process takes on new work: not any more, once it was told to end."""

from __future__ import annotations

_is_draining = False


def is_draining() -> bool:
    return _is_draining


def begin_draining() -> None:
    """From now on running answers are brought to their end and none is begun."""
    global _is_draining
    _is_draining = True
