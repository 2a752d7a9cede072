"""Messages for programs."""

from __future__ import annotations

from tests.api.stage import ApiCase, message
from tests.script import answer, failure, stream

PATH = "/api/v1/messages"
VERSION = {"anthropic_version": "2026-10-21"}


class MessageTests(ApiCase):
    async def test_it_answers_with_usage(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("Hel", "lo"))

            reply = await self.program.post(PATH, message(system="Be brief."), **VERSION)

            self.assertEqual(reply.status, 200, reply.body)
            self.assertEqual(reply.json["content"], [{"type": "text", "text": "Hello"}])
            self.assertEqual(reply.json["usage"]["output_tokens"], 7)
            asked = provider.requests[-1].json["messages"]
            self.assertEqual(asked[0], {"role": "system", "content": "Be brief."})

    async def test_every_event_has_its_name(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("Hel", "lo"))

            reply = await self.program.post(PATH + "?beta=true", message(stream=True), **VERSION)

            blocks = [block for block in reply.body.decode().split("\n\n") if block]
            self.assertTrue(all(block.startswith("event: ") for block in blocks))
            kinds = [event["type"] for event in reply.events]
            self.assertEqual(kinds[0], "message_start")
            self.assertEqual(kinds[-2:], ["message_delta", "message_stop"])

    async def test_fields_that_only_its_servers_know_are_passed_over(self) -> None:
        fields = {
            "system": [{"type": "text", "text": "A", "cache_control": {"type": "ephemeral"}}],
            "messages": [
                {"role": "user", "content": "Hi"},
                {"role": "system", "content": "In the middle."},
                {"role": "user", "content": [{"type": "text", "text": "Well?"}]},
            ],
            "thinking": {"type": "adaptive", "display": "omitted"},
            "context_management": {"edits": []},
            "metadata": {"user_id": "{}"},
            "output_config": {"effort": "medium"},
            "an_invention": 1,
        }
        async with self.stage() as provider:
            provider.play(*stream("Hello"))

            reply = await self.program.post(PATH, message(**fields), **VERSION)

            self.assertEqual(reply.status, 200, reply.body)
            self.assertNotIn("an_invention", provider.requests[-1].json)
            call = await self.last_call()
            dropped = [
                outcome["name"]
                for outcome in call.receipt["sent"]["parameters"]
                if outcome["fate"] == "dropped"
            ]
            self.assertIn("an_invention", dropped)

    async def test_a_prompt_that_is_too_long_is_called_so(self) -> None:
        words = "This model's maximum context length is 8192 tokens"
        async with self.stage() as provider:
            provider.play(*failure(400, words, code="context_length_exceeded"))

            reply = await self.program.post(PATH, message(stream=True), **VERSION)

            self.assertEqual(reply.status, 400)
            self.assertEqual(reply.json["error"]["type"], "invalid_request_error")
            self.assertIn("prompt is too long", reply.json["error"]["message"])
            self.assertEqual(reply.json["request_id"], reply.headers["request-id"])


class CountTests(ApiCase):
    async def test_without_a_counter_it_estimates_and_says_so(self) -> None:
        async with self.stage() as provider:
            reply = await self.program.post(f"{PATH}/count_tokens", message(), **VERSION)

            self.assertEqual(reply.status, 200)
            self.assertGreater(reply.json["input_tokens"], 0)
            self.assertEqual(reply.headers["x-token-count"], "estimate")
            self.assertEqual(provider.requests, [])

    async def test_it_asks_the_provider_that_has_a_counter(self) -> None:
        async with self.stage(dialect="anthropic", provider="anthropic") as provider:
            provider.play(*answer({"input_tokens": 321}))

            reply = await self.program.post(f"{PATH}/count_tokens", message(), **VERSION)

            self.assertEqual(reply.json, {"input_tokens": 321})
            self.assertEqual(reply.headers["x-token-count"], "provider")
            self.assertEqual(provider.requests[-1].path, "/v1/messages/count_tokens")
            self.assertNotIn("max_tokens", provider.requests[-1].json)

    async def test_a_counter_that_fails_is_estimated_for(self) -> None:
        async with self.stage(dialect="anthropic", provider="anthropic") as provider:
            provider.play(*failure(500))

            reply = await self.program.post(f"{PATH}/count_tokens", message(), **VERSION)

            self.assertEqual(reply.status, 200)
            self.assertEqual(reply.headers["x-token-count"], "estimate")
