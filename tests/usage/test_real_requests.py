"""What a request that a program really made leaves for the pages about it."""

from __future__ import annotations

from asgiref.sync import sync_to_async

from chat.models import ApiCall
from tests.api.stage import completion
from tests.api.test_tasks import PATH, TaskCase
from tests.script import Head, Send, chunk, delta
from tests.usage.case import OWN, text_of

COUNTED = {
    "prompt_tokens": 50,
    "completion_tokens": 20,
    "prompt_tokens_details": {"cached_tokens": 30},
    "completion_tokens_details": {"reasoning_tokens": 8},
}


class RealRequestTests(TaskCase):
    async def test_its_receipt_says_what_was_sent_and_what_was_not(self) -> None:
        async with self.stage() as provider:
            provider.play(*counted())
            await self.program.post(PATH, completion(temperature=0.2))

        sent = (await self.last_call()).receipt["sent"]
        told = [outcome["name"] for outcome in sent["parameters"] if outcome["fate"] == "sent"]
        self.assertIn("temperature", told)
        self.assertNotIn("temperature", sent["omitted"])
        self.assertIn("top_p", sent["omitted"])

    async def test_what_was_cached_and_thought_is_added_up(self) -> None:
        async with self.stage() as provider:
            provider.play(*counted())
            await self.program.post(PATH, completion())

        text = await self.dashboard()
        self.assertIn("Input tokens 50 30 cached", text)
        self.assertIn("Output tokens 20 8 thinking", text)

    async def test_a_task_is_one_request_and_known_as_a_task(self) -> None:
        async with self.stage() as provider, self.worker():
            provider.play(*counted())
            await self.ended(await self.add())

        self.assertEqual(await ApiCall.objects.acount(), 1)
        self.assertIn("Requests 1 1 for tasks", await self.dashboard())

    @sync_to_async
    def dashboard(self) -> str:
        self.client.force_login(self.alice)
        response = self.client.get(OWN)
        return text_of(response)


def counted() -> list[Head | Send]:
    usage = chunk(choices=[], usage=COUNTED | {"total_tokens": 70})
    end = delta("", finish_reason="stop") + usage + b"data: [DONE]\n\n"
    return [Head(), Send(delta("Hello")), Send(end)]
