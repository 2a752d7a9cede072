"""Errors of providers, in every shape that was seen."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from unittest import TestCase

from chat.llm.dialects.openai import OpenAI
from chat.llm.dialects.refusals import retry_after_seconds
from chat.llm.errors import ModelError


def refused(status: int, body: Any, **headers: str) -> ModelError:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return OpenAI().decode_error(status, headers, raw)


class KindTests(TestCase):
    def test_it_knows_each_shape(self) -> None:
        cases: tuple[tuple[int, Any, str], ...] = (
            (401, {"error": {"message": "no", "code": 401}}, "authentication_failed"),
            (401, {"detail": "Invalid API Key"}, "authentication_failed"),
            (401, {"error": {"code": "401", "message": "no"}}, "authentication_failed"),
            (400, {"object": "error", "message": "no", "code": 400}, "bad_request"),
            (422, {"detail": [{"loc": ["body"], "msg": "bad"}]}, "bad_request"),
            (400, [{"error": {"message": "no"}}], "bad_request"),
            (400, {"error": "context length exceeded"}, "context_too_long"),
            (400, {"error": {"code": "context_length_exceeded"}}, "context_too_long"),
            (400, {"error": {"message": "prompt is too long: 3 > 2"}}, "context_too_long"),
            (402, {"error": {"message": "credits"}}, "payment_required"),
            (404, {"error": {"message": "no"}}, "model_not_found"),
            (413, {"error": {"code": "rate_limit_exceeded"}}, "request_too_large"),
            (429, {"error": {"code": "insufficient_quota"}}, "payment_required"),
            (429, {"error": {"code": "rate_limit_exceeded"}}, "rate_limited"),
            (500, b"", "provider_failed"),
            (502, b"<html>Bad Gateway</html>", "provider_failed"),
            (503, b"", "overloaded"),
            (529, {"error": {"type": "overloaded_error"}}, "overloaded"),
            (418, b"\xff\xfe", "bad_request"),
            (302, b"", "refused"),
        )
        for status, body, code in cases:
            with self.subTest(status=status, body=body):
                self.assertEqual(refused(status, body).code, code)

    def test_it_keeps_the_provider_s_words_for_the_log_only(self) -> None:
        error = refused(400, {"error": {"message": "org-123 may not", "type": "t", "code": "c"}})

        self.assertNotIn("org-123", error.message)
        self.assertEqual(error.detail, "org-123 may not")
        self.assertEqual((error.provider_type, error.provider_code), ("t", "c"))

    def test_it_finds_the_parameter_that_is_complained_of(self) -> None:
        cases = (
            ({"message": "no", "param": "top_p"}, "top_p"),
            ({"message": "Unsupported parameter: 'max_tokens' is not supported"}, "max_tokens"),
            ({"message": "Unsupported value: 'temperature' does not support 0.5"}, "temperature"),
            ({"message": "Unrecognized request argument supplied: top_k"}, "top_k"),
            ({"message": "property 'logprobs' is unsupported"}, "logprobs"),
            ({"message": "`temperature` is deprecated for this model."}, "temperature"),
            ({"message": "temperature: Extra inputs are not permitted"}, "temperature"),
            ({"message": "something else is wrong"}, None),
        )
        for fields, parameter in cases:
            with self.subTest(fields=fields):
                self.assertEqual(refused(400, {"error": fields}).parameter, parameter)

    def test_it_blames_no_parameter_where_none_is_to_blame(self) -> None:
        self.assertIsNone(refused(500, {"error": {"message": "no", "param": "x"}}).parameter)


class RetryAfterTests(TestCase):
    def test_it_reads_seconds_milliseconds_and_dates(self) -> None:
        soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
        self.assertEqual(retry_after_seconds({"retry-after": "2"}), 2)
        self.assertEqual(retry_after_seconds({"retry-after": "0.5"}), 0.5)
        self.assertEqual(retry_after_seconds({"retry-after-ms": "1500"}), 1.5)
        self.assertAlmostEqual(retry_after_seconds({"retry-after": soon}) or 0, 30, delta=2)

    def test_it_takes_nonsense_for_nothing(self) -> None:
        for value in ("", "soon", "-5", "nan", "inf", "1e9", "9" * 40, "Mon, 99 Foo 2026"):
            self.assertIsNone(retry_after_seconds({"retry-after": value}), value)

    def test_a_date_that_has_passed_means_now(self) -> None:
        self.assertEqual(retry_after_seconds({"retry-after": "Thu, 01 Jan 2026 00:00:00 GMT"}), 0)
