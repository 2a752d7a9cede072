"""A person's own keys: if an administrator allows them, for that person alone."""

from __future__ import annotations

from contextlib import AbstractContextManager
from ipaddress import ip_address
from unittest import mock
from uuid import uuid4

from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from chat.llm.providers import PROVIDERS
from chat.models import Endpoint
from tests.endpoints.case import KEY, EndpointsCase
from tests.endpoints.test_pages import PAGES, READABLE, ROW_PAGES

NEW = "/account/keys/new/?provider="


def every_name_leads_home() -> AbstractContextManager[object]:
    home = mock.AsyncMock(return_value=[ip_address("192.168.1.1")])
    return mock.patch("chat.llm.network.resolve", home)


class OwnKeys(EndpointsCase):
    def test_nobody_sees_the_page_unless_it_is_allowed(self) -> None:
        self.allow_own_keys(is_allowed=False)

        for user in (self.alice, self.ada, None):
            self.assertEqual(self.visitor(user).get("/account/keys/").status_code, 404)
        self.assertNotContains(self.visitor(self.alice).get("/account/"), "/account/keys/")

    def test_whoever_is_not_signed_in_is_asked_to(self) -> None:
        response = self.visitor().get("/account/keys/")

        self.assertRedirects(response, "/sign-in/?next=/account/keys/")

    def test_it_hides_from_strangers(self) -> None:
        row = self.add(owner=self.alice)
        shared = self.add()
        for user, pk in (
            (self.bob, row.pk),
            (self.ada, row.pk),
            (self.alice, shared.pk),
            (self.alice, uuid4()),
        ):
            client = self.visitor(user)
            for page in ROW_PAGES:
                with self.subTest(page, user=user):
                    address = reverse(f"keys:{page}", args=[pk])
                    response = client.get(address) if page in READABLE else client.post(address)

                    self.assertEqual(response.status_code, 404)
        self.assertNotContains(self.visitor(self.bob).get("/account/keys/"), "The lab")
        self.assertNotContains(self.visitor(self.ada).get("/settings/endpoints/"), row.name)
        self.assertEqual(Endpoint.objects.filter(is_enabled=True).count(), 2)
        self.assertEqual(len(PAGES), 3)

    def test_it_is_kept_for_its_owner(self) -> None:
        client = self.visitor(self.alice)

        page = self.save_with_a_name_that_leads_home(client)

        row = Endpoint.objects.get()
        self.assertEqual((row.owner, row.made_by), (self.alice, self.alice))
        self.assertTrue(row.name.startswith("own-"))
        self.assertContains(page, "••••wxyz")
        self.assertNotContains(page, KEY)

    def save_with_a_name_that_leads_home(self, client: Client) -> HttpResponse:
        """Good as far as can be told before the name is looked up."""
        fields = self.typed(base_url="https://home.example.org/v1")
        with every_name_leads_home():
            return client.post(f"{NEW}compatible", fields, follow=True)

    def test_a_name_that_leads_to_a_private_address_is_not_asked(self) -> None:
        page = self.save_with_a_name_that_leads_home(self.visitor(self.alice))

        self.assertContains(page, "This address may not be reached from here.")

    def test_a_private_address_is_refused_even_where_it_is_asked_for(self) -> None:
        client = self.visitor(self.alice)
        for url in ("http://127.0.0.1:8000/v1", "https://192.168.1.1/v1", "https://[fd00::1]/"):
            fields = self.typed(base_url=url, is_private_allowed="on")
            page = client.post(f"{NEW}compatible", fields)

            self.assertContains(page, "This address may not be reached from here.")
        self.assertFalse(Endpoint.objects.exists())

    def test_the_address_of_a_known_provider_is_not_theirs_to_choose(self) -> None:
        client = self.visitor(self.alice)
        row = self.add(owner=self.alice, provider="groq", base_url=PROVIDERS["groq"].base_url)

        page = client.get(f"{NEW}groq")
        address = reverse("keys:edit", args=[row.pk])
        fields = self.typed(base_url="https://evil.example.org/v1", label="Renamed", key="")
        with every_name_leads_home():
            client.post(address, fields)

        self.assertNotContains(page, 'name="base_url"')
        row.refresh_from_db()
        self.assertEqual((row.label, row.base_url), ("Renamed", PROVIDERS["groq"].base_url))

    def test_what_runs_on_the_own_network_is_not_offered(self) -> None:
        client = self.visitor(self.alice)

        self.assertNotContains(client.get("/account/keys/new/"), "Ollama")
        self.assertEqual(client.get(f"{NEW}ollama").status_code, 404)

    def test_a_key_is_needed(self) -> None:
        page = self.visitor(self.alice).post(f"{NEW}groq", {"label": "Groq", "key": ""})

        self.assertContains(page, "This field is required.")

    def test_there_is_an_end_to_them(self) -> None:
        for _ in range(settings.LIMITS.own_endpoints):
            self.add(owner=self.alice)

        response = self.visitor(self.alice).post(f"{NEW}compatible", self.typed())

        self.assertEqual(response.status_code, 409)
        self.assertEqual(Endpoint.objects.count(), settings.LIMITS.own_endpoints)

    def test_they_go_with_their_owner(self) -> None:
        self.add(owner=self.alice)

        self.alice.delete()

        self.assertFalse(Endpoint.objects.exists())
