"""What a batch knows of the database: the rows it has seen or made, by key and by what they refer to.

All that a batch writes goes through here, so what was known once stays known. That is why rules may look at rows as
often as they like: what was read for many rows at once is found here for each of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from trackteroid.server.core.changes import Row, RowKey

_NOTHING: Mapping[RowKey, Row] = {}


class Index:
    """The known rows of a table by the value of one column.

    Attributes:
        complete: The values of which all rows are known.
    """

    def __init__(self, column: str, rows: Iterable[Row]) -> None:
        self._column = column
        self._rows: defaultdict[Any, dict[RowKey, Row]] = defaultdict(dict)
        self.complete: set[Any] = set()
        for row in rows:
            self.add(row)

    def add(self, row: Row) -> None:
        """Know one more row."""
        self._rows[row.values[self._column]][row.key] = row

    def discard(self, row: Row, value: Any) -> None:
        """Forget a row that had this value."""
        self._rows[value].pop(row.key, None)

    def among(self, values: Iterable[Any]) -> list[Row]:
        """Return the known rows with one of these values."""
        get = self._rows.get
        return [row for value in dict.fromkeys(values) for row in get(value, _NOTHING).values()] if self._rows else []

    def has_any(self, values: Iterable[Any]) -> bool:
        """Return whether there are known rows with one of these values."""
        return any(map(self._rows.get, values))


class Known:
    """The rows that a batch knows.

    Attributes:
        rows: All of them, by table and key.
    """

    def __init__(self) -> None:
        self.rows: defaultdict[str, dict[RowKey, Row]] = defaultdict(dict)
        self._absent: defaultdict[str, set[RowKey]] = defaultdict(set)
        self._indexes: defaultdict[str, dict[str, Index]] = defaultdict(dict)
        self._seen: set[str] = set()

    def is_absent(self, table: str, key: RowKey) -> bool:
        """Return whether it is known that there is no such row."""
        return key in self._absent[table]

    def has_seen(self, table: str) -> bool:
        """Return whether rows of a table have been looked at."""
        return table in self._seen

    def add(self, row: Row) -> None:
        """Know a row, which was read or made."""
        table = row.type.table
        self._seen.add(table)
        self.rows[table][row.key] = row
        for index in self._indexes[table].values():
            index.add(row)

    def add_absent(self, table: str, keys: Iterable[RowKey]) -> None:
        """Know that there are no such rows."""
        self._absent[table].update(keys)

    def made(self, row: Row) -> None:
        """Know a row that was made."""
        self._absent[row.type.table].discard(row.key)
        self.add(row)

    def changed(self, row: Row, old: Mapping[str, Any]) -> None:
        """Know that columns of a row have other values; `old` has those before."""
        for column, index in self._indexes[row.type.table].items():
            if column in old:
                index.discard(row, old[column])
                index.add(row)

    def gone(self, row: Row) -> None:
        """Know that a row is there no more."""
        table = row.type.table
        self.rows[table].pop(row.key, None)
        self._absent[table].add(row.key)
        for column, index in self._indexes[table].items():
            index.discard(row, row.values[column])

    def index(self, table: str, column: str) -> Index:
        """Return the rows of a table by a column."""
        indexes = self._indexes[table]
        if column not in indexes:
            indexes[column] = Index(column, self.rows[table].values())
        return indexes[column]
