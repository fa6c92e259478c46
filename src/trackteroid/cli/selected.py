"""What is going to be changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trackteroid.cli.statements import Statement
from trackteroid.errors import NoResultFoundError
from trackteroid.schema.types import Schema, schema_of

#: The attributes by which people know something, and what it belongs to.
_NAMES = ("name", "full_name", "label", "username", "version", "subject")


def selected(query: Any, statement: Statement, projections: Sequence[str] = ()) -> Any:
    """Return what a query finds, of the part that a statement wants, with what plans call it by.

    Raises:
        NoResultFoundError: there is nothing, so that a misspelt name is noticed.
    """
    naming = _naming(schema_of(query.session), query.entity_type)
    found = query.get(
        list(dict.fromkeys([*projections, *naming])),
        statement.limit,
        statement.offset,
        order=statement.order,
        order_by=list(statement.order_by) or None,
    )
    if not found:
        raise NoResultFoundError(f"Nothing was found, so nothing was changed: {query}")
    return found


def _naming(types: Schema, entity_type: Any) -> list[str]:
    """Return the attributes that say what entities of a type are called, and what those are called that they are in."""
    name = entity_type.__name__
    own = [each for each in _NAMES if types.find_attribute(name, each)]
    owners = [types.find_attribute(name, each) for each in entity_type.parents]
    return own + [
        f"{owner.name}.{each}"
        for owner in owners
        if owner is not None and owner.kind == "reference"
        for each in _NAMES
        if types.find_attribute(owner.target or "", each)
    ]
