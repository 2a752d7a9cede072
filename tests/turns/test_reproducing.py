"""The same request once more, from its receipt, whatever the settings are now."""

from __future__ import annotations

import pytest

from chat.models import Lane, Turn
from chat.orders import Refusal
from tests.script import stream
from tests.turns.stage import TurnCase


class Reproducing(TurnCase):
    async def test_it_sends_the_very_same_body_as_a_sibling(self) -> None:
        async with self.stage() as provider:
            provider.always(*stream("ok"))
            first = await self.ask_and_wait(system="Be brief.", parameters={"temperature": 0.3})
            await self.ask_and_wait(
                None, message=first.prompt_id, conversation=first.conversation_id
            )

            again = await self.ask_and_wait(None, model="", turn=first.pk)

            bodies = [request.json for request in provider.requests if request.method == "POST"]
        assert bodies[2] == bodies[0]
        assert bodies[1] != bodies[0]
        assert again.prompt_id == first.prompt_id
        assert again.receipt["asked"] == first.receipt["asked"]

    async def test_the_settings_of_the_lane_stay_as_they_are(self) -> None:
        async with self.stage() as provider:
            provider.always(*stream("ok"))
            first = await self.ask_and_wait(parameters={"temperature": 0.3})
            await Lane.objects.filter(pk=first.lane_id).aupdate(parameters={"top_p": 0.5})

            again = await self.ask_and_wait(None, model="", turn=first.pk)

        lane = await Lane.objects.aget(pk=first.lane_id)
        assert lane.parameters == {"top_p": 0.5}
        assert lane.leaf_id == again.answer_id

    async def test_it_hides_from_strangers(self) -> None:
        async with self.stage() as provider:
            provider.always(*stream("ok"))
            first = await self.ask_and_wait()

            with pytest.raises(Refusal) as caught:
                await self.ask(None, model="", turn=first.pk, user=self.charlie)

        assert caught.value.code == "not_found"
        assert await Turn.objects.acount() == 1
