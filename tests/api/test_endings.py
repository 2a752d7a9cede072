"""How calls end: whole, cut, deserted, interrupted; who pays, and who stands in."""

from __future__ import annotations

import asyncio

from chat import calls
from chat.models import ApiCall
from tests.api.stage import ApiCase, completion, message
from tests.provider import Provider
from tests.script import Cut, Hang, Head, Send, delta, failure, stream

PATH = "/api/v1/chat/completions"
STREAMED = completion(stream=True)


class LeavingTests(ApiCase):
    async def test_a_client_that_leaves_ends_the_providers_work(self) -> None:
        async with self.stage() as provider:
            provider.play(Head(), Send(delta("Hel")), Send(delta("lo")), Hang())

            async with self.program.call("POST", PATH, STREAMED) as line:
                await anext(aiter(line))
            await provider.requests[-1].peer_left(within=2.0)

            call = await self.settled_call()
            self.assertEqual(call.status, ApiCall.Status.CANCELLED)
            self.assertGreater(call.output_tokens or 0, 0)
            self.assertTrue(call.receipt["answered"]["usage"]["is_estimated"])

    async def test_so_does_one_that_leaves_before_the_first_word(self) -> None:
        async with self.stage() as provider:
            for body in (completion(), STREAMED):
                provider.play(Head(), Hang())

                async with self.program.call("POST", PATH, body) as line:
                    waiting = asyncio.create_task(anext(aiter(line)))
                    await self.asked(provider)
                    line.hang_up()
                    await asyncio.wait({waiting}, timeout=0.1)
                    waiting.cancel()
                await provider.requests[-1].peer_left(within=2.0)

                call = await self.settled_call()
                self.assertEqual(call.status, ApiCall.Status.CANCELLED)
                self.assertGreater(call.input_tokens or 0, 0)
                provider.requests.clear()

    async def test_nothing_is_left_running(self) -> None:
        async with self.stage() as provider:
            provider.always(Head(), Send(delta("Hel")), Hang())
            before = len(asyncio.all_tasks())

            for _ in range(5):
                async with self.program.call("POST", PATH, STREAMED) as line:
                    await anext(aiter(line))
            await self.settled_call()
            async with asyncio.timeout(2):
                while provider.open_connections:
                    await asyncio.sleep(0.01)

            self.assertLessEqual(len(asyncio.all_tasks()), before)

    async def asked(self, provider: Provider) -> None:
        async with asyncio.timeout(5):
            while not provider.requests:
                await asyncio.sleep(0.01)

    async def settled_call(self) -> ApiCall:
        async with asyncio.timeout(5):
            while await ApiCall.objects.filter(status=ApiCall.Status.RUNNING).aexists():
                await asyncio.sleep(0.01)
        return await self.last_call()


class BreakingTests(ApiCase):
    async def test_a_stream_that_breaks_off_says_so_at_its_end(self) -> None:
        async with self.stage() as provider:
            provider.play(Head(), Send(delta("Hel")), Cut())
            openai = await self.program.post(PATH, STREAMED)
            provider.play(Head(), Send(delta("Hel")), Cut())
            anthropic = await self.program.post("/api/v1/messages", message(stream=True))

        self.assertEqual(openai.status, 200)
        self.assertEqual(openai.events[-1]["error"]["code"], "interrupted")
        self.assertNotIn(b"[DONE]", openai.body)
        self.assertEqual(anthropic.events[-1]["type"], "error")
        call = await self.last_call()
        self.assertEqual(call.status, ApiCall.Status.FAILED)

    async def test_a_server_that_ends_says_so_instead_of_falling_silent(self) -> None:
        async with self.stage() as provider:
            provider.play(Head(), Send(delta("Hel")), Hang())

            async with self.program.call("POST", PATH, STREAMED) as line:
                pieces = aiter(line)
                await anext(pieces)
                await calls.drain(0)
                async for _ in pieces:
                    pass

            self.assertEqual(line.reply.events[-1]["error"]["code"], "interrupted")
            await provider.requests[-1].peer_left(within=2.0)


class FallbackTests(ApiCase):
    async def test_the_same_model_elsewhere_stands_in(self) -> None:
        async with self.stage() as provider, Provider() as other:
            provider.always(*failure(500))
            other.play(*stream("Hello"))
            rows = [
                self.row("first", provider.base_url),
                self.row("second", other.base_url),
            ]
            with self.settings(ENDPOINTS=rows):
                reply = await self.program.post(PATH, completion(model="first/gpt-5.4"))

            self.assertEqual(reply.status, 200, reply.body)
            call = await self.last_call()
            self.assertEqual(call.model, "second/gpt-5.4")
            self.assertEqual(call.receipt["answered"]["fallbacks"][0]["endpoint"], "first")

    async def test_after_its_first_word_an_answer_is_one_endpoints(self) -> None:
        async with self.stage() as provider, Provider() as other:
            provider.play(Head(), Send(delta("Hel")), Cut())
            rows = [
                self.row("first", provider.base_url),
                self.row("second", other.base_url),
            ]
            with self.settings(ENDPOINTS=rows):
                reply = await self.program.post(PATH, completion(model="first/gpt-5.4"))

            self.assertEqual(reply.status, 502)
            self.assertEqual(other.requests, [])

    def row(self, name: str, base_url: str) -> dict[str, object]:
        return {
            "name": name,
            "base_url": base_url,
            "provider": "openai",
            "models": ["gpt-5.4"],
            "is_private_allowed": True,
        }
