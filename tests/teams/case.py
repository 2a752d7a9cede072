"""Alice owns the team, Bob edits, Vera views; Charlie must see nothing of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.test import Client, override_settings

from chat.models import Conversation, Membership, Team, User
from chat.models.team import Role
from tests.cast import CastCase, conversation_of


class TeamCase(CastCase):
    vera: User
    team: Team

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.vera = User.objects.create_user("vera", name="Vera Vetch")
        cls.team = Team.found(cls.alice, "Birds")
        cls.team.add(cls.bob, Role.EDITOR)
        cls.team.add(cls.vera, Role.VIEWER)

    def member(self, user: User) -> Membership:
        return self.team.memberships.get(user=user)

    def shared(self, title: str = "Herons") -> Conversation:
        """One that Alice began and gave to the team."""
        return conversation_of(self.alice, title, team=self.team)

    def each_member(self) -> dict[User, Client]:
        return {user: self.as_user(user) for user in (self.alice, self.bob, self.vera)}


def limits(**changes: Any) -> override_settings:
    return override_settings(LIMITS=replace(settings.LIMITS, **changes))
