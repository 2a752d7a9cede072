"""The publish step: looked at first, safe unless somebody says otherwise."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from chat.models import Share, Team, Visit
from chat.models.team import Role
from tests.cast import answer_again, exchange
from tests.sharing.case import PUBLISH, SECRET, ShareCase
from tests.teams.case import limits


class Publishing(ShareCase):
    def new(self, **fields: str) -> str:
        url = f"/c/{self.conversation.pk}/shares/new/"
        return self.client.post(url, PUBLISH | fields).content.decode()

    def test_nothing_is_public_before_it_was_looked_at(self) -> None:
        page = self.new(step="look")

        self.assertFalse(Share.objects.exists())
        self.assertIn("What visitors will see", page)
        self.assertIn("[removed: api key]", page)
        self.assertIn(SECRET, page)  # among what was found
        self.assertIn("1 thing that patterns found. Tick what may stay", page)

    def test_a_new_one_ends_in_a_week_and_shows_the_least(self) -> None:
        page = self.client.get(f"/c/{self.conversation.pk}/shares/new/")

        form = page.context["form"]
        self.assertEqual(form["expiry"].value(), "604800")
        self.assertTrue(form["is_redacted"].value())
        self.assertEqual([field.name for field in form.switches if field.value()], [])

    def test_what_is_ticked_stays(self) -> None:
        share = self.publish(keep=SECRET)

        self.assertContains(self.visitor().get(self.url(share)), SECRET)

    def test_only_what_was_found_can_be_ticked(self) -> None:
        share = self.publish(keep="An egret.")

        self.assertEqual(share.redaction["kept"], [])

    def test_own_words_are_taken_out_whatever_their_case(self) -> None:
        share = self.publish(words="EGRET\nheron")

        page = self.visitor().get(self.url(share)).content.decode()
        self.assertNotIn("egret", page)
        self.assertNotIn("heron", page.lower())
        self.assertIn("[removed]", page)

    def test_it_says_what_is_wrong(self) -> None:
        for fields, sentence in (
            ({"audience": "team"}, "Which team?"),
            ({"audience": "people"}, "Name somebody."),
            ({"audience": "people", "people": "nobody"}, "Nobody here signs in as"),
            ({"view_limit": "0"}, "greater than or equal to 1"),
            ({"view_limit": "many"}, "Enter a whole number"),
            ({"password": "short"}, "at least 6 characters"),
            ({"words": "x"}, "two characters at least"),
            ({"allows_embed": "on", "password": "long enough"}, "nobody can be asked"),
            ({"allows_embed": "on", "audience": "signed_in"}, "nobody is signed in"),
            ({"mode": "sometimes"}, "Select a valid choice"),
            ({"title": "a\x00b"}, "cannot be shown"),
        ):
            with self.subTest(sentence):
                self.assertIn(sentence, self.new(**fields))
        self.assertFalse(Share.objects.exists())

    def test_it_ends_where_the_publisher_says(self) -> None:
        share = self.publish(message=str(self.first.answer_id))

        page = self.visitor().get(self.url(share))
        self.assertContains(page, "heron")
        self.assertNotContains(page, "egret")

    def test_it_offers_the_branches_by_their_words(self) -> None:
        answer_again(self.second.prompt, "A spoonbill.", lane=self.conversation.lanes.get())

        page = self.client.get(f"/c/{self.conversation.pk}/shares/new/")
        share = self.publish(message=str(self.second.answer_id))

        labels = [branch.label for branch in page.context["branches"]]
        self.assertEqual(len(labels), 2)
        self.assertIn("… A spoonbill.", labels[0])
        self.assertIn("… An egret.", labels[1])
        self.assertContains(self.visitor().get(self.url(share)), "egret")

    def test_a_hidden_branch_never_shows(self) -> None:
        answer_again(self.second.prompt, "A spoonbill.", lane=self.conversation.lanes.get())
        share = self.publish()

        page = self.visitor().get(self.url(share))
        self.assertContains(page, "spoonbill")
        self.assertNotContains(page, "egret")

    def test_a_change_makes_a_revision_and_the_address_stays(self) -> None:
        share = self.publish()
        address = share.address
        later = exchange(self.conversation, "And there?", "A bittern.", parent=self.second.answer)
        self.client.post(f"/shares/{share.pk}/", PUBLISH | {"expiry": "keep"})
        before = self.visitor().get(self.url(share)).content.decode()

        fields = PUBLISH | {"expiry": "keep", "message": str(later.answer_id)}
        self.client.post(f"/shares/{share.pk}/", fields)

        share.refresh_from_db()
        self.assertEqual(share.address, address)
        self.assertEqual([row.number for row in share.revisions.all()], [1, 2, 3])
        self.assertNotIn("bittern", before)
        self.assertContains(self.visitor().get(self.url(share)), "bittern")

    def test_a_live_one_goes_on_until_it_is_frozen(self) -> None:
        share = self.publish(mode="live")
        exchange(self.conversation, "And there?", "A bittern.", parent=self.second.answer)
        live = self.visitor().get(self.url(share)).content.decode()

        self.client.post(f"/shares/{share.pk}/freezing/")
        last = self.conversation.lanes.get().leaf
        exchange(self.conversation, "More?", "A stork.", parent=last)

        self.assertIn("bittern", live)
        frozen = self.visitor().get(self.url(share)).content.decode()
        self.assertIn("bittern", frozen)
        self.assertNotIn("stork", frozen)

    def test_the_log_tells_who_and_keeps_no_address(self) -> None:
        share = self.publish()
        self.visitor().get(self.url(share))
        self.as_user(self.bob).get(self.url(share))
        self.client.get(self.url(share))

        page = self.client.get(f"/shares/{share.pk}/")

        self.assertContains(page, "Seen 2 times")
        self.assertContains(page, "Bob Birch")
        self.assertNotIn("127", Visit.objects.get(user=None).visitor)

    def test_old_visits_are_forgotten(self) -> None:
        share = self.publish()
        self.visitor().get(self.url(share))
        with limits(visits_kept=60):
            Visit.objects.update(at=timezone.now() - timedelta(seconds=61))

            self.assertEqual(Visit.purge(), 1)

    def test_nobody_has_more_shares_than_the_limit(self) -> None:
        with limits(shares=0):
            response = self.client.post(f"/c/{self.conversation.pk}/shares/new/", PUBLISH)

        self.assertEqual(response.headers["Location"], "/shares/")
        self.assertFalse(Share.objects.exists())

    def test_an_editor_publishes_what_is_the_teams_and_a_viewer_does_not(self) -> None:
        team = Team.found(self.alice, "Birds")
        team.add(self.bob, Role.EDITOR)
        team.add(self.charlie, Role.VIEWER)
        self.conversation.give(team)
        url = f"/c/{self.conversation.pk}/shares/new/"

        self.assertEqual(self.as_user(self.bob).post(url, PUBLISH).status_code, 302)
        self.assertEqual(self.as_user(self.charlie).post(url, PUBLISH).status_code, 404)

    def test_it_hides_from_strangers(self) -> None:
        share = self.publish()

        self.assert_hidden("get", f"/c/{self.conversation.pk}/shares/new/")
        self.assert_hidden("get", f"/shares/{share.pk}/")
        for deed in ("freezing", "address", "revocation", "deletion"):
            self.assert_hidden("post", f"/shares/{share.pk}/{deed}/")
        self.assertNotContains(self.as_user(self.bob).get("/shares/"), "Herons")
        self.assertTrue(Share.objects.get().is_open)
