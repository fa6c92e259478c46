"""The columns that conditions and orders are about: at the end of a path, and in the order asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from trackteroid.server.compiler.computed import scalar_column
from trackteroid.server.compiler.dialects import as_compared, in_order
from trackteroid.server.compiler.sources import Source, reference_key
from trackteroid.server.core.failures import QueryError
from trackteroid.server.language import Order, Step
from trackteroid.server.model import Reference, Scalar

Column = sa.ColumnElement[Any]


def end_column(source: Source, step: Step) -> tuple[sa.ColumnElement[Any], Scalar]:
    """Return the column behind an attribute that is compared: its own, the key of a reference, or a computed one."""
    attribute = source.attribute(step.name)
    if isinstance(attribute, Reference):
        key = reference_key(source, attribute)
        if attribute.narrow or step.cast:
            return source.step(step).key, key
        return source.column(attribute.keys[0]), key
    if isinstance(attribute, Scalar):
        if step.cast:
            raise QueryError(f"{source.type.name}.{step.name} is a plain value; it cannot be cast to {step.cast}.")
        return scalar_column(source, step.name, attribute), attribute
    raise QueryError(f"{source.type.name}.{step.name} is a collection; ask for one of its members with any (...).")


def ordered(source: Source, orders: Sequence[Order]) -> list[Column]:
    """Return the order asked for, made total by the primary key."""
    columns = directed(order_columns(source, orders), [order.descending for order in orders])
    return [*columns, *in_full(source)]


def order_columns(source: Source, orders: Sequence[Order]) -> list[Column]:
    """Return the columns to order by, in the form in which they are compared."""
    columns: list[Column] = []
    for order in orders:
        end = source
        for step in order.path.steps[:-1]:
            end = end.step(step)
        columns.append(as_compared(end_column(end, order.path.steps[-1])[0]))
    return columns


def directed(columns: Sequence[Column], descending: Sequence[bool]) -> list[Column]:
    return [in_order(column, descending=down) for column, down in zip(columns, descending, strict=True)]


def in_full(source: Source) -> list[Column]:
    """Return what leaves no order open: that of the type, and then the primary key."""
    return [*(in_order(source.column(name), descending=False) for name in source.type.order), *keys_of(source)]


def keys_of(source: Source) -> list[Column]:
    return [source.column(name) for name in source.type.primary_key]
