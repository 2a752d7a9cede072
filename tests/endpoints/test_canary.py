"""A key that may show up nowhere, and a provider that repeats it in every error."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from asgiref.sync import sync_to_async
from django.core.serializers import serialize
from django.test import Client

from chat import discovery, endpoints
from chat.models import Endpoint, Turn, User
from tests.provider import Provider
from tests.script import failure, stream
from tests.turns.stage import TurnCase

CANARY = "sk-canary-that-nobody-may-see-7Qz9"
ON = {"is_private_allowed": "on"}
ECHO = f"Incorrect API key provided: {CANARY}. Header was 'Bearer {CANARY}'"


@contextmanager
def everything_logged() -> Iterator[io.StringIO]:
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield text
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


class Canary(TurnCase):
    def assert_clean(self, text: object, where: str) -> None:
        # The last four characters may be shown; whatever is longer may not.
        assert CANARY[:-4] not in str(text), where
        assert CANARY[-8:] not in str(text), where

    def add(self, double: Provider) -> tuple[Endpoint, User]:
        ada = User.objects.create_user("ada", password="ada's own words", is_staff=True)
        row = Endpoint.add(
            made_by=ada,
            key=CANARY,
            label="Canary",
            provider="compatible",
            dialect="openai",
            base_url=double.base_url,
            is_private_allowed=True,
            model_ids=["parrot"],
        )
        return row, ada

    def pages(self, user: User, row: Endpoint, turn: Turn) -> dict[str, Any]:
        client = Client()
        client.force_login(user)
        address = f"/settings/endpoints/{row.pk}/"
        wrong = {"label": "", "base_url": "nonsense", "dialect": "openai", "key": CANARY}
        client.raise_request_exception = False
        with mock.patch("chat.endpoint_form.EndpointForm.save", side_effect=RuntimeError):
            broken = client.post(address, wrong | {"label": "x", "base_url": row.base_url} | ON)
        assert broken.status_code == 500
        found = {
            "form": client.get(address),
            "refused form": client.post(address, wrong),
            "deletion": client.get(f"{address}deletion/"),
            "conversation": client.get(f"/c/{turn.conversation_id}/"),
            "panel": client.get("/panel/?model=canary/parrot"),
            "broken": broken,
        }
        row.change(key=None, model_ids=[])  # so that the list of models is what counts
        found["list"] = client.post(f"{address}check/", follow=True)
        return {name: response.content.decode() for name, response in found.items()}

    def papers(self, turn: Turn) -> dict[str, str]:
        client = Client()
        client.force_login(turn.user)
        return {
            name: client.get(f"/turns/{turn.pk}/{name}").content.decode()
            for name in ("receipt/", "receipt.json")
        }

    async def test_no_page_log_error_or_receipt_shows_a_key(self) -> None:
        discovery.forget()
        async with self.stage() as double:
            with everything_logged() as log:
                row, ada = await sync_to_async(self.add)(double)
                turns = []
                for status in (200, 400, 401, 500):
                    script = stream("ok") if status == 200 else failure(status, ECHO)
                    double.always(*script)
                    turns.append(await self.ask_and_wait(model="canary/parrot", user=ada))
                double.always(*failure(400, ECHO, param=CANARY))
                turns.append(await self.ask_and_wait(model="canary/parrot", user=ada))
                papers = [await sync_to_async(self.papers)(turn) for turn in turns]
                pages = await sync_to_async(self.pages)(ada, row, turns[0])

        assert {turn.state for turn in turns} == {"completed", "failed"}
        assert double.requests[0].headers["authorization"] == f"Bearer {CANARY}"
        self.assert_clean(log.getvalue(), "log")
        for name, text in pages.items():
            self.assert_clean(text, name)
        for turn, found in zip(turns, papers, strict=True):
            self.assert_clean((turn.error, turn.receipt, found), f"turn {turn.pk}")

    async def test_no_value_shows_it_when_printed(self) -> None:
        async with self.stage() as double:
            row, _ = await sync_to_async(self.add)(double)
            model = await sync_to_async(endpoints.find)("canary/parrot")
            known = discovery.of(row.to_llm())
            sources = await sync_to_async(endpoints._sources)(None)

        for value in (row, vars(row), row.to_llm(), model, known, sources):
            self.assert_clean(repr(value), type(value).__name__)
        self.assert_clean(serialize("json", [row]), "export")
