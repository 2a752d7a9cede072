"""What an import found, or did, in sentences."""

from __future__ import annotations

from collections import Counter
from typing import Any

from chat.imports.checking import Checked
from chat.imports.unreadable import Unreadable

MOST_REASONS = 20


class Report:
    def __init__(self) -> None:
        self.new = 0
        self.here = 0
        self.unreadable = 0
        self.reasons: list[tuple[str, str]] = []
        """The first of them: which conversation, and why."""
        self.missing = 0
        """Files that are named in new conversations and whose bytes did not come."""
        self.sources: Counter[str] = Counter()

    @property
    def sentence(self) -> str:
        text = f"{self.new:,} new, {self.here:,} already here"
        if self.unreadable:
            text += f", {self.unreadable:,} unreadable"
        return f"{text}."

    @property
    def more(self) -> int:
        """Reasons that are not listed."""
        return self.unreadable - len(self.reasons)

    @property
    def notes(self) -> list[str]:
        found = []
        others = [name for name, _ in self.sources.most_common() if name != "Playground"]
        if others:
            found.append(f"Written by {' and '.join(others)}; receipts will say so.")
        if self.missing:
            is_one = self.missing == 1
            what = "1 attachment is" if is_one else f"{self.missing:,} attachments are"
            whose = "its" if is_one else "their"
            found.append(f"{what} only named: {whose} bytes are not in the file.")
        return found

    def add_unreadable(self, found: Unreadable) -> None:
        self.unreadable += 1
        if len(self.reasons) < MOST_REASONS:
            self.reasons.append((found.name, found.reason))

    def add_new(self, checked: Checked, *, missing: int) -> None:
        self.new += 1
        self.missing += missing
        self.sources[checked.source] += 1

    def to_json(self) -> dict[str, Any]:
        return dict(vars(self))

    @classmethod
    def from_json(cls, json: dict[str, Any]) -> Report:
        report = cls()
        for name in vars(report):
            setattr(report, name, json[name])
        report.sources = Counter(report.sources)
        return report
