"""Exports of others: branches, roles, words, thinking and models come over; what only they know
stays behind."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from chat.models import Conversation, File, Message, Turn
from tests.imports.case import ImportCase
from tests.imports.samples import (
    CHATGPT,
    CLAUDE,
    LIBRECHAT,
    OPEN_WEBUI,
    node,
    png,
    recursive,
    words,
)


class ForeignCase(ImportCase):
    def taken(self, *conversations: Any) -> Conversation:
        report = self.take(json.dumps(list(conversations)))
        self.assertEqual((report.new, report.reasons), (1, []))
        return Conversation.objects.get()

    def shown(self, conversation: Conversation) -> list[str]:
        return [message.text for message in conversation.lanes.get().path()]

    def answer(self, text: str) -> Message:
        return next(row for row in Message.objects.all() if text in row.text)

    def kinds(self, message: Message) -> list[str]:
        return [part["type"] for part in message.parts]


class ForeignTests(ForeignCase):
    def test_chatgpt_with_its_branches(self) -> None:
        conversation = self.taken(CHATGPT)

        self.assertEqual(conversation.title, "Birds")
        self.assertEqual(conversation.created_at.timestamp(), 1_700_000_000)
        self.assertEqual(self.shown(conversation), ["Which bird?", "A stork."])
        self.assertEqual(conversation.lanes.get().system, "I draw birds.")
        self.assertEqual(conversation.messages.count(), 3)
        self.assertContains(self.client.get(f"/c/{conversation.pk}/"), "A stork.")

    def test_what_chatgpt_did_on_the_way_goes_into_the_answer(self) -> None:
        self.taken(CHATGPT)

        answer = self.answer("A heron.")
        self.assertEqual(self.kinds(answer), ["reasoning", "text"])
        self.assertEqual(answer.reasoning, "Long beak.")
        self.assertIn("web.run\n```\nsearch('heron')", answer.text)
        self.assertIn("1 result", answer.text)

    def test_a_picture_comes_with_the_archive_and_is_named_without(self) -> None:
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w") as archive:
            archive.writestr("conversations.json", json.dumps([CHATGPT]))
            archive.writestr("file_00000000aa-pond.png", png())
            archive.writestr("user.json", "{}")

        bare, report = self.look(json.dumps([CHATGPT])), self.take(data.getvalue())

        self.assertEqual((bare.missing, report.new, report.missing), (1, 1, 0))
        self.assertEqual(File.objects.get().name, "pond.png")
        (part,) = self.answer("Which bird?").files
        self.assertEqual((part["file"], part["width"]), (str(File.objects.get().pk), 6))

    def test_claude(self) -> None:
        conversation = self.taken(CLAUDE)

        self.assertEqual(conversation.messages.count(), 3)
        question, answer = self.answer("Which?"), self.answer("A trout.")
        self.assertIn("list.txt\n```\ntrout, carp", question.text)
        self.assertEqual(question.file_names, "pond.jpg")
        self.assertEqual(self.kinds(answer), ["reasoning", "text"])
        self.assertEqual(Turn.objects.filter(prompt=question).count(), 2)

    def test_open_webui(self) -> None:
        conversation = self.taken(OPEN_WEBUI)

        self.assertEqual(len(self.shown(conversation)), 4)
        self.assertEqual(conversation.lanes.get().system, "Be exact.")
        self.assertEqual([tag.name for tag in conversation.tags.all()], ["maths"])
        self.assertIsNotNone(conversation.pinned_at)
        first, second = Message.objects.filter(role="assistant").order_by("pk")[:2]
        self.assertEqual((first.reasoning, first.text), ("15 < 17", "255"))
        self.assertEqual((second.reasoning, second.text.strip()), ("Easy.", "255"))
        weather = self.answer("It rains.")
        self.assertIn('weather({"city": "Oslo"})', weather.text)
        self.assertEqual(weather.parts[-1]["items"][0]["url"], "https://weather.example/oslo")

    def test_pictures_that_stand_in_the_text_of_an_export_are_kept(self) -> None:
        self.taken(OPEN_WEBUI)

        picture, paper = self.answer("15 * 17").files
        self.assertEqual(File.objects.get().pk.hex, picture["file"].replace("-", ""))
        self.assertEqual((paper["name"], "file" in paper), ("sums.pdf", False))

    def test_what_newer_open_webui_writes_beside_the_text_is_preferred(self) -> None:
        chat = json.loads(json.dumps(OPEN_WEBUI))
        chat["chat"]["history"]["messages"]["a3"]["output"] = [
            {"type": "reasoning", "content": [{"type": "output_text", "text": "Clouds."}]},
            {"type": "function_call", "call_id": "x", "name": "sky", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "x", "output": [{"text": "grey"}]},
            {"type": "message", "content": [{"type": "output_text", "text": "It pours."}]},
        ]

        self.taken(chat)

        answer = self.answer("It pours.")
        self.assertEqual(answer.reasoning, "Clouds.")
        self.assertIn("sky({})\n```\ngrey", answer.text)
        self.assertNotIn("It rains.", answer.text)

    def test_librechat(self) -> None:
        report = self.take(json.dumps(LIBRECHAT))

        self.assertEqual((report.new, report.missing), (1, 1))
        conversation = Conversation.objects.get()
        self.assertEqual(conversation.lanes.get().system, "You tell stories.")
        self.assertEqual(
            self.shown(conversation), ["A story", "There was a fox.", "And then?", "It slept."]
        )
        self.assertEqual(self.answer("Once upon").turn.state, "stopped")
        self.assertEqual(self.answer("There was").reasoning, "A fox?")

    def test_librechat_one_message_in_another_however_deep(self) -> None:
        report = self.take(json.dumps(recursive(300)))

        self.assertEqual((report.new, report.reasons), (1, []))
        self.assertEqual(len(self.shown(Conversation.objects.get())), 300)

    def test_models_are_those_that_the_file_names(self) -> None:
        self.taken(CHATGPT)

        turn = self.answer("A heron.").turn
        self.assertEqual(turn.imported_from, "ChatGPT")
        self.assertEqual(turn.receipt["asked"]["model"], "chatgpt/o4-mini")
        self.assertEqual(turn.receipt["sent"]["model_name"], "o4-mini")
        receipt = self.client.get(f"/turns/{turn.pk}/receipt/")
        self.assertContains(receipt, "Imported from ChatGPT on")
        self.assertContains(receipt, "The export did not say what was sent.")
        for path in ("receipt.json", "request.json", "code/", "difference/"):
            self.assertEqual(self.client.get(f"/turns/{turn.pk}/{path}").status_code, 200, path)
        named = self.answer("A stork.").turn.receipt["sent"]["model_name"]
        self.assertEqual(named, "GPT-4o")

    def test_the_same_file_twice_is_here_already(self) -> None:
        text = json.dumps([CHATGPT, CLAUDE, CLAUDE, OPEN_WEBUI, LIBRECHAT])

        reports = [self.take(text) for _ in range(2)]

        self.assertEqual([(report.new, report.here) for report in reports], [(4, 1), (0, 5)])

    def test_conversations_without_an_id_are_told_apart_by_what_they_say(self) -> None:
        nameless = [CLAUDE | {"uuid": "", "name": name} for name in ("One", "Two", "Two")]

        report = self.take(json.dumps(nameless))

        self.assertEqual((report.new, report.here), (2, 1))

    def test_odd_ones_are_told_and_the_others_come(self) -> None:
        odd = [{"mapping": {}}, {"mapping": {"a": 3}, "create_time": "x"}, {"chat_messages": [3]}]

        report = self.take(json.dumps([*odd, CLAUDE]))

        self.assertEqual((report.new, report.unreadable), (1, 3))
        self.assertEqual({reason for _, reason in report.reasons}, {"there is no message in it"})

    def test_what_hangs_in_a_circle_becomes_a_branch(self) -> None:
        circle = {
            "x": node("x", "y", "user", words("in a")),
            "y": node("y", "x", "user", words("circle")),
        }

        conversation = self.taken(CHATGPT | {"mapping": circle})

        self.assertEqual({row.text for row in conversation.messages.all()}, {"in a", "circle"})

    def test_impossible_times_are_none(self) -> None:
        for time in ("9999-12-31T23:59:59Z", -5, "soon", 1e300, True, None, "0001-01-01"):
            with self.subTest(time):
                Conversation.with_deleted.all().delete()
                rows = [row | {"created_at": time} for row in CLAUDE["chat_messages"]]

                conversation = self.taken(CLAUDE | {"created_at": time, "chat_messages": rows})

                self.assertLess(conversation.active_at.year, 2100)

    def test_archives_of_others(self) -> None:
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w") as archive:
            archive.writestr("export/one.json", json.dumps(LIBRECHAT))
            archive.writestr("export/two.json", json.dumps([OPEN_WEBUI]))
            archive.writestr("export/readme.txt", "Hello")

        report = self.take(data.getvalue())

        self.assertEqual((report.new, report.unreadable), (2, 0))
        self.assertIn("Written by LibreChat and Open WebUI", report.notes[0])
