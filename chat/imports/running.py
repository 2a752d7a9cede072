"""An import from the first conversation to the last, in steps that somebody can watch and stop.

The one rule: between two steps nothing is half done. Stopped or killed anywhere, what was kept is
kept whole, and another run goes on where this one was.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from django.db import DatabaseError

from chat.imports.attachments import count_missing, prepare
from chat.imports.checking import Checked
from chat.imports.keeping import here, keep
from chat.imports.reading import Reading
from chat.imports.report import Report
from chat.imports.unreadable import Unreadable
from chat.models import User

ALMOST = 0.99


class Import:
    """Of one file, for one person."""

    def __init__(self, user: User, path: Path) -> None:
        self.report = Report()
        self._user = user
        self._reading = Reading(path)

    def look(self) -> Iterator[float]:
        """What `take` would do; nothing is written. How much is done, from 0 to 1."""
        seen: set[UUID] = set()
        for checked in self._readable():
            if checked.id in seen or here(self._user, checked.id) is not None:
                self.report.here += 1
            else:
                missing = count_missing(checked, self._reading.archive)
                self.report.add_new(checked, missing=missing)
                seen.add(checked.id)
            yield self._fraction()
        yield self._end()

    def take(self) -> Iterator[float]:
        """Keep what is new, a conversation at a step."""
        for checked in self._readable():
            try:
                self._take(checked)
            except DatabaseError:
                name = checked.json["title"][:60]
                self.report.add_unreadable(Unreadable("the database does not take it", name))
            yield self._fraction()
        yield self._end()

    def _take(self, checked: Checked) -> None:
        if here(self._user, checked.id) is not None:
            self.report.here += 1
            return
        attachments = prepare(checked, self._reading.archive)
        if keep(self._user, checked, attachments):
            self.report.add_new(checked, missing=attachments.missing)
        else:
            self.report.here += 1

    def _readable(self) -> Iterator[Checked]:
        for found in self._reading.conversations():
            if isinstance(found, Unreadable):
                self.report.add_unreadable(found)
            else:
                yield found

    def _fraction(self) -> float:
        """The end of a file is read before its last conversations are dealt with."""
        return min(self._reading.fraction, ALMOST)

    def _end(self) -> float:
        self._reading.close()
        return 1.0


def look(user: User, path: Path) -> Report:
    run = Import(user, path)
    for _ in run.look():
        pass
    return run.report


def take(user: User, path: Path) -> Report:
    run = Import(user, path)
    for _ in run.take():
        pass
    return run.report
