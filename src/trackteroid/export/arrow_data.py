"""Tables as Arrow data: a stream of batches, of which one is in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ftrack_api.symbol import NOT_SET

from trackteroid.errors import InvalidArgumentsError
from trackteroid.extras import optional
from trackteroid.tables import Column, Row, Table, as_text


def reader_of(table: Table) -> Any:
    """Return a ``pyarrow.RecordBatchReader`` of a table, which reads the table as it is read itself.

    Raises:
        MissingExtraError: pyarrow is not installed.
    """
    arrow = optional("pyarrow", "export", "Arrow data")
    schema = arrow.schema([arrow.field(column.name, _type(arrow, column)) for column in table.columns])

    def batches() -> Iterator[Any]:
        for page in table.read(0, None):
            if page:
                yield arrow.RecordBatch.from_arrays(_arrays(arrow, table.columns, page), schema=schema)

    return arrow.RecordBatchReader.from_batches(schema, batches())


def _type(arrow: Any, column: Column) -> Any:
    types = {
        "number": arrow.float64(),
        "integer": arrow.int64(),
        "boolean": arrow.bool_(),
        "moment": arrow.timestamp("us", "UTC"),
    }
    found = types.get(column.kind) or arrow.string()
    return arrow.list_(found) if column.is_many else found


def _arrays(arrow: Any, columns: Sequence[Column], page: Sequence[Row]) -> list[Any]:
    return [_array(arrow, column, values) for column, values in zip(columns, zip(*page, strict=True), strict=True)]


def _array(arrow: Any, column: Column, values: Sequence[Any]) -> Any:
    """Return the cells of a column; what was not loaded is null, and told of elsewhere."""
    if column.kind == "moment" and not column.is_many and (found := _moments(arrow, values)) is not None:
        return found
    known = _type(arrow, column)
    if column.kind not in ("moment", "json"):
        try:
            return arrow.array(values, known)  # most have nothing to be prepared
        except (TypeError, ValueError):  # which Arrow's own errors are, too
            pass
    prepared = [_prepared(column, value) for value in values]
    try:
        return arrow.array(prepared, known)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidArgumentsError(
            f'The column "{column.name}" holds something that is no {column.kind}: {error}. Leave it out, or write '
            f"the rows with to_dicts() or to_json()."
        ) from error


def _moments(arrow: Any, values: Sequence[Any]) -> Any:
    """Return moments as servers write them, without making objects of them; None if some are written differently."""
    try:
        texts = arrow.array(values, arrow.string())
        return texts.cast(arrow.timestamp("us")).cast(arrow.timestamp("us", "UTC"))
    except (TypeError, ValueError):
        return None


def _prepared(column: Column, value: Any) -> Any:
    value = column.plain(value)
    if value is None or value is NOT_SET:
        return None
    return [_single(column, each) for each in value] if column.is_many else _single(column, value)


def _single(column: Column, value: Any) -> Any:
    if value is None or value is NOT_SET:
        return None
    return as_text(value) if column.kind in ("json", "text") else value
