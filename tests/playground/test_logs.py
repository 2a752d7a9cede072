"""What must not stand in a log."""

from __future__ import annotations

import logging
import logging.config
from unittest import TestCase

from django.conf import settings

from playground.logs import WithoutLinks


class WithoutLinksTest(TestCase):
    def logged(self, message: str, *args: object) -> str:
        record = logging.LogRecord("name", logging.WARNING, "file", 1, message, args, None)
        self.assertTrue(WithoutLinks().filter(record))
        return record.getMessage()

    def test_it_leaves_the_token_of_a_link_out(self) -> None:
        for path in ("/welcome/", "/reset/"):
            line = self.logged("%s: %s", "Forbidden", f"{path}s3cret-Token_1/")

            self.assertEqual(line, f"Forbidden: {path}…/")

    def test_it_leaves_other_lines_alone(self) -> None:
        for message, args in (("Not Found: %s", ("/c/17/",)), ("100 %% of /welcome/ is %d", (1,))):
            with self.subTest(message):
                self.assertEqual(self.logged(message, *args), message % args)

    def test_it_stands_before_the_log(self) -> None:
        handler = settings.LOGGING["handlers"]["stderr"]

        self.assertIn("without_links", handler["filters"])
