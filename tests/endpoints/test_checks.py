"""*Test*: what an endpoint says is told in one sentence, and a bad one does no harm."""

from __future__ import annotations

from unittest import mock

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse

from chat.llm.exchange import Deadlines
from chat.models import Attempt, Endpoint
from tests.endpoints.case import KEY, EndpointsCase, provider
from tests.script import Body, Hang, Head, Step, answer, failure

LIST = {"data": [{"id": "parrot"}, {"id": "heron"}]}


class Checks(EndpointsCase):
    def check(self, row: Endpoint) -> HttpResponse:
        address = reverse("endpoints:check", args=[row.pk])
        return self.visitor(self.ada).post(address, follow=True)

    def told(self, *steps: Step) -> HttpResponse:
        """The page after an endpoint answered so."""
        with provider() as double:
            double.always(*steps)
            row = self.add(base_url=double.base_url, is_private_allowed=True, model_ids=[])
            return self.check(row)

    def test_it_counts_the_models_that_it_found(self) -> None:
        page = self.told(*answer(LIST))

        self.assertContains(page, "2 models")
        self.assertContains(page, "tested just now")
        self.assertContains(page, "Answers")

    def test_saving_tests_as_well(self) -> None:
        with provider() as double:
            double.always(*answer(LIST))
            page = self.create(
                self.visitor(self.ada), base_url=double.base_url, is_private_allowed="on"
            )
            sent = double.requests[-1].headers["authorization"]

        self.assertContains(page, "The lab is saved.")
        self.assertContains(page, "2 models")
        self.assertEqual(sent, f"Bearer {KEY}")

    def test_a_wrong_key_is_told(self) -> None:
        page = self.told(*failure(401, f"Incorrect API key provided: {KEY}"))

        self.assertContains(page, "The provider did not accept the endpoint&#x27;s key.")
        self.assertNotContains(page, KEY)

    def test_a_login_page_is_told(self) -> None:
        html = Body(b"<!doctype html><title>Sign in</title><script>alert(1)</script>")

        page = self.told(Head(200, {}, "text/html", is_chunked=False), html)

        self.assertContains(page, "A web page came instead of an answer.")
        self.assertNotContains(page, "alert(1)")

    def test_a_redirect_is_told_and_not_followed(self) -> None:
        with provider() as double, provider() as canary:
            to = {"Location": f"{canary.base_url}/models"}
            double.always(Head(302, to, "text/plain", is_chunked=False), Body(b""))
            page = self.check(
                self.add(base_url=double.base_url, is_private_allowed=True, model_ids=[])
            )
            followed = canary.connections

        self.assertContains(page, "The address leads elsewhere.")
        self.assertEqual(followed, 0)

    def test_a_private_address_is_not_even_connected_to(self) -> None:
        with provider() as canary:
            row = self.add(base_url=canary.base_url, model_ids=[])
            page = self.check(row)
            name = self.add(base_url=f"http://localhost:{canary.port}/v1", model_ids=[])
            self.check(name)
            connections = canary.connections

        self.assertContains(page, "This address may not be reached from here.")
        self.assertEqual(connections, 0)

    def test_an_empty_list_and_a_foreign_object_are_told(self) -> None:
        for payload in ({"data": []}, {"hello": "world"}, []):
            with self.subTest(payload):
                page = self.told(*answer(payload))

                self.assertContains(page, "It answers, but names no models.")

    def test_one_that_keeps_no_list_is_fine_where_its_models_are_named(self) -> None:
        with provider() as double:
            double.always(*failure(404))
            row = self.add(base_url=double.base_url, is_private_allowed=True)
            page = self.check(row)

        self.assertContains(page, "1 model named by hand")
        self.assertContains(page, "Answers")

    def test_it_waits_for_nobody_longer_than_said(self) -> None:
        limits = Deadlines(connect=0.2, first_byte=0.2, total=0.2)

        with mock.patch("chat.discovery.DEADLINES", limits):
            page = self.told(Hang())

        self.assertContains(page, "The provider took too long to answer.")

    def test_all_are_tested_at_once(self) -> None:
        with provider() as double:
            double.always(*answer(LIST))
            for label in ("One", "Two"):
                self.add(
                    label=label, base_url=double.base_url, is_private_allowed=True, model_ids=[]
                )
            page = self.visitor(self.ada).post("/settings/endpoints/checks/", follow=True)

        self.assertContains(page, "tested just now", count=2)

    def test_a_flood_of_tests_is_told_to_wait(self) -> None:
        row = self.add(base_url="https://127.0.0.1:9/v1", is_private_allowed=True)
        client = self.visitor(self.ada)
        address = reverse("endpoints:check", args=[row.pk])
        for _ in range(settings.LIMITS.endpoint_checks_per_minute):
            Attempt.make(Attempt.Kind.CHECK, "ada", limit=100)

        response = client.post(address)

        self.assertEqual(response.status_code, 429)
        self.assertIn("Retry-After", response.headers)
