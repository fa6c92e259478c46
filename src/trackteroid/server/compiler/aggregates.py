"""Queries that count and group: ``select count(id), status_id from Task group by status_id``.

Their rows are no entities but plain values, named after what was asked: ``count_id``, ``status_id``. What is grouped
by is always told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from trackteroid.server.compiler.aliases import aliases_for
from trackteroid.server.compiler.columns import end_column
from trackteroid.server.compiler.criteria import condition
from trackteroid.server.compiler.dialects import as_compared, extreme, in_order
from trackteroid.server.compiler.limits import LARGEST, TOO_LARGE
from trackteroid.server.compiler.sources import Selection, Source, type_conditions, type_named
from trackteroid.server.core.failures import QueryError
from trackteroid.server.core.request import Request
from trackteroid.server.core.values import to_wire
from trackteroid.server.language import Path, Projection, Query
from trackteroid.server.model import Scalar
from trackteroid.values import frozen

Column = sa.ColumnElement[Any]

_FUNCTIONS: dict[str, Callable[[Column], Column]] = {
    "count": sa.func.count,
    "sum": sa.func.sum,
    "avg": sa.func.avg,
    "min": sa.func.min,
    "max": sa.func.max,
}
_NUMBERS = ("integer", "number")


@frozen
class Value:
    """One value of every row: its name in the answer, its column and what it is."""

    name: str
    column: Column
    attribute: Scalar


def is_aggregate(query: Query) -> bool:
    """Return whether a query counts or groups."""
    return bool(query.group) or any(projection.function for projection in query.projections)


def aggregate(request: Request, query: Query) -> tuple[sa.Select[Any], list[Value]]:
    """Return the statement of a query that counts or groups, and what its columns are; one row more than wanted."""
    if not request.strict:
        raise QueryError("Counting and grouping need strict mode; send the header ftrack-strict-api: true.")
    entity_type = type_named(request.model, query.entity_type)
    # An index of projects has the keys, too. For anything else of half of the rows, all are better read one by one.
    asked = {str(path) for path in (*query.group, *(projection.path for projection in query.projections))}
    is_of_keys = asked <= set(entity_type.primary_key)
    selection = Selection(request.model, entity_type, aliases_for(request, entity_type if is_of_keys else None))
    root = selection.root
    groups = {str(path): _end(root, path) for path in query.group}
    values = {name: Value(name, _shown(column, attribute), attribute) for name, (column, attribute) in groups.items()}
    for projection in query.projections:
        value = _computed(root, projection, groups)
        values.setdefault(value.name, value)
    wheres = list(type_conditions(root))
    if query.criteria is not None:
        wheres.append(condition(root, query.criteria))
    orders: list[Column] = []
    for order in query.order:
        name = str(order.path)
        if name not in values:
            raise QueryError(f"Groups can be ordered by {' or '.join(values)}, not by {name}.")
        column = groups[name][0] if name in groups else values[name].column
        orders.append(in_order(column, descending=order.descending))
    # What is grouped by leaves no order open.
    orders += [in_order(column, descending=False) for column, _ in groups.values()]
    statement = (
        selection.select([value.column.label(f"c{place}") for place, value in enumerate(values.values())], wheres)
        .group_by(*(as_compared(column) for column, _ in groups.values()))
        .order_by(*orders)
        .limit(None if query.limit is None else query.limit + 1)
        .offset(query.offset)
    )
    return statement, list(values.values())


def read_row(values: Sequence[Value], row: Sequence[Any]) -> dict[str, Any]:
    """Return a row of the statement as it is answered.

    Raises:
        QueryError: A sum is larger than numbers of an answer may be.
    """
    told: dict[str, Any] = {}
    for value, found in zip(values, row, strict=True):
        plain = found
        if isinstance(found, Decimal):  # as PostgreSQL has sums and means of whole numbers
            is_whole = found == found.to_integral_value()
            if is_whole and abs(found) >= LARGEST:
                raise QueryError(TOO_LARGE)
            plain = int(found) if is_whole else float(found)
        told[value.name] = to_wire(value.attribute, plain)
    return told


def _end(root: Source, path: Path) -> tuple[Column, Scalar]:
    source = root
    for step in path.steps[:-1]:
        source = source.step(step)
    column, attribute = end_column(source, path.steps[-1])
    if attribute.type in ("variable", "object"):
        raise QueryError(f"{path} has values of any type; they can be neither grouped nor counted.")
    return column, attribute


def _shown(column: Column, attribute: Scalar) -> Column:
    """Of spellings that differ in case only, which are one group, the first is shown."""
    return column if attribute.exact or attribute.type != "string" else extreme(column, sa.func.min)


def _computed(root: Source, projection: Projection, groups: dict[str, tuple[Column, Scalar]]) -> Value:
    path, function = str(projection.path), projection.function
    if function is None:
        if path not in groups:
            raise QueryError(f"{path} has many values in one group; add it to group by, or ask for min({path}).")
        column, attribute = groups[path]
        return Value(path, _shown(column, attribute), attribute)
    column, attribute = _end(root, projection.path)
    is_number = attribute.type in _NUMBERS
    if function in ("sum", "avg") and not is_number:
        raise QueryError(f"{function}({path}) needs numbers; {path} is of type {attribute.format or attribute.type}.")
    if function in ("min", "max") and attribute.type == "boolean":
        raise QueryError(f"{function}({path}) needs values with an order; {path} is true or false.")
    result = attribute if function in ("min", "max") else Scalar(type="number")
    make = _FUNCTIONS[function]
    value = extreme(column, make) if function in ("min", "max") else make(column)
    return Value(f"{function}_{path}", value, result)
