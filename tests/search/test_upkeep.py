"""The index follows what is written: titles, new words, deletion, restoration and purging."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from chat.models import Conversation, IndexedMessage, IndexedTitle, Message, Turn
from tests.cast import conversation_of, exchange
from tests.search.test_find import FindCase, put, said


class UpkeepTests(FindCase):
    def test_a_new_title_takes_the_place_of_the_old_one(self) -> None:
        conversation = said(self.alice, "Herons", "?", "!")

        conversation.rename("Cranes")

        self.assertEqual(self.titles("herons"), [])
        self.assertEqual(self.titles("cranes"), ["Cranes"])

    def test_a_title_from_the_first_words_is_found(self) -> None:
        conversation = conversation_of(self.alice)

        conversation.touch(title_from="What do herons eat?")

        self.assertEqual(self.titles("herons"), ["What do herons eat?"])

    def test_new_words_of_a_message_take_the_place_of_the_old_ones(self) -> None:
        turn = exchange(conversation_of(self.alice), "Q", "Her")
        put(turn)
        turn.answer.parts = [{"type": "text", "text": "Cranes"}]
        turn.answer.save()

        put(turn)

        self.assertEqual(self.texts("her "), [])
        self.assertEqual(self.texts("cranes "), ["Cranes"])

    def test_what_is_deleted_is_not_found_until_it_is_restored(self) -> None:
        conversation = said(self.alice, "Herons", "What do herons eat?", "Fish")

        conversation.delete_softly()
        while_deleted = self.find("herons")
        conversation.restore()

        self.assertTrue(while_deleted.is_nothing)
        self.assertEqual(self.titles("herons"), ["Herons"])
        self.assertEqual(self.texts("herons "), ["What do herons eat?"])

    def test_what_is_purged_leaves_no_words_behind(self) -> None:
        conversation = said(self.alice, "Herons", "What do herons eat?", "Fish")
        conversation.deleted_at = timezone.now() - timedelta(days=400)
        conversation.save()

        Conversation.purge_deleted()

        self.assertFalse(IndexedMessage.objects.exists() or IndexedTitle.objects.exists())
        if connection.vendor == "sqlite":
            for table in ("chat_message_words", "chat_title_words"):
                with connection.cursor() as cursor:
                    cursor.execute(f"SELECT rowid FROM {table} WHERE {table} MATCH 'herons'")
                    self.assertEqual(cursor.fetchall(), [], table)

    def test_a_message_that_goes_takes_its_words_along(self) -> None:
        turn = exchange(conversation_of(self.alice), "What do herons eat?", "Fish")
        put(turn)

        Message.objects.filter(pk=turn.prompt_id).delete()

        self.assertEqual(self.texts("herons "), [])

    def test_an_answer_whose_process_died_is_found(self) -> None:
        exchange(
            conversation_of(self.alice),
            "Tides?",
            "The moon pu",
            status=Turn.Status.RUNNING,
            heartbeat_at=timezone.now() - timedelta(days=1),
        )

        Turn.interrupt_stale()

        self.assertEqual(self.texts("moon "), ["The moon pu"])

    def test_a_very_long_message_of_different_words_is_taken(self) -> None:
        text = " ".join(f"w{number:x}" for number in range(200_000))
        turn = exchange(conversation_of(self.alice), text, "")

        put(turn)

        self.assertEqual(len(self.texts("w1f ")), 1)
