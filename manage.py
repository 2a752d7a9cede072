#!/usr/bin/env python
"""Django's command line: `python manage.py serve` starts the playground."""

from __future__ import annotations

import os
import sys


def main() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036  # whoever runs an older one is told so
        sys.exit(f"Playground needs Python 3.11 or later; this is {sys.version.split()[0]}.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")
    if sys.argv[1:2] == ["runserver"]:
        os.environ.setdefault("PLAYGROUND_DEBUG", "on")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ModuleNotFoundError as error:
        sys.exit(f"{error.name} is not installed in {sys.executable}; `make run` installs it.")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
