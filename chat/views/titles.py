"""What the titles cost that models wrote for one's conversations: the receipt of each.

The one rule: one's own, and nobody else's: a title tells what was talked about.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chat import figures
from chat.models import Tally
from chat.usage.listing import page
from chat.views.history import zone_of
from chat.views.requests import SignedInRequest


@login_required
@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    rows = request.user.tallies.filter(kind=Tally.Kind.TITLE).select_related("conversation")
    shown = page(rows, before=request.GET.get("before", ""))
    visible = request.user.visible_conversations.in_bulk(
        [row.conversation_id for row in shown.rows]
    )
    context = {
        "titles": [
            (row, visible.get(row.conversation_id), figures.sections(row) if row.receipt else ())
            for row in shown.rows
        ],
        "older": f"before={shown.next}" if shown.next else "",
        "shown": shown,
        "zone": zone_of(request),
    }
    return render(request, "titles.html", context)
