"""The languages that a call can be written in.

The one rule: no package to install. Python and JavaScript (Node 20 or later) come with all that is
needed, PHP with its cURL extension.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chat.snippets import curl, javascript, php, python
from chat.snippets.call import Call


@dataclass(frozen=True, slots=True)
class Language:
    name: str
    label: str
    colours: str
    write: Callable[[Call], str]


LANGUAGES = {
    language.name: language
    for language in (
        Language("python", "Python", "python", python.write),
        Language("javascript", "JavaScript", "javascript", javascript.write),
        Language("curl", "cURL", "bash", curl.write),
        Language("php", "PHP", "php", php.write),
    )
}
