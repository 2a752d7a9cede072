"""What an API takes, whichever model answers: the file `_apis.json`.

The one rule: an API is a row of `chat.llm.providers` by name; what is here is about its words and
ranges, not about its address.
"""

from __future__ import annotations

import re
from typing import Any

from chat.catalog.generate import names
from chat.catalog.generate.parameters import THINKING, excludes, parameter

ABSENT = {
    "openai": (("top_k",), "openai-python 3.54.0"),
    "anthropic": (
        ("frequency_penalty", "presence_penalty", "seed", "response_format"),
        "anthropic 2.12.0",
    ),
}
"""What the official SDK of an API has no field for."""

NOT_CHECKED = "third-party client documentation"


def apis(vendors: dict[str, Any], listing: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        _api(name, vendor, _shared_exclusions(name, listing))
        for name, vendor in sorted(vendors.items())
    ]


def _shared_exclusions(vendor: str, listing: dict[str, Any]) -> dict[str, list[str]]:
    """Path → what may not be set beside it on any model of the vendor that is listed. It then
    holds for those that are not listed too."""
    found: dict[str, set[str]] = {}
    for key, model in listing.items():
        for row in model["params"] if key.startswith(f"{vendor}/") else ():
            others = set(excludes(row))
            found[row["path"]] = found.get(row["path"], others) & others
    return {path: sorted(others) for path, others in found.items() if others}


def _api(name: str, vendor: dict[str, Any], exclusions: dict[str, list[str]]) -> dict[str, Any]:
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
            | names.present(excludes=exclusions.get(path))
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
