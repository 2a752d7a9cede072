"""Tasks on a page: what became of them, and calling them off."""

from __future__ import annotations

from django.utils import timezone

from chat.models import ApiTask
from tests.usage.case import ALL, OWN, CallCase, asked, task_of


class TaskTests(CallCase):
    def test_one_that_waits_can_be_cancelled(self) -> None:
        task = task_of(self.alice, self.key)
        self.assertContains(self.client.get(f"{OWN}tasks/"), f"Cancel {task.pk}")

        self.client.post(f"{OWN}tasks/{task.pk}/cancellation/")

        task.refresh_from_db()
        self.assertEqual(task.status, ApiTask.Status.CANCELLED)
        self.assertIn("The task is cancelled.", self.text(f"{OWN}tasks/"))

    def test_one_that_runs_is_told_to_stop(self) -> None:
        task = task_of(self.alice, self.key, status="running", heartbeat_at=timezone.now())

        self.client.post(f"{OWN}tasks/{task.pk}/cancellation/")

        text = self.text(f"{OWN}tasks/")
        self.assertIn("The task is told to stop.", text)
        self.assertIn("Being cancelled", text)

    def test_one_that_has_ended_stays(self) -> None:
        task = task_of(self.alice, self.key, status="completed")

        self.client.post(f"{OWN}tasks/{task.pk}/cancellation/")

        task.refresh_from_db()
        self.assertEqual(task.status, ApiTask.Status.COMPLETED)
        self.assertIn("The task had already ended.", self.text(f"{OWN}tasks/"))

    def test_its_requests_are_linked(self) -> None:
        task = task_of(self.alice, self.key, status="completed")
        call = asked(self.alice, self.key, request_id=task.request_id, is_task=True)

        response = self.client.get(f"{OWN}tasks/")

        self.assertContains(response, f'href="{OWN}calls/{call.pk}/"')

    def test_they_can_be_narrowed_by_state(self) -> None:
        task_of(self.alice, self.key, model="double/waits")
        task_of(self.alice, self.key, model="double/done", status="completed")

        text = self.text(f"{OWN}tasks/?state=queued")

        self.assertIn("double/waits", text)
        self.assertNotIn("double/done", text)

    def test_one_is_found_by_its_id_or_that_of_its_request(self) -> None:
        task = task_of(self.alice, self.key, model="double/one")
        task_of(self.alice, self.key, model="double/two")

        for id in (task.pk, task.request_id):
            text = self.text(f"{OWN}tasks/?id={id}")
            self.assertIn("double/one", text)
            self.assertNotIn("double/two", text)

    def test_it_hides_from_strangers(self) -> None:
        task = task_of(self.alice, self.key)

        self.assertNotIn(task.pk, self.text(f"{OWN}tasks/", self.as_user(self.bob)))
        self.assert_hidden("post", f"{OWN}tasks/{task.pk}/cancellation/")
        self.alice.promote()
        self.assertNotContains(self.client.get(f"{ALL}tasks/"), "Cancel task_")
