"""Alice's programs: requests, failures and tasks as the pages find them."""

from __future__ import annotations

import re
import uuid
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from chat.models import ApiCall, ApiKey, ApiTask, User
from tests.cast import CastCase, receipt_of

OWN = "/usage/api/"
ALL = "/people/usage/api/"
FIELDS = ApiCall._meta.concrete_fields


class CallCase(CastCase):
    def setUp(self) -> None:
        super().setUp()
        self.key, _ = ApiKey.make(self.alice, name="Notebook")

    def text(self, path: str, client: Client | None = None) -> str:
        response = (client or self.client).get(path)
        self.assertEqual(response.status_code, 200)
        return text_of(response)


def asked(user: User, key: ApiKey | None = None, **fields: Any) -> ApiCall:
    """A request of a program that has been answered."""
    fields = {
        "request_id": f"req_{uuid.uuid4().hex}",
        "dialect": "openai",
        "model": "double/parrot",
        "status": ApiCall.Status.COMPLETED,
        "receipt": receipt_of(),
        "input_tokens": 100,
        "output_tokens": 1_000,
        "cost": Decimal("0.25"),
        "first_token_ms": 340,
        "total_ms": 1_500,
        "finished_at": timezone.now(),
    } | fields
    return ApiCall.objects.create(user=user, key=key, **fields)


def failed(user: User, code: str, **fields: Any) -> ApiCall:
    error = {"code": code, "message": "Quotes the prompt.", "is_retryable": True}
    nothing = {"input_tokens": 0, "output_tokens": 0, "cost": Decimal(0), "first_token_ms": None}
    return asked(user, status=ApiCall.Status.FAILED, error=error, **(nothing | fields))


def task_of(user: User, key: ApiKey, **fields: Any) -> ApiTask:
    fields = {"dialect": "openai", "model": "double/parrot", "body": {}} | fields
    return ApiTask.objects.create(user=user, key=key, request_id=f"req_{uuid.uuid4()}", **fields)


def many(call: ApiCall, count: int) -> None:
    """Copies of it, at the same moment."""
    rows = []
    for number in range(count):
        row = ApiCall.objects.model(**{f.attname: getattr(call, f.attname) for f in FIELDS})
        row.pk, row.request_id, row.receipt = uuid.uuid4(), f"req_{number}", {}
        rows.append(row)
    ApiCall.objects.bulk_create(rows, batch_size=2_000)


def text_of(response: HttpResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())
