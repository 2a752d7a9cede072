"""Our data files, made from a folder that holds `models.json` and `parameters.json`.

The one rule: the same folder gives the same bytes. The files are ours and kept in the repository;
the folder is not needed to run.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from chat.catalog.generate import layout, names
from chat.catalog.generate.apis import apis
from chat.catalog.generate.entries import entry


def generate(folder: Path) -> dict[str, str]:
    """File name → text, relative to `chat/catalog/data`. Raise `ValueError` for facts that have no
    place, `OSError` where a file cannot be read."""
    models = layout.read(folder / "models.json")
    listing = layout.read(folder / "parameters.json")
    sets = models["data_sets"]
    days = {name: row["as_of"] for name, row in sets.items()}
    vendors: dict[str, dict[str, Any]] = {}
    for model in models["models"]:
        slug = names.vendor_slug(model["vendor"])
        vendor = vendors.setdefault(slug, {"slug": slug, "name": model["vendor"], "models": []})
        vendor["models"].append(entry(model, listing["models"], listing["vendors"], days))
    files = {f"{slug}.json": layout.write(vendor) for slug, vendor in vendors.items()}
    files["_apis.json"] = layout.write({"apis": apis(listing["vendors"], listing["models"])})
    files["_sources.json"] = layout.write(
        {
            "version": version(models["generated_on"], vendors),
            "sources": [_source(name, row) for name, row in sets.items()],
        }
    )
    return dict(sorted(files.items()))


def version(day: str, vendors: dict[str, dict[str, Any]]) -> str:
    """The day of the facts, and eight digits of the SHA-256 of all prices: a price that was changed
    by hand shows."""
    prices = [
        [slug, model["slug"], model["prices"]]
        for slug, vendor in sorted(vendors.items())
        for model in vendor["models"]
    ]
    return f"{day}.{hashlib.sha256(layout.line(prices).encode()).hexdigest()[:8]}"


def _source(name: str, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": names.source(name),
        "where": names.source(row["where"]),
        "as_of": row["as_of"],
        "licence": row["licence"],
    }
