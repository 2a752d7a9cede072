"""The list of conversations: days and pages."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from chat import history
from chat.models import Conversation, Folder, Tag
from tests.cast import FRAGMENT, CastCase, conversation_of


class HistoryTests(CastCase):
    def titles(self, path: str) -> list[str]:
        text = self.client.get(path, headers=FRAGMENT).content.decode()
        return re.findall(r'<a class="rail__item"[^>]*>([^<]*)</a>', text)

    def next_path(self, path: str) -> str | None:
        text = self.client.get(path, headers=FRAGMENT).content.decode()
        found = re.search(r'rail__older[^>]* href="([^"]*)"', text)
        return found[1].replace("&amp;", "&") if found else None

    def test_the_latest_comes_first_under_its_day(self) -> None:
        now = timezone.now()
        conversation_of(self.alice, "Long ago", active_at=now - timedelta(days=400))
        conversation_of(self.alice, "Just now", active_at=now)

        response = self.client.get("/history/", headers=FRAGMENT)

        self.assertEqual(self.titles("/history/"), ["Just now", "Long ago"])
        self.assertContains(response, 'data-day="Today"')

    def test_pages_neither_repeat_nor_leave_out_though_moments_are_equal(self) -> None:
        moment = timezone.now()
        for number in range(history.PAGE * 2 + 5):
            conversation_of(self.alice, f"No. {number}", active_at=moment)
        path: str | None = "/history/"
        found: list[str] = []

        while path:
            found += self.titles(path)
            path = self.next_path(path)

        self.assertEqual(len(found), history.PAGE * 2 + 5)
        self.assertEqual(len(set(found)), len(found))

    def test_what_is_said_meanwhile_does_not_shift_the_next_page(self) -> None:
        moment = timezone.now() - timedelta(hours=1)
        for number in range(history.PAGE + 1):
            conversation_of(
                self.alice, f"No. {number}", active_at=moment - timedelta(minutes=number)
            )
        older = self.next_path("/history/")
        conversation_of(self.alice, "New")

        self.assertEqual(self.titles(str(older)), [f"No. {history.PAGE}"])

    def test_a_place_that_makes_no_sense_is_the_beginning(self) -> None:
        conversation_of(self.alice, "Birds")

        for before in ("x", "2026-01-01~x", "~", "2026-01-01T00:00:00~" + "0" * 32):
            self.assertEqual(self.titles(f"/history/?before={before}"), ["Birds"])

    def test_a_folder_or_a_tag_narrows_the_list(self) -> None:
        folder, tag = Folder.make(self.alice, "Work"), Tag.make(self.alice, "draft")
        conversation_of(self.alice, "Filed", folder=folder)
        conversation_of(self.alice, "Tagged").tags.add(tag)
        conversation_of(self.alice, "Filed and away", folder=folder, archived_at=timezone.now())

        self.assertEqual(self.titles(f"/history/?folder={folder.pk}"), ["Filed"])
        self.assertEqual(self.titles(f"/history/?tag={tag.pk}"), ["Tagged"])
        self.assertEqual(self.titles(f"/history/?archive=1&folder={folder.pk}"), ["Filed and away"])

    def test_each_order_goes_through_all_pages_once(self) -> None:
        moment = timezone.now()
        rows = [
            conversation_of(self.alice, active_at=moment - timedelta(minutes=number))
            for number in range(history.PAGE + 5)
        ]
        for number, row in enumerate(rows):
            row.rename(f"{'aBc'[number % 3]} {number:02}~")
            Conversation.objects.filter(pk=row.pk).update(
                created_at=moment - timedelta(days=(number * 7) % 50)
            )
        rows = list(Conversation.objects.all())
        expected = {
            "active": sorted(rows, key=lambda row: row.active_at, reverse=True),
            "created": sorted(rows, key=lambda row: row.created_at, reverse=True),
            "title": sorted(rows, key=lambda row: row.title.lower()),
        }

        for sort, ordered in expected.items():
            path: str | None = f"/history/?sort={sort}"
            found: list[str] = []
            while path:
                found += self.titles(path)
                path = self.next_path(path)
            with self.subTest(sort):
                self.assertEqual(found, [row.title for row in ordered])

    def test_the_order_that_was_picked_last_is_kept(self) -> None:
        for title in ("Zebra", "Ant"):
            conversation_of(self.alice).rename(title)
        self.client.cookies["sort"] = "title"

        self.assertEqual(self.titles("/history/"), ["Ant", "Zebra"])
        self.client.cookies["sort"] = "; DROP TABLE"
        self.assertEqual(len(self.titles("/history/")), 2)

    def test_the_rail_offers_folders_tags_and_orders(self) -> None:
        folder, tag = Folder.make(self.alice, "Work"), Tag.make(self.alice, "<i>draft")

        response = self.client.get("/history/", headers=FRAGMENT)

        self.assertContains(response, f'href="/history/?folder={folder.pk}&amp;sort=active"')
        self.assertContains(response, f'href="/history/?tag={tag.pk}&amp;sort=active"')
        self.assertContains(response, "&lt;i&gt;draft")

    def test_views_of_others_are_not_there(self) -> None:
        folder, tag = Folder.make(self.bob, "Work"), Tag.make(self.bob, "draft")

        for query in (f"folder={folder.pk}", f"tag={tag.pk}", "folder=x", f"tag={'9' * 30}"):
            self.assertEqual(self.client.get(f"/history/?{query}").status_code, 404)

    def test_without_scripts_it_is_a_page(self) -> None:
        conversation_of(self.alice, "Birds")

        response = self.client.get("/history/")

        self.assertContains(response, "<h1>History</h1>")
        self.assertContains(response, "Birds")

    def test_it_hides_from_strangers(self) -> None:
        conversation_of(self.alice, "Birds")

        for stranger in (self.bob, self.charlie):
            response = self.as_user(stranger).get("/history/", headers=FRAGMENT)
            self.assertNotContains(response, "/c/")


class DayTests(CastCase):
    def test_days_begin_where_the_person_is(self) -> None:
        late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
        berlin = ZoneInfo("Europe/Berlin")

        self.assertEqual(history.day_label(late, date(2026, 11, 21), zone=UTC), "Yesterday")
        self.assertEqual(history.day_label(late, date(2026, 11, 21), zone=berlin), "Today")

    def test_an_invented_zone_is_no_zone(self) -> None:
        conversation_of(self.alice, "Birds")

        for zone in ("Nowhere/Atlantis", "../../etc/passwd", "", "a" * 500):
            self.client.cookies["zone"] = zone
            self.assertEqual(self.client.get("/history/").status_code, 200)
