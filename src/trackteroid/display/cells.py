"""Values as people read them, in one line and without anything that a terminal or a page would obey."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from ftrack_api.symbol import NOT_SET

from trackteroid.spelling import moment_of, visible
from trackteroid.tables import Column, Row, Table, as_text
from trackteroid.values import frozen

#: What stands for what was not loaded, and for what has no value.
NOT_LOADED, NOTHING = "not loaded", ""

#: How much of a text is looked at: nobody reads more of it in a table.
_LONGEST = 500
#: How many elements of a list are written out.
_MOST = 5


def cell_text(column: Column, value: Any) -> str:
    """Return the value of a cell as people read it, `visible`.

    >>> cell_text(Column("bids", "number", is_many=True), [1.0, 2.5])
    '1, 2.5'
    """
    if value is NOT_SET:
        return NOT_LOADED
    plain = column.plain(value)
    if isinstance(plain, list | tuple):
        return _listed(cast("Sequence[Any]", plain))
    return _single(plain)


def _listed(values: Sequence[Any]) -> str:
    shown = ", ".join(_single(value) for value in values[:_MOST])
    return f"{shown}, ... {len(values)} in all" if len(values) > _MOST else shown


def _single(value: Any) -> str:
    if value is None or value is NOT_SET:
        return NOTHING
    value = value if isinstance(value, str) else moment_of(value) or value
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M") + ("Z" if value.tzinfo else "")
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{visible(str(k))}={_single(v)}" for k, v in cast("Mapping[Any, Any]", value).items())
    text = value[:_LONGEST] if isinstance(value, str) else as_text(value)[:_LONGEST]
    return visible(text)


@frozen
class Shown:
    """The part of a table that is drawn.

    Attributes:
        columns: the columns, without those that are hidden.
        first: the first rows, each with its number.
        last: the last rows, each with its number.
        hidden: how many rows are between them; None where it is not known how many there are.
    """

    columns: tuple[tuple[int, Column], ...]
    first: tuple[tuple[int, Row], ...]
    last: tuple[tuple[int, Row], ...]
    hidden: int | None

    def cells(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the number and the texts of each row."""
        for number, row in (*self.first, *self.last):
            yield number, [cell_text(column, row[place]) for place, column in self.columns]

    @property
    def not_loaded(self) -> list[str]:
        """The columns in which something of what is drawn was not loaded."""
        rows = [row for _, row in (*self.first, *self.last)]
        return [column.name for place, column in self.columns if any(row[place] is NOT_SET for row in rows)]


def part_of(table: Table, most: int) -> Shown:
    """Return the first and the last rows of a table, *most* in all; no others are read."""
    named = tuple((place, column) for place, column in enumerate(table.columns) if not column.is_hidden)
    columns = named or tuple(enumerate(table.columns))
    if table.count is None:
        first = _read(table, 0, most + 1)
        return Shown(columns, tuple(first[:most]), (), None if len(first) > most else 0)
    if table.count <= most:
        return Shown(columns, tuple(_read(table, 0, table.count)), (), 0)
    tail = most // 2
    first, last = _read(table, 0, most - tail), _read(table, table.count - tail, table.count)
    return Shown(columns, tuple(first), tuple(last), table.count - most)


def _read(table: Table, start: int, stop: int) -> list[tuple[int, Row]]:
    return list(enumerate((row for page in table.read(start, stop) for row in page), start)) if stop > start else []


def caption(table: Table, shown: Shown, left_out: Sequence[str] = ()) -> list[str]:
    """Return what is said below a table: how many rows there are, and what is not shown of them."""
    count = len(shown.first) + len(shown.last)
    if table.count is not None:
        named = table.one if table.one and table.count == 1 else table.title
        size = f"{table.count:,} {named}" + (f", {shown.hidden:,} of them not shown" if shown.hidden else "")
    elif shown.hidden == 0:
        size = f"{count:,} {table.title}"
    else:
        size = f"The first {count:,} {table.title}"
    said = [size] if table.title else []
    if shown.not_loaded:
        said.append(f"Not loaded: {', '.join(shown.not_loaded)}")
    if left_out:
        said.append(f"Too wide for: {', '.join(left_out)}")
    return [visible(each) for each in (*said, *table.notes)]
