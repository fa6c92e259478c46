"""What queries for a type are called: ``Query(Shot)`` is a ``ShotQuery``, which is ``Query[Shot]`` to checkers."""

from __future__ import annotations

from typing import Any

from trackteroid import entities
from trackteroid.entities.base import entity_class, find_entity_class
from trackteroid.entities.imports import is_slip
from trackteroid.query.criteria import kind_of
from trackteroid.query.query import Query

_SUFFIX = "Query"


def query_class(name: str) -> type[Query[Any]] | None:
    """Return the class that is called *name*, as ``ShotQuery``; None if it is not called like one, or by a slip.

    Types that only some servers have are known by nothing but their name.
    """
    type_name = name.removesuffix(_SUFFIX)
    if not name.endswith(_SUFFIX) or not type_name[:1].isupper():
        return None
    if find_entity_class(type_name) is None and any(is_slip(type_name, each) for each in entities.__all__):
        return None
    return kind_of(Query, entity_class(type_name))


def __getattr__(name: str) -> type[Query[Any]]:
    if (found := query_class(name)) is not None:
        return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
