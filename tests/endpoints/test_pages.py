"""The page of everybody's endpoints: for administrators, and for nobody else."""

from __future__ import annotations

from uuid import uuid4

from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import reverse

from chat.models import Endpoint, RefusedParameter
from tests.endpoints.case import KEY, EndpointsCase

PAGES = ("index", "new", "checks")
ROW_PAGES = ("edit", "check", "position", "activation", "deactivation", "deletion")
READABLE = ("index", "new", "edit", "deletion")
NAME = "https://other.example.org/v1"


class Pages(EndpointsCase):
    def ask(self, client: Client, page: str, row: object, *, pages: str) -> HttpResponse:
        address = reverse(f"{pages}:{page}", args=[row] if page in ROW_PAGES else [])
        return client.get(address) if page in READABLE else client.post(address)

    def test_it_hides_from_strangers(self) -> None:
        row = self.add()
        for visitor in (self.visitor(), self.visitor(self.bob)):
            for page in (*PAGES, *ROW_PAGES):
                with self.subTest(page):
                    response = self.ask(visitor, page, row.pk, pages="endpoints")

                    self.assertEqual(response.status_code, 404)
        for visitor in (self.visitor(), self.visitor(self.bob)):
            address = reverse("endpoints:edit", args=[row.pk])
            self.assertEqual(visitor.post(address, self.typed(label="Mine")).status_code, 404)
        self.assertEqual(Endpoint.objects.get().label, "The lab")

    def test_what_is_not_there_and_what_is_somebodys_own_look_alike(self) -> None:
        own = self.add(owner=self.alice)
        client = self.visitor(self.ada)
        for pk in (uuid4(), own.pk):
            for page in ROW_PAGES:
                with self.subTest(page):
                    response = self.ask(client, page, pk, pages="endpoints")

                    self.assertEqual(response.status_code, 404)
        self.assertTrue(Endpoint.objects.filter(pk=own.pk).exists())

    def test_it_lists_what_the_environment_names_without_its_secrets(self) -> None:
        values = {"groq": {"api_key": KEY, "base_url": "https://ada:secret@api.groq.com/v1"}}

        with override_settings(PROVIDER_KEYS=values):
            page = self.visitor(self.ada).get("/settings/endpoints/")

        self.assertContains(page, "Groq")
        self.assertContains(page, "••••wxyz")
        self.assertNotContains(page, "secret")
        self.assertNotContains(page, KEY)

    def test_every_provider_of_the_table_can_be_picked(self) -> None:
        client = self.visitor(self.ada)
        page = client.get("/settings/endpoints/new/")

        for name, label in (("anthropic", "Anthropic"), ("ollama", "Ollama"), ("zai", "Z.ai")):
            self.assertContains(page, label)
            form = client.get(f"/settings/endpoints/new/?provider={name}")
            self.assertEqual(form.status_code, 200)
        for name in ("local", "nobody", ""):
            form = client.get("/settings/endpoints/new/", {"provider": name})
            self.assertEqual(form.status_code, 404)

    def test_the_address_and_the_dialect_come_with_the_provider(self) -> None:
        client = self.visitor(self.ada)
        page = client.get("/settings/endpoints/new/?provider=anthropic")
        self.assertContains(page, "https://api.anthropic.com/v1")

        client.post(
            "/settings/endpoints/new/?provider=anthropic",
            # Refused before anything is asked of the real one.
            {"label": "Claude", "base_url": "https://127.0.0.1/v1", "is_private_allowed": "on"},
        )

        row = Endpoint.objects.get()
        self.assertEqual((row.provider, row.dialect), ("anthropic", "anthropic"))
        self.assertEqual((row.label, row.name), ("Claude", "claude"))
        self.assertEqual(row.made_by, self.ada)

    def test_it_refuses_what_is_no_address(self) -> None:
        client = self.visitor(self.ada)
        for url in (
            *("", "lab", "ftp://lab.test/", "https://", "https://a b/", "https://x:99999999/"),
            *("https://me:pw@lab.test/", "https://lab.test/?key=sk-1", "https://lab.test/#x"),
            *("https://lab.test/?api-version=1&key=sk", "https://[::1", "javascript:alert(1)"),
            "https://x.test/" + "v" * 500,
        ):
            with self.subTest(url):
                self.assertContains(self.create(client, base_url=url), "errorlist")
        self.assertFalse(Endpoint.objects.exists())

    def test_a_refused_address_has_one_sentence_whatever_it_is(self) -> None:
        client = self.visitor(self.ada)
        for url in (
            *("https://127.0.0.1/v1", "https://10.0.0.5/v1", "https://[::1]/v1"),
            *("https://169.254.169.254/latest", "https://lab.example.org:8443/v1"),
            *("https://[::ffff:10.0.0.1]/v1", "https://0.0.0.0/v1"),
        ):
            with self.subTest(url):
                page = self.create(client, base_url=url)

                self.assertContains(page, "This address may not be reached from here.")
        self.assertFalse(Endpoint.objects.exists())

    def test_a_key_does_not_travel_in_the_clear(self) -> None:
        page = self.create(self.visitor(self.ada), base_url="http://lab.example.org/v1")

        self.assertContains(page, "Use https")
        self.assertFalse(Endpoint.objects.exists())

    def test_it_refuses_what_is_no_key(self) -> None:
        client = self.visitor(self.ada)
        for key in ("sk-é", "sk two", "sk\x00nul", "s" * 5000):
            with self.subTest(key):
                self.assertContains(self.create(client, key=key), "errorlist")

    def test_a_refused_form_does_not_show_the_key_again(self) -> None:
        page = self.create(self.visitor(self.ada), base_url="nonsense")

        self.assertNotContains(page, KEY)

    def test_an_empty_key_leaves_the_stored_one(self) -> None:
        row = self.add()
        address = reverse("endpoints:edit", args=[row.pk])

        self.visitor(self.ada).post(address, self.typed(label="Renamed", key="") | self.local())

        row.refresh_from_db()
        self.assertEqual((row.label, row.to_llm().api_key, row.name), ("Renamed", KEY, "the-lab"))

    def test_a_stored_key_can_be_forgotten(self) -> None:
        row = self.add()
        address = reverse("endpoints:edit", args=[row.pk])

        fields = self.typed(key="", is_key_forgotten="on") | self.local()
        self.visitor(self.ada).post(address, fields)

        row.refresh_from_db()
        self.assertEqual((row.sealed_key, row.key_hint), ("", ""))

    def local(self) -> dict[str, str]:
        """Same server, but nothing outside is asked."""
        Endpoint.objects.update(base_url="https://127.0.0.1:9/v1")
        return {"base_url": "https://127.0.0.1:9/v1", "is_private_allowed": "on"}

    def test_a_stored_key_does_not_follow_to_another_server(self) -> None:
        row = self.add()
        address = reverse("endpoints:edit", args=[row.pk])
        client = self.visitor(self.ada)
        for url in (NAME, "https://lab.example.org:444/v1", "http://lab.example.org/v1"):
            with self.subTest(url):
                fields = self.typed(base_url=url, key="", is_private_allowed="on")
                page = client.post(address, fields)

                self.assertContains(page, "This is another server now")
        row.refresh_from_db()
        self.assertEqual(row.base_url, "https://lab.example.org/v1")

    def test_another_server_has_refused_nothing_yet(self) -> None:
        row = self.add()
        RefusedParameter.remember(row.name, "parrot", "temperature")
        address = reverse("endpoints:edit", args=[row.pk])

        fields = self.typed(base_url="https://127.0.0.1:9/v1", is_private_allowed="on")
        self.visitor(self.ada).post(address, fields)

        self.assertFalse(RefusedParameter.objects.exists())

    def test_the_order_is_that_of_the_page(self) -> None:
        rows = [self.add(label=label) for label in ("One", "Two", "Three")]
        client = self.visitor(self.ada)

        def move(row: Endpoint, direction: str) -> list[str]:
            address = reverse("endpoints:position", args=[row.pk])
            client.post(address, {"direction": direction})
            return [row.label for row in Endpoint.shared()]

        self.assertEqual(move(rows[2], "up"), ["One", "Three", "Two"])
        self.assertEqual(move(rows[0], "up"), ["One", "Three", "Two"])
        self.assertEqual(move(rows[0], "down"), ["Three", "One", "Two"])
        self.assertEqual(move(rows[1], "down"), ["Three", "One", "Two"])

    def test_it_can_be_switched_off_and_on(self) -> None:
        row = self.add()
        client = self.visitor(self.ada)

        off = client.post(reverse("endpoints:deactivation", args=[row.pk]), follow=True)
        on = client.post(reverse("endpoints:activation", args=[row.pk]), follow=True)

        self.assertContains(off, "Switch The lab on")
        self.assertContains(on, "Switch The lab off")

    def test_it_is_deleted_only_after_a_question(self) -> None:
        row = self.add()
        client = self.visitor(self.ada)
        address = reverse("endpoints:deletion", args=[row.pk])

        self.assertContains(client.get(address), "Delete The lab?")
        self.assertTrue(Endpoint.objects.exists())
        client.post(address)
        self.assertFalse(Endpoint.objects.exists())

    def test_names_are_shown_as_text(self) -> None:
        self.add(label="<b>bold</b>", model_ids=["<i>"])

        page = self.visitor(self.ada).get("/settings/endpoints/")

        self.assertNotContains(page, "<b>bold")
        self.assertContains(page, "&lt;b&gt;bold")

    def test_too_many_models_and_odd_ids_are_refused(self) -> None:
        client = self.visitor(self.ada)
        for ids in ("\n".join(str(n) for n in range(501)), "x" * 256, "a\x07b"):
            self.assertContains(self.create(client, model_ids=ids), "errorlist")
