"""Export, import, export: the same file, wherever and however often."""

from __future__ import annotations

import json

from chat import receipts
from chat.models import Conversation, Message, Turn
from chat.models.search_index import IndexedMessage
from tests.imports.case import ImportCase


class RoundTripTests(ImportCase):
    def test_the_second_export_is_the_first(self) -> None:
        self.tree()
        first = self.export()
        Conversation.with_deleted.all().delete()

        report = self.take(first)

        self.assertEqual((report.new, report.here, report.unreadable), (1, 0, 0))
        self.assertEqual(self.export(), first)

    def test_what_is_here_already_is_left_alone(self) -> None:
        self.tree()
        first = self.export()

        looked, taken = self.look(first), self.take(first)

        self.assertEqual((looked.new, looked.here), (0, 1))
        self.assertEqual((taken.new, taken.here), (0, 1))
        self.assertEqual(self.export(), first)

    def test_a_look_writes_nothing(self) -> None:
        self.tree()
        text = self.export()
        Conversation.with_deleted.all().delete()

        report = self.look(text)

        self.assertEqual(report.sentence, "1 new, 0 already here.")
        self.assertEqual(Message.objects.count(), 0)

    def test_what_was_deleted_comes_back(self) -> None:
        conversation = self.tree()
        text = self.export()
        conversation.delete_softly()

        report = self.take(text)

        self.assertEqual(report.new, 1)
        self.assertEqual(self.export(), text)

    def test_somebody_else_gets_a_conversation_of_their_own_and_once(self) -> None:
        conversation = self.tree()
        text = self.export()

        reports = [self.take(text, self.bob) for _ in range(2)]

        self.assertEqual([report.new for report in reports], [1, 0])
        own = self.bob.conversations.get()
        self.assertNotEqual(own.pk, conversation.pk)
        self.assertEqual(self.alice.conversations.get().pk, conversation.pk)
        theirs = json.loads(self.export(self.bob))["conversations"][0]
        mine = json.loads(text)["conversations"][0]
        self.assertEqual(theirs | {"id": mine["id"]}, mine)

    def test_it_can_be_found_and_opened_and_its_receipts_are_marked(self) -> None:
        self.tree()
        text = self.export()
        Conversation.with_deleted.all().delete()
        self.take(text)
        turn = Turn.objects.order_by("pk").first()
        assert turn is not None

        page = self.client.get(f"/c/{turn.conversation_id}/")
        receipt = self.client.get(f"/turns/{turn.pk}/receipt/")

        self.assertContains(page, "A duck.")
        self.assertContains(receipt, "Imported from the export of a playground on")
        self.assertContains(receipt, "this receipt was not written here.")
        self.assertIsNotNone(turn.imported_at)
        self.assertIsNotNone(receipts.as_json(turn)["imported"])
        self.assertEqual(IndexedMessage.objects.filter(user=self.alice).count(), 5)
