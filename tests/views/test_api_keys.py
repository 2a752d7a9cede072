"""The pages on which a person keeps the keys of programs."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

from django.test import override_settings
from django.utils import timezone

from chat.models import ApiKey, Budget
from playground.limits import Limits
from tests.cast import CastCase

INDEX = "/account/api-keys/"
NEW = f"{INDEX}new/"


class ApiKeyPageTests(CastCase):
    def make(self, **fields: str) -> ApiKey:
        self.client.post(NEW, {"name": "Notebook"} | fields)
        return self.alice.api_keys.latest("created_at")

    def test_a_secret_is_shown_once_and_works(self) -> None:
        answer = self.client.post(NEW, {"name": "Notebook"})
        again = self.client.get(INDEX)

        self.assertEqual(answer.status_code, 201)
        found = re.search(r'value="(pg-[\w-]{43})"', answer.content.decode())
        assert found
        self.assertEqual(ApiKey.find(found[1]), self.alice.api_keys.get())
        self.assertNotContains(again, found[1])
        self.assertContains(again, found[1][:9])
        self.assertIn("no-store", answer.headers["Cache-Control"])

    def test_limits_are_kept(self) -> None:
        tomorrow = timezone.now().date() + timedelta(days=1)
        key = self.make(
            environment="production",
            model_patterns="local/*\n\n local/* \nopenai/gpt-5*",
            endpoint_names="local",
            daily="1.50",
            total="20",
            requests_per_minute="60",
            expires_on=tomorrow.isoformat(),
        )

        self.assertEqual(key.model_patterns, ["local/*", "openai/gpt-5*"])
        self.assertEqual((key.endpoint_names, key.requests_per_minute), (["local"], 60))
        assert key.expires_at is not None
        self.assertEqual(key.expires_at.date(), tomorrow + timedelta(days=1))
        budgets = {b.period: b.dollars for b in Budget.objects.filter(holder=key.holder)}
        self.assertEqual(budgets, {"day": Decimal("1.50"), "total": Decimal(20)})

    def test_a_change_starts_from_what_is(self) -> None:
        key = self.make(daily="1.50", requests_per_minute="60")
        page = self.client.get(f"{INDEX}{key.pk}/")

        self.client.post(f"{INDEX}{key.pk}/", {"name": "Other"})

        self.assertContains(page, 'value="1.50"')
        self.assertContains(page, 'value="60"')
        key.refresh_from_db()
        self.assertEqual((key.name, key.requests_per_minute), ("Other", None))
        self.assertFalse(Budget.objects.exists())

    def test_nonsense_is_refused_beside_its_field(self) -> None:
        for field, value in (
            ("name", " "),
            ("daily", "-1"),
            ("daily", "1e99"),
            ("requests_per_minute", "many"),
            ("requests_per_minute", "0"),
            ("expires_on", "2001-01-01"),
            ("model_patterns", "\n".join(f"m{n}" for n in range(51))),
        ):
            with self.subTest(field=field, value=value):
                answer = self.client.post(NEW, {"name": "A", field: value})
                self.assertEqual(answer.status_code, 200)
                self.assertContains(answer, "errorlist")
        self.assertFalse(ApiKey.objects.exists())

    def test_a_rotation_shows_the_new_secret_and_keeps_the_old_for_a_while(self) -> None:
        key = self.make()

        answer = self.client.post(f"{INDEX}{key.pk}/rotation/", {"overlap": "3600"})

        self.assertEqual(answer.status_code, 201)
        self.assertRegex(answer.content.decode(), r'value="pg-[\w-]{43}"')
        key.refresh_from_db()
        self.assertTrue(key.is_overlapping)

    def test_what_is_revoked_is_gone_from_the_list(self) -> None:
        key = self.make()

        self.client.post(f"{INDEX}{key.pk}/revocation/")

        self.assertNotContains(self.client.get(INDEX), key.prefix)
        self.assertEqual(self.client.get(f"{INDEX}{key.pk}/").status_code, 404)

    def test_nobody_else_finds_it(self) -> None:
        path = f"{INDEX}{self.make().pk}"

        self.assert_hidden("get", f"{path}/")
        self.assert_hidden("post", f"{path}/", name="Mine")
        self.assert_hidden("post", f"{path}/rotation/", overlap="0")
        self.assert_hidden("post", f"{path}/revocation/")
        self.assertNotContains(self.as_user(self.bob).get(INDEX), "Notebook")

    @override_settings(LIMITS=Limits(api_keys=1))
    def test_nobody_keeps_more_than_the_limit(self) -> None:
        self.make()

        answer = self.client.post(NEW, {"name": "One more"})

        self.assertEqual(answer.status_code, 409)
        self.assertEqual(self.alice.api_keys.count(), 1)
