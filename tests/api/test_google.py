"""generateContent for programs."""

from __future__ import annotations

import json

from tests.api.stage import MODEL, ApiCase, contents
from tests.script import Cut, Head, Send, answer, delta, failure, stream

VERSIONS = ("v1", "v1beta")


def path(method: str, version: str = "v1beta", *, model: str = MODEL) -> str:
    return f"/api/{version}/models/{model}:{method}"


class GenerateTests(ApiCase):
    async def test_it_answers_under_both_versions(self) -> None:
        async with self.stage() as provider:
            for version in VERSIONS:
                provider.play(*stream("Hel", "lo"))

                reply = await self.program.post(path("generateContent", version), contents())

                self.assertEqual(reply.status, 200, reply.body)
                parts = reply.json["candidates"][0]["content"]["parts"]
                self.assertEqual(parts, [{"text": "Hello"}])
                self.assertEqual(reply.json["usageMetadata"]["totalTokenCount"], 12)

    async def test_a_name_with_a_slash_may_stand_for_the_whole_path(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("Hello"))

            reply = await self.program.post(f"/api/v1beta/{MODEL}:generateContent", contents())

            self.assertEqual(reply.status, 200, reply.body)

    async def test_it_streams_events_where_they_are_asked_for(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("Hel", "lo"))

            reply = await self.program.post(path("streamGenerateContent?alt=sse"), contents())

            self.assertTrue(reply.body.startswith(b"data: {"))
            texts = [e["candidates"][0]["content"]["parts"][0]["text"] for e in reply.events]
            self.assertEqual("".join(texts), "Hello")
            self.assertEqual(reply.events[-1]["usageMetadata"]["candidatesTokenCount"], 7)

    async def test_it_streams_an_array_otherwise(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("two\n\nparagraphs"))

            reply = await self.program.post(path("streamGenerateContent"), contents())

            self.assertEqual(reply.headers["content-type"], "application/json")
            chunks = json.loads(reply.body)
            self.assertEqual(
                chunks[0]["candidates"][0]["content"]["parts"][0]["text"], "two\n\nparagraphs"
            )
            self.assertEqual(chunks[-1]["candidates"][0]["finishReason"], "STOP")

    async def test_an_array_that_breaks_off_ends_with_the_error(self) -> None:
        async with self.stage() as provider:
            provider.play(Head(), Send(delta("Hel")), Cut())

            reply = await self.program.post(path("streamGenerateContent"), contents())

            self.assertEqual(json.loads(reply.body)[-1]["error"]["status"], "INTERNAL")

    async def test_snake_case_is_understood_as_well(self) -> None:
        body = contents(generation_config={"max_output_tokens": 9, "stop_sequences": ["END"]})
        async with self.stage() as provider:
            provider.play(*stream("Hello"))

            await self.program.post(path("generateContent"), body)

            sent = provider.requests[-1].json
            self.assertEqual((sent["max_tokens"], sent["stop"]), (9, ["END"]))

    async def test_an_unknown_method_is_not_there(self) -> None:
        reply = await self.program.post(path("embedContent"), contents())

        self.assertEqual(reply.status, 404)
        self.assertEqual(reply.json["error"]["status"], "NOT_FOUND")

    async def test_an_overloaded_provider_is_unavailable(self) -> None:
        async with self.stage() as provider:
            provider.always(*failure(503, retry_after=0))

            reply = await self.program.post(path("generateContent"), contents())

            self.assertEqual(reply.status, 503)
            self.assertEqual(reply.json["error"]["status"], "UNAVAILABLE")
            self.assertEqual(len(provider.requests), 3)


class CountTests(ApiCase):
    async def test_it_counts_what_would_be_generated_from(self) -> None:
        async with self.stage() as provider:
            plain = await self.program.post(path("countTokens"), contents())
            wrapped = await self.program.post(
                path("countTokens"), {"generateContentRequest": contents()}
            )

            self.assertEqual(plain.json, wrapped.json)
            self.assertGreater(plain.json["totalTokens"], 0)
            self.assertEqual(plain.headers["x-token-count"], "estimate")
            self.assertEqual(provider.requests, [])

    async def test_it_asks_the_provider_that_has_a_counter(self) -> None:
        async with self.stage(dialect="google", provider="google") as provider:
            provider.play(*answer({"totalTokens": 42}))

            reply = await self.program.post(path("countTokens"), contents())

            self.assertEqual(reply.json, {"totalTokens": 42})
            self.assertTrue(provider.requests[-1].path.endswith("/models/parrot:countTokens"))
