"""The running order of a conversation, and the place where its prompts are asked live."""

from __future__ import annotations

import uuid
from typing import Any

from chat import stages
from chat.models import Conversation, Lane, Message, StageScript, Turn
from tests.cast import CastCase, conversation_of, exchange

JSON = "application/json"


class StageCase(CastCase):
    def setUp(self) -> None:
        super().setUp()
        self.conversation = conversation_of(self.alice, "Ice")
        self.first = exchange(self.conversation, "Why?", "Salt", timeline=[[300, 4]])
        self.second = exchange(self.conversation, "And?", "Water", parent=self.first.answer)
        self.path = f"/c/{self.conversation.pk}/stage/"

    def script(self) -> list[dict[str, Any]]:
        return StageScript.objects.get(conversation=self.conversation).steps

    def arrange(self, action: str = "save", **changes: Any) -> Any:
        """Send the page's form as it stands, with some of it changed."""
        steps = stages.steps(stages.script_of(self.conversation))
        data: dict[str, Any] = {
            "step-TOTAL_FORMS": len(steps),
            "step-INITIAL_FORMS": 0,
            "wait_seconds": 8,
            "has_figures": "on",
            "action": action,
        }
        for number, step in enumerate(steps):
            prompt = step.prompt.pk if step.prompt else ""
            values = {"prompt": prompt, "text": step.text, "mode": step.mode, "note": step.note}
            data |= {f"step-{number}-{name}": value for name, value in values.items()}
            if step.is_left_out:
                data[f"step-{number}-is_left_out"] = "on"
        data |= {name.replace("__", "-"): value for name, value in changes.items()}
        return self.client.post(f"{self.path}script/", data)


class ShowTests(StageCase):
    def test_it_hides_from_strangers(self) -> None:
        self.assert_hidden("get", self.path)
        self.assert_hidden("get", f"{self.path}script/")
        self.assert_hidden("post", f"{self.path}script/", action="save")
        self.assert_hidden("post", f"{self.path}script/", action="reset")

    def test_without_a_saved_order_it_shows_the_questions_in_theirs(self) -> None:
        response = self.client.get(self.path)

        asked = response.context["settings"]["steps"]
        self.assertEqual([step["text"] for step in asked], ["Why?", "And?"])
        answers = [self.first.answer_id, self.second.answer_id]
        self.assertEqual([step["answer"] for step in asked], answers)
        self.assertFalse(StageScript.objects.exists())

    def test_it_carries_the_tracks_of_what_was_prepared(self) -> None:
        response = self.client.get(self.path)

        self.assertContains(response, f"/messages/{self.first.answer_id}/replay.json")
        self.assertContains(response, "Replayed · ")

    def test_an_answer_that_failed_without_a_word_is_no_net(self) -> None:
        exchange(self.conversation, "More?", "", parent=self.second.answer, status="failed")

        steps = self.client.get(self.path).context["settings"]["steps"]

        self.assertIsNone(steps[2]["answer"])
        self.assertTrue(steps[2]["isLive"])

    def test_a_conversation_without_questions_says_so(self) -> None:
        response = self.client.get(f"/c/{conversation_of(self.alice).pk}/stage/")

        self.assertContains(response, "There are no prompts yet.")

    def test_questions_that_were_deleted_are_not_shown(self) -> None:
        self.arrange()
        self.second.prompt.delete()

        steps = self.client.get(self.path).context["settings"]["steps"]

        self.assertEqual([step["text"] for step in steps], ["Why?"])

    def test_an_answer_that_was_deleted_leaves_its_prompt_without_a_net(self) -> None:
        self.arrange(step__1__mode="replay")
        Message.objects.filter(pk=self.second.answer_id).delete()

        steps = self.client.get(self.path).context["settings"]["steps"]

        self.assertTrue(steps[1]["isLive"])
        self.assertIsNone(steps[1]["answer"])


class ScriptTests(StageCase):
    def test_every_choice_is_kept(self) -> None:
        response = self.arrange(
            step__0__mode="replay",
            step__0__note="Mention the price",
            step__1__is_left_out="on",
            wait_seconds=3,
            is_automatic="on",
        )

        self.assertRedirects(response, f"{self.path}script/")
        script = StageScript.objects.get(conversation=self.conversation)
        self.assertEqual(script.steps[0]["mode"], "replay")
        self.assertEqual(script.steps[0]["note"], "Mention the price")
        self.assertEqual((script.wait_seconds, script.is_automatic), (3, True))
        shown = self.client.get(self.path).context["settings"]["steps"]
        self.assertEqual([(step["text"], step["isLive"]) for step in shown], [("Why?", False)])

    def test_a_step_moves_with_all_that_belongs_to_it(self) -> None:
        self.arrange("down:0", step__0__note="First")

        self.assertEqual([step["note"] for step in self.script()], ["", "First"])
        self.assertEqual(self.script()[1]["answer"], self.first.answer_id)

    def test_a_move_beyond_the_ends_changes_nothing(self) -> None:
        for action in ("up:0", "down:1", "up:9", "down:-1", "remove:7", "up:x", "nothing"):
            with self.subTest(action):
                self.arrange(action)
                prompts = [step["prompt"] for step in self.script()]
                self.assertEqual(prompts, [self.first.prompt_id, self.second.prompt_id])

    def test_a_prompt_is_added_written_and_removed(self) -> None:
        self.arrange("add")
        self.arrange(step__2__text="Ask the room")
        self.assertEqual(self.script()[2]["text"], "Ask the room")

        self.arrange("remove:2")

        self.assertEqual(len(self.script()), 2)

    def test_an_empty_prompt_is_refused_and_the_rest_is_still_typed(self) -> None:
        self.arrange("add")

        response = self.arrange(step__2__text="  ", step__0__note="Kept")

        self.assertContains(response, "Write the prompt, or remove it.")
        self.assertContains(response, "Kept")

    def test_a_wait_that_is_none_is_refused_in_a_sentence(self) -> None:
        for wait in ("0", "121", "soon"):
            with self.subTest(wait):
                response = self.arrange(wait_seconds=wait)
                self.assertContains(response, "Between 1 and 120 seconds.")

    def test_a_running_order_has_an_end(self) -> None:
        steps = [stages.step_of(None, f"Prompt {number}") for number in range(stages.STEPS)]
        StageScript.objects.create(conversation=self.conversation, steps=steps)

        response = self.arrange("add")

        self.assertContains(response, f"room for {stages.STEPS} prompts")

    def test_a_form_without_its_steps_changes_nothing(self) -> None:
        for body in ({}, {"action": "save"}, {"step-TOTAL_FORMS": "x", "step-INITIAL_FORMS": "0"}):
            with self.subTest(body):
                response = self.client.post(f"{self.path}script/", body)
                self.assertEqual(response.status_code, 200)
                self.assertFalse(StageScript.objects.exists())

    def test_messages_of_others_cannot_be_put_in(self) -> None:
        foreign = exchange(conversation_of(self.bob), "Secret?", "Secret!")

        self.arrange(step__1__prompt=foreign.prompt_id)

        self.assertEqual([step["prompt"] for step in self.script()], [self.first.prompt_id])
        self.assertNotContains(self.client.get(self.path), "Secret")

    def test_it_can_begin_anew_from_the_conversation(self) -> None:
        self.arrange("down:0")

        self.arrange("reset")

        self.assertFalse(StageScript.objects.exists())
        self.assertEqual(self.client.get(f"{self.path}script/").status_code, 200)

    def test_saving_leads_to_the_stage_if_that_was_asked(self) -> None:
        self.assertRedirects(self.arrange("present"), self.path)


class RunTests(StageCase):
    def run_on(self, **wish: Any) -> dict[str, Any]:
        response = self.client.post(f"{self.path}runs/", wish, content_type=JSON)
        self.assertEqual(response.status_code, 200, response.content)
        return dict(response.json())

    def test_it_hides_from_strangers(self) -> None:
        for stranger in (self.bob, self.charlie):
            response = self.as_user(stranger).post(f"{self.path}runs/", {}, content_type=JSON)
            self.assertEqual(response.status_code, 404)
        self.client.logout()
        self.assertEqual(self.client.post(f"{self.path}runs/").status_code, 302)

    def test_it_begins_a_conversation_with_the_same_settings(self) -> None:
        Lane.objects.update(system="Be kind.", parameters={"temperature": 0.2})

        place = self.run_on()

        run = Conversation.objects.get(pk=place["conversation"])
        lane = run.lanes.get()
        self.assertEqual(str(run), "On stage: Ice")
        self.assertEqual((lane.model, lane.system), ("double/parrot", "Be kind."))
        self.assertEqual(lane.parameters, {"temperature": 0.2})
        self.assertIsNone(place["parent"])

    def test_what_was_played_stands_before_what_is_asked(self) -> None:
        place = self.run_on(answers=[self.first.answer_id, self.second.answer_id])

        run = Conversation.objects.get(pk=place["conversation"])
        said = [(message.role, message.text) for message in run.lanes.get().path()]
        self.assertEqual(
            said,
            [("user", "Why?"), ("assistant", "Salt"), ("user", "And?"), ("assistant", "Water")],
        )
        self.assertEqual(place["parent"], run.lanes.get().leaf_id)

    def test_the_prepared_conversation_stays_as_it_is(self) -> None:
        before = list(self.conversation.messages.values())
        leaf = self.conversation.lanes.get().leaf_id

        self.run_on(answers=[self.first.answer_id])

        self.assertEqual(list(self.conversation.messages.values()), before)
        self.assertEqual(self.conversation.lanes.get().leaf_id, leaf)

    def test_it_goes_on_where_the_run_is(self) -> None:
        begun = self.run_on(answers=[self.first.answer_id])

        place = self.run_on(
            run=begun["conversation"], parent=begun["parent"], answers=[self.second.answer_id]
        )

        self.assertEqual(place["conversation"], begun["conversation"])
        path = Message.objects.get(pk=place["parent"]).path()
        self.assertEqual([message.text for message in path], ["Why?", "Salt", "And?", "Water"])

    def test_what_was_played_is_in_nobody_s_sums(self) -> None:
        self.run_on(answers=[self.first.answer_id])

        copied = Turn.objects.exclude(conversation=self.conversation).get()
        self.assertIsNotNone(copied.imported_at)

    def test_a_run_that_is_gone_or_somebody_else_s_is_not_there(self) -> None:
        foreign = conversation_of(self.bob)
        for wish in (
            {"run": str(uuid.uuid4())},
            {"run": str(foreign.pk)},
            {"run": self.run_on()["conversation"], "parent": self.first.answer_id},
        ):
            with self.subTest(wish):
                response = self.client.post(f"{self.path}runs/", wish, content_type=JSON)
                self.assertEqual(response.status_code, 404)

    def test_answers_of_others_are_not_copied(self) -> None:
        foreign = exchange(conversation_of(self.bob), "Secret?", "Secret!")

        place = self.run_on(answers=[foreign.answer_id], prompt=foreign.prompt_id)

        messages = Message.objects.filter(conversation=place["conversation"])
        self.assertFalse(messages.exists())

    def test_a_prompt_with_files_is_put_there_to_be_answered(self) -> None:
        place = self.run_on(answers=[self.first.answer_id], prompt=self.second.prompt_id)

        message = Message.objects.get(pk=place["message"])
        self.assertEqual((message.text, message.parent_id), ("And?", place["parent"]))

    def test_odd_bodies_are_refused_in_a_sentence(self) -> None:
        for body in ("", "[]", '{"run": 1}', '{"answers": ["x"]}', '{"who": 1}', "{"):
            with self.subTest(body):
                response = self.client.post(f"{self.path}runs/", body, content_type=JSON)
                self.assertEqual(response.status_code, 400)
