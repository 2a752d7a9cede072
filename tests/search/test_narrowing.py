"""Filters by what a conversation or a message is; teams; and another spelling for what is not."""

from __future__ import annotations

from unittest import mock

from django.utils import timezone

from chat.models import Conversation, Folder, Message, Tag, Team
from chat.models.team import Role
from chat.search import scope
from chat.search.spelling import distance
from tests.search.test_find import FindCase, said


class NarrowingTests(FindCase):
    def setUp(self) -> None:
        self.tides = said(self.alice, "Tides", "Why do tides rise?", "The moon pulls.")
        self.moon = said(self.alice, "Moon", "Is the moon far?", "Far enough, says the moon.")
        said(self.alice, "Other", "A word about the moon?", "No.")

    def both_ways(self, typed: str) -> list[str]:
        """What is found in the rows, which has to be what the index finds."""
        found = self.texts(typed)
        with mock.patch.object(scope, "MOST_SCANNED", -1):
            self.assertEqual(self.texts(typed), found)
        return found

    def test_only_starred_messages(self) -> None:
        message = Message.objects.get(conversation=self.moon, role="user")
        message.starred_at = timezone.now()
        message.save()

        self.assertEqual(self.both_ways("is:starred"), ["Is the moon far?"])
        self.assertEqual(self.both_ways("is:starred moon "), ["Is the moon far?"])
        self.assertEqual(self.both_ways("is:starred tides "), [])
        self.assertEqual(self.texts("is:starred moon", self.bob), [])

    def test_only_in_a_folder_or_under_a_tag(self) -> None:
        self.tides.folder = Folder.make(self.alice, "Big plans")
        self.tides.save()
        self.moon.tags.add(Tag.make(self.alice, "Draft"))

        for typed in ('in:"big plans" moon ', "folder:BIG moon ", "in:big moo"):
            self.assertEqual(self.both_ways(typed), ["The moon pulls."], typed)
        self.assertEqual(self.both_ways('tag:draft "far enough" '), ["Far enough, says the moon."])
        self.assertEqual(self.titles("tag:draft moon "), ["Moon"])
        self.assertEqual(self.titles("tag:draft tides "), [])

    def test_filters_without_words_list_the_conversations(self) -> None:
        self.tides.tags.add(Tag.make(self.alice, "draft"))

        self.assertEqual(self.titles("tag:draft"), ["Tides"])
        self.assertEqual(self.texts("tag:draft"), [])
        self.assertEqual(len(self.both_ways("tag:draft in:messages")), 2)

    def test_only_pinned_or_archived(self) -> None:
        Conversation.change(self.alice, "pin", [self.tides.pk])
        Conversation.change(self.alice, "archive", [self.moon.pk])

        self.assertEqual(self.both_ways("is:pinned moon "), ["The moon pulls."])
        self.assertEqual(self.titles("is:archived"), ["Moon"])
        self.assertEqual(len(self.texts("is:archived moon ")), 2)

    def test_a_name_that_is_not_there_is_said_and_finds_nothing(self) -> None:
        Folder.make(self.bob, "Secret")

        found = self.find("in:secret moon ")

        self.assertTrue(found.is_nothing)
        self.assertEqual(found.query.problems, ("You have no folder “secret”.",))

    def test_signs_of_patterns_are_letters(self) -> None:
        Tag.make(self.alice, "100%_\\")

        for typed in ("tag:%", "tag:_", "tag:\\"):
            self.assertEqual(len(self.find(typed).query.problems), 1, typed)
        self.assertEqual(self.find("tag:100%_\\").query.problems, ())


class TeamTests(FindCase):
    def setUp(self) -> None:
        self.team = Team.found(self.bob, "Birders")
        self.team.add(self.alice, Role.VIEWER)
        self.shared = said(self.bob, "Herons", "What do herons eat?", "Fish")
        said(self.bob, "Herons alone", "Are herons mine?", "Yes")
        self.shared.give(self.team)

    def test_what_is_in_a_team_is_found_by_its_members(self) -> None:
        self.assertEqual(self.texts("herons "), ["What do herons eat?"])
        self.assertEqual(self.titles("herons "), ["Herons"])
        self.assertEqual(len(self.texts("herons ", self.bob)), 2)

    def test_it_hides_from_strangers(self) -> None:
        self.assertTrue(self.find("herons ", self.charlie).is_nothing)

        self.team.memberships.get(user=self.alice).end()

        self.assertTrue(self.find("herons ").is_nothing)


class SpellingTests(FindCase):
    def setUp(self) -> None:
        said(self.alice, "", "What do herons eat on Tuesdays?", "Frogs & fish")

    def instead(self, typed: str) -> str | None:
        return self.find(typed).instead

    def test_a_word_that_is_near_is_offered(self) -> None:
        for typed in ("herosn ", "herrons ", "heronz ", "hreons ", "eherons "):
            self.assertEqual((self.instead(typed) or "").strip(), "herons", typed)
        self.assertEqual(self.instead("Tuesdsys frogs "), None)
        self.assertEqual(self.instead("What Tuesdsys "), "What tuesdays ")

    def test_what_is_found_or_far_off_is_left_alone(self) -> None:
        for typed in ("herons ", "penguins ", "hxyzns ", "fis ", "潮汐潮汐潮"):
            self.assertIsNone(self.instead(typed), typed)

    def test_words_of_others_are_not_offered(self) -> None:
        said(self.bob, "", "The secretplan is on", "")

        self.assertIsNone(self.instead("secretpaln "))

    def test_letters_are_counted(self) -> None:
        for one, other, count in (("abc", "abc", 0), ("abc", "acb", 1), ("abc", "xbcd", 2)):
            self.assertEqual(distance(one, other), count)
