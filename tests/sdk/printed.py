"""Pages as a program sees them: the code that they print, and running it as printed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.request import Request, urlopen

from tests import requirements

SECONDS = 120
_CODE = re.compile(r'<code class="language-(\w+)">(.*?)</code>', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_INSTALL = re.compile(r"(pip|npm) install ")


def code_of(html: str) -> list[tuple[str, str]]:
    """Language and text of every block, in their order."""
    return [(language, unescape(_TAG.sub("", code))) for language, code in _CODE.findall(html)]


@dataclass(frozen=True)
class Page:
    blocks: list[tuple[str, str]]
    key: str
    folder: Path
    """Of the test's own: the home of whoever follows the page."""
    paths: list[Path] = field(default_factory=list)
    """Where the programs are that the page tells to install."""

    @property
    def installed(self) -> list[str]:
        """The packages that the reader is told to install."""
        lines = [text for _, text in self.blocks if _INSTALL.match(text)]
        words = [word for line in lines for word in line.split()[2:]]
        return [word for word in words if not word.startswith("-")]

    def programs(self, language: str) -> list[str]:
        return [text for name, text in self.blocks if name == language]

    def run_shell(self) -> str:
        """Every block for the shell but the installation, one after the other in one shell."""
        texts = [text for text in self.programs("sh") if not _INSTALL.match(text)]
        return self.run(["bash", "-euc", "\n".join(texts)])

    def run_python(self, text: str, *, python: str = sys.executable) -> str:
        return self._run_file("program.py", text, [python])

    def run_javascript(self, text: str) -> str:
        # Node looks for packages above the file.
        packages = self.folder / "node_modules"
        if not packages.exists():
            packages.symlink_to(requirements.JAVASCRIPT / "node_modules")
        return self._run_file("program.mjs", text, ["node"])

    def run(self, command: list[str]) -> str:
        """What it says. The environment is bare: the key and nothing of whoever runs the tests."""
        path = os.pathsep.join([*map(str, self.paths), os.environ["PATH"]])
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={"PATH": path, "HOME": str(self.folder), "PLAYGROUND_API_KEY": self.key},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout

    def _run_file(self, name: str, text: str, command: list[str]) -> str:
        (self.folder / name).write_text(text, encoding="utf-8")
        return self.run([*command, name])


def fetch(url: str, cookie: dict[str, str]) -> str:
    head = {"Cookie": f"{cookie['name']}={cookie['value']}"}
    with urlopen(Request(url, headers=head), timeout=30) as response:
        return str(response.read().decode())


def pinned(path: Path) -> set[str]:
    """The packages that a list of requirements or a package.json names."""
    if path.suffix == ".json":
        return set(json.loads(path.read_text())["dependencies"])
    return {line.partition("==")[0] for line in path.read_text().splitlines() if "==" in line}
