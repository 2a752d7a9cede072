"""Every variable has its entry in the documentation, and nothing else reads the environment."""

from __future__ import annotations

import ast
import re
import unittest
from pathlib import Path

from chat.llm.providers import PROVIDERS

ROOT = Path(__file__).resolve().parents[2]


def variables() -> set[str]:
    """The names that the settings ask `env` for, and those that the table of providers gives it."""
    tree = ast.parse((ROOT / "playground" / "settings.py").read_text())
    named = {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "env"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    return named | {variable for row in PROVIDERS.values() for variable in row.variables}


class ConfigurationTests(unittest.TestCase):
    def test_the_settings_read_something(self) -> None:
        self.assertIn("PLAYGROUND_DATA", variables())

    def test_every_variable_is_explained_once(self) -> None:
        page = (ROOT / "docs" / "configuration.md").read_text()
        explained = re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE)

        self.assertEqual(sorted(explained), sorted(variables()))

    def test_the_example_names_every_variable(self) -> None:
        example = (ROOT / ".env.example").read_text()

        self.assertEqual(set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE)), variables())
