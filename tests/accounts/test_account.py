"""The own name and the own password."""

from __future__ import annotations

from chat.models import Link, User
from tests.accounts.case import OTHER_PASSWORD, PASSWORD, AccountsCase


class AccountTest(AccountsCase):
    def rename(self, name: str) -> str | None:
        """The name that is kept, None if it was refused."""
        response = self.visitor(self.alice).post("/account/", {"name": name})
        self.assertIn(response.status_code, (302, 200))
        kept = User.objects.get(pk=self.alice.pk).name
        return kept if response.status_code == 302 else None

    def test_it_keeps_a_name(self) -> None:
        for name in ("Alice Aster-Lind", "李小龍", "آلیس", "Åsa 👩‍🚀", "O'Hara <b>"):
            with self.subTest(name):
                self.assertEqual(self.rename(name), name)

    def test_it_tidies_the_spaces(self) -> None:
        self.assertEqual(self.rename("  Alice \n\t Aster  "), "Alice Aster")

    def test_a_name_that_cannot_be_seen_is_none(self) -> None:
        for name in ("", "   ", "\u200b\u200d", "\u3000"):
            with self.subTest(ascii(name)):
                self.assertEqual(self.rename(name), "")

    def test_it_refuses_what_cannot_be_shown(self) -> None:
        for name in (
            "Ali\x00ce",
            "Ali\x07ce",
            "\u202eecilA",
            "Al\u2066ice",
            "x" * 81,
            "x" * 10_000,
        ):
            with self.subTest(ascii(name)[:20]):
                self.assertIsNone(self.rename(name))

    def test_it_escapes_a_name(self) -> None:
        self.rename("<script>alert(1)</script>")

        page = self.visitor(self.ada).get("/people/")

        self.assertNotContains(page, "<script>alert")
        self.assertContains(page, "&lt;script&gt;alert")

    def test_it_keeps_who_writes_titles(self) -> None:
        client = self.visitor(self.alice)
        client.post("/account/", {"name": "A", "titles": "always"})
        client.post("/account/", {"name": "B"})
        refused = client.post("/account/", {"name": "C", "titles": "sometimes"})

        self.alice.refresh_from_db()
        self.assertEqual((self.alice.name, self.alice.titles), ("B", "always"))
        self.assertContains(refused, "sometimes is not one of the available choices")

    def test_it_changes_nothing_else(self) -> None:
        client = self.visitor(self.alice)

        client.post("/account/", {"name": "A", "username": "root", "is_staff": "on"})

        alice = User.objects.get(pk=self.alice.pk)
        self.assertEqual((alice.name, alice.username, alice.is_staff), ("A", "alice", False))


class PasswordTest(AccountsCase):
    def change(self, current: str, password: str) -> int:
        fields = {"current": current, "password": password}
        return self.visitor(self.alice).post("/account/password/", fields).status_code

    def has_password(self, password: str) -> bool:
        return User.objects.get(pk=self.alice.pk).check_password(password)

    def test_it_changes_the_password(self) -> None:
        status = self.change(PASSWORD, OTHER_PASSWORD)

        self.assertEqual(status, 302)
        self.assertTrue(self.has_password(OTHER_PASSWORD))

    def test_it_asks_for_the_current_one(self) -> None:
        for current in ("", "wrong password", PASSWORD.upper(), PASSWORD + " "):
            with self.subTest(current):
                self.assertEqual(self.change(current, OTHER_PASSWORD), 200)
        self.assertTrue(self.has_password(PASSWORD))

    def test_it_explains_the_rules_before_the_error(self) -> None:
        page = self.visitor(self.alice).get("/account/password/")

        self.assertContains(page, "At least 10 characters")
        self.assertContains(page, 'aria-describedby="id_password_helptext"')

    def test_it_refuses_weak_ones(self) -> None:
        weak = ("short one", "1234567890", "password123", "AliceAster", "alice aster")
        for password in weak:
            with self.subTest(password):
                self.assertEqual(self.change(PASSWORD, password), 200)
        self.assertTrue(self.has_password(PASSWORD))

    def test_ten_characters_are_enough(self) -> None:
        self.assertEqual(self.change(PASSWORD, "xq7 vbn2ü!"), 302)

    def test_it_refuses_what_would_keep_the_hasher_busy(self) -> None:
        self.assertEqual(self.change(PASSWORD, "x7" * 257), 200)
        self.assertEqual(self.change(PASSWORD, "heron " * 80), 302)

    def test_it_refuses_what_cannot_be_hashed(self) -> None:
        self.assertEqual(self.change(PASSWORD, "null\x00byte in here"), 200)

    def test_reset_links_made_before_stop_working(self) -> None:
        _, token = Link.make_reset(self.alice)

        self.change(PASSWORD, OTHER_PASSWORD)

        self.assertEqual(self.visitor().get(f"/reset/{token}/").status_code, 404)
