"""Guessing is slow: by user name, by address, in any process, whatever a header claims."""

from __future__ import annotations

from datetime import timedelta

from django.test import override_settings
from django.utils import timezone

from chat.models import Attempt, TooManyAttempts, User
from chat.models.attempt import network
from tests.accounts.case import OTHER_PASSWORD, PASSWORD, AccountsCase

USER, ADDRESS = Attempt.Kind.USER, Attempt.Kind.ADDRESS


class SignInThrottleTest(AccountsCase):
    def fail(self, times: int, username: str = "alice", **extra: str) -> list[int]:  # type: ignore[override]
        client = self.visitor()
        return [
            self.sign_in(client, username, OTHER_PASSWORD, **extra).status_code
            for _ in range(times)
        ]

    def test_it_allows_five_tries_a_minute_for_a_name(self) -> None:
        statuses = self.fail(7)

        self.assertEqual(statuses, [200] * 5 + [429] * 2)

    def test_it_refuses_the_right_password_as_well(self) -> None:
        self.fail(5)

        response = self.sign_in(self.visitor(), "alice")

        self.assertEqual(response.status_code, 429)

    def test_it_says_when_to_try_again(self) -> None:
        self.fail(5)

        response = self.sign_in(self.visitor(), "alice")

        seconds = int(response.headers["Retry-After"])
        self.assertIn(seconds, range(50, 61))
        self.assertContains(response, f"try again in {seconds} seconds", status_code=429)

    def test_it_lets_in_again_after_a_minute(self) -> None:
        self.fail(6)
        Attempt.objects.update(at=timezone.now() - timedelta(seconds=61))

        response = self.sign_in(self.visitor(), "alice")

        self.assertEqual(response.status_code, 302)

    def test_it_does_not_put_the_end_off_while_somebody_tries_on(self) -> None:
        self.fail(5)
        Attempt.objects.update(at=timezone.now() - timedelta(seconds=40))
        self.fail(5)

        seconds = int(self.sign_in(self.visitor(), "alice").headers["Retry-After"])

        self.assertLessEqual(seconds, 20)

    def test_it_counts_every_spelling_of_a_name_as_one(self) -> None:
        statuses = [
            self.sign_in(self.visitor(), name, OTHER_PASSWORD).status_code
            for name in ("alice", "Alice", "ALICE", " alice", "ａｌｉｃｅ", "aLICE")
        ]

        self.assertEqual(statuses, [200] * 5 + [429])

    def test_it_counts_names_that_nobody_has(self) -> None:
        self.assertEqual(self.fail(6, "nobody"), [200] * 5 + [429])

    def test_it_leaves_other_names_alone(self) -> None:
        self.fail(5)

        self.assertEqual(self.sign_in(self.visitor(), "bob").status_code, 302)

    def test_success_clears_the_name(self) -> None:
        self.fail(4)
        self.sign_in(self.visitor(), "alice")

        self.assertEqual(self.fail(5), [200] * 5)

    def test_it_allows_twenty_tries_a_minute_from_an_address(self) -> None:
        statuses = [self.fail(1, f"name{number}")[0] for number in range(21)]

        self.assertEqual(statuses, [200] * 20 + [429])

    def test_success_does_not_clear_the_address(self) -> None:
        for number in range(19):
            self.fail(1, f"name{number}")

        inside = self.sign_in(self.visitor(), "alice")
        after = self.fail(1, "another")

        self.assertEqual((inside.status_code, after), (302, [429]))

    def test_it_counts_what_is_not_even_a_name(self) -> None:
        statuses = self.fail(21, "x" * 10_000)

        self.assertEqual(statuses[20], 429)

    def test_it_believes_no_forged_address(self) -> None:
        statuses = [
            self.fail(1, f"name{number}", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")[0]
            for number in range(21)
        ]

        self.assertEqual(statuses[20], 429)

    @override_settings(TRUSTED_PROXIES=1)
    def test_it_believes_the_address_that_a_proxy_of_ours_wrote(self) -> None:
        statuses = [
            self.fail(1, f"name{number}", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")[0]
            for number in range(21)
        ]
        forged = [
            self.fail(1, f"other{number}", HTTP_X_FORWARDED_FOR=f"192.0.2.{number}, 203.0.113.99")[
                0
            ]
            for number in range(21)
        ]

        self.assertEqual(statuses, [200] * 21)
        self.assertEqual(forged, [200] * 20 + [429])

    def test_the_current_password_cannot_be_guessed_either(self) -> None:
        client = self.visitor(self.alice)
        fields = {"current": "not it at all", "password": OTHER_PASSWORD}

        statuses = [client.post("/account/password/", fields).status_code for _ in range(6)]

        self.assertEqual(statuses, [200] * 5 + [429])
        fields["current"] = PASSWORD
        self.assertEqual(client.post("/account/password/", fields).status_code, 429)
        self.assertTrue(User.objects.get(pk=self.alice.pk).check_password(PASSWORD))


class AttemptTest(AccountsCase):
    def test_it_keeps_neither_names_nor_addresses(self) -> None:
        self.sign_in(self.visitor(), "alice", OTHER_PASSWORD)

        kept = "".join(Attempt.objects.values_list("who", flat=True))

        self.assertEqual(len(kept), 2 * 64)
        self.assertNotIn("alice", kept)

    def test_it_forgets_what_is_older_than_a_minute(self) -> None:
        for number in range(3):
            Attempt.make(USER, str(number), limit=1)
        Attempt.objects.update(at=timezone.now() - timedelta(minutes=2))

        Attempt.make(USER, "now", limit=1)

        self.assertEqual(Attempt.objects.count(), 1)

    def test_a_clock_that_was_set_back_locks_nobody_out(self) -> None:
        Attempt.make(USER, "alice", limit=1)
        Attempt.objects.update(at=timezone.now() + timedelta(hours=1))

        Attempt.make(USER, "alice", limit=1)

        self.assertEqual(Attempt.objects.count(), 1)

    def test_it_never_asks_for_more_than_a_minute(self) -> None:
        Attempt.make(USER, "alice", limit=1)
        Attempt.objects.update(at=timezone.now() + timedelta(seconds=50))

        with self.assertRaises(TooManyAttempts) as refused:
            Attempt.make(USER, "alice", limit=1)

        self.assertEqual(refused.exception.seconds, 60)

    def test_a_name_and_an_address_of_the_same_letters_are_two(self) -> None:
        Attempt.make(USER, "192.0.2.1", limit=1)

        Attempt.make(ADDRESS, "192.0.2.1", limit=1)

        self.assertEqual(Attempt.objects.count(), 2)

    def test_a_household_is_one_address(self) -> None:
        self.assertEqual(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"))
        self.assertNotEqual(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"))
        self.assertNotEqual(network("192.0.2.1"), network("192.0.2.2"))
