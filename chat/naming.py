"""Which model a program means by a name, and which models its key may use.

A name is a key of ours (`openai/gpt-5.4`), the catalogue's id (`openai/gpt-5-4`), or the bare id of
a model (`gpt-5.4`) where it can mean only one. The one rule: what a key may not use is not there.
"""

from __future__ import annotations

from chat import endpoints
from chat.llm.errors import ModelNotFound
from chat.models import ApiKey
from chat.offers import AvailableModel

SHOWN_NAMES = 3


def offered(key: ApiKey) -> tuple[AvailableModel, ...]:
    """What the key may use, in the order of the endpoints."""
    return tuple(model for model in endpoints.models(key.user) if is_allowed(key, model))


def find(key: ApiKey, name: str) -> AvailableModel:
    """Raise `ModelNotFound`."""
    exact = endpoints.find(name, key.user)
    if exact is not None and is_allowed(key, exact):
        return exact
    models = offered(key)
    found = [model for model in models if model.catalog is not None and model.catalog.id == name]
    found = found or [model for model in models if name in _bare_names(model)]
    if not found:
        raise ModelNotFound(f"There is no model “{name[:200]}” here, or this key may not use it.")
    if len({_identity(model) for model in found}) > 1:
        names = ", ".join(model.key for model in found[:SHOWN_NAMES])
        raise ModelNotFound(f"“{name[:200]}” can mean several models: {names}. Name one of them.")
    return found[0]


def stand_ins(key: ApiKey, model: AvailableModel) -> tuple[AvailableModel, ...]:
    """The same model at other endpoints, for when this one fails before its first word."""
    others = endpoints.alternatives(model, key.user)
    return tuple(other for other in others if is_allowed(key, other))


def is_allowed(key: ApiKey, model: AvailableModel) -> bool:
    names = (model.key, model.catalog.id) if model.catalog else (model.key,)
    return key.allows(endpoint=model.endpoint.name, names=names)


def _bare_names(model: AvailableModel) -> set[str]:
    return {model.info.id, model.catalog.slug} if model.catalog else {model.info.id}


def _identity(model: AvailableModel) -> str:
    return model.catalog.id if model.catalog else model.key
