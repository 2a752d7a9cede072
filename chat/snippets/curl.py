"""The call as a command for the shell: cURL, and what every system has beside it."""

from __future__ import annotations

import re
import shlex

from chat.snippets.call import Call
from chat.snippets.literals import JSON, literal


def write(call: Call) -> str:
    body = literal(call.body, JSON)
    names = [name for name in call.files if name in body]
    flags = "-N " if call.is_streamed else "-sS " if call.is_task else ""
    lines = [f"curl {flags}{shlex.quote(call.url)}"]
    lines += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in call.headers.items()]
    if call.key_header:
        lines.append(f'-H "{_key(call)}"')
    lines.append("--data-binary @-" if names else f"-d {_quoted(body)}")
    command = " \\\n  ".join(lines)
    if names:
        command = f"{_spoken(body, names, call)} | {command}"
    return _task(command, call) if call.is_task else f"{command}\n"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _key(call: Call) -> str:
    return f"{call.key_header}: {call.key_prefix}${call.key_variable}"


def _spoken(body: str, marks: list[str], call: Call) -> str:
    """The body piece by piece: a file may be longer than an argument can be."""
    pieces = re.split("(" + "|".join(map(re.escape, marks)) + ")", body)
    lines = [
        f"base64 < {shlex.quote(call.files[piece])} | tr -d '\\n'"
        if piece in call.files
        else f"printf %s {_quoted(piece)}"
        for piece in pieces
    ]
    return "{\n" + "".join(f"  {line}\n" for line in lines) + "}"


def _task(command: str, call: Call) -> str:
    key = f' -H "{_key(call)}"' if call.key_header else ""
    return f"""task=$({command})
id=$(printf %s "$task" | sed 's/.*"id": *"\\(task_[^"]*\\)".*/\\1/')
while printf %s "$task" | grep -qE '"status": *"(queued|running)"'; do
  sleep 1
  task=$(curl -sS "{call.tasks_url}/$id"{key})
done
printf '%s\\n' "$task"
"""
