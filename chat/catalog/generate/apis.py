"""What an API takes, whichever model answers: the file `_apis.json`.

The one rule: an API is a row of `chat.llm.providers` by name; what is here is about its words and
ranges, not about its address.
"""

from __future__ import annotations

import re
from typing import Any

from chat.catalog.generate import names
from chat.catalog.generate.parameters import THINKING, parameter

ABSENT = {
    "openai": (("top_k",), "openai-python 3.54.0"),
    "anthropic": (
        ("frequency_penalty", "presence_penalty", "seed", "response_format"),
        "anthropic 2.12.0",
    ),
}
"""What the official SDK of an API has no field for."""

NOT_CHECKED = "third-party client documentation"


def apis(vendors: dict[str, Any]) -> list[dict[str, Any]]:
    return [_api(name, vendor) for name, vendor in sorted(vendors.items())]


def _api(name: str, vendor: dict[str, Any]) -> dict[str, Any]:
    provider = names.provider(name)
    versions = vendor.get("versions", [])
    listed = versions[0]["params"] if versions else vendor["params"]
    absent, source = ABSENT.get(provider, ((), ""))
    return {
        "provider": provider,
        "dialect": names.DIALECTS[vendor["dialect"].split()[0]],
        **names.present(endpoint=vendor.get("endpoint")),
        "token_limit": vendor["max_tokens_param"].split()[0],
        "parameters": [
            parameter(row | {"path": path}, source=row.get("source", NOT_CHECKED))
            for row in listed
            for path in _paths(row["path"])
            if names.PARAMETERS.get(path) not in THINKING
        ],
        **names.present(
            absent=[{"name": name, "source": source} for name in absent],
            versions=[_version(version) for version in versions],
            note=vendor.get("note"),
        ),
    }


def _paths(path: str) -> list[str]:
    """Some rows name several parameters at once, with a word on what they are."""
    paths = re.split(r",\s*|\s+/\s+", path)
    return [path for path in paths if re.fullmatch(r"[\w.]+", path)]


def _version(version: dict[str, Any]) -> dict[str, Any]:
    source = version.get("source") or version["params"][0]["source"]
    return {
        "version": version["anthropic_version"],
        "refuses": version.get("removed", []),
        "source": names.source(source),
    }
