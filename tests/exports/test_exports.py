"""Taking conversations away: what is in the file, what never is, and whose it can be."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any

from django.utils import timezone

from chat.exports import tree
from chat.exports.files import Export, by_name
from chat.models import Lane, Tag, Turn
from tests.cast import CastCase, answer_again, conversation_of, exchange
from tests.exports.reading import fetch, fetch_bytes

HOSTILE = "<script>alert(1)</script> ![x](https://evil.example/x.png) [y](javascript:alert(1))"


class ExportTests(CastCase):
    def setUp(self) -> None:
        super().setUp()
        self.conversation = conversation_of(self.alice, "Birds & co")
        self.first = exchange(self.conversation, "Which?", "A *grey* heron.")
        lane = self.conversation.lanes.get()
        self.second = answer_again(self.first.prompt, HOSTILE, lane=lane)

    def text(self, name: str) -> str:
        status, text, _ = fetch(self.alice, f"/c/{self.conversation.pk}/export.{name}")
        self.assertEqual(status, 200)
        return text

    def test_json_has_the_whole_tree_with_its_receipts(self) -> None:
        document = json.loads(self.text("json"))

        self.assertEqual(document["format"], "playground.conversations")
        self.assertEqual(document["version"], 1)
        (conversation,) = document["conversations"]
        self.assertEqual(conversation["title"], "Birds & co")
        prompt, first, second = conversation["messages"]
        self.assertEqual([prompt["parent"], first["parent"], second["parent"]], [None, 1, 1])
        self.assertEqual(first["turn"]["receipt"]["answered"]["finish_reason"], "stop")
        self.assertEqual(conversation["lanes"][0]["leaf"], second["id"])

    def test_an_answer_that_still_runs_is_exported_as_one_that_ended(self) -> None:
        Turn.objects.filter(pk=self.second.pk).update(status="running")

        (conversation,) = json.loads(self.text("json"))["conversations"]

        self.assertEqual(conversation["messages"][2]["turn"]["status"], "stopped")

    def test_markdown_is_the_path_that_is_shown(self) -> None:
        text = self.text("md")

        self.assertTrue(text.startswith("# Birds & co\n"))
        self.assertIn("## User\n\nWhich?", text)
        self.assertIn("## Parrot\n\n<script>", text)
        self.assertNotIn("grey", text)

    def test_html_is_clean_and_loads_nothing(self) -> None:
        text = self.text("html")

        self.assertIn('<meta http-equiv="Content-Security-Policy"', text)
        self.assertIn("<h1>Birds &amp; co</h1>", text)
        self.assertNotIn("<script", text)
        self.assertNotIn("<img", text)
        self.assertEqual(re.findall(r'\b(?:src|srcset|data|action)="', text), [])
        self.assertNotIn('href="javascript', text)

    def test_the_style_of_a_page_is_the_one_that_its_policy_names(self) -> None:
        text = self.text("html")

        (style,) = re.findall("<style>(.*?)</style>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        self.assertIn(f"style-src &#x27;sha256-{digest}&#x27;", text)

    def test_of_several_lanes_each_path_is_shown(self) -> None:
        lane = self.conversation.lanes.get()
        Lane.objects.create(
            conversation=self.conversation,
            position=1,
            leaf=self.first.answer,
            model="double/starling",
        )
        lane.refresh_from_db()

        markdown, html = self.text("md"), self.text("html")

        self.assertIn("## Lane 1: parrot", markdown)
        self.assertIn("## Lane 2: starling", markdown)
        self.assertIn("grey", markdown)
        self.assertIn('<h2 class="lane">Lane 2: starling</h2>', html)

    def test_all_are_one_file_and_deleted_ones_stay_behind(self) -> None:
        exchange(conversation_of(self.alice, "Fish"), "Which?", "A trout.")
        conversation_of(self.alice, "Gone").delete_softly()
        conversation_of(self.bob, "Bob's own")

        _, text, headers = fetch(self.alice, "/exports/conversations.json")

        titles = [row["title"] for row in json.loads(text)["conversations"]]
        self.assertEqual(titles, ["Birds & co", "Fish"])
        self.assertRegex(headers["Content-Disposition"], r'filename="playground-[-\d]+\.json"')

    def test_some_are_those_that_are_named(self) -> None:
        conversation_of(self.alice, "Fish")

        path = f"/exports/conversations.json?conversation={self.conversation.pk}"
        _, text, _ = fetch(self.alice, path)

        titles = [row["title"] for row in json.loads(text)["conversations"]]
        self.assertEqual(titles, ["Birds & co"])

    def test_where_a_conversation_is_kept_is_its_owners(self) -> None:
        self.conversation.tags.add(Tag.make(self.alice, "secret"))
        self.conversation.pinned_at = timezone.now()

        own, others = (
            json.loads("".join(tree.pieces(self.conversation, Export(user))))
            for user in (self.alice, self.bob)
        )

        self.assertEqual([tag["name"] for tag in own["tags"]], ["secret"])
        self.assertIsNotNone(own["pinned_at"])
        self.assertEqual((others["tags"], others["pinned_at"]), ([], None))

    def test_a_form_names_as_many_as_it_likes(self) -> None:
        rows = [conversation_of(self.alice, f"No {number}") for number in range(300)]
        conversation_of(self.alice, "Not this one")
        path = "/exports/conversations.json"

        form = {"conversation": [str(row.pk) for row in rows]}
        status, data, _ = fetch_bytes(self.alice, path, form)

        self.assertEqual((status, len(json.loads(data)["conversations"])), (200, 300))
        self.assertEqual(fetch_bytes(self.alice, path, {"conversation": []})[0], 404)
        self.assertEqual(fetch_bytes(self.bob, path, form)[0], 404)

    def test_names_in_an_archive_stay_in_it(self) -> None:
        for name, safe in (
            ("../../etc/passwd", "etc-passwd"),
            ("C:\\x.txt", "C-x.txt"),
            ("a\0\r\nb\u202e.png", "a-b-.png"),
            ("....", "file"),
            ("鷺" * 200, "file"),
            ("x" * 300 + ".png", "x" * 76 + ".png"),
        ):
            part = {"name": name, "sha256": "0" * 64}
            self.assertEqual(by_name(part), f"files/{'0' * 12}-{safe}")

    def test_there_are_three_formats(self) -> None:
        for path in (f"/c/{self.conversation.pk}/export.exe", "/exports/conversations.pdf"):
            self.assertEqual(self.client.get(path).status_code, 404)

    def test_it_hides_from_strangers(self) -> None:
        for name in ("json", "md", "html"):
            self.assert_hidden("get", f"/c/{self.conversation.pk}/export.{name}")
        path = "/exports/conversations.json"
        self.assert_hidden("get", f"{path}?conversation={self.conversation.pk}")
        _, text, _ = fetch(self.bob, path)
        empty: list[Any] = []
        self.assertEqual(json.loads(text)["conversations"], empty)
