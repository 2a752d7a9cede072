"""Where members find what their team keeps, and where whoever left it finds nothing any more."""

from __future__ import annotations

import uuid
from datetime import UTC

from django.test import override_settings

from chat import search
from chat.models import Conversation, Folder, IndexedMessage, Tag, Team, User
from chat.models.search_index import IndexedTitle
from chat.models.team import Role
from chat.orders import Refusal, Wish, place
from tests.cast import FRAGMENT, PARROT, conversation_of, exchange
from tests.exports.reading import fetch
from tests.teams.case import TeamCase


class FindingCase(TeamCase):
    def kept(self, by: User, title: str, *, team: Team | None) -> Conversation:
        """With a title and a message that the index knows."""
        conversation = conversation_of(by, title, team=team)
        turn = exchange(conversation, f"Tell me of {title}.", "They wade.")
        IndexedTitle.put(conversation)
        IndexedMessage.put(turn.prompt)
        return conversation

    def found(self, user: User, typed: str) -> set[str]:
        """Titles of what a search names, by title or by message."""
        result = search.find(user, typed, zone=UTC)
        rows = [each.conversation for each in (*result.titles, *result.messages)]
        return {row.title for row in rows}

    def listed(self, user: User, path: str) -> str:
        response = self.as_user(user).get(path, headers=FRAGMENT)
        self.assertEqual(response.status_code, 200)
        return response.content.decode()


class InTheHistory(FindingCase):
    def test_every_member_finds_the_team_and_its_conversations(self) -> None:
        self.kept(self.alice, "Herons", team=self.team)
        self.kept(self.alice, "Egrets", team=None)
        view = f"/history/?team={self.team.pk}"

        for user in (self.alice, self.bob, self.vera):
            with self.subTest(user=user):
                self.assertIn(view, self.listed(user, "/history/"))
                shown = self.listed(user, view)
                self.assertIn("Herons", shown)
                self.assertNotIn("Egrets", shown)

    def test_the_own_list_is_of_what_one_began(self) -> None:
        self.kept(self.alice, "Herons", team=self.team)
        self.kept(self.bob, "Reeds", team=self.team)

        shown = self.listed(self.bob, "/history/")

        self.assertIn("Reeds", shown)
        self.assertNotIn("Herons", shown)

    def test_a_viewer_is_offered_nothing_that_would_be_refused(self) -> None:
        self.kept(self.alice, "Herons", team=self.team)
        path = f"/history/?team={self.team.pk}"

        offered = {
            user: ("Delete" in c.get(path).content.decode())
            for user, c in self.each_member().items()
        }

        self.assertEqual(offered, {self.alice: True, self.bob: True, self.vera: False})
        self.assertNotIn("conversation-menu", self.listed(self.vera, path))
        self.assertIn("conversation-menu", self.listed(self.bob, path))

    def test_labels_of_another_are_not_shown(self) -> None:
        conversation = self.kept(self.alice, "Herons", team=self.team)
        conversation.folder = Folder.make(self.alice, "Secret plans")
        conversation.save()

        page = self.as_user(self.bob).get(f"/history/?team={self.team.pk}").content.decode()

        self.assertIn("Herons", page)
        self.assertIn("Alice Aster", page)
        self.assertNotIn("Secret plans", page)

    def test_it_hides_from_strangers(self) -> None:
        self.assert_hidden_from_charlie(f"/history/?team={self.team.pk}")
        self.assert_hidden_from_charlie(f"/history/?team={uuid.uuid4()}")
        self.assert_hidden_from_charlie("/history/?team=birds")

    def assert_hidden_from_charlie(self, path: str) -> None:
        self.assertEqual(self.as_user(self.charlie).get(path).status_code, 404)


class InTheSearch(FindingCase):
    def test_members_find_it_and_nobody_else(self) -> None:
        self.kept(self.alice, "Herons", team=self.team)

        for user in (self.alice, self.bob, self.vera):
            self.assertEqual(self.found(user, "herons"), {"Herons"}, user)
        self.assertEqual(self.found(self.charlie, "herons"), set())

    def test_a_move_counts_at_once(self) -> None:
        conversation = self.kept(self.alice, "Herons", team=None)

        before = self.found(self.bob, "herons")
        conversation.give(self.team)
        during = self.found(self.bob, "herons")
        conversation.take_back()
        after = self.found(self.bob, "herons")

        self.assertEqual((before, during, after), (set(), {"Herons"}, set()))

    def test_who_comes_finds_it_and_who_goes_does_not(self) -> None:
        self.kept(self.alice, "Herons", team=self.team)

        self.team.add(self.charlie, Role.VIEWER)
        within = self.found(self.charlie, "herons")
        self.member(self.charlie).end()

        self.assertEqual(within, {"Herons"})
        self.assertEqual(self.found(self.charlie, "herons"), set())

    def test_it_is_narrowed_to_a_team_by_name(self) -> None:
        self.kept(self.alice, "Herons", team=self.team)
        self.kept(self.alice, "More herons", team=None)
        other = Team.found(self.alice, "Fish")
        self.kept(self.alice, "Herons and fish", team=other)

        self.assertEqual(self.found(self.alice, "herons team:bir"), {"Herons"})
        self.assertEqual(self.found(self.alice, "team:Fish"), {"Herons and fish"})
        self.assertEqual(self.found(self.bob, "herons team:fish"), set())
        self.assertEqual(
            search.find(self.bob, "herons team:fish", zone=UTC).query.problems,
            ("You are in no team “fish”.",),
        )


@override_settings(ENDPOINTS=[PARROT])
class WhoeverLeft(FindingCase):
    """Bob began it, and is out of the team that has it."""

    def setUp(self) -> None:
        super().setUp()
        self.reeds = self.kept(self.bob, "Reeds", team=self.team)
        lane = self.reeds.lanes.get()
        lane.system = "What the team keeps to itself."
        lane.save()
        self.left = self.as_user(self.bob)
        self.tag = Tag.make(self.bob, "Mine")
        self.folder = Folder.make(self.bob, "Kept")
        self.tag.put_on([self.reeds.pk])
        self.member(self.bob).end()

    def test_finds_it_in_no_list(self) -> None:
        for path in (
            "/history/",
            f"/history/?tag={self.tag.pk}",
            "/history/?q=reeds",
            "/history/?q=is:pinned",
            "/exports/conversations.html",
            "/usage/",
            "/shares/",
        ):
            with self.subTest(path):
                status, text, _ = fetch(self.bob, path)
                self.assertEqual(status, 200)
                self.assertNotIn("Tell me of Reeds", text)
                self.assertNotIn(">Reeds", text)

    def test_does_not_go_on_with_its_settings(self) -> None:
        self.assertNotContains(self.left.get("/"), "What the team keeps to itself.")

    def test_changes_nothing_about_it(self) -> None:
        given = {"conversation": [str(self.reeds.pk)]}
        for more in (
            {"change": "move", "folder": [str(self.folder.pk)]},
            {"change": "tag", "tag": str(self.tag.pk)},
            {"change": "untag", "tag": str(self.tag.pk)},
            {"change": "pin"},
            {"change": "delete"},
            {"change": "restore"},
        ):
            with self.subTest(more["change"]):
                response = self.left.post("/history/changes/", given | more)
                self.assertEqual(response.status_code, 404)

        self.reeds.refresh_from_db()
        self.assertIsNone(self.reeds.folder_id)
        self.assertEqual(list(self.reeds.tags.all()), [self.tag])

    def test_is_not_told_how_many_have_the_label(self) -> None:
        page = self.left.get("/labels/").content.decode()

        self.assertNotIn("1 conversation", page)

    def test_does_not_get_back_in_by_sending_again(self) -> None:
        turn = self.reeds.turns.get()

        with self.assertRaises(Refusal) as refused:
            place(self.bob, Wish(client_id=turn.client_id, model="double/parrot", text="Again"))

        self.assertEqual(refused.exception.code, "not_found")

    def test_sees_no_share_of_it_among_the_own(self) -> None:
        self.team.add(self.bob, Role.EDITOR)
        publish = {"step": "publish", "audience": "link", "mode": "live", "expiry": ""}
        self.left.post(f"/c/{self.reeds.pk}/shares/new/", publish)
        address = self.bob.shares.get().address
        self.member(self.bob).end()
        self.reeds.rename("What came later")

        self.assertNotContains(self.left.get("/shares/"), "What came later")
        assert address
        path = "/" + address.split("/", 3)[3]
        self.assertEqual(self.client.get(path).status_code, 404)
