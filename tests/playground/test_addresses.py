"""Whom a limit is counted against: never whoever the client says it is."""

from __future__ import annotations

from django.test import RequestFactory, SimpleTestCase, override_settings

from playground.addresses import client_address

FORGED = "203.0.113.9, 198.51.100.7"


def asked_from(peer: str, forwarded: str | None = None) -> str:
    headers = {"X-Forwarded-For": forwarded} if forwarded is not None else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer)
    from_request = client_address(request)
    scope = {
        "type": "websocket",
        "client": [peer, 4321],
        "headers": [(b"x-forwarded-for", forwarded.encode("latin-1"))] if forwarded else [],
    }
    assert client_address(scope) == from_request
    return from_request


class WithoutProxyTests(SimpleTestCase):
    def test_the_peer_is_the_client(self) -> None:
        self.assertEqual(asked_from("192.0.2.4"), "192.0.2.4")

    def test_a_forged_header_changes_nothing(self) -> None:
        self.assertEqual(asked_from("192.0.2.4", FORGED), "192.0.2.4")

    def test_one_address_has_one_spelling(self) -> None:
        self.assertEqual(asked_from("::ffff:192.0.2.4"), "192.0.2.4")
        self.assertEqual(asked_from("2001:DB8:0:0::1"), "2001:db8::1")

    def test_a_peer_without_an_address_has_a_name_all_the_same(self) -> None:
        self.assertEqual(client_address({"client": None, "headers": []}), "0.0.0.0")


@override_settings(TRUSTED_PROXIES=1)
class BehindOneProxyTests(SimpleTestCase):
    def test_the_entry_that_the_proxy_wrote_is_the_client(self) -> None:
        self.assertEqual(asked_from("10.0.0.1", "198.51.100.7"), "198.51.100.7")

    def test_what_the_client_wrote_before_it_does_not_count(self) -> None:
        self.assertEqual(asked_from("10.0.0.1", FORGED), "198.51.100.7")

    def test_no_header_means_no_proxy(self) -> None:
        self.assertEqual(asked_from("10.0.0.1"), "10.0.0.1")

    def test_garbage_is_not_an_address(self) -> None:
        self.assertEqual(asked_from("10.0.0.1", "203.0.113.9, <script>"), "10.0.0.1")

    def test_ports_and_brackets_are_left_out(self) -> None:
        self.assertEqual(asked_from("10.0.0.1", "198.51.100.7:5555"), "198.51.100.7")
        self.assertEqual(asked_from("10.0.0.1", "[2001:db8::1]:5555"), "2001:db8::1")


@override_settings(TRUSTED_PROXIES=2)
class BehindTwoProxiesTests(SimpleTestCase):
    def test_the_outermost_of_ours_saw_the_client(self) -> None:
        self.assertEqual(
            asked_from("10.0.0.1", "203.0.113.9, 198.51.100.7, 10.0.0.2"), "198.51.100.7"
        )

    def test_a_visit_past_one_of_them_is_not_believed(self) -> None:
        self.assertEqual(asked_from("10.0.0.1", "203.0.113.9"), "10.0.0.1")
