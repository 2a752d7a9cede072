"""The door: keys, methods, bodies, origins, and what is not there."""

from __future__ import annotations

from datetime import timedelta

from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone

from chat import readiness
from chat.models import ApiCall, ApiKey
from tests.api.program import Program
from tests.api.stage import ApiCase, completion, contents, message
from tests.script import failure, stream

PATH = "/api/v1/chat/completions"
ELSEWHERE = "https://elsewhere.example"


class KeyTests(ApiCase):
    async def test_three_headers_are_taken(self) -> None:
        async with self.stage():
            for headers in (
                {"authorization": f"Bearer {self.secret}"},
                {"x-api-key": self.secret},
                {"x-goog-api-key": self.secret},
            ):
                reply = await Program(headers=headers).get("/api/v1beta/models")
                self.assertEqual(reply.status, 200, headers)

    async def test_without_a_key_that_works_nothing_is_said(self) -> None:
        wrong = ("", "nonsense", "pg-" + "a" * 43, self.secret[:-1], self.secret.swapcase())
        for secret in wrong:
            reply = await Program(secret).post(PATH, completion())
            self.assertEqual(reply.status, 401)
            self.assertEqual(reply.json["error"]["code"], "invalid_api_key")
            self.assertEqual(reply.headers["www-authenticate"], "Bearer")

    async def test_it_says_so_in_each_dialect(self) -> None:
        anthropic = await Program().post("/api/v1/messages", message())
        google = await Program().post("/api/v1beta/models/a:generateContent", contents())

        self.assertEqual((anthropic.status, google.status), (401, 401))
        self.assertEqual(anthropic.json["error"]["type"], "authentication_error")
        self.assertEqual(google.json["error"]["status"], "UNAUTHENTICATED")

    async def test_keys_that_are_over_open_nothing(self) -> None:
        past = timezone.now() - timedelta(seconds=1)
        expired = await self._key(expires_at=past)
        revoked = await self._key(revoked_at=past)
        self.charlie.is_active = False
        await self.charlie.asave()
        inactive = (await sync_to_async(ApiKey.make)(self.charlie, name="C"))[1]

        for secret in (expired, revoked, inactive):
            reply = await Program(secret).get("/api/v1/models")
            self.assertEqual(reply.status, 401)

    async def test_a_cookie_opens_nothing(self) -> None:
        client = Client()
        await sync_to_async(client.force_login)(self.alice)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value

        reply = await Program().get(
            "/api/v1/models", cookie=f"{settings.SESSION_COOKIE_NAME}={cookie}"
        )

        self.assertEqual(reply.status, 401)
        self.assertNotIn("set-cookie", reply.headers)

    async def test_a_key_in_the_address_counts_only_where_that_is_switched_on(self) -> None:
        path = f"/api/v1beta/models?key={self.secret}"
        async with self.stage():
            refused = await Program().get(path)
            with override_settings(API_KEY_IN_ADDRESS=True):
                taken = await Program().get(path)

        self.assertEqual((refused.status, taken.status), (401, 200))

    async def test_the_last_use_is_noted(self) -> None:
        async with self.stage():
            await self.program.get("/api/v1/models")

        await self.key.arefresh_from_db()
        self.assertIsNotNone(self.key.last_used_at)

    async def _key(self, **fields: object) -> str:
        return (await sync_to_async(ApiKey.make)(self.alice, name="K", **fields))[1]


class RequestTests(ApiCase):
    async def test_another_method_is_told_which_one_would_do(self) -> None:
        for method in ("GET", "PUT", "DELETE"):
            reply = await self.program.ask(method, PATH)
            self.assertEqual(reply.status, 405)
            self.assertIn("POST", reply.headers["allow"])
            self.assertIn("error", reply.json)

    async def test_a_body_that_is_not_json_is_refused(self) -> None:
        form = await self.program.post(PATH, b"a=b", content_type="text/plain")
        broken = await self.program.post(PATH, b'{"model": ')
        deep = await self.program.post(PATH, b'{"a":' * 300 + b"1" + b"}" * 300)
        deeper = await self.program.post(PATH, b"[" * 100_000)
        other = await self.program.post(PATH, b"[]")

        statuses = [reply.status for reply in (form, broken, deep, deeper, other)]
        self.assertEqual(statuses, [415, 400, 400, 400, 400])
        self.assertEqual(form.json["error"]["type"], "invalid_request_error")

    async def test_a_body_that_is_too_large_is_refused(self) -> None:
        body = b'"' + b"a" * settings.LIMITS.api_body + b'"'

        reply = await self.program.post(PATH, body)

        self.assertEqual(reply.status, 413)

    async def test_the_words_name_the_field(self) -> None:
        reply = await self.program.post(PATH, completion(temperature="hot"))

        self.assertEqual(reply.status, 400)
        self.assertEqual(reply.json["error"]["param"], "temperature")

    async def test_nobody_sends_our_keys_elsewhere(self) -> None:
        async with self.stage() as provider:
            for name in ("api_base", "base_url", "headers", "extra_headers", "api_key"):
                reply = await self.program.post(PATH, completion(**{name: ELSEWHERE}))
                self.assertEqual((reply.status, reply.json["error"]["param"]), (400, name))
            self.assertEqual(provider.requests, [])

    async def test_an_address_that_is_not_there_says_so_in_json(self) -> None:
        reply = await self.program.get("/api/v1/nothing")

        self.assertEqual(reply.status, 404)
        self.assertEqual(reply.json["error"]["type"], "invalid_request_error")

    async def test_whoever_asks_if_somebody_is_at_home_is_answered(self) -> None:
        reply = await Program().ask("HEAD", "/api/api/hello")

        self.assertEqual((reply.status, reply.body), (200, b""))

    async def test_another_host_is_refused(self) -> None:
        reply = await self.program.get("/api/v1/models", host="evil.example")

        self.assertEqual(reply.status, 400)

    async def test_a_server_that_ends_takes_nothing_on(self) -> None:
        readiness._is_draining = True
        try:
            async with self.stage():
                reply = await self.program.post(PATH, completion())
        finally:
            readiness._is_draining = False

        self.assertEqual(reply.status, 503)


class OriginTests(ApiCase):
    async def test_pages_of_allowed_origins_may_read_the_answer(self) -> None:
        async with self.stage() as provider:
            provider.always(*stream("Hello"))
            with override_settings(API_ORIGINS=[ELSEWHERE]):
                asked = await Program().ask(
                    "OPTIONS",
                    PATH,
                    headers={
                        "origin": ELSEWHERE,
                        "access-control-request-method": "POST",
                        "access-control-request-headers": "authorization,content-type",
                    },
                )
                told = await self.program.post(PATH, completion(), origin=ELSEWHERE)

        self.assertEqual(asked.status, 204)
        self.assertIn("POST", asked.headers["access-control-allow-methods"])
        self.assertIn("authorization", asked.headers["access-control-allow-headers"])
        for reply in (asked, told):
            self.assertEqual(reply.headers["access-control-allow-origin"], ELSEWHERE)
            self.assertNotIn("access-control-allow-credentials", reply.headers)

    async def test_pages_of_other_origins_may_not(self) -> None:
        async with self.stage():
            for origin in (ELSEWHERE, "null", "http://127.0.0.1:9"):
                reply = await self.program.get("/api/v1/models", origin=origin)
                self.assertNotIn("access-control-allow-origin", reply.headers)


class TroubleTests(ApiCase):
    async def test_the_providers_refusal_of_our_key_is_not_the_callers(self) -> None:
        for status in (401, 403, 402):
            for path, body in (
                (PATH, completion()),
                ("/api/v1/messages", message()),
                ("/api/v1beta/models/double/parrot:generateContent", contents()),
            ):
                async with self.stage() as provider:
                    provider.play(*failure(status, "bad key sk-canary-0123456789"))

                    reply = await self.program.post(path, body)

                self.assertEqual(reply.status, 502)
                self.assertNotIn(b"canary", reply.body)

    async def test_a_provider_that_limits_is_passed_on_with_its_delay(self) -> None:
        async with self.stage() as provider:
            provider.always(*failure(429, retry_after=77))

            reply = await self.program.post(PATH, completion())

        self.assertEqual((reply.status, reply.headers["retry-after"]), (429, "77"))

    async def test_what_is_refused_costs_nothing(self) -> None:
        async with self.stage() as provider:
            provider.play(*failure(400))

            await self.program.post(PATH, completion())

        call = await self.last_call()
        self.assertEqual(call.status, ApiCall.Status.FAILED)
        self.assertEqual((call.input_tokens, call.output_tokens), (0, 0))
