"""Mistakes of our own: each call ends once all the same, and says so in the caller's format."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from unittest import mock

from asgiref.sync import sync_to_async

from chat import calls, turns
from chat.api import answering
from chat.calls import formats, settling
from chat.llm.events import TextDelta
from chat.models import Account, ApiCall, Entry
from chat.models.ledger import Period
from tests.api.program import Program
from tests.api.stage import ApiCase, completion, contents, message
from tests.script import Hang, Head, Send, delta, stream

OPENAI = "/api/v1/chat/completions"
ANTHROPIC = "/api/v1/messages"
GOOGLE = "/api/v1beta/models/double/gpt-5.4:streamGenerateContent?alt=sse"
MODEL = "double/gpt-5.4"


class MistakeTests(ApiCase):
    def priced(self) -> dict[str, object]:
        return {"provider": "openai", "models": ["gpt-5.4"]}

    async def assert_settled(self, *, status: str = ApiCall.Status.FAILED) -> ApiCall:
        async with asyncio.timeout(5):
            while await Entry.objects.filter(settled=None).aexists():
                await asyncio.sleep(0.01)
        call = await self.last_call()
        self.assertEqual(call.status, status)
        return call

    async def test_a_renderer_that_stumbles_ends_the_stream_with_an_error(self) -> None:
        asked = (
            (OPENAI, completion(model=MODEL, stream=True), answering.formats.openai),
            (ANTHROPIC, message(model=MODEL, stream=True), answering.formats.anthropic),
            (GOOGLE, contents(), answering.formats.google),
        )
        for path, body, dialect in asked:
            with self.subTest(path=path):
                async with self.stage(**self.priced()) as provider:
                    provider.play(Head(), Send(delta("Hel")), Send(delta("lo")), Hang())
                    with (
                        mock.patch.object(dialect.StreamRenderer, "render", side_effect=KeyError),
                        self.assertLogs("chat.api.answering"),
                    ):
                        reply = await self.program.post(path, body)
                    await provider.requests[-1].peer_left(within=2.0)

                self.assertEqual(reply.status, 200)
                self.assertIn("error of its own", reply.events[-1]["error"]["message"])
                await self.assert_settled(status=ApiCall.Status.CANCELLED)

    async def test_an_answer_that_cannot_be_written_is_an_error_of_ours(self) -> None:
        for path, body in ((OPENAI, completion(model=MODEL)), (ANTHROPIC, message(model=MODEL))):
            async with self.stage(**self.priced()) as provider:
                provider.play(*stream("Hello"))
                with (
                    mock.patch.object(formats, "whole", side_effect=KeyError),
                    self.assertLogs("chat.api.door"),
                ):
                    reply = await self.program.post(path, body)

            self.assertEqual(reply.status, 500)
            self.assertIn("error of its own", reply.json["error"]["message"])
            await self.assert_settled(status=ApiCall.Status.COMPLETED)

    async def test_so_is_a_request_that_cannot_be_encoded(self) -> None:
        async with self.stage(**self.priced()):
            client = turns.client()
            with (
                mock.patch.object(client, "stream", side_effect=KeyError),
                self.assertLogs("chat.calls.call"),
            ):
                reply = await self.program.post(OPENAI, completion(model=MODEL))

        self.assertEqual(reply.status, 500)
        await self.assert_settled()
        self.assertEqual(await self.spent(), 0)

    async def test_a_receipt_that_cannot_be_written_settles_all_the_same(self) -> None:
        async with self.stage(**self.priced()) as provider:
            provider.play(*stream("Hello"))
            with (
                mock.patch.object(settling, "bounded", side_effect=KeyError),
                self.assertLogs("chat.calls.settling"),
            ):
                reply = await self.program.post(OPENAI, completion(model=MODEL, max_tokens=50))

        self.assertEqual(reply.status, 200)
        await self.assert_settled()
        self.assertGreater(await self.spent(), 0)

    async def test_a_call_that_is_interrupted_before_it_is_opened_asks_nobody(self) -> None:
        async with self.stage(**self.priced()) as provider:
            request = formats.parse("openai", completion(model=MODEL))
            call = await calls.place(self.key, request, dialect="openai", request_id="req_1")
            call.interrupt()

            with self.assertRaises(formats.ModelError) as caught:
                async with call:
                    await call.open()

            self.assertEqual(caught.exception.code, "interrupted")
            self.assertEqual(provider.requests, [])
        await self.assert_settled()

    async def test_one_whose_reader_is_slow_is_interrupted_not_deserted(self) -> None:
        async with self.stage(**self.priced()) as provider:
            provider.play(Head(), Send(delta("Hel")), Hang())
            request = formats.parse("openai", completion(model=MODEL, stream=True))
            call = await calls.place(self.key, request, dialect="openai", request_id="req_1")
            async with call:
                await call.open()
                async for event in call:
                    if isinstance(event, TextDelta):
                        break
                call._task = None  # somebody else is reading, elsewhere
                call.interrupt()

        settled = await self.assert_settled()
        self.assertEqual(settled.state, "interrupted")

    async def test_another_host_is_refused_in_the_callers_format(self) -> None:
        reply = await Program(self.secret).post(ANTHROPIC, message(), host="evil.example")

        self.assertEqual(reply.status, 400)
        self.assertEqual(reply.json["error"]["type"], "invalid_request_error")

    async def test_what_is_not_there_is_told_in_the_callers_format(self) -> None:
        program = self.program
        openai = await program.get("/api/v1/nothing")
        anthropic = await program.get("/api/v1/messages/nothing")
        google = await program.get("/api/v1/nothing", x_goog_api_key=self.secret)

        self.assertEqual([reply.status for reply in (openai, anthropic, google)], [404] * 3)
        self.assertEqual(openai.json["error"]["code"], "not_found")
        self.assertEqual(anthropic.json["error"]["type"], "not_found_error")
        self.assertEqual(google.json["error"]["status"], "NOT_FOUND")

    async def test_method_and_kind_of_body_are_refused_in_each_format(self) -> None:
        for path, name in ((OPENAI, "openai"), (ANTHROPIC, "anthropic"), (GOOGLE, "google")):
            put = await self.program.ask("PUT", path)
            form = await self.program.post(path, b"a=b", content_type="text/plain")
            with self.subTest(name=name):
                self.assertEqual((put.status, form.status), (405, 415))
                for reply in (put, form):
                    error = reply.json["error"]
                    self.assertTrue(error["message"])
                    self.assertEqual("status" in error, name == "google")
                    self.assertEqual(reply.json.get("type") == "error", name == "anthropic")

    async def spent(self) -> Decimal:
        return await sync_to_async(Account.spent_by)(self.key.holder, Period.DAY)
