"""Which models there are, what they can do, what they take and what they cost.

The one rule: a fact comes from a data file with its source and date; what no source says is None
and is never made up. `python manage.py catalog generate` makes the files, `check` looks them over.
"""

from chat.catalog.entries import CatalogModel, Vendor
from chat.catalog.loading import get, models, price_table_version, vendors
from chat.catalog.matching import match

__all__ = ["CatalogModel", "Vendor", "get", "match", "models", "price_table_version", "vendors"]
