"""Providers' keys in the database: encrypted, bound to their row, movable to a new master key."""

from __future__ import annotations

from io import StringIO

from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import override_settings

from chat import endpoints, secrets
from chat.models import Endpoint
from tests.endpoints.case import KEY, EndpointsCase

OLD, NEW = "o" * 40, "n" * 40


class KeysAtRest(EndpointsCase):
    def stored(self, row: Endpoint) -> Endpoint:
        return Endpoint.objects.get(pk=row.pk)

    def test_the_database_holds_no_key(self) -> None:
        self.add()

        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM chat_endpoint")
            dump = repr(cursor.fetchall())

        self.assertNotIn(KEY, dump)
        self.assertNotIn(KEY[:-4], dump)

    def test_a_key_comes_back_for_its_own_row(self) -> None:
        row = self.add()

        self.assertEqual(self.stored(row).to_llm().api_key, KEY)

    def test_a_ciphertext_is_noise_in_another_row(self) -> None:
        row, other = self.add(), self.add(key="sk-of-the-other-row")

        Endpoint.objects.filter(pk=other.pk).update(sealed_key=row.sealed_key)

        with self.assertRaises(secrets.Unreadable):
            self.stored(other).to_llm()

    def test_the_same_key_is_never_stored_alike(self) -> None:
        self.assertNotEqual(self.add().sealed_key, self.add().sealed_key)

    def test_during_rotation_old_and_new_keys_work(self) -> None:
        with override_settings(MASTER_KEYS=[OLD]):
            old = self.add(key="sk-under-the-old-one")
        with override_settings(MASTER_KEYS=[NEW, OLD]):
            new = self.add(key="sk-under-the-new-one")

            self.assertEqual(self.stored(old).to_llm().api_key, "sk-under-the-old-one")
            self.assertEqual(self.stored(new).to_llm().api_key, "sk-under-the-new-one")

    def test_after_rotation_the_old_master_key_is_not_needed(self) -> None:
        with override_settings(MASTER_KEYS=[OLD]):
            row = self.add()
        output = StringIO()

        with override_settings(MASTER_KEYS=[NEW, OLD]):
            call_command("rotate_keys", stdout=output)

        self.assertIn("1 of 1", output.getvalue())
        with override_settings(MASTER_KEYS=[NEW]):
            self.assertEqual(self.stored(row).to_llm().api_key, KEY)
        with override_settings(MASTER_KEYS=[OLD]), self.assertRaises(secrets.Unreadable):
            self.stored(row).to_llm()

    def test_rotation_names_what_it_could_not_open(self) -> None:
        with override_settings(MASTER_KEYS=[OLD]):
            self.add(label="Lost")
        self.add(label="Fine")

        with self.assertRaisesMessage(CommandError, "lost"):
            call_command("rotate_keys", stdout=StringIO())

    def test_an_endpoint_whose_key_is_lost_says_so_and_offers_nothing(self) -> None:
        with override_settings(MASTER_KEYS=[OLD]):
            self.add()

        page = self.visitor(self.ada).get("/settings/endpoints/")

        self.assertContains(page, "The stored key cannot be read any more")
        self.assertEqual(endpoints.models(), ())

    def test_an_own_endpoint_never_has_a_private_address(self) -> None:
        with self.assertRaises(IntegrityError), transaction.atomic():
            self.add(owner=self.alice, is_private_allowed=True)
