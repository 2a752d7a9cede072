"""What real clients send is understood, and what they look for in an answer is there.

A provider that speaks OpenAI's format answers, so that `sent` shows what was understood.
"""

from __future__ import annotations

from chat.models import ApiCall
from tests.api.client_cases import (
    ANTHROPIC,
    BETAS,
    CALLED,
    GENAI,
    GOOGLE,
    OPENAI,
    Case,
    agent,
    google,
)
from tests.api.program import Program, Reply
from tests.api.stage import MODEL, ApiCase, completion, contents, message
from tests.script import Send, calling, delta, failure, stream


class UnderstoodTests(ApiCase):
    async def test_google_clients_are_understood(self) -> None:
        await self.check(GOOGLE, google("v1beta"), Program(headers={"x-goog-api-key": self.secret}))

    async def test_openai_clients_are_understood(self) -> None:
        await self.check(OPENAI, "/api/v1/chat/completions", self.program)

    async def test_anthropic_clients_are_understood_with_either_header(self) -> None:
        for program in (self.program, Program(headers={"x-api-key": self.secret})):
            await self.check(ANTHROPIC, "/api/v1/messages", program)

    async def check(self, cases: tuple[Case, ...], path: str, program: Program) -> None:
        async with self.stage(provider="openai") as provider:
            provider.always(*stream("Hello"))
            for case in cases:
                with self.subTest(case.name):
                    reply = await program.post(case.path or path, case.body, **case.headers)

                    self.assertEqual(reply.status, 200, reply.body)
                    sent = provider.requests[-1].json
                    self.assertEqual(case.understood(sent), case.expected)


class AnsweredTests(ApiCase):
    async def test_googles_events_begin_with_data_and_a_blank(self) -> None:
        async with self.stage() as provider:
            for version in ("v1", "v1beta"):
                provider.play(*stream("Hel", "lo"))
                path = google(version, "streamGenerateContent?alt=sse")

                reply = await self.program.post(path, contents(), **GENAI)

                lines = [line for line in reply.body.split(b"\n") if line]
                self.assertTrue(all(line.startswith(b"data: {") for line in lines), lines)

    async def test_googles_signature_of_a_call_comes_back(self) -> None:
        signed = contents(contents=CALLED)
        async with self.stage(dialect="google", provider="google") as provider:
            await self.program.post(google("v1beta"), signed)
            sent = provider.requests[-1].json

        self.assertEqual(sent["contents"][1]["parts"][0]["thoughtSignature"], "c2lnbmVk")

    async def test_googles_list_is_googles_under_v1(self) -> None:
        async with self.stage():
            program = Program(headers={"x-goog-api-key": self.secret})
            reply = await program.get("/api/v1/models", **GENAI)

        self.assertEqual(reply.json["models"][0]["name"], f"models/{MODEL}")

    async def test_openais_stream_ends_with_done(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("Hel", "lo"), Send(delta("after the end")))

            reply = await self.program.post(
                "/api/v1/chat/completions",
                completion(stream=True, stream_options={"include_usage": True}),
            )

            self.assertTrue(reply.body.endswith(b"data: [DONE]\n\n"))
            self.assertEqual(reply.body.count(b"[DONE]"), 1)
            self.assertEqual(reply.events[-2]["choices"], [])
            self.assertEqual(reply.events[-2]["usage"]["completion_tokens"], 7)

    async def test_without_include_usage_no_chunk_is_without_choices(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("Hello"))

            reply = await self.program.post("/api/v1/chat/completions", completion(stream=True))

            self.assertTrue(all(event["choices"] for event in reply.events[:-1]))

    async def test_openais_ids_may_be_percent_encoded(self) -> None:
        encoded = MODEL.replace("/", "%2F")
        async with self.stage():
            reply = await self.program.get(f"/api/v1/models/{encoded}")

        self.assertEqual(reply.json["id"], MODEL)

    async def test_a_tools_turn_is_answered_in_each_format(self) -> None:
        function = {"name": "f", "parameters": {"type": "object"}}
        asks = {
            "/api/v1/chat/completions": completion(
                tools=[{"type": "function", "function": function}]
            ),
            "/api/v1/messages": message(tools=[{"name": "f", "input_schema": {"type": "object"}}]),
            google("v1"): contents(tools=[{"function_declarations": [function]}]),
        }
        async with self.stage() as provider:
            provider.always(*calling("f", at="Oslo"))
            found = [(await self.program.post(path, body)).json for path, body in asks.items()]

        openai, anthropic, google_ = found
        self.assertEqual(openai["choices"][0]["finish_reason"], "tool_calls")
        self.assertEqual(anthropic["stop_reason"], "tool_use")
        self.assertEqual(anthropic["content"][-1]["input"], {"at": "Oslo"})
        part = google_["candidates"][0]["content"]["parts"][-1]
        self.assertEqual(part["functionCall"]["args"], {"at": "Oslo"})


class FailedTests(ApiCase):
    """What the SDKs read of a failure: the status of Google's, the code of OpenAI's, the type and
    the request id of Anthropic's; and whether to try again."""

    async def replies(self, *, model: str = MODEL) -> tuple[Reply, Reply, Reply]:
        path = google("v1beta").replace(MODEL, model)
        return (
            await self.program.post("/api/v1/chat/completions", completion(model=model)),
            await self.program.post(
                "/api/v1/messages", message(model=model), anthropic_version="2026-10-21"
            ),
            await self.program.post(path, contents()),
        )

    async def test_a_model_that_is_not_there(self) -> None:
        async with self.stage():
            openai, anthropic, google_ = await self.replies(model="double/penguin")

        self.assertEqual(openai.json["error"]["code"], "model_not_found")
        self.assertEqual(anthropic.json["type"], "error")
        self.assertEqual(anthropic.json["error"]["type"], "not_found_error")
        self.assertEqual(anthropic.json["request_id"], anthropic.headers["request-id"])
        self.assertEqual(google_.json["error"]["status"], "NOT_FOUND")
        self.assertEqual(google_.json["error"]["code"], 404)

    async def test_a_provider_that_limits_says_when_to_come_back(self) -> None:
        async with self.stage() as provider:
            provider.always(*failure(429, retry_after=30))
            for reply in await self.replies():
                self.assertEqual(reply.status, 429)
                self.assertEqual(reply.headers["retry-after"], "30")
                self.assertNotIn("x-should-retry", reply.headers)

    async def test_what_would_fail_again_is_not_to_be_retried(self) -> None:
        async with self.stage() as provider:
            provider.always(*failure(401))
            for reply in await self.replies():
                self.assertEqual(reply.status, 502)
                self.assertEqual(reply.headers["x-should-retry"], "false")

    async def test_a_context_that_is_too_small_is_told_in_the_words_of_each_format(self) -> None:
        words = "This model's maximum context length is 8192 tokens"
        async with self.stage() as provider:
            provider.always(*failure(400, words, code="context_length_exceeded"))
            openai, anthropic, google_ = await self.replies()

        self.assertEqual({each.status for each in (openai, anthropic, google_)}, {400})
        self.assertEqual(openai.json["error"]["code"], "context_length_exceeded")
        self.assertIn("prompt is too long", anthropic.json["error"]["message"])
        self.assertIn("input token count exceeds", google_.json["error"]["message"])


class ClaudeCodeTests(ApiCase):
    PATH = "/api/v1/messages?beta=true"
    HEADERS = {"anthropic_version": "2023-06-01", "anthropic_beta": BETAS}

    async def test_its_whole_request_is_answered_by_a_model_of_another_format(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("hi"))

            reply = await self.program.post(self.PATH, agent(), **self.HEADERS)
            sent = provider.requests[-1].json

        self.assertEqual(reply.status, 200, reply.body)
        self.assertTrue(reply.body.startswith(b"event: message_start\n"))
        blocks = [block for block in reply.body.split(b"\n\n") if block]
        self.assertTrue(all(block.startswith(b"event: ") for block in blocks))
        self.assertEqual(len(sent["tools"]), 12)
        roles = [said["role"] for said in sent["messages"]]
        self.assertEqual(roles, ["system", "user", "system", "user"])
        self.assertNotIn("context_management", sent)

    async def test_its_whole_request_is_answered_by_anthropic(self) -> None:
        async with self.stage(dialect="anthropic", provider="anthropic") as provider:
            await self.program.post(self.PATH, agent(), **self.HEADERS)
            sent = provider.requests[-1].json

        self.assertEqual({said["role"] for said in sent["messages"]}, {"user"})
        self.assertEqual(len(sent["system"]), 4)
        self.assertEqual(sent["tools"][-1]["cache_control"], {"type": "ephemeral"})
        self.assertEqual(sent["output_config"], {"effort": "high"})
        self.assertNotIn("context_management", sent)

    async def test_what_was_left_out_of_it_stands_in_the_receipt(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("hi"))
            await self.program.post(self.PATH, agent(), **self.HEADERS)

        call: ApiCall = await self.last_call()
        reasons = {
            row["name"]: row["reason"]
            for row in call.receipt["sent"]["parameters"]
            if isinstance(row, dict) and row["fate"] == "dropped"
        }
        self.assertIn("context_management", reasons)

    async def test_it_asks_whether_somebody_is_at_home(self) -> None:
        reply = await Program().ask("HEAD", "/api/api/hello")

        self.assertEqual((reply.status, reply.body), (200, b""))

    async def test_a_model_that_is_too_small_for_it_says_that_the_prompt_is_too_long(self) -> None:
        said = "the request exceeds the available context size (8192 tokens), try increasing it"
        async with self.stage() as provider:
            provider.always(*failure(400, said, code="exceed_context_size_error"))

            reply = await self.program.post(self.PATH, agent(), **self.HEADERS)

        self.assertEqual(reply.status, 400)
        self.assertEqual(reply.json["error"]["type"], "invalid_request_error")
        self.assertTrue(reply.json["error"]["message"].startswith("prompt is too long"))

    async def test_tokens_of_it_are_counted(self) -> None:
        body = agent()
        del body["stream"], body["max_tokens"]
        async with self.stage():
            path = "/api/v1/messages/count_tokens?beta=true"
            reply = await self.program.post(path, body, **self.HEADERS)

        self.assertGreater(reply.json["input_tokens"], 5000)
