"""Entity types, declared once: the served schema, the tables, the query compiler and the writer read the same model."""

from __future__ import annotations

from functools import cache

from .attributes import MISSING, Attribute, Collection, Key, Reference, Scalar, Through
from .declarations import TYPES
from .registry import Model, UnknownName
from .types import EntityType, Unique


@cache
def standard_model() -> Model:
    """The entity types that every server has, before a site adds object types of its own."""
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
