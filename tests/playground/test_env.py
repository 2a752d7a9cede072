"""The environment: every variable has a type, and nonsense stops the start with its name."""

from __future__ import annotations

import os
import tempfile
import threading
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

from django.core.exceptions import ImproperlyConfigured

from chat.llm.providers import Provider
from playground import env


class Environment(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def set(self, value: str, name: str = "THING") -> None:
        patch = mock.patch.dict(os.environ, {name: value})
        patch.start()
        self.addCleanup(patch.stop)

    def assert_refused(self, sentence: str) -> Any:
        return self.assertRaisesRegex(ImproperlyConfigured, sentence)


class TextTests(Environment):
    def test_a_file_may_hold_the_value(self) -> None:
        path = self.folder / "thing"
        path.write_text("from the file\n")
        self.set(str(path), "THING_FILE")

        self.assertEqual(env.text("THING"), "from the file")

    def test_the_variable_comes_before_the_file(self) -> None:
        self.set("/nowhere", "THING_FILE")
        self.set("itself")

        self.assertEqual(env.text("THING"), "itself")

    def test_a_file_that_cannot_be_read_is_named(self) -> None:
        self.set("/nowhere/thing", "THING_FILE")

        with self.assert_refused("THING_FILE: /nowhere/thing cannot be read"):
            env.text("THING")


class ValueTests(Environment):
    def test_flags_have_words(self) -> None:
        for word, expected in (("on", True), ("YES", True), ("0", False), ("off", False)):
            with self.subTest(word=word):
                self.set(word)
                self.assertIs(env.flag("THING", default=not expected), expected)

    def test_any_other_word_is_refused(self) -> None:
        self.set("maybe")

        with self.assert_refused("THING is on or off, not 'maybe'"):
            env.flag("THING", default=False)

    def test_a_switch_may_stand_for_something_else(self) -> None:
        for word, expected in (("ON", "on"), ("no", "off"), ("a/File.gguf", "a/File.gguf")):
            with self.subTest(word=word):
                self.set(word)
                self.assertEqual(env.switch("THING", default="on"), expected)

    def test_a_choice_is_one_of_few(self) -> None:
        self.set("info")
        self.assertEqual(env.choice("THING", ("INFO", "ERROR"), default="ERROR"), "INFO")
        self.set("loud")

        with self.assert_refused("THING is one of INFO, ERROR, not 'LOUD'"):
            env.choice("THING", ("INFO", "ERROR"), default="ERROR")

    def test_numbers_have_a_range(self) -> None:
        for value in ("0", "65536", "-1", "80.5", "http"):
            with self.subTest(value=value):
                self.set(value)
                with self.assert_refused("THING is "):
                    env.number("THING", 80, minimum=1, maximum=65535)

    def test_an_empty_variable_is_an_unset_one(self) -> None:
        self.set("")

        self.assertEqual(env.number("THING", 80), 80)
        self.assertTrue(env.flag("THING", default=True))


class OriginTests(Environment):
    def test_origins_have_one_spelling(self) -> None:
        for value, expected in (
            ("https://chat.example.org/", "https://chat.example.org"),
            ("https://Chat.Example.org:443", "https://chat.example.org"),
            ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
            ("http://[::1]:8000", "http://[::1]:8000"),
        ):
            with self.subTest(value=value):
                self.set(value)
                self.assertEqual(env.origin("THING", ""), expected)

    def test_several_are_apart_by_commas_or_blanks(self) -> None:
        self.set("https://a.example/, http://b.example:8080")

        self.assertEqual(env.origins("THING"), ["https://a.example", "http://b.example:8080"])

    def test_none_is_a_list_of_none_and_a_star_is_no_origin(self) -> None:
        self.set("")
        self.assertEqual(env.origins("THING"), [])

        self.set("*")
        with self.assertRaises(ImproperlyConfigured):
            env.origins("THING")

    def test_anything_else_is_refused(self) -> None:
        for value in (
            "chat.example.org",
            "ftp://chat.example.org",
            "https://chat.example.org/path",
            "https://user@chat.example.org",
            "https://:secret@chat.example.org",
            "https://chat.example.org:99999999",
            "https://chat example.org",
            "https://пример.example",
            "https://",
            "https://chat.example.org?x",
        ):
            with self.subTest(value=value):
                self.set(value)
                with self.assert_refused("THING"):
                    env.origin("THING", "")


class SecretTests(Environment):
    def test_it_is_made_once_and_kept(self) -> None:
        path = self.folder / "secret"

        first = env.secret("THING", path)

        self.assertGreaterEqual(len(first), 50)
        self.assertEqual(env.secret("THING", path), first)
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)

    def test_two_that_start_together_agree(self) -> None:
        path = self.folder / "secret"
        found: list[str] = []
        threads = [
            threading.Thread(target=lambda: found.append(env.secret("THING", path)))
            for _ in range(8)
        ]

        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        self.assertEqual(len(found), 8)
        self.assertEqual(len(set(found)), 1)

    def test_a_short_one_is_refused(self) -> None:
        self.set("changeme")

        with self.assert_refused("THING has fewer than 32 characters"):
            env.secret("THING", self.folder / "secret")


class DatabaseTests(Environment):
    def test_nothing_named_is_a_file(self) -> None:
        database = env.database("THING", self.folder / "file.sqlite3")

        self.assertEqual(database["ENGINE"], "django.db.backends.sqlite3")
        self.assertEqual(database["OPTIONS"]["transaction_mode"], "IMMEDIATE")

    def test_postgresql_is_an_address(self) -> None:
        self.set("postgres://me:p%40ss@db.example.org:5433/chat?sslmode=require")

        database = env.database("THING", self.folder / "unused")

        self.assertEqual(database["ENGINE"], "django.db.backends.postgresql")
        self.assertEqual(database["PASSWORD"], "p@ss")
        self.assertEqual((database["HOST"], database["PORT"]), ("db.example.org", "5433"))
        self.assertEqual(database["OPTIONS"]["sslmode"], "require")

    def test_other_databases_are_refused_without_their_password(self) -> None:
        self.set("mysql://me:secret@db/chat")

        with self.assert_refused("THING begins with postgres:// or sqlite://") as caught:
            env.database("THING", self.folder / "unused")

        self.assertNotIn("secret", str(caught.exception))


class KeysTests(Environment):
    def test_several_master_keys_are_apart_by_commas_blanks_or_lines(self) -> None:
        first, second, third = "a" * 32, "b" * 32, "c" * 40
        self.set(f"{first}, {second}\n{third}")

        self.assertEqual(env.keys("THING", self.folder / "key"), [first, second, third])

    def test_the_first_start_makes_one_that_only_its_owner_can_read(self) -> None:
        path = self.folder / "key"

        made = env.keys("THING", path)

        self.assertEqual(env.keys("THING", path), made)
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)

    def test_a_short_one_among_them_is_refused(self) -> None:
        self.set("a" * 40 + ",short")

        with self.assert_refused("fewer than 32") as caught:
            env.keys("THING", self.folder / "key")
        self.assertNotIn("short", str(caught.exception).replace("shorter", ""))


class ProviderTests(Environment):
    ROW = Provider(
        "lab",
        "The lab",
        "",
        key_variable="LAB_KEY",
        other_key_variable="LAB_TOKEN",
        base_url_variable="LAB_URL",
        base_url_path="/v9",
    )

    def test_without_a_key_there_is_no_endpoint(self) -> None:
        self.set("https://lab.test", "LAB_URL")

        self.assertEqual(env.providers([self.ROW]), {})

    def test_the_key_may_have_either_name(self) -> None:
        self.set("https://lab.test/", "LAB_URL")
        self.set("second", "LAB_TOKEN")
        expected = {"lab": {"api_key": "second", "base_url": "https://lab.test/v9"}}
        self.assertEqual(env.providers([self.ROW]), expected)

        self.set("first", "LAB_KEY")
        self.assertEqual(env.providers([self.ROW])["lab"]["api_key"], "first")

    def test_an_address_with_a_path_stays_as_it_is(self) -> None:
        self.set("https://lab.test/own/v1", "LAB_URL")
        self.set("key", "LAB_KEY")

        found = env.providers([self.ROW])

        self.assertEqual(found["lab"]["base_url"], "https://lab.test/own/v1")

    def test_a_key_without_the_address_that_it_needs_is_refused(self) -> None:
        self.set("key", "LAB_KEY")

        with self.assert_refused("LAB_KEY needs LAB_URL"):
            env.providers([self.ROW])
