"""What a visitor sees of a share, and what a visitor never sees."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections
from django.test import Client, TransactionTestCase
from django.utils import timezone

from chat.models import Conversation, File, Share, Team, Turn, User
from chat.models.team import Role
from tests.cast import conversation_of, exchange
from tests.sharing.case import SECRET, ShareCase
from tests.teams.case import limits


class Visiting(ShareCase):
    def test_it_needs_no_account_and_shows_the_answers(self) -> None:
        page = self.visitor().get(self.url(self.publish()))

        self.assertContains(page, "<strong>heron</strong>")
        self.assertContains(page, "Shared by Alice Aster")
        self.assertEqual(page.headers["X-Robots-Tag"], "noindex, nofollow, noarchive")
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(page.headers["Cache-Control"], "private, no-store")
        self.assertContains(page, '<meta name="robots" content="noindex, nofollow">')

    def test_what_is_not_ticked_is_nowhere(self) -> None:
        share = self.publish(allows_data="on")

        for path in ("", "conversation.md", "conversation.json"):
            text = self.visitor().get(self.url(share, path)).content.decode()
            for hidden in (
                SECRET,
                "secret bird expert",
                "double",
                "request-of-the-double",
                "34 out",
            ):
                with self.subTest(path, hidden=hidden):
                    self.assertNotIn(hidden, text)

    def test_what_is_ticked_shows(self) -> None:
        on = dict.fromkeys(("shows_system", "shows_receipts", "shows_cost"), "on")
        page = self.visitor().get(self.url(self.publish(**on)))

        self.assertContains(page, "secret bird expert")
        self.assertContains(page, "Output tokens")
        self.assertContains(page, "Cost")

    def test_a_card_has_no_content_unless_asked(self) -> None:
        plain = self.visitor().get(self.url(self.publish()))
        card = self.visitor().get(self.url(self.publish(has_card="on")))

        self.assertContains(plain, 'property="og:title" content="A shared conversation"')
        self.assertContains(card, 'property="og:title" content="Herons"')
        self.assertNotContains(card, SECRET)

    def test_data_forms_are_off_unless_asked(self) -> None:
        share = self.publish()

        for path in ("conversation.md", "conversation.json", "embed/"):
            self.assertEqual(self.visitor().get(self.url(share, path)).status_code, 404)

    def test_only_the_embedded_page_may_be_framed(self) -> None:
        share = self.publish(allows_embed="on")

        page, embedded = (self.visitor().get(self.url(share, path)) for path in ("", "embed/"))

        self.assertIn("frame-ancestors 'none'", page.headers["Content-Security-Policy"])
        self.assertEqual(page.headers["X-Frame-Options"], "DENY")
        self.assertIn("frame-ancestors *", embedded.headers["Content-Security-Policy"])
        self.assertNotIn("X-Frame-Options", embedded.headers)
        self.assertNotContains(embedded, "<form")

    def test_what_is_not_there_looks_all_the_same(self) -> None:
        share = self.publish()
        url = self.url(share)
        token = url.split("/")[2]
        made_up = [
            self.visitor().get(f"/s/{text}/")
            for text in ("x", token[:-1], token.swapcase(), "0" * 32, token + "a")
        ]
        over = []
        for change in (
            {"revoked_at": timezone.now()},
            {"expires_at": timezone.now() - timedelta(seconds=1), "revoked_at": None},
            {"expires_at": None, "view_limit": 1, "views": 1},
        ):
            Share.objects.filter(pk=share.pk).update(**change)
            over.append(self.visitor().get(url))
        Share.objects.filter(pk=share.pk).update(view_limit=None)
        self.assertEqual(self.visitor().get(url).status_code, 200)
        self.conversation.delete_softly()
        over.append(self.visitor().get(url))

        pages = made_up + over
        self.assertEqual({page.status_code for page in pages}, {404})
        self.assertEqual(len({page.content for page in pages}), 1)
        self.assertEqual({page.headers["Referrer-Policy"] for page in pages}, {"no-referrer"})

    def test_it_ends_with_the_right_of_whoever_published_it(self) -> None:
        team = Team.found(self.bob, "Birds")
        membership = team.add(self.alice, Role.EDITOR)
        share = self.publish()
        self.conversation.give(team)
        self.assertEqual(self.visitor().get(self.url(share)).status_code, 200)

        membership.end()

        self.assertEqual(self.visitor().get(self.url(share)).status_code, 404)

    def test_guessing_is_slow(self) -> None:
        with limits(link_misses_per_minute_address=3):
            codes = [self.visitor().get(f"/s/{n}/").status_code for n in range(5)]

        self.assertEqual(codes, [404, 404, 404, 429, 429])

    def test_what_was_deleted_since_is_left_out(self) -> None:
        share = self.publish()
        self.second.answer.delete()
        self.second.prompt.delete()

        page = self.visitor().get(self.url(share))

        self.assertContains(page, "heron")
        self.assertNotContains(page, "egret")
        self.assertContains(page, "Some of it was deleted")

    def test_no_other_form_of_it_is_a_way_round_the_limit(self) -> None:
        share = self.publish(allows_data="on", view_limit="1")
        track = f"messages/{self.first.answer_id}/replay.json"
        self.assertEqual(self.visitor().get(self.url(share, "conversation.json")).status_code, 200)

        for path in ("", "replay/", "conversation.md", "conversation.json", track):
            response = self.visitor().get(self.url(share, path))
            self.assertEqual(response.status_code, 404, path)

    def test_half_a_secret_of_a_running_answer_is_not_there(self) -> None:
        share = self.publish(mode="live", allows_data="on")
        answer = self.second.answer
        answer.parts = [{"type": "text", "text": f"It is {SECRET[:9]}"}]
        answer.save()
        Turn.objects.filter(pk=self.second.pk).update(status=Turn.Status.RUNNING)

        for path in ("", "conversation.md", "conversation.json"):
            page = self.visitor().get(self.url(share, path)).content.decode()
            self.assertNotIn(SECRET[:9], page, path)
            self.assertIn("It is", page, path)

    def test_a_visit_counts_once(self) -> None:
        share = self.publish(view_limit="2")
        one, two, three = self.visitor(), self.visitor(), self.visitor()

        codes = [client.get(self.url(share)).status_code for client in (one, one, two, one, three)]

        self.assertEqual(codes, [200, 200, 200, 200, 404])
        share.refresh_from_db()
        self.assertEqual(share.views, 2)


class Copying(ShareCase):
    def copy(self, client: Client, share: Share, **data: Any) -> int:
        return client.post(self.url(share, "copies/"), data).status_code

    def test_a_copy_holds_what_was_shown_and_no_more(self) -> None:
        share = self.publish(allows_copy="on")

        self.copy(self.as_user(self.bob), share)

        copy = self.bob.conversations.get()
        texts = [message.text for message in copy.messages.all()]
        self.assertEqual(texts[1:], ["A **heron**.", "And that?", "An egret."])
        self.assertNotIn(SECRET, texts[0])
        self.assertEqual(copy.lanes.get().system, "")
        self.assertTrue(all(turn.imported_at for turn in copy.turns.all()))
        self.assertContains(self.as_user(self.bob).get(f"/c/{copy.pk}/"), "An egret.")

    def test_a_copy_ends_at_the_message_that_is_named(self) -> None:
        share = self.publish(allows_copy="on")

        self.copy(self.as_user(self.bob), share, message=self.first.answer_id)

        self.assertEqual(self.bob.conversations.get().messages.count(), 2)

    def test_it_is_refused_unless_allowed_and_signed_in(self) -> None:
        closed, open_to_all = self.publish(), self.publish(allows_copy="on")

        self.assertEqual(self.copy(self.as_user(self.bob), closed), 404)
        self.assertEqual(self.copy(self.visitor(), open_to_all), 404)
        self.assertEqual(Conversation.objects.exclude(pk=self.conversation.pk).count(), 0)


class Files(ShareCase):
    def setUp(self) -> None:
        super().setUp()
        self.shown = self.keep("shown.txt", b"the bird itself")
        self.hidden = self.keep("hidden.txt", b"another bird")
        self.second.prompt.parts.append(self.shown.to_part())
        self.second.prompt.save()

    def keep(self, name: str, data: bytes) -> File:
        return File.keep(
            data,
            user=self.alice,
            conversation=self.conversation,
            name=name,
            media_type="text/plain",
        )

    def test_the_files_of_the_share_and_no_others(self) -> None:
        share = self.publish()

        page = self.visitor().get(self.url(share))
        found = self.visitor().get(self.url(share, f"files/{self.shown.pk}/"))
        missing = self.visitor().get(self.url(share, f"files/{self.hidden.pk}/"))

        self.assertContains(page, self.url(share, f"files/{self.shown.pk}/"))
        self.assertEqual(found.content, b"the bird itself")
        self.assertEqual(found.headers["Referrer-Policy"], "no-referrer")
        self.assertIn("sandbox", found.headers["Content-Security-Policy"])
        self.assertEqual(missing.status_code, 404)

    def test_they_end_with_the_share(self) -> None:
        share = self.publish()
        url = self.url(share, f"files/{self.shown.pk}/")
        self.client.post(f"/shares/{share.pk}/revocation/")

        self.assertEqual(self.visitor().get(url).status_code, 404)

    def test_a_file_that_was_deleted_is_gone(self) -> None:
        share = self.publish()
        url = self.url(share, f"files/{self.shown.pk}/")
        self.shown.discard()

        self.assertEqual(self.visitor().get(url).status_code, 404)
        self.assertEqual(self.visitor().get(self.url(share)).status_code, 200)

    def test_a_copy_has_files_of_its_own(self) -> None:
        share = self.publish(allows_copy="on")
        self.as_user(self.bob).post(self.url(share, "copies/"))

        file = self.bob.files.get()
        self.shown.discard()
        self.assertNotEqual(file.pk, self.shown.pk)
        self.assertEqual(
            self.as_user(self.bob).get(f"/files/{file.pk}/").content, b"the bird itself"
        )


@pytest.mark.postgresql
class Crowds(TransactionTestCase):
    def test_a_view_limit_is_exact_under_a_crowd(self) -> None:
        alice = User.objects.create_user("alice")
        conversation = conversation_of(alice, "Herons")
        exchange(conversation, "What is that?", "A heron.")
        share = Share(user=alice, conversation=conversation, lane=conversation.lanes.get())
        share.view_limit = 5
        share.publish({"version": 1, "title": "", "messages": []})
        barrier, admitted = Barrier(12), []

        def look() -> None:
            barrier.wait()
            admitted.append(share.admit(None, visitor="x"))
            connections.close_all()

        threads = [Thread(target=look) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        self.assertEqual(sum(admitted), 5)
        self.assertEqual(share.visits.count(), 5)
