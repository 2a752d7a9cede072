"""What lets a large body in before anybody has asked the database who sends it.

The one rule: a ticket belongs to one session and says no more than that its holder was signed in
when it was given; the view asks again.
"""

from __future__ import annotations

from django.utils.crypto import constant_time_compare, salted_hmac

HEADER = "X-Upload-Ticket"
PATH = "/files/"


def make(session_key: str) -> str:
    return salted_hmac("chat.uploads.tickets", session_key, algorithm="sha256").hexdigest()


def is_good(ticket: str, session_key: str) -> bool:
    return bool(session_key) and constant_time_compare(ticket, make(session_key))
