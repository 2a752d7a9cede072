"""The catalogue's files, read once when something first asks for them.

The one rule: what does not fit its type is refused here, so that nobody else has to check.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import msgspec

from chat.catalog.entries import Api, CatalogModel, Source, Vendor

DATA = Path(__file__).parent / "data"
APIS, SOURCES = "_apis.json", "_sources.json"


@dataclass(frozen=True, slots=True)
class ApisFile:
    apis: tuple[Api, ...]


@dataclass(frozen=True, slots=True)
class SourcesFile:
    version: str
    """Of the prices: the day they were gathered, and a digest of them."""
    sources: tuple[Source, ...]


def vendor_files(data: Path = DATA) -> list[Path]:
    return sorted(file for file in data.glob("*.json") if not file.name.startswith("_"))


def read_vendor(file: Path) -> Vendor:
    """Raise `msgspec.ValidationError` where the file is not one of a vendor."""
    vendor = _VENDOR.decode(file.read_bytes())
    models = (
        replace(model, vendor=vendor.slug, vendor_name=vendor.name) for model in vendor.models
    )
    return replace(vendor, models=tuple(models))


def read_apis(data: Path = DATA) -> ApisFile:
    return _APIS.decode((data / APIS).read_bytes())


def read_sources(data: Path = DATA) -> SourcesFile:
    return _SOURCES.decode((data / SOURCES).read_bytes())


@cache
def price_table_version() -> str:
    """Goes into the receipt: a price of another day has another version."""
    return read_sources().version


@cache
def vendors() -> tuple[Vendor, ...]:
    """In the order of their slugs."""
    return tuple(read_vendor(file) for file in vendor_files())


@cache
def models() -> tuple[CatalogModel, ...]:
    """Vendor by vendor, the newest or best known of each first."""
    return tuple(model for vendor in vendors() for model in vendor.models)


@cache
def _by_id() -> Mapping[str, CatalogModel]:
    return {model.id: model for model in models()}


def get(id: str) -> CatalogModel | None:
    """By `<vendor>/<model>`, such as "google/gemini-2.5-flash"."""
    return _by_id().get(id)


@cache
def apis() -> Mapping[str, Api]:
    """By provider."""
    return {api.provider: api for api in read_apis().apis}


@cache
def sources() -> Mapping[str, Source]:
    return {source.name: source for source in read_sources().sources}


_VENDOR = msgspec.json.Decoder(Vendor)
_APIS = msgspec.json.Decoder(ApisFile)
_SOURCES = msgspec.json.Decoder(SourcesFile)
