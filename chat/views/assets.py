"""Which modules a page loads: named ahead, they arrive at once, not one import after another."""

from __future__ import annotations

from django.conf import settings

_STATIC = settings.BASE / "static"
_LATER = (
    *("chat-code.js", "receipt.js", "pruning.js", "temporary.js"),
    *("file-chip.js", "upload.js"),
    *("catch-up.js", "editing.js", "message-menu.js", "paging.js", "tree.js", "marks.js"),
    *("conversation-menu.js", "question.js", "dragging.js", "style.js"),
    *("kept.js", "pictures.js", "scene-view.js", "stage-live.js", "stage-step.js", "track.js"),
)
"""Imported when they are first wanted, or by other pages."""

MODULES = tuple(
    path.relative_to(_STATIC).as_posix()
    for pattern in ("js/elements/chat-*.js", "js/lib/*.js")
    for path in sorted(_STATIC.glob(pattern))
    if path.name not in _LATER
)
