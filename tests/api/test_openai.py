"""Chat Completions for programs."""

from __future__ import annotations

from chat.models import ApiCall
from tests.api.stage import ApiCase, completion
from tests.script import answer, failure, stream

PATH = "/api/v1/chat/completions"


class CompletionTests(ApiCase):
    async def test_it_answers_with_usage(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("Hel", "lo"))

            reply = await self.program.post(PATH, completion(temperature=0.5))

            self.assertEqual(reply.status, 200, reply.body)
            self.assertEqual(reply.json["choices"][0]["message"]["content"], "Hello")
            self.assertEqual(reply.json["model"], "double/parrot")
            self.assertEqual(reply.json["usage"]["total_tokens"], 12)
            self.assertEqual(provider.requests[-1].json["temperature"], 0.5)
            self.assertEqual(provider.requests[-1].json["model"], "parrot")

    async def test_it_streams(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("Hel", "lo"))

            reply = await self.program.post(
                PATH, completion(stream=True, stream_options={"include_usage": True})
            )

            *chunks, usage, done = reply.events
            said = "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks)
            self.assertEqual(said, "Hello")
            self.assertEqual(usage["usage"]["completion_tokens"], 7)
            self.assertEqual(done, "[DONE]")
            self.assertTrue(reply.headers["content-type"].startswith("text/event-stream"))

    async def test_it_writes_a_receipt(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("Hello"))

            reply = await self.program.post(PATH, completion(top_k=3))

            call = await self.last_call()
            self.assertEqual(call.status, ApiCall.Status.COMPLETED)
            self.assertEqual(call.request_id, reply.headers["x-request-id"])
            self.assertEqual((call.input_tokens, call.output_tokens), (5, 7))
            self.assertEqual(call.receipt["answered"]["request_id"], "req-double")
            fates = {o["name"]: o["fate"] for o in call.receipt["sent"]["parameters"]}
            self.assertEqual(fates, {"top_k": "dropped"})

    async def test_what_no_database_takes_is_no_reason_to_fail(self) -> None:
        odd = "nul \0 and half a pair \ud800"
        async with self.stage() as provider:
            provider.always(*stream("Hello"))
            bodies = (
                completion(messages=[{"role": "user", "content": odd}], user=odd, odd={odd: odd}),
                completion(model=odd),
            )

            statuses = [(await self.program.post(PATH, body)).status for body in bodies]
            promised = await self.program.post(PATH, bodies[0], x_async_mode="true")

        self.assertEqual(statuses, [200, 404])
        self.assertEqual(promised.status, 202)

    async def test_a_failure_before_the_first_word_has_its_status(self) -> None:
        async with self.stage() as provider:
            for is_streamed in (False, True):
                provider.play(*failure(400, "temperature is too high", param="temperature"))

                reply = await self.program.post(PATH, completion(stream=is_streamed))

                self.assertEqual(reply.status, 400)
                self.assertEqual(reply.json["error"]["param"], "temperature")

    async def test_a_provider_without_a_counter_is_estimated(self) -> None:
        whole = {
            "choices": [{"index": 0, "message": {"content": "Hello you"}, "finish_reason": "stop"}]
        }
        async with self.stage() as provider:
            provider.play(*answer(whole))

            reply = await self.program.post(PATH, completion())

            self.assertGreater(reply.json["usage"]["completion_tokens"], 0)
            call = await self.last_call()
            self.assertTrue(call.receipt["answered"]["usage"]["is_estimated"])
