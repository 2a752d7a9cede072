"""What /api/openapi.json says is what there is; and the documentation can be read as a page."""

from __future__ import annotations

import json
import re
from typing import Any

from django.conf import settings
from django.test import Client, TestCase
from django.urls import URLPattern
from jsonschema_rs import validator_for

from chat.api.description import description
from chat.api.urls import urlpatterns
from chat.views import docs
from tests.api.program import Program
from tests.api.stage import ApiCase, completion, contents, message
from tests.script import stream

UNDESCRIBED = {"openapi.json", "api/hello", "v1beta/<path:name>", "<path:rest>"}
# One pattern stands for a model and its three methods.
METHODS = r":(generateContent|streamGenerateContent|countTokens)$"


def described() -> set[tuple[str, str]]:
    return {
        (re.sub(r"\{\w+\}", "*", re.sub(METHODS, "", path)), method.upper())
        for path, operations in description()["paths"].items()
        for method in operations
    }


class DescriptionTests(TestCase):
    def test_it_names_every_address_and_no_other(self) -> None:
        patterns = {str(p.pattern) for p in urlpatterns if isinstance(p, URLPattern)}
        there = {"/" + re.sub(r"<\w+:\w+>", "*", path) for path in patterns - UNDESCRIBED}

        self.assertEqual({path for path, _ in described()}, there)

    def test_every_reference_leads_somewhere(self) -> None:
        text = json.dumps(description())
        names = set(re.findall(r'"#/components/schemas/(\w+)"', text))

        self.assertEqual(names - set(description()["components"]["schemas"]), set())


class AnsweringTests(ApiCase):
    async def test_it_needs_no_key(self) -> None:
        reply = await Program().get("/api/openapi.json")

        self.assertEqual(reply.status, 200)
        self.assertEqual(reply.json["servers"], [{"url": f"{settings.SITE_URL}/api"}])

    async def test_answers_are_as_described(self) -> None:
        google = "/v1beta/models/{model}:generateContent"
        asked: list[tuple[str, str, Any]] = [
            ("/v1/chat/completions", "/v1/chat/completions", completion()),
            ("/v1/messages", "/v1/messages", message()),
            (google, google.replace("{model}", "double/parrot"), contents()),
        ]
        async with self.stage() as provider:
            provider.always(*stream("Hello"))
            for template, path, body in asked:
                reply = await self.program.post(f"/api{path}", body)
                operation = description()["paths"][template]["post"]
                schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
                components = description()["components"]
                validator_for({**schema, "components": components}).validate(reply.json)


class PageTests(TestCase):
    def test_the_page_has_this_servers_addresses(self) -> None:
        with self.settings(SITE_URL="https://playground.example.org"):
            docs._content.cache_clear()
            page = Client().get("/docs/api/")
            docs._content.cache_clear()

        self.assertContains(page, "https://playground.example.org/api/v1")
        self.assertNotContains(page, "127.0.0.1:8000")
        self.assertContains(page, "<table>")
