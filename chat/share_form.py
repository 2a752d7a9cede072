"""How a conversation is published, as it is asked for: safe unless somebody says otherwise.

The one rule: what is not ticked does not show.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from chat.forms import LineField
from chat.models import Share, Team, User
from chat.models.share import Audience, Mode

EXPIRIES = {
    "": "never",
    "3600": "in an hour",
    "86400": "in a day",
    "604800": "in a week",
    "2592000": "in 30 days",
}
PLAIN = {"class": "input", "autocomplete": "off", "spellcheck": "false"}
MOST_WORDS = 50
MOST_PEOPLE = 100
SWITCHES = {
    "shows_system": "The system message",
    "shows_parameters": "Parameters",
    "shows_receipts": "Tokens, times and model ids",
    "shows_cost": "What it cost",
    "allows_copy": "Continue as a copy, for those who are signed in",
    "allows_data": "Take it as Markdown and JSON",
    "allows_embed": "Show it inside other sites",
    "has_card": "Title and first words where the link is previewed",
}


class ShareForm(forms.Form):
    title = LineField(
        "Title",
        max_length=settings.LIMITS.title_characters,
        required=False,
        help_text="Visitors see this. Empty: the conversation's own.",
    )
    audience = forms.ChoiceField(label="For whom", choices=Audience.choices)
    team = forms.ModelChoiceField(Team.objects.none(), label="Team", required=False)
    people = forms.CharField(
        label="People",
        required=False,
        max_length=4000,
        help_text="User names, one a line or with commas.",
        widget=forms.Textarea(attrs={"class": "input", "rows": 2}),
    )
    mode = forms.ChoiceField(label="What they see", choices=Mode.choices)
    expiry = forms.ChoiceField(label="Ends", choices=tuple(EXPIRIES.items()), required=False)
    view_limit = forms.IntegerField(
        label="Views",
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text="So many visits, then it is gone. Empty: no limit.",
        widget=forms.TextInput(attrs=PLAIN | {"class": "input num", "inputmode": "numeric"}),
    )
    password = forms.CharField(
        label="Password",
        required=False,
        min_length=6,
        strip=False,
        max_length=settings.LIMITS.password_characters,
        help_text="Asked of everybody who opens the link. Empty: none.",
        widget=forms.TextInput(attrs=PLAIN),
    )
    without_password = forms.BooleanField(label="Ask for no password any more", required=False)
    is_redacted = forms.BooleanField(label="Take out what the patterns find", required=False)
    words = forms.CharField(
        label="Take out as well",
        required=False,
        max_length=10_000,
        help_text="Names or other words, one a line. Capitals make no difference.",
        widget=forms.Textarea(attrs={"class": "input", "rows": 2}),
    )

    def __init__(self, share: Share, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _initial(share))
        super().__init__(*args, **kwargs)
        self.share = share
        expiry: Any = self.fields["expiry"]
        if not share._state.adding:
            end = share.expires_at
            now = f"as it is: {end:%-d %B %Y, %H:%M} UTC" if end else "as it is: never"
            expiry.choices = (("keep", now), *EXPIRIES.items())
        teams: Any = self.fields["team"]
        teams.queryset = Team.of(share.user)
        for name, label in SWITCHES.items():
            self.fields[name] = forms.BooleanField(label=label, required=False)
        for name in ("audience", "team", "mode", "expiry"):
            self.fields[name].widget.attrs["class"] = "input"
        if not share.password:
            del self.fields["without_password"]

    @property
    def switches(self) -> list[forms.BoundField]:
        return [self[name] for name in SWITCHES]

    def clean_people(self) -> list[User]:
        names = self.cleaned_data["people"].replace(",", "\n").split("\n")
        wanted = {User.normalize_username(name.strip()) for name in names if name.strip()}
        if len(wanted) > MOST_PEOPLE:
            raise ValidationError(f"That is more than {MOST_PEOPLE} people.")
        found = list(User.objects.filter(username__in=wanted, is_active=True))
        if missing := wanted - {user.username for user in found}:
            raise ValidationError(f"Nobody here signs in as “{min(missing)}”.")
        return found

    def clean_words(self) -> tuple[str, ...]:
        words = {line.strip() for line in self.cleaned_data["words"].splitlines()} - {""}
        if len(words) > MOST_WORDS:
            raise ValidationError(f"That is more than {MOST_WORDS} lines.")
        if any(len(word) < 2 for word in words):
            raise ValidationError("A word to take out has two characters at least.")
        return tuple(sorted(words, key=len, reverse=True))

    def clean(self) -> None:
        super().clean()
        given = self.cleaned_data
        if given.get("audience") == Audience.TEAM and not given.get("team"):
            self.add_error("team", "Which team?")
        if given.get("audience") == Audience.PEOPLE and not given.get("people"):
            self.add_error("people", "Name somebody.")
        if given.get("allows_embed"):
            is_closed = given.get("password") or (
                self.share.password and not given.get("without_password")
            )
            if is_closed or given.get("audience") != Audience.LINK:
                sentence = "Inside another site nobody is signed in and nobody can be asked."
                self.add_error("allows_embed", sentence)
            elif given.get("view_limit"):
                self.add_error("allows_embed", "Inside another site visits cannot be counted.")

    def apply(self, kept: frozenset[str]) -> None:
        """Onto the row, which is not saved yet. `kept` is what was found and shall stay."""
        share, given = self.share, self.cleaned_data
        share.title, share.mode = given["title"], given["mode"]
        share.audience = given["audience"]
        share.team = given["team"] if share.audience == Audience.TEAM else None
        share.view_limit = given["view_limit"]
        if given["expiry"] != "keep":
            seconds = int(given["expiry"] or 0)
            share.expires_at = timezone.now() + timedelta(seconds=seconds) if seconds else None
        if given["password"] or given.get("without_password"):
            share.set_password(given["password"])
        for name in SWITCHES:
            setattr(share, name, given[name])
        share.redaction = {
            "is_on": given["is_redacted"],
            "kept": sorted(kept),
            "words": list(given["words"]),
        }


def _initial(share: Share) -> dict[str, Any]:
    """Of a new one: everybody with the link, as it is now, in a week gone, with nothing shown that
    can be hidden."""
    stored = share.redaction
    switches = {name: getattr(share, name) for name in SWITCHES}
    people = share.people.values_list("username", flat=True) if not share._state.adding else ()
    return switches | {
        "title": share.title,
        "audience": share.audience,
        "team": share.team_id,
        "people": "\n".join(people),
        "mode": share.mode,
        "expiry": "604800" if share._state.adding else "keep",
        "view_limit": share.view_limit,
        "is_redacted": stored.get("is_on", True),
        "words": "\n".join(stored.get("words", ())),
    }
