"""The list of models in three shapes, and the names under which programs find one."""

from __future__ import annotations

from chat.models import ApiKey
from tests.api.program import Program
from tests.api.stage import ApiCase, completion
from tests.provider import Provider
from tests.script import stream

ANTHROPIC = {"anthropic_version": "2023-06-01"}
IDS = ["double/parrot", "double/starling"]


class ListTests(ApiCase):
    async def test_it_has_openais_shape(self) -> None:
        async with self.stage():
            reply = await self.program.get("/api/v1/models")

            self.assertEqual([model["id"] for model in reply.json["data"]], IDS)
            self.assertEqual(reply.json["object"], "list")

    async def test_it_has_anthropics_shape_by_its_header(self) -> None:
        async with self.stage():
            first = await self.program.get("/api/v1/models?limit=1", **ANTHROPIC)
            rest = await self.program.get(
                f"/api/v1/models?after_id={first.json['last_id']}", **ANTHROPIC
            )
            back = await self.program.get(f"/api/v1/models?before_id={IDS[1]}", **ANTHROPIC)

            self.assertEqual([model["id"] for model in first.json["data"]], IDS[:1])
            self.assertTrue(first.json["has_more"])
            self.assertEqual([model["id"] for model in rest.json["data"]], IDS[1:])
            self.assertFalse(rest.json["has_more"])
            self.assertEqual([model["id"] for model in back.json["data"]], IDS[:1])

    async def test_it_has_googles_shape_by_its_header_or_address(self) -> None:
        async with self.stage():
            program = Program(headers={"x-goog-api-key": self.secret})
            for path in ("/api/v1/models", "/api/v1beta/models"):
                first = await program.get(f"{path}?pageSize=1")
                rest = await program.get(f"{path}?pageToken={first.json['nextPageToken']}")

                self.assertEqual(first.json["models"][0]["name"], f"models/{IDS[0]}")
                self.assertEqual(rest.json["models"][0]["name"], f"models/{IDS[1]}")
                self.assertNotIn("nextPageToken", rest.json)

    async def test_one_model_can_be_asked_for(self) -> None:
        async with self.stage():
            plain = await self.program.get("/api/v1/models/double/parrot")
            bare = await self.program.get("/api/v1/models/parrot")
            google = await self.program.get("/api/v1beta/models/double/parrot")
            missing = await self.program.get("/api/v1/models/double/penguin")

            self.assertEqual(plain.json["id"], "double/parrot")
            self.assertEqual(bare.json["id"], "double/parrot")
            self.assertEqual(google.json["name"], "models/double/parrot")
            self.assertEqual(missing.status, 404)
            self.assertEqual(missing.json["error"]["code"], "model_not_found")

    async def test_a_page_that_is_no_number_is_refused(self) -> None:
        async with self.stage():
            reply = await self.program.get("/api/v1/models?limit=many", **ANTHROPIC)

            self.assertEqual(reply.status, 400)


class NameTests(ApiCase):
    async def test_a_bare_id_will_do_where_it_can_mean_only_one(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("Hello"))

            reply = await self.program.post(
                "/api/v1/chat/completions", completion(model="starling")
            )

            self.assertEqual(reply.status, 200, reply.body)
            self.assertEqual(provider.requests[-1].json["model"], "starling")

    async def test_a_name_that_can_mean_two_is_asked_about(self) -> None:
        async with self.stage(), Provider() as other:
            row = {
                "name": "second",
                "base_url": other.base_url,
                "is_private_allowed": True,
                "models": ["parrot"],
            }
            from django.conf import settings

            with self.settings(ENDPOINTS=[*settings.ENDPOINTS, row]):
                reply = await self.program.post(
                    "/api/v1/chat/completions", completion(model="parrot")
                )

            self.assertEqual(reply.status, 404)
            self.assertIn("double/parrot, second/parrot", reply.json["error"]["message"])

    async def test_a_key_finds_only_what_is_within_its_scope(self) -> None:
        _, narrow = await _key(self, model_patterns=["double/star*"])
        _, elsewhere = await _key(self, endpoint_names=["another"])
        async with self.stage():
            listed = await Program(narrow).get("/api/v1/models")
            refused = await Program(narrow).post("/api/v1/chat/completions", completion())
            nothing = await Program(elsewhere).get("/api/v1/models")

            self.assertEqual([model["id"] for model in listed.json["data"]], IDS[1:])
            self.assertEqual(refused.status, 404)
            self.assertEqual(nothing.json["data"], [])


async def _key(case: ApiCase, **fields: object) -> tuple[ApiKey, str]:
    from asgiref.sync import sync_to_async

    return await sync_to_async(ApiKey.make)(case.alice, name="Narrow", **fields)
