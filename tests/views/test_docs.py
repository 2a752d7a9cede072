"""The documentation as pages: with this server's own address, and a model that is here."""

from __future__ import annotations

from django.conf import settings
from django.test import Client, override_settings

from chat.manuals import manuals
from tests.cast import PARROT, CastCase

ODD = {"name": "odd", "base_url": "http://127.0.0.1:9/v1", "models": ["x$(reboot)"]}


@override_settings(ENDPOINTS=[PARROT], SITE_URL="https://our.example")
class ManualTests(CastCase):
    def test_every_file_has_its_page_and_is_linked(self) -> None:
        index = self.client.get("/docs/api/")

        files = {path.stem for path in (settings.BASE / "docs" / "tools").glob("*.md")}
        self.assertEqual({manual.name for manual in manuals()}, files)
        for manual in manuals():
            page = self.client.get(f"/docs/api/tools/{manual.name}/")
            self.assertContains(page, f"<h1>{manual.title}</h1>")
            self.assertContains(index, f"/docs/api/tools/{manual.name}/", count=2)

    def test_the_address_is_ours_and_the_model_one_that_is_here(self) -> None:
        for manual in manuals():
            page = self.client.get(f"/docs/api/tools/{manual.name}/").content.decode()

            self.assertIn("https://our.example/api", page)
            self.assertIn("double/parrot", page)
            self.assertNotIn("127.0.0.1", page)
            self.assertNotIn("smollm2", page)

    def test_another_model_can_be_picked(self) -> None:
        page = self.client.get("/docs/api/tools/aider/?model=double/starling")

        self.assertContains(page, "AIDER_MODEL")
        self.assertContains(page, "openai/double/starling")
        self.assertContains(page, '<option value="double/starling" selected>')

    def test_a_model_that_is_not_here_is_not_printed(self) -> None:
        page = self.client.get("/docs/api/tools/llm/?model=nobody/nothing")

        self.assertNotContains(page, "nobody/nothing")
        self.assertContains(page, "double/parrot")

    @override_settings(ENDPOINTS=[ODD])
    def test_a_name_that_would_break_a_program_is_not_put_into_one(self) -> None:
        page = self.client.get("/docs/api/tools/claude-code/?model=odd/x$(reboot)")

        self.assertContains(page, "anthropic/claude-sonnet-4-6")
        self.assertContains(page, "put it in by hand")
        self.assertNotIn("reboot", page.content.decode().partition("<docs-text")[2])

    def test_nobody_is_told_which_models_there_are(self) -> None:
        page = Client().get("/docs/api/tools/llm/?model=double/parrot")

        self.assertNotContains(page, "double/parrot")
        self.assertContains(page, "local/smollm2-135m-instruct")

    def test_there_is_no_page_for_what_nobody_wrote(self) -> None:
        self.assertEqual(self.client.get("/docs/api/tools/emacs/").status_code, 404)

    def test_a_window_that_nobody_knows_is_not_made_up(self) -> None:
        page = self.client.get("/docs/api/tools/claude-code/?model=double/parrot")

        self.assertContains(page, "CLAUDE_CODE_MAX_CONTEXT_TOKENS", count=1)  # as a word on it
        self.assertContains(page, "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC")
        self.assertNotContains(page, "200000")

    @override_settings(ENDPOINTS=[{**PARROT, "provider": "openai", "models": ["gpt-3.5-turbo"]}])
    def test_a_window_that_is_too_small_for_claude_code_is_told(self) -> None:
        page = self.client.get("/docs/api/tools/claude-code/?model=double/gpt-3.5-turbo")

        self.assertContains(page, "has a window of 16,385 tokens; Claude Code needs 32,000")
        self.assertContains(page, "16385")
