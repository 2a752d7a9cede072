"""Reading the environment: each variable has a type, and nonsense stops the start.

Every function also reads `NAME_FILE`, the path of a file that holds the value, so that secrets
can be mounted instead of exported.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from chat.llm.providers import Provider

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}

_SQLITE_OPTIONS = {
    # Deferred transactions that read and then write fail with "database is locked" under load,
    # whatever the timeout; immediate ones wait their turn.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA cache_size=-64000;"
        "PRAGMA mmap_size=268435456;PRAGMA temp_store=MEMORY;"
    ),
}


def text(name: str, default: str = "") -> str:
    """The variable, else the content of the file that `NAME_FILE` names, else the default."""
    if not name:
        return default
    value = os.environ.get(name)
    if value is not None:
        return value.strip()
    path = os.environ.get(f"{name}_FILE")
    if not path:
        return default
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name}_FILE: {path} cannot be read ({error.strerror})."
        ) from None


def flag(name: str, *, default: bool) -> bool:
    value = text(name).lower()
    if not value:
        return default
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is on or off, not {value!r}.")


def switch(name: str, *, default: str) -> str:
    """`on`, `off`, or anything else as it stands."""
    value = text(name) or default
    if value.lower() in _TRUE:
        return "on"
    return "off" if value.lower() in _FALSE else value


def choice(name: str, choices: Sequence[str], *, default: str) -> str:
    value = text(name).upper() or default
    if value in choices:
        return value
    raise ImproperlyConfigured(f"{name} is one of {', '.join(choices)}, not {value!r}.")


def number(name: str, default: int, *, minimum: int = 0, maximum: int = 2**31) -> int:
    value = text(name)
    if not value:
        return default
    try:
        result = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is a whole number, not {value!r}.") from None
    if not minimum <= result <= maximum:
        raise ImproperlyConfigured(f"{name} is {minimum} to {maximum}, not {result}.")
    return result


def origin(name: str, default: str) -> str:
    """A scheme and a host, perhaps a port: no path, no user, no slash at the end."""
    return _origin(name, text(name, default))


def _origin(name: str, value: str) -> str:
    value = value.rstrip("/")
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured(f"{name} is not an address: {value!r}.") from None
    is_plain = re.fullmatch(r"https?://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d+)?", value.lower())
    if not is_plain or not parts.hostname:
        raise ImproperlyConfigured(
            f"{name} looks like https://playground.example.org, not {value!r}."
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    standard_port = 443 if parts.scheme == "https" else 80
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != standard_port else "")


def origins(name: str) -> list[str]:
    """Apart by commas or blanks."""
    values = re.split(r"[\s,]+", text(name).strip(" ,"))
    return [_origin(name, value) for value in values if value]


def folder(name: str, default: Path) -> Path:
    """A folder that exists from now on and can be written to."""
    path = Path(text(name) or default).expanduser().resolve()
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name}: the folder {path} cannot be made ({error.strerror})."
        ) from None
    if not os.access(path, os.W_OK | os.X_OK):
        raise ImproperlyConfigured(f"{name}: the folder {path} cannot be written to.")
    return path


def secret(name: str, path: Path) -> str:
    """The variable, else the secret kept in the file, which is made on the first start."""
    value = text(name)
    if value:
        if len(value) < 32:
            raise ImproperlyConfigured(f"{name} has fewer than 32 characters.")
        return value
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass
    except (OSError, UnicodeError):
        raise ImproperlyConfigured(f"{path} cannot be read.") from None
    value = secrets.token_urlsafe(48)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        draft.touch(mode=0o600)
        draft.write_text(value, encoding="ascii")
        # A link appears whole or not at all, and only once: of two that start together both agree.
        os.link(draft, path)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{path} cannot be written ({error.strerror}).") from None
    finally:
        draft.unlink(missing_ok=True)
    return value


def keys(name: str, path: Path) -> list[str]:
    """Secrets apart by commas, blanks or lines: the first for what is new, all for what is old."""
    found = re.split(r"[\s,]+", secret(name, path).strip(" ,"))
    if any(len(key) < 32 for key in found):
        raise ImproperlyConfigured(f"{name} or {path}: a key has fewer than 32 characters.")
    return found


def providers(rows: Iterable[Provider]) -> dict[str, dict[str, str]]:
    """`api_key` and `base_url` of those whose key is in one of their usual variables."""
    found = {}
    for row in rows:
        key = text(row.key_variable) or text(row.other_key_variable)
        if not key:
            continue
        url = text(row.base_url_variable) or row.base_url
        if not url:
            raise ImproperlyConfigured(f"{row.key_variable} needs {row.base_url_variable} too.")
        has_path = urlsplit(url).path.strip("/")
        url = url if has_path else url.rstrip("/") + row.base_url_path
        found[row.name] = {"api_key": key, "base_url": url}
    return found


def endpoints(name: str) -> list[dict[str, Any]]:
    """A JSON list of objects. `api_key_variable` in one names the variable that holds its key."""
    value = text(name)
    if not value:
        return []
    try:
        rows = json.loads(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not JSON: {error}.") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ImproperlyConfigured(f"{name} is a list of objects: [{{…}}, …].")
    for row in rows:
        if variable := row.pop("api_key_variable", None):
            row["api_key"] = text(variable)
    return rows


def database(name: str, default: Path) -> dict[str, Any]:
    """`postgres://user:password@host:port/name?sslmode=…`, `sqlite:////path`, else a local file."""
    value = text(name)
    if not value:
        return _sqlite(default)
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured(f"{name} is not an address.") from None
    match parts.scheme:
        case "sqlite":
            return _sqlite(Path(unquote(parts.path.removeprefix("/"))))
        case "postgres" | "postgresql":
            return {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": unquote(parts.path.lstrip("/")),
                "USER": unquote(parts.username or ""),
                "PASSWORD": unquote(parts.password or ""),
                "HOST": parts.hostname or "",
                "PORT": str(port or ""),
                "OPTIONS": {
                    "pool": {"min_size": 1, "max_size": 8, "timeout": 10},
                    **dict(parse_qsl(parts.query)),
                },
            }
    raise ImproperlyConfigured(f"{name} begins with postgres:// or sqlite://.")


def _sqlite(path: Path) -> dict[str, Any]:
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "OPTIONS": dict(_SQLITE_OPTIONS)}
