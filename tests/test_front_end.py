"""What templates, stylesheets and scripts may not do, whoever writes them."""

from __future__ import annotations

import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


class FrontEndTests(unittest.TestCase):
    def find(self, folder: str, pattern: str, expression: str) -> list[str]:
        """Where the expression stands, outside of comments."""
        found = []
        for path in sorted((ROOT / folder).rglob(pattern)):
            text = _without_comments(path.read_text(encoding="utf-8"))
            for match in re.finditer(expression, text):
                line = text.count("\n", 0, match.start()) + 1
                found.append(f"{path.relative_to(ROOT)}:{line}")
        return found

    def test_one_module_turns_text_into_html(self) -> None:
        sinks = (
            r"\.(inner|outer)HTML\s*[+]?=[^=]|insertAdjacentHTML|document\.write"
            r"|createContextualFragment|\.srcdoc|setHTMLUnsafe|parseHTMLUnsafe|DOMParser"
        )
        places = self.find("static", "*.js", sinks)

        self.assertLessEqual(
            {place.partition(":")[0] for place in places}, {"static/js/lib/html.js"}
        )

    def test_scripts_do_not_evaluate_text(self) -> None:
        places = self.find(
            "static", "*.js", r"\beval\(|new Function\(|set(Timeout|Interval)\(['\"`]"
        )

        self.assertEqual(places, [])

    def test_scripts_load_nothing_from_elsewhere(self) -> None:
        places = self.find("static", "*.js", r"(from|import)\s*\(?\s*['\"]https?:")
        places += self.find("static", "*.css", r"(url\(|@import)\s*['\"]?(https?:)?//")

        self.assertEqual(places, [])

    def test_stylesheets_use_neither_ids_nor_force(self) -> None:
        places = self.find("static", "*.css", r"!\s*important")
        # An id in a selector: a hash and a name before a brace, which no colour or url() is.
        places += self.find("static", "*.css", r"(?m)^[^{}:;@]*#[A-Za-z_][\w-]*[^{};]*\{")

        self.assertEqual(places, [])

    def test_templates_hold_no_script_and_no_style(self) -> None:
        places = self.find("templates", "*.html", r"(?i)<script(?![^>]*\bsrc=)[^>]*>")
        places += self.find("templates", "*.html", r"(?i)<style\b")
        places += self.find("templates", "*.html", r"(?i)<[a-z][^>]*\s(style|on[a-z]+)\s*=")
        places += self.find("templates", "*.html", r"(?i)javascript:")

        self.assertEqual(places, [])

    def test_templates_escape_everything_but_rendered_blocks(self) -> None:
        places = self.find("templates", "*.html", r"\|\s*safe(seq)?\b|autoescape\s+off")

        self.assertLessEqual(
            {place.partition(":")[0] for place in places}, {"templates/_part.html"}
        )
        self.assertLessEqual(len(places), 1)


def _without_comments(text: str) -> str:
    """The same lines, with block comments blanked out."""

    def blank(match: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", match[0])

    text = re.sub(r"/\*.*?\*/|\{#.*?#\}|<!--.*?-->", blank, text, flags=re.DOTALL)
    return re.sub(r"(?m)^\s*//.*$", "", text)
