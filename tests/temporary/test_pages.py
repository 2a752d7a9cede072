"""The pages of a temporary conversation: everything that there is elsewhere, for its owner only."""

from __future__ import annotations

import json
from dataclasses import replace

from django.conf import settings
from django.test import Client, override_settings

from chat import temporary
from chat.models import Conversation, File, blobs
from chat.models.temporary import next_key
from chat.temporary import Room
from chat.uploads import accept
from tests.cast import FRAGMENT
from tests.temporary.case import CANARY, close_all
from tests.temporary.pages import PageCase
from tests.uploads import files


class OpeningTests(PageCase):
    def test_it_begins_with_what_the_page_had_in_hand(self) -> None:
        state = {
            "model": "double/starling",
            "system": "Be brief.",
            "parameters": {"temperature": 0.5},
            "text": f"About a {CANARY}",
            "files": [],
        }
        room = self.open(model="double/parrot", state=json.dumps(state))

        page = self.client.get(self.address).content.decode()

        assert room.lane.model == "double/starling"
        assert room.lane.parameters == {"temperature": 0.5}
        assert f"About a {CANARY}</textarea>" in page
        assert "Be brief." in page
        assert 'data-temporary="yes"' in page
        assert "<title>Temporary conversation · Playground</title>" in page
        assert CANARY not in self.address
        assert Conversation.objects.count() == 0

    def test_without_javascript_it_begins_with_the_model(self) -> None:
        room = self.open(model="double/starling")

        assert room.lane.model == "double/starling"

    def test_nonsense_is_an_empty_one(self) -> None:
        room = self.open(state='{"model": 7, "files": {"a": 1}, "parameters": []')

        assert self.client.get(self.address).status_code == 200
        assert room.lane.parameters == {}

    def test_files_that_wait_move_from_the_disk_into_memory(self) -> None:
        file = accept(files.picture(), "bird.png").keep(self.alice)
        other = accept(files.picture(), "other.png").keep(self.alice)

        room = self.open(state=json.dumps({"files": [str(file.pk)]}))
        page = self.client.get(self.address).content.decode()

        assert not blobs.path(file.pk).exists()
        assert list(File.objects.all()) == [other]
        (held,) = room.files.values()
        assert held.row.name == "bird.png"
        assert str(held.row.pk) in page

    def test_where_there_is_no_room_it_says_so_and_names_those_there_are(self) -> None:
        room = self.open()
        self.said(room)
        with override_settings(LIMITS=replace(settings.LIMITS, temporary_per_user=1)):
            response = self.client.post("/temporary/")

        self.assertContains(response, self.address, status_code=409)

    def test_the_page_of_a_new_conversation_offers_it(self) -> None:
        self.assertContains(self.client.get("/"), 'action="/temporary/"')

    def test_nobody_opens_one_without_signing_in(self) -> None:
        response = Client().post("/temporary/")

        assert response.headers["Location"].startswith("/sign-in/")
        assert temporary.everybody() == []


class ShowingTests(PageCase):
    def test_a_reload_shows_what_was_said(self) -> None:
        room = self.open()
        self.said(room, f"A {CANARY}?", "**Yes**")

        page = self.client.get(self.address).content.decode()

        assert f"A {CANARY}?" in page
        assert "<strong>Yes</strong>" in page
        assert "34</b> out" in page
        assert self.client.get(self.address).headers["Cache-Control"] == "private, no-store"

    def test_branches_are_walked(self) -> None:
        room = self.open()
        first = self.said(room, "What?", "This.")
        self.answered(room, first.prompt, "That.")

        html = self.client.post(
            f"{self.address}branch/", {"message": first.answer_id}, headers=FRAGMENT
        ).content.decode()

        assert "This." in html
        assert "1/2" in html
        assert room.lane.leaf is first.answer
        assert "This." in self.client.get(self.address).content.decode()

    def test_the_receipt_reads_as_elsewhere(self) -> None:
        room = self.open()
        turn = self.said(room, f"A {CANARY}?")
        self.said(room, "And?")

        shown = self.client.get(f"/turns/{turn.pk}/receipt/", headers=FRAGMENT)
        data = self.client.get(f"/turns/{turn.pk}/receipt.json").json()
        request = self.client.get(f"/turns/{turn.pk}/request.json").json()
        difference = self.client.get(f"/turns/{turn.pk}/difference/", headers=FRAGMENT)

        self.assertContains(shown, "request-of-the-double")
        self.assertContains(shown, "Diff with…")
        assert data["sent"]["messages"]["rendered"][0]["parts"][0]["text"] == f"A {CANARY}?"
        assert request["messages"][0]["content"] == f"A {CANARY}?"
        self.assertContains(difference, "That.")

    def test_code_has_what_was_said(self) -> None:
        room = self.open()
        turn = self.said(room, f"A {CANARY}?")
        state = {
            "model": "double/parrot",
            "conversation": str(room.key),
            "message": turn.answer_id,
            "text": "And?",
        }

        now = self.client.post("/code/", {"state": json.dumps(state)}, headers=FRAGMENT)
        then = self.client.get(f"/turns/{turn.pk}/code/", headers=FRAGMENT)

        self.assertContains(now, CANARY)
        self.assertContains(then, CANARY)

    def test_the_words_of_a_message_can_be_copied(self) -> None:
        turn = self.said(self.open(), "A **bird**?")

        response = self.client.get(f"/messages/{turn.prompt_id}/source/")

        assert response.content.decode() == "A **bird**?"

    def test_what_is_kept_elsewhere_has_no_such_address(self) -> None:
        turn = self.said(self.open())
        for path in ("title/", "deletion/", "restoration/"):
            assert self.client.post(f"{self.address}{path}").status_code == 404, path
        assert self.client.get(f"{self.address}export.md").status_code == 404
        assert self.client.get(f"/messages/{turn.prompt_id}/deletion/").status_code == 404

    def test_what_is_gone_is_said_kindly(self) -> None:
        self.open()
        close_all()

        response = self.client.get(self.address)

        self.assertContains(response, "This conversation was temporary", status_code=404)

    def test_it_hides_from_strangers(self) -> None:
        room = self.open()
        turn = self.said(room)
        file = room.hold(accept(files.picture(), "bird.png")).row
        for path in (
            self.address,
            f"/turns/{turn.pk}/receipt/",
            f"/turns/{turn.pk}/receipt.json",
            f"/turns/{turn.pk}/request.json",
            f"/turns/{turn.pk}/difference/",
            f"/turns/{turn.pk}/code/",
            f"/messages/{turn.prompt_id}/source/",
            f"/files/{file.pk}/",
            f"/files/{file.pk}/thumbnail/",
        ):
            assert self.client.get(path).status_code == 200, path
            self.assert_hidden("get", path)
        for path in (
            f"{self.address}branch/",
            f"{self.address}closing/",
            f"{self.address}saving/",
            f"/files/{file.pk}/deletion/",
            f"/files/{file.pk}/text/",
        ):
            self.assert_hidden("post", path, message=turn.prompt_id)
        assert temporary.everybody() == [room]
        assert len(room.files) == 1
        # There is nothing to tell apart from one that never was.
        mine = self.as_user(self.bob).get(self.address).content
        none = self.as_user(self.bob).get(f"/c/{next_key()}/").content
        assert len(mine) == len(none)


class EndingTests(PageCase):
    def test_closing_leaves_nothing(self) -> None:
        self.said(self.open())

        self.assertRedirects(self.client.post(f"{self.address}closing/"), "/")

        assert temporary.everybody() == []
        assert self.client.get(self.address).status_code == 404

    def test_saving_leads_to_what_is_kept(self) -> None:
        self.said(self.open(), "A heron?", "Yes.")

        response = self.client.post(f"{self.address}saving/", follow=True)

        conversation = Conversation.objects.get(user=self.alice)
        assert response.redirect_chain == [(f"/c/{conversation.pk}/", 302)]
        self.assertContains(response, "A heron?")
        self.assertNotContains(response, "data-temporary=")
        assert temporary.everybody() == []

    def test_signing_out_closes_those_of_the_session(self) -> None:
        self.said(self.open())
        self.said(room := self.open_as_bob())

        self.client.post("/sign-out/")

        assert temporary.everybody() == [room]

    def open_as_bob(self) -> Room:
        self.as_user(self.bob).post("/temporary/")
        return temporary.of_user(self.bob)[0]
