"""All versions of a conversation in one tree; names and stars."""

from __future__ import annotations

from chat import outline
from chat.models import Message
from chat.outline import Row
from tests.cast import FRAGMENT, CastCase, answer_again, conversation_of, exchange
from tests.views.test_windows import path_of


def drawn(rows: tuple[Row, ...], level: int = 0) -> list[str]:
    """A line a row: how deep, what it says, how much it hides."""
    lines = []
    for row in rows:
        mark = "*" if row.is_current else "-"
        said = f"{row.hidden} more" if row.hidden else row.preview
        lines += [f"{'  ' * level}{mark} {said}", *drawn(row.rows, level + 1)]
    return lines


def depth(rows: tuple[Row, ...]) -> int:
    return 1 + max((depth(row.rows) for row in rows), default=0) if rows else 0


class OutlineTests(CastCase):
    def setUp(self) -> None:
        super().setUp()
        self.conversation = conversation_of(self.alice)

    def test_what_nests_is_another_version_and_what_follows_it(self) -> None:
        first = exchange(self.conversation, "Which?", "A heron.")
        exchange(self.conversation, "Why?", "So.", parent=first.answer)
        exchange(self.conversation, "Where?", "There.", parent=first.answer)
        answer_again(first.prompt, "A duck.", lane=self.conversation.lanes.get())

        self.assertEqual(
            drawn(outline.outline(self.conversation)),
            [
                "* Which?",
                "* A duck.",
                "  - A heron.",
                "    - Where?",
                "      - Why?",
                "        - So.",
                "    - There.",
            ],
        )

    def test_a_run_without_versions_is_folded_and_opens_where_it_begins(self) -> None:
        ids = path_of(self.conversation, 50)
        Message.objects.filter(pk=ids[20]).update(name="The turning point")

        rows = outline.outline(self.conversation)

        self.assertEqual(
            [(row.pk, row.hidden) for row in rows],
            [(ids[0], 0), (ids[1], 19), (ids[20], 0), (ids[21], 28), (ids[49], 0)],
        )
        opened = outline.outline(self.conversation, opened=ids[1])
        self.assertEqual([row.pk for row in opened], [*ids[:21], ids[21], ids[49]])
        self.assertEqual([row.pk for row in outline.opened(self.conversation, ids[21])], ids[21:49])
        self.assertEqual(outline.opened(self.conversation, 0), ())

    def test_a_very_long_run_opens_piece_by_piece(self) -> None:
        ids = path_of(self.conversation, 500)

        rows = outline.opened(self.conversation, ids[1])

        self.assertEqual([row.hidden for row in rows], [0] * 200 + [298])
        self.assertEqual(len(outline.opened(self.conversation, rows[-1].pk)), 201)

    def test_it_does_not_nest_deeper_with_each_fork_down_a_path(self) -> None:
        lane = self.conversation.lanes.get()
        turn = exchange(self.conversation, "Begin", "Begun")
        for number in range(100):
            turn = exchange(self.conversation, f"{number}", "Yes", parent=turn.answer)
            turn = answer_again(turn.prompt, "No", lane=lane)

        self.assertEqual(depth(outline.outline(self.conversation)), 2)

    def test_stars_are_counted_where_they_are_out_of_sight(self) -> None:
        first = exchange(self.conversation, "Which?", "A heron.")
        hidden = exchange(self.conversation, "Why?", "So.", parent=first.answer)
        answer_again(first.prompt, "A duck.", lane=self.conversation.lanes.get())
        hidden.answer.mark(is_starred=True)

        response = self.client.get(f"/c/{self.conversation.pk}/tree/")

        self.assertContains(response, "1 starred")
        self.assertContains(response, 'aria-label="Starred"', count=1)


class TreeTests(CastCase):
    def setUp(self) -> None:
        super().setUp()
        self.conversation = conversation_of(self.alice)
        self.turn = exchange(self.conversation, "Which?", "A heron.")
        self.page = f"/c/{self.conversation.pk}/tree/"
        self.mark = f"/messages/{self.turn.answer_id}/mark/"

    def test_the_page_works_without_a_script(self) -> None:
        ids = path_of(self.conversation, 20)

        response = self.client.get(self.page)

        self.assertContains(response, f'href="/c/{self.conversation.pk}/?message={ids[0]}')
        self.assertContains(response, f'href="/messages/{ids[0]}/deletion/"')
        self.assertContains(response, f'href="{self.page}?run={ids[1]}#tree-{ids[1]}"')
        opened = self.client.get(f"{self.page}?run={ids[1]}")
        self.assertContains(opened, f'id="tree-{ids[9]}"')

    def test_nonsense_opens_nothing(self) -> None:
        for run in ("x", "", "-1", "0", "9" * 40, "²"):
            self.assertEqual(self.client.get(f"{self.page}?run={run}").status_code, 200, run)
            response = self.client.get(f"{self.page}?run={run}", headers=FRAGMENT)
            self.assertEqual(response.status_code, 200, run)

    def test_a_message_is_named_and_starred(self) -> None:
        self.client.post(self.mark, {"name": "  The   good one \x00"})
        self.client.post(self.mark, {"star": "on"})

        message = Message.objects.get(pk=self.turn.answer_id)
        self.assertEqual((message.name, message.starred_at is None), ("The good one", False))
        self.assertContains(self.client.get(f"/c/{self.conversation.pk}/"), "The good one")
        self.assertContains(self.client.get(self.page), "The good one")
        self.client.post(self.mark, {"star": "off", "name": ""})
        message.refresh_from_db()
        self.assertEqual((message.name, message.starred_at), ("", None))

    def test_a_name_is_cut_and_shown_as_text(self) -> None:
        response = self.client.post(self.mark, {"name": "<b>" * 100}, headers=FRAGMENT)

        self.assertContains(response, "&lt;b&gt;" * 40)
        self.assertEqual(len(Message.objects.get(pk=self.turn.answer_id).name), 120)

    def test_the_form_comes_without_a_script_and_leads_back(self) -> None:
        self.assertContains(self.client.get(self.mark), 'name="name"')
        response = self.client.post(self.mark, {"name": "This"})
        self.assertRedirects(
            response, f"{self.page}#tree-{self.turn.answer_id}", fetch_redirect_response=False
        )

    def test_it_hides_from_strangers(self) -> None:
        self.assert_hidden("get", self.page)
        self.assert_hidden("get", self.mark)
        self.assert_hidden("post", self.mark, name="Mine")
        self.assertEqual(Message.objects.get(pk=self.turn.answer_id).name, "")
