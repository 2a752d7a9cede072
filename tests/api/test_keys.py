"""Keys: kept as hashes, within their scope and their minute, rotated with an overlap."""

from __future__ import annotations

import json
import time
from datetime import timedelta

from asgiref.sync import sync_to_async
from django.core import serializers
from django.test import TestCase
from django.utils import timezone

from chat.models import ApiKey, User
from chat.models.api_key import TooFast
from tests.api.program import Program
from tests.api.stage import ApiCase, completion, message
from tests.script import stream

PATH = "/api/v1/chat/completions"


class SecretTests(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.alice = User.objects.create_user("alice")

    def test_it_has_256_bits_of_which_only_the_beginning_is_kept(self) -> None:
        key, secret = ApiKey.make(self.alice, name="A")
        other = ApiKey.make(self.alice, name="B")[1]

        stored = json.dumps(json.loads(serializers.serialize("json", [key])))

        self.assertEqual(len(secret), len("pg-") + 43)
        self.assertNotEqual(secret, other)
        self.assertNotIn(secret[9:], stored)
        self.assertTrue(secret.startswith(key.prefix))

    def test_it_is_found_to_the_letter(self) -> None:
        key, secret = ApiKey.make(self.alice, name="A")

        self.assertEqual(ApiKey.find(secret), key)
        for wrong in (secret[:-1], secret + "a", secret.upper(), "", "\ud800", key.secret_hash):
            self.assertIsNone(ApiKey.find(wrong))

    def test_after_a_rotation_both_work_for_a_while(self) -> None:
        key, old = ApiKey.make(self.alice, name="A")

        new = key.rotate(overlap=timedelta(hours=1))

        self.assertEqual((ApiKey.find(old), ApiKey.find(new)), (key, key))
        ApiKey.objects.update(previous_until=timezone.now() - timedelta(seconds=1))
        self.assertEqual((ApiKey.find(old), ApiKey.find(new)), (None, key))

    def test_a_rotation_without_overlap_ends_the_old_one_at_once(self) -> None:
        key, old = ApiKey.make(self.alice, name="A")

        key.rotate(overlap=timedelta())

        self.assertIsNone(ApiKey.find(old))

    def test_what_is_revoked_stays_revoked(self) -> None:
        key, secret = ApiKey.make(self.alice, name="A")

        key.revoke()

        self.assertIsNone(ApiKey.find(secret))
        self.assertEqual(key.state, "revoked")


class ScopeTests(TestCase):
    def test_patterns_and_endpoints_narrow_it(self) -> None:
        names = ("openai/gpt-5.4", "openai/gpt-5-4")
        for patterns, endpoints, is_allowed in (
            ([], [], True),
            (["openai/*"], [], True),
            (["*/gpt-5-4"], [], True),
            (["anthropic/*"], [], False),
            (["gpt-5.4"], [], False),
            (["openai/*"], ["openai"], True),
            (["openai/*"], ["azure"], False),
        ):
            key = ApiKey(model_patterns=patterns, endpoint_names=endpoints)
            with self.subTest(patterns=patterns, endpoints=endpoints):
                self.assertEqual(key.allows(endpoint="openai", names=names), is_allowed)


class MinuteTests(ApiCase):
    def setUp(self) -> None:
        """So that the minute does not turn in the middle of a test."""
        left = 60 - timezone.now().second
        if left < 5:
            time.sleep(left)

    async def test_no_more_requests_than_the_limit(self) -> None:
        program = await self.limited(requests_per_minute=2)
        async with self.stage() as provider:
            provider.always(*stream("Hello"))
            replies = [await program.post(PATH, completion()) for _ in range(3)]

            self.assertEqual([reply.status for reply in replies], [200, 200, 429])
            left = [reply.headers.get("x-ratelimit-remaining-requests") for reply in replies[:2]]
            self.assertEqual(left, ["1", "0"])
            self.assertLessEqual(int(replies[2].headers["retry-after"]), 60)
            self.assertEqual(len(provider.requests), 2)

    async def test_no_more_tokens_than_the_limit(self) -> None:
        program = await self.limited(tokens_per_minute=50)
        async with self.stage() as provider:
            provider.always(*stream("Hello"))
            long = completion(messages=[{"role": "user", "content": "word " * 100}])

            statuses = [(await program.post(PATH, body)).status for body in (completion(), long)]

            self.assertEqual(statuses, [200, 429])

    async def test_what_was_answered_counts_as_well(self) -> None:
        program = await self.limited(tokens_per_minute=100)
        async with self.stage() as provider:
            provider.play(*stream("Hello"))

            await program.post(PATH, completion())

            key = await ApiKey.objects.exclude(pk=self.key.pk).aget()
            self.assertGreaterEqual(key.minute_tokens, 7)

    async def test_the_next_minute_begins_anew(self) -> None:
        await self.limited(requests_per_minute=1)
        key = await ApiKey.objects.exclude(pk=self.key.pk).aget()
        await sync_to_async(key.take)(1)
        with self.assertRaises(TooFast):
            await sync_to_async(key.take)(1)

        earlier = timezone.now().replace(second=0, microsecond=0) - timedelta(minutes=1)
        await ApiKey.objects.filter(pk=key.pk).aupdate(minute=earlier)

        await sync_to_async(key.take)(1)

    async def test_anthropics_headers_have_anthropics_names(self) -> None:
        program = await self.limited(requests_per_minute=5, tokens_per_minute=1000)
        async with self.stage() as provider:
            provider.play(*stream("Hello"))

            reply = await program.post("/api/v1/messages", message())

            self.assertEqual(reply.headers["anthropic-ratelimit-requests-remaining"], "4")
            self.assertIn("anthropic-ratelimit-tokens-reset", reply.headers)

    async def test_whoever_is_too_fast_is_told_what_is_left_in_each_format(self) -> None:
        program = await self.limited(requests_per_minute=1)
        async with self.stage() as provider:
            provider.always(*stream("Hello"))
            await program.post(PATH, completion())
            openai = await program.post(PATH, completion())
            anthropic = await program.post("/api/v1/messages", message())

        self.assertEqual((openai.status, anthropic.status), (429, 429))
        self.assertEqual(openai.headers["x-ratelimit-remaining-requests"], "0")
        self.assertEqual(anthropic.headers["anthropic-ratelimit-requests-remaining"], "0")
        self.assertIn("retry-after", openai.headers)

    async def test_what_fits_into_no_minute_need_not_be_tried_again(self) -> None:
        program = await self.limited(tokens_per_minute=50)
        async with self.stage() as provider:
            body = completion(messages=[{"role": "user", "content": "a word " * 200}])

            reply = await program.post(PATH, body)

            self.assertEqual(reply.status, 429)
            self.assertEqual(reply.headers["x-should-retry"], "false")
            self.assertNotIn("retry-after", reply.headers)
            self.assertIn("about 4", reply.json["error"]["message"])
            self.assertEqual(provider.requests, [])

    async def limited(self, **limits: int) -> Program:
        _, secret = await sync_to_async(ApiKey.make)(self.alice, name="Limited", **limits)
        return Program(secret)
