"""One of everything: what the owner has alone, what the team has, and who wants to get at it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone

from chat import temporary
from chat.models import (
    ApiKey,
    Conversation,
    Demo,
    Endpoint,
    File,
    Folder,
    Link,
    ModelOverride,
    RefusedParameter,
    Share,
    Tag,
    Team,
    TeamInvitation,
    User,
)
from chat.models.share import Audience
from chat.models.team import Role
from chat.models.temporary import next_key
from tests.cast import PARROT, CastCase, conversation_of, exchange
from tests.uploads.files import picture
from tests.usage.case import asked, task_of

TARGETS = {
    "c/<temporary:pk>": "room",
    "c/<uuid:pk>": "conversation",
    "turns/<int:pk>": "turn",
    "messages/<int:pk>": "answer",
    "files/<uuid:pk>/deletion/": "unsent",
    "files/<uuid:pk>/text/": "pdf",
    "files/<uuid:pk>": "file",
    "folders/<int:pk>": "folder",
    "tags/<int:pk>": "tag",
    "panel/refusals/<int:pk>": "refusal",
    "teams/invitations/<str:token>": "invitation_token",
    "teams/<uuid:pk>": "team",
    "shares/<uuid:pk>": "share",
    "s/<str:token>": "share_token",
    "demos/<uuid:pk>": "demo",
    "d/<str:token>": "demo_token",
    "welcome/<str:token>": "welcome_token",
    "reset/<str:token>": "reset_token",
    "account/api-keys/<uuid:pk>": "key",
    "account/keys/<uuid:pk>": "own_endpoint",
    "settings/endpoints/<uuid:pk>": "endpoint",
    "settings/models/<int:pk>": "override",
    "usage/api/calls/<uuid:pk>": "call",
    "people/usage/api/calls/<uuid:pk>": "call",
    "usage/api/tasks/<str:pk>": "task",
    "api/v1/tasks/<str:pk>": "task",
    "people/invitations/<int:pk>": "welcome",
    "people/<int:pk>": "person",
}
"""Which row the first argument of an address names."""
FURTHER = {
    "<int:invitation>": "invitation",
    "<int:member>": "member",
    "files/<uuid:pk>": "file",
    "messages/<int:pk>": "answer",
}
"""The others, after that one."""
NAMES = {
    "export.<slug:name>": "export.md",
    "conversations.<slug:name>": "conversations.md",
    "tools/<slug:name>/": "tools/claude-code/",
    "<slug:vendor>/<str:slug>": "openai/gpt-5.4",
    "v1/models/<path:name>": "v1/models/double/parrot",
    "v1beta/models/<path:name>": "v1beta/models/double/parrot",
    "v1beta/<path:name>": "v1beta/models/double/parrot",
    "api/<path:rest>": "api/nowhere",
}
WITHOUT = {"share_token", "demo_token", "invitation_token", "welcome_token", "reset_token"}
"""Tokens: what never was is another word."""


@dataclass(frozen=True, slots=True)
class Actor:
    client: Client
    secret: str
    """Of a key for the API; empty for whoever can have none."""


class WorldCase(CastCase):
    own: dict[str, Any]
    team_has: dict[str, Any]
    people: dict[str, User]
    secrets: dict[str, str]

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        make = User.objects.create_user
        cls.people = {
            "owner": cls.alice,
            "editor": cls.bob,
            "viewer": make("vera"),
            "stranger": cls.charlie,
            "administrator": make("ada", is_staff=True),
            # Could do everything, and was let in before.
            "suspended": make("sven", is_staff=True),
        }
        cls.team = Team.found(cls.alice, "Birds")
        cls.team.add(cls.people["suspended"], Role.OWNER)
        cls.team.add(cls.bob, Role.EDITOR)
        cls.team.add(cls.people["viewer"], Role.VIEWER)
        made = {name: ApiKey.make(user, name="Key") for name, user in cls.people.items()}
        cls.secrets = {name: secret for name, (_, secret) in made.items()}
        common = cls._common(made["owner"][0])
        cls.own = common | cls._conversation(None, audience=Audience.LINK)
        cls.team_has = common | cls._conversation(cls.team, audience=Audience.TEAM)

    def setUp(self) -> None:
        limits = replace(settings.LIMITS, link_misses_per_minute_address=10**6)
        changed = override_settings(LIMITS=limits, ENDPOINTS=[PARROT], OWN_KEYS=True)
        changed.enable()
        self.addCleanup(changed.disable)
        self.clients = {name: self.as_user(user) for name, user in self.people.items()}
        suspended = self.people["suspended"]
        User.objects.filter(pk=suspended.pk).update(is_active=False)
        for name in ("guest", "anonymous"):
            self.clients[name] = Client()
        self.clients["guest"].cookies["guest"] = self.own["guest_token"]
        self.addCleanup(self._close_rooms)

    @classmethod
    def _common(cls, key: ApiKey) -> dict[str, Any]:
        ada = cls.people["administrator"]
        folder, tag = Folder.make(cls.alice, "Birds"), Tag.make(cls.alice, "Water")
        RefusedParameter.remember("double", "parrot", "seed")
        demo = Demo(
            user=cls.alice,
            title="Birds",
            model="double/parrot",
            logo=b"RIFF",
            expires_at=timezone.now() + timedelta(days=1),
        )
        demo.publish()
        guest, guest_token = demo.welcome(network="here")
        exchange(guest.lane().conversation, "What is that?", "A heron.")
        invitation, invitation_token = TeamInvitation.make(cls.team, Role.VIEWER, made_by=cls.alice)
        welcome, welcome_token = Link.invite(ada, note="", makes_administrator=False)
        _, reset_token = Link.make_reset(cls.charlie, made_by=ada)
        fields: dict[str, Any] = {
            "provider": "openai",
            "base_url": "http://127.0.0.1:9/v1",
            "dialect": "openai",
            "model_ids": ["owl"],
        }
        return {
            "folder": folder.pk,
            "tag": tag.pk,
            "refusal": RefusedParameter.objects.get().pk,
            "team": cls.team.pk,
            "member": cls.team.memberships.get(user=cls.bob).pk,
            "invitation": invitation.pk,
            "invitation_token": invitation_token,
            "welcome": welcome.pk,
            "welcome_token": welcome_token,
            "reset_token": reset_token,
            "demo": demo.pk,
            "demo_token": _token(demo.address),
            "guest_token": guest_token,
            "key": key.pk,
            "own_endpoint": Endpoint.objects.create(name="mine", owner=cls.alice, **fields).pk,
            "endpoint": Endpoint.objects.create(name="shared", **fields).pk,
            "override": ModelOverride.objects.create(model_id="openai/gpt-5.4").pk,
            "call": asked(cls.alice, key).pk,
            "task": task_of(cls.alice, key).pk,
            "person": cls.charlie.pk,
            "unsent": _file(cls.alice, None).pk,
        }

    @classmethod
    def _conversation(cls, team: Team | None, *, audience: str) -> dict[str, Any]:
        conversation = conversation_of(cls.alice, "Herons", team=team)
        file = _file(cls.alice, conversation)
        first = exchange(conversation, "What is that?", "A heron.")
        first.prompt.parts.append(file.to_part())
        first.prompt.save()
        turn = exchange(conversation, "And that?", "An egret.", parent=first.answer)
        share = Share(
            user=cls.alice,
            conversation=conversation,
            lane=conversation.lanes.get(),
            mode="live",
            audience=audience,
            team=team,
            allows_copy=True,
            allows_data=True,
            allows_embed=True,
        )
        share.publish(None)
        return {
            "conversation": conversation.pk,
            "turn": turn.pk,
            "answer": first.answer_id,
            "file": file.pk,
            "pdf": _pdf(cls.alice, conversation).pk,
            "share": share.pk,
            "share_token": _token(share.address),
        }

    def row(self, name: str, shelf: dict[str, Any]) -> str:
        if name not in ("room", "said"):
            return str(shelf[name])
        if name == "room":
            self._close_rooms()
            key = self.clients["owner"].session.session_key or ""
            self.room = temporary.open_room(self.alice, key)
            self.room.add_message(None, "user", [{"type": "text", "text": "Hello"}])
            return str(self.room.key)
        return str(next(iter(self.room.messages)))

    def path(self, pattern: str, shelf: dict[str, Any], *, is_missing: bool = False) -> str:
        """The address with its arguments; with `is_missing`, of a row that never was."""
        for declared, name in NAMES.items():
            pattern = pattern.replace(declared, name)
        prefix = max((p for p in TARGETS if pattern.startswith(p)), key=len, default="")
        path = prefix
        for mark in ("<int:pk>", "<uuid:pk>", "<str:pk>", "<str:token>", "<temporary:pk>"):
            if mark in prefix:
                name = TARGETS[prefix]
                value = _never(mark, name) if is_missing else self.row(name, shelf)
                path = prefix.replace(mark, value)
        rest = pattern.removeprefix(prefix)
        for declared, name in FURTHER.items():
            noun = declared.partition("<")[0]
            rest = rest.replace(declared, f"{noun}{shelf[name]}")
        assert "<" not in rest, f"No row is named for {rest} of {pattern}."
        return f"/{path}{self.filled(rest, shelf, is_missing=is_missing)}"

    def filled(self, text: str, shelf: dict[str, Any], *, is_missing: bool = False) -> str:
        """`{names}` are rows."""
        for name in ("conversation", "team", "folder", "tag", "key", "answer", "said"):
            mark = f"{{{name}}}"
            if mark in text:
                is_own_row = not is_missing or name in ("answer", "said")
                value = self.row(name, shelf) if is_own_row else _like(self.row(name, shelf))
                text = text.replace(mark, value)
        return text

    def _close_rooms(self) -> None:
        for room in temporary.rooms.of_user(self.alice):
            temporary.close(room)


def _token(address: str | None) -> str:
    assert address
    return address.rstrip("/").rpartition("/")[2]


def _never(mark: str, name: str) -> str:
    if name in WITHOUT:
        return "A" * 32
    if name == "room":
        return str(next_key())
    return {"<int:pk>": str(2**40), "<str:pk>": "task_never"}.get(mark, str(uuid.UUID(int=7)))


def _like(value: str) -> str:
    return str(2**40) if value.isdecimal() else str(uuid.UUID(int=7))


def _file(user: User, conversation: Conversation | None) -> File:
    data = picture()
    return File.keep(
        data,
        thumbnail=data,
        user=user,
        conversation=conversation,
        name="heron.png",
        media_type="image/png",
        width=60,
        height=40,
    )


def _pdf(user: User, conversation: Conversation) -> File:
    return File.keep(
        b"%PDF-1.4\n",
        user=user,
        conversation=conversation,
        name="heron.pdf",
        media_type="application/pdf",
        pages=1,
    )
