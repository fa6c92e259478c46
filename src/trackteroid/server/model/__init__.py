"""Entity types, declared once: the served schema, the tables, the query compiler and the writer read the same model."""

from __future__ import annotations

from functools import cache

from trackteroid.server.model.attributes import MISSING, Attribute, Collection, Key, Reference, Scalar, Through
from trackteroid.server.model.declarations import TYPES
from trackteroid.server.model.registry import Model, UnknownName
from trackteroid.server.model.types import EntityType, Unique


@cache
def standard_model() -> Model:
    """Return the entity types that every server has, before a site adds object types of its own."""
    return Model(TYPES)


__all__ = [
    "MISSING",
    "Attribute",
    "Collection",
    "EntityType",
    "Key",
    "Model",
    "Reference",
    "Scalar",
    "Through",
    "Unique",
    "UnknownName",
    "standard_model",
]
