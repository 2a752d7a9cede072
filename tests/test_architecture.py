"""Who may import whom, who may do what, and how long a file may grow.

The picture is in docs/architecture.md: edges at the top never import one another, everything else
imports downwards only, and what is dangerous is done in one place.
"""

from __future__ import annotations

import ast
import unittest
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

EDGES = {"consumers", "views", "api", "management"}
# From the bottom up. Each layer may import itself and what is below; a package counts as its name.
LAYERS = (
    {"llm"},
    {"catalog", "secrets"},
    {"models", "migrations"},
)
# Django's own seams: it names them in settings or finds them by name, so nothing imports them.
SEAMS = {"apps", "routing", "urls", "templatetags"}
# What playground gives to all of chat; the rest of it (server, asgi, …) is above everything.
FOUNDATION = {"playground.addresses", "playground.limits"}
STARTERS = {"chat.management.commands.serve", "chat.management.commands.runserver"}

BUDGETS = {"*.py": 300, "*.js": 200, "*.mjs": 200, "*.css": 250, "*.html": 120}
PYTHON_FOLDERS = ("playground", "chat", "tests", "benchmarks")


@dataclass(frozen=True, slots=True)
class Import:
    importer: str
    imported: str
    line: int

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.imported}"


def python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))
    yield from sorted(ROOT.glob("*.py"))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(*folders: str) -> Iterator[Import]:
    """Every import, at the top of a file or inside a function, but none for type checkers only."""
    for path in python_files(*folders):
        skipped = {
            id(node)
            for block in ast.walk(tree(path))
            if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.dump(block.test)
            for child in block.body
            for node in ast.walk(child)
        }
        for node in ast.walk(tree(path)):
            if id(node) in skipped:
                continue
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield Import(module_name(path), alias.name, node.lineno)
            elif isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    name = f"{node.module}.{alias.name}"
                    yield Import(module_name(path), name, node.lineno)


def is_within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def part_of_chat(name: str) -> str | None:
    """`chat.views.people` is of `views`."""
    parts = name.split(".")
    return parts[1] if parts[0] == "chat" and len(parts) > 1 else None


def level(part: str) -> int:
    for number, layer in enumerate(LAYERS):
        if part in layer:
            return number
    return len(LAYERS) + 1 if part in EDGES else len(LAYERS)


class ImportTests(unittest.TestCase):
    def assert_none(self, wrong: list[Import]) -> None:
        self.assertEqual([str(found) for found in wrong], [])

    def test_there_is_something_to_look_at(self) -> None:
        found = list(imports("chat"))

        self.assertGreater(len(found), 100)
        self.assertTrue(any(is_within(item.imported, "chat.llm") for item in found))

    def test_chat_imports_downwards_only(self) -> None:
        wrong = []
        for item in imports("chat"):
            importer, imported = part_of_chat(item.importer), part_of_chat(item.imported)
            if not importer or not imported or {importer, imported} & SEAMS:
                continue
            if level(imported) > level(importer):
                wrong.append(item)

        self.assert_none(wrong)

    def test_edges_never_import_one_another(self) -> None:
        wrong = [
            item
            for item in imports("chat")
            if (importer := part_of_chat(item.importer)) in EDGES
            and (imported := part_of_chat(item.imported)) in EDGES
            and importer != imported
        ]

        self.assert_none(wrong)

    def test_speaking_to_models_knows_neither_django_nor_chat(self) -> None:
        foreign = ("django", "channels", "playground", "chat")
        wrong = [
            item
            for item in imports("chat")
            if is_within(item.importer, "chat.llm")
            and not is_within(item.imported, "chat.llm")
            and any(is_within(item.imported, package) for package in foreign)
        ]

        self.assert_none(wrong)

    def test_chat_knows_little_of_how_it_is_deployed(self) -> None:
        wrong = [
            item
            for item in imports("chat")
            if is_within(item.imported, "playground")
            and item.importer not in STARTERS
            and not any(is_within(item.imported, module) for module in FOUNDATION)
        ]

        self.assert_none(wrong)

    def test_only_the_client_speaks_http(self) -> None:
        wrong = [
            item
            for item in imports("playground", "chat")
            if item.imported.split(".")[0] in ("httpx", "httpx_aiohttp", "requests", "aiohttp")
            and not is_within(item.importer, "chat.llm.client")
        ]

        self.assert_none(wrong)

    def test_only_the_renderer_makes_safe_html(self) -> None:
        names = {"mark_safe", "SafeString", "SafeText"}  # format_html escapes, and is free
        wrong = [
            item
            for item in imports("playground", "chat")
            if item.imported.rpartition(".")[2] in names
            and not is_within(item.importer, "chat.rendering")
        ]

        self.assert_none(wrong)

    def test_tests_are_imported_by_tests_only(self) -> None:
        wrong = [
            item
            for item in imports("playground", "chat")
            if item.imported.split(".")[0] in ("tests", "benchmarks")
        ]

        self.assert_none(wrong)


class EnvironmentTests(unittest.TestCase):
    def test_only_the_settings_read_it(self) -> None:
        wrong = []
        for path in python_files("playground", "chat"):
            if module_name(path) in ("playground.env", "playground.settings"):
                continue
            for node in ast.walk(tree(path)):
                is_reading = isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
                if is_reading and not _is_setdefault(tree(path), node):
                    wrong.append(f"{module_name(path)}:{node.lineno}")

        self.assertEqual(wrong, [])


def _is_setdefault(module: ast.Module, environ: ast.AST) -> bool:
    """`os.environ.setdefault("DJANGO_SETTINGS_MODULE", …)` writes; Django's entry points must."""
    return any(
        isinstance(node, ast.Attribute) and node.attr == "setdefault" and node.value is environ
        for node in ast.walk(module)
    )


class BudgetTests(unittest.TestCase):
    def test_no_file_outgrows_its_budget(self) -> None:
        wrong = []
        for pattern, budget in BUDGETS.items():
            for folder in (*PYTHON_FOLDERS, "templates", "static"):
                for path in sorted((ROOT / folder).rglob(pattern)):
                    lines = len(path.read_text(encoding="utf-8").splitlines())
                    if lines > budget and "migrations" not in path.parts:
                        wrong.append(f"{path.relative_to(ROOT)}: {lines} of {budget} lines")

        self.assertEqual(wrong, [])

    def test_no_module_is_named_after_nothing(self) -> None:
        names = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "service"}
        names |= {"managers", "services"}
        wrong = [
            str(path.relative_to(ROOT))
            for folder in ("playground", "chat", "static", "tests")
            for path in (ROOT / folder).rglob("*")
            if path.stem in names
        ]

        self.assertEqual(wrong, [])
