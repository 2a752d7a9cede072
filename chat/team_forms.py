"""What is typed about a team, checked.

The one rule: names are for people to read, so that what cannot be shown is refused, not changed.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from chat.forms import LineField, UserNameField
from chat.models import Team, User
from chat.models.team import Role

ROLES = (
    (Role.EDITOR.value, "Editor: writes and changes"),
    (Role.VIEWER.value, "Viewer: reads and copies"),
)
ALL_ROLES = ((Role.OWNER.value, "Owner: lets people in and out, too"), *ROLES)


class RoleField(forms.ChoiceField):
    def __init__(self, choices: tuple[tuple[str, str], ...] = ROLES) -> None:
        super().__init__(
            label="Role",
            choices=choices,
            error_messages={"invalid_choice": "Owner, editor or viewer."},
        )
        self.widget.attrs["class"] = "input"

    def clean(self, value: Any) -> Role:
        return Role(super().clean(value))


class TeamForm(forms.Form):
    name = LineField("Name", max_length=settings.LIMITS.team_name_characters)


class MemberForm(forms.Form):
    """Somebody who has an account here."""

    username = UserNameField(max_length=150, help_text="What the person signs in with.")
    role = RoleField()

    def __init__(self, team: Team, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.team = team

    def clean_username(self) -> User:
        name = self.cleaned_data["username"]
        user = User.objects.filter(username=name, is_active=True).first()
        if user is None:
            raise ValidationError(f"Nobody here signs in as “{name}”.", code="unknown")
        if self.team.memberships.filter(user=user).exists():
            raise ValidationError(f"{user} is in this team already.", code="member")
        return user


class InvitationToTeamForm(forms.Form):
    role = RoleField()


class RoleForm(forms.Form):
    role = RoleField(ALL_ROLES)
