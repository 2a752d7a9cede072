"""The address guard."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import ip_address
from typing import Any
from unittest import IsolatedAsyncioTestCase, TestCase
from unittest.mock import patch

from chat.llm import network
from chat.llm.client import Client
from chat.llm.errors import AddressForbidden, ModelError
from chat.llm.types import Endpoint
from tests.llm.calling import QUICK, ask, opened, read
from tests.provider import Provider

PUBLIC = ("8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8")
FORBIDDEN = (
    "127.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "192.88.99.1",
    "198.18.0.1",
    "::1",
    "::",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "2002:7f00:1::",
    "2001:0:1::1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fec0::1",
    "ff0e::1",
    "2001:db8::1",
)


class AddressTests(TestCase):
    def test_it_lets_global_addresses_pass(self) -> None:
        for address in PUBLIC:
            self.assertTrue(network.is_public(ip_address(address)), address)

    def test_it_refuses_every_other(self) -> None:
        for address in FORBIDDEN:
            self.assertFalse(network.is_public(ip_address(address)), address)

    def test_it_refuses_urls_that_no_person_needs(self) -> None:
        for url in (
            "ftp://example.com/",
            "file:///etc/passwd",
            "https://user:pass@example.com/",
            "https://example.com:22/",
            "https://example.com:99999999/",
            "https:///path",
            "http://127.0.0.1/",
            "http://[::1]/",
            "http://[::ffff:169.254.169.254]/",
            "//example.com/",
        ):
            with self.subTest(url=url), self.assertRaises(AddressForbidden):
                network.check_url(url)

    def test_it_tells_everyone_the_same(self) -> None:
        messages = set()
        for url in ("http://127.0.0.1/", "https://example.com:22/", "ftp://example.com/"):
            try:
                network.check_url(url)
            except AddressForbidden as error:
                messages.add(error.message)
        self.assertEqual(len(messages), 1)


def answering(*addresses: str) -> Any:
    """A name service that knows these addresses for every name."""

    async def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        family = {4: socket.AF_INET, 6: socket.AF_INET6}
        return [
            (family[ip_address(a).version], socket.SOCK_STREAM, 6, "", (a, port)) for a in addresses
        ]

    return patch.object(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)


class GuardTests(IsolatedAsyncioTestCase):
    async def test_it_refuses_a_name_if_any_of_its_addresses_is_private(self) -> None:
        with answering("8.8.8.8", "127.0.0.1"), self.assertRaises(AddressForbidden):
            await network.resolve_public("example.com", 443)

    async def test_it_gives_exactly_the_addresses_that_it_checked(self) -> None:
        with answering("8.8.8.8", "8.8.4.4"):
            addresses = await network.resolve_public("example.com", 443)

        self.assertEqual([str(address) for address in addresses], ["8.8.8.8", "8.8.4.4"])

    async def test_the_client_never_touches_a_private_address(self) -> None:
        """A canary listens; names and literals in every spelling lead to it."""
        async with Provider() as canary:
            client = Client(deadlines=QUICK)
            for host in (
                "127.0.0.1",
                "localhost",
                "[::1]",
                "[::ffff:127.0.0.1]",
                "2130706433",
                "0x7f000001",
                "127.1",
                "0",
                "127.0.0.1.",
            ):
                with self.subTest(host=host), patch.object(network, "_PORTS", (None, canary.port)):
                    endpoint = Endpoint("evil", "Evil", f"http://{host}:{canary.port}/v1")
                    _, error = await read(client.stream(endpoint, ask()))
                    self.assertIsInstance(error, ModelError)
                    self.assertNotIn("canary", repr(error))
            await client.aclose()

        self.assertEqual(canary.connections, 0)

    async def test_the_client_checks_the_address_that_it_connects_to(self) -> None:
        """A name that means something public at first and the canary a moment later."""
        async with Provider() as canary:
            client = Client(deadlines=QUICK)
            endpoint = Endpoint("evil", "Evil", f"http://rebinding.example:{canary.port}/v1")
            with patch.object(network, "_PORTS", (None, canary.port)), answering("127.0.0.1"):
                _, error = await read(client.stream(endpoint, ask()))
            await client.aclose()

        self.assertIsInstance(error, AddressForbidden)
        self.assertEqual(canary.connections, 0)

    async def test_it_follows_an_administrator_to_a_private_address(self) -> None:
        async with opened() as (provider, client):
            said, error = await read(client.stream(provider.endpoint(), ask()))

        self.assertIsNone(error)
        self.assertEqual(said.text, "Hello")

    async def test_it_obeys_no_proxy_of_the_environment(self) -> None:
        async with Provider() as canary, opened() as (provider, client):
            proxy = f"http://127.0.0.1:{canary.port}"
            with patch.dict("os.environ", {"HTTP_PROXY": proxy, "ALL_PROXY": proxy}):
                _, error = await read(client.stream(provider.endpoint(), ask()))

        self.assertIsNone(error)
        self.assertEqual(canary.connections, 0)
