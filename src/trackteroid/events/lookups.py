"""Asking the server for the entities that events tell of."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Any

from ftrack_api.session import Session

from trackteroid.chains import Condition
from trackteroid.entities.base import entity_class
from trackteroid.schema.types import schema_of
from trackteroid.spelling import quoted

#: How many ids go into one query.
_AT_ONCE = 500


def query_for(session: Session, type_name: str) -> Any:
    """Return a query for entities of a type.

    Sessions have listeners and queries have sessions: so the class of queries is known to nobody here before one is
    made.
    """
    query = importlib.import_module("trackteroid.query").Query
    return query(entity_class(type_name, schema_of(session)), session=session)


def rows_of(session: Session, type_name: str, ids: Iterable[str], columns: Iterable[str]) -> list[Any]:
    """Return the values of columns for the entities with these ids, one tuple each; unknown ids have none."""
    wanted, found = list(dict.fromkeys(ids)), list[Any]()
    for start in range(0, len(wanted), _AT_ONCE):
        listed = ",".join(map(quoted, wanted[start : start + _AT_ONCE]))
        found += query_for(session, type_name).inject(f"id in ({listed})").rows(list(columns))
    return found


def meeting(session: Session, type_name: str, ids: Iterable[str], condition: Condition | str) -> set[str]:
    """Return those of the ids whose entities meet a condition, written in code or as query text."""
    wanted, found = list(dict.fromkeys(ids)), set[str]()
    for start in range(0, len(wanted), _AT_ONCE):
        listed = ",".join(map(quoted, wanted[start : start + _AT_ONCE]))
        query = query_for(session, type_name).inject(f"id in ({listed})")
        query = query.inject(condition) if isinstance(condition, str) else query.where(condition)
        found |= {row[0] for row in query.rows(["id"])}
    return found


def entities_of(session: Session, type_name: str, ids: Iterable[str], projections: Iterable[object] = ()) -> Any:
    """Return the collection of the entities with these ids; those that are gone or hidden are not in it."""
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return query_for(session, type_name).inject('id is ""').get_all(projections=list(projections), limit=0)
    return query_for(session, type_name).by_id(*wanted).get_all(projections=list(projections))


def chosen(found: Any, ids: Iterable[str]) -> Any:
    """Return those of a collection with these ids, in their order."""
    wanted = dict.fromkeys(ids)
    if not found or list(found.keys()) == list(wanted):
        return found
    return found.from_entities([found[each].values()[0] for each in wanted if each in found])
