"""Tables: named columns and their rows, which `trackteroid.display` draws and `trackteroid.export` writes.

Queries, collections, plans and profiles make them. What a cell holds is what its column says, None where there is no
value, or ``NOT_SET`` where it was not loaded.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from ftrack_api.symbol import NOT_SET

from trackteroid.errors import UnknownAttributeError, nearest, printable, suggest
from trackteroid.spelling import moment_of
from trackteroid.values import frozen, replace

if TYPE_CHECKING:
    from typing_extensions import Self

Kind: TypeAlias = Literal["text", "number", "integer", "boolean", "moment", "json"]
Row: TypeAlias = "tuple[Any, ...]"

#: How many rows are read at once.
PAGE = 10_000


@frozen
class Column:
    """One column of a table.

    Attributes:
        name: what it is called, such as ``"name"``, ``"status.name"`` or ``"custom_fps"``.
        kind: what its cells hold; moments as anything that `trackteroid.spelling.moment_of` takes, ``"json"`` anything.
        is_many: whether a cell holds a list of these.
        is_hidden: whether it says nothing to people, such as an id, so that it is only drawn for who asks for it.
        is_whole: whether it is drawn in as many lines as it needs, rather than cut.
    """

    name: str
    kind: Kind = "text"
    is_many: bool = False
    is_hidden: bool = False
    is_whole: bool = False

    def plain(self, value: Any) -> Any:
        """Return the value of a cell as built-in types: text, numbers, flags, moments in UTC, lists of these.

        What does not fit its kind is returned as it is.
        """
        if value is None or value is NOT_SET:
            return value
        if self.is_many:
            return [self._plain(each) for each in value]
        return self._plain(value)

    def _plain(self, value: Any) -> Any:
        if self.kind != "moment" or value is None:
            return value
        found = moment_of(value, text=True)
        return value if found is None else found.astimezone(timezone.utc)


def shown(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Return columns that somebody asks for, of which none is hidden."""
    return tuple(replace(column, is_hidden=False) for column in columns)


@frozen
class Table:
    """Named columns and their rows, which are read when they are needed.

    Attributes:
        title: what the rows are: ``"Shot"``.
        columns: the columns.
        read: yields the rows from one number to another one, page by page; to the last one, if there is no other.
        count: how many rows there are; None where that is not known before they are read.
        links: the address of the page of a row, by the first cells of the row; empty if it has none.
        pictures: the address of the picture of a row, as `links`.
        notes: what else there is to say, in sentences.
        one: what a single row is, where that is not the title.
    """

    title: str
    columns: tuple[Column, ...]
    read: Callable[[int, int | None], Iterator[Sequence[Row]]]
    count: int | None = None
    links: Callable[[int], str] | None = None
    pictures: Callable[[int], str] | None = None
    notes: tuple[str, ...] = ()
    one: str = ""

    @classmethod
    def of(
        cls, title: str, columns: Sequence[Column], rows: Sequence[Row], *, notes: Sequence[str] = (), one: str = ""
    ) -> Self:
        """Return the table of rows that are there already."""

        def read(start: int, stop: int | None) -> Iterator[Sequence[Row]]:
            yield rows[start:stop]

        return cls(title, tuple(columns), read, len(rows), notes=tuple(notes), one=one)

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return [column.name for column in self.columns]

    def pages(self) -> Iterator[Sequence[Row]]:
        """Yield all rows, page by page, with cells as `Column.plain` returns them."""
        for page in self.read(0, None):
            yield self.plain(page)

    def plain(self, page: Sequence[Row]) -> Sequence[Row]:
        """Return rows with cells as `Column.plain` returns them."""
        changed = [column if column.kind == "moment" else None for column in self.columns]
        if not any(changed):
            return page
        cells = (
            values if column is None else [column.plain(value) for value in values]
            for column, values in zip(changed, zip(*page, strict=True), strict=False)
        )
        return list(zip(*cells, strict=True))

    def column(self, name: str) -> Column:
        """Return the column with this name.

        Raises:
            UnknownAttributeError: there is none; the message suggests similar ones.
        """
        for column in self.columns:
            if column.name == name:
                return column
        known = self.names
        raise UnknownAttributeError(
            f'The table has no column "{name}".{suggest(name, known)} It has: {", ".join(known)}.',
            name=name,
            near=nearest(name, known),
        )


def as_text(value: Any) -> str:
    """Return a plain value as text that says all of it: moments in ISO 8601, lists and dictionaries as JSON.

    >>> as_text([True, "a"])
    '[true, "a"]'
    """
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, int | float) else as_json(value)


def as_json(value: Any) -> str:
    """Return a plain value as JSON; what JSON has no form for as text."""
    return printable(json.dumps(_json_ready(value), ensure_ascii=False))


def _json_ready(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _json_ready(each) for key, each in cast("Mapping[object, object]", value).items()}
    if isinstance(value, list | tuple):
        return [_json_ready(each) for each in cast("list[object]", value)]
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else str(value)  # JSON has neither infinity nor what is no number
    if value is NOT_SET:
        return None
    moment = moment_of(value)
    return str(value) if moment is None else moment.isoformat()
