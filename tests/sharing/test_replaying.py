"""A share played back by somebody without an account."""

from __future__ import annotations

from typing import Any

from chat.models import Share, Turn
from tests.sharing.case import SECRET, ShareCase


class Replaying(ShareCase):
    def setUp(self) -> None:
        super().setUp()
        Turn.objects.filter(pk=self.first.pk).update(timeline=[[340, 4], [900, 8]])

    def track(self, share: Share, pk: int) -> Any:
        return self.visitor().get(self.url(share, f"messages/{pk}/replay.json"))

    def test_it_needs_no_account(self) -> None:
        page = self.visitor().get(self.url(self.publish(), "replay/"))

        self.assertContains(page, "<strong>heron</strong>")
        self.assertContains(page, f"/messages/{self.first.answer_id}/replay.json")
        self.assertEqual(page.headers["X-Robots-Tag"], "noindex, nofollow, noarchive")

    def test_a_track_is_that_of_what_is_shown(self) -> None:
        share = self.publish()

        found = self.track(share, self.first.answer_id).json()

        self.assertTrue(found["is_recorded"])
        self.assertEqual([frame[0] for frame in found["frames"]], [340, 900])

    def test_what_is_hidden_is_hidden_here_too(self) -> None:
        share = self.publish()
        page = self.visitor().get(self.url(share, "replay/")).content.decode()
        track = self.track(share, self.first.answer_id)

        for hidden in (SECRET, "secret bird expert", "34 out", "/turns/", "/receipt/"):
            with self.subTest(hidden):
                self.assertNotIn(hidden, page + track.content.decode())
        self.assertIsNone(track.json()["first_token_ms"])
        self.assertEqual({(frame[1], frame[2]) for frame in track.json()["frames"]}, {(0, None)})

    def test_figures_play_where_receipts_show(self) -> None:
        share = self.publish(shows_receipts="on")

        found = self.track(share, self.first.answer_id).json()

        self.assertEqual(found["first_token_ms"], 340)
        self.assertGreater(found["frames"][-1][1], 0)

    def test_it_hides_from_strangers(self) -> None:
        share = self.publish()
        foreign = self.other_conversation().messages.create(role="assistant", parts=[])
        paths = [f"messages/{pk}/replay.json" for pk in (foreign.pk, self.first.prompt_id, 0)]

        for path in paths:
            self.assertEqual(self.visitor().get(self.url(share, path)).status_code, 404)
        share.revoke()
        for path in ("replay/", f"messages/{self.first.answer_id}/replay.json"):
            with self.subTest(path):
                self.assertEqual(self.visitor().get(self.url(share, path)).status_code, 404)

    def test_nothing_can_be_sent_from_it(self) -> None:
        share = self.publish(allows_copy="on")

        page = self.visitor().get(self.url(share, "replay/"))

        self.assertNotContains(page, "<form")
        self.assertNotContains(page, "js/app.js")
