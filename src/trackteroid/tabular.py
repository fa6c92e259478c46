"""What queries, collections, plans and profiles have in common: they can be seen and taken along as tables."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

from ftrack_api.symbol import NOT_SET

from trackteroid import export
from trackteroid.display import tables
from trackteroid.errors import InvalidArgumentsError, MissingExtraError
from trackteroid.extras import optional
from trackteroid.progress import counted
from trackteroid.tables import Row, Table
from trackteroid.values import replace

if TYPE_CHECKING:
    from trackteroid.export import AnyPath

#: How many rows are drawn, where nobody says so.
_ROWS = 10


class Tabular:
    """Something that can be read as a table. *columns* say which attributes it has; by default those asked for.

    A column is named by its path, ``"status.name"``. What leads to entities becomes their ids, ``"status.id"``; what
    leads to several a list. Each custom attribute is a column, ``"custom_fps"``; other keys and values are a
    dictionary. Ids are text, and moments are in UTC.
    """

    __slots__ = ()

    def table(self, columns: Iterable[object] | None = None) -> Any:
        """Return it as a table, which is read when it is used."""
        raise NotImplementedError

    def _loaded(self, columns: Iterable[object] | None) -> Table:
        return self.table(columns)

    def _taken_along(self, columns: Iterable[object] | None) -> Table:
        """Return what is read to the end here and now; whoever waits sees how far that is."""
        table = self._loaded(columns)

        def read(start: int, stop: int | None) -> Iterator[Sequence[Row]]:
            return counted(table.read(start, stop), f"Reading {table.title}", table.count)

        return replace(table, read=read)

    def _drawn(self, columns: Iterable[object] | None = None) -> Table:
        """Return what is drawn."""
        return self.table(columns)

    def show(
        self,
        columns: Iterable[object] | None = None,
        *,
        rows: int = _ROWS,
        width: int | None = None,
        file: Any = None,
    ) -> None:
        """Draw it as a table in the terminal: the first and the last rows, how many there are, and what is not loaded.

        Args:
            columns: the columns, as for `to_dicts`.
            rows: how many rows are drawn at most.
            width: how wide it may be, instead of as wide as the terminal.
            file: where it is written to, instead of to the standard output.

        Raises:
            MissingExtraError: Rich is not installed.

        >>> shots.show(["name", "status.name"])  # doctest: +SKIP
        """
        if isinstance(rows, bool) or not isinstance(rows, int) or rows < 0:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidArgumentsError(f"rows is {rows!r}, but has to be 0 or a larger whole number.")
        found = self._drawn(columns)
        screen = tables.console(file, width)
        tables.write(screen, tables.drawn(found, screen.width, rows))

    def __rich_console__(self, screen: Any, options: Any) -> Iterator[Any]:
        yield tables.drawn(self._drawn(), options.max_width, _ROWS)

    def _repr_html_(self) -> str:
        return tables.html_of(self._drawn(), _ROWS)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        text = io.StringIO()
        try:
            if cycle:
                raise MissingExtraError
            self.show(file=text)
        except MissingExtraError:
            printer.text(repr(self))
        else:
            printer.text(text.getvalue().rstrip("\n"))

    def to_dicts(self, columns: Iterable[object] | None = None) -> list[dict[str, Any]]:
        """Return one dictionary for each row, with moments as ``datetime`` in UTC.

        What was not loaded is not in it; what has no value is None.

        Raises:
            UnknownAttributeError: there is no such column; the message suggests similar ones.

        >>> Query(Shot).to_dicts(["name", "status.name"])  # doctest: +SKIP
        [{'name': 'bc0010', 'status.name': 'Approved'}, ...]
        """
        table = self._taken_along(columns)
        names = table.names
        return [
            {name: value for name, value in zip(names, row, strict=True) if value is not NOT_SET}
            for page in table.pages()
            for row in page
        ]

    def to_arrow(self, columns: Iterable[object] | None = None) -> Any:
        """Return a ``pyarrow.Table``. What was not loaded is null, as what has no value; dictionaries are JSON.

        Raises:
            MissingExtraError: pyarrow is not installed.
        """
        return export.reader_of(self._taken_along(columns)).read_all()

    def __arrow_c_stream__(self, requested_schema: object = None) -> Any:
        """Return an Arrow stream, by which pandas, Polars, DuckDB and others read it batch by batch."""
        return export.reader_of(self._loaded(None)).__arrow_c_stream__(requested_schema)

    def to_pandas(self, columns: Iterable[object] | None = None) -> Any:
        """Return a ``pandas.DataFrame``.

        Raises:
            MissingExtraError: pandas or pyarrow is not installed.
        """
        optional("pandas", "export", "A data frame of pandas")
        return self.to_arrow(columns).to_pandas()

    def to_polars(self, columns: Iterable[object] | None = None) -> Any:
        """Return a ``polars.DataFrame``.

        Raises:
            MissingExtraError: polars or pyarrow is not installed.
        """
        polars = optional("polars", "export", "A data frame of Polars")
        return polars.from_arrow(self.to_arrow(columns))

    @overload
    def to_csv(
        self, path: None = None, columns: Iterable[object] | None = None, *, spreadsheet: bool = False
    ) -> str: ...
    @overload
    def to_csv(self, path: AnyPath, columns: Iterable[object] | None = None, *, spreadsheet: bool = False) -> None: ...
    def to_csv(
        self, path: AnyPath | None = None, columns: Iterable[object] | None = None, *, spreadsheet: bool = False
    ) -> str | None:
        """Write CSV in UTF-8 to a file, or return it as text if there is no path.

        What has no value is an empty cell, empty text is ``""``, and what was not loaded is ``#N/A``. Moments are in
        ISO 8601, lists and dictionaries in JSON.

        With *spreadsheet* it begins with the mark by which Excel knows UTF-8, and text that begins like a formula, with
        ``=``, ``+``, ``-``, ``@``, a tab or a line break, has a ``'`` before it.
        """
        lines = export.iter_csv(self._taken_along(columns), spreadsheet=spreadsheet)
        return _written(path, lines, mark="\ufeff" if spreadsheet else "")

    @overload
    def to_json(self, path: None = None, columns: Iterable[object] | None = None, *, lines: bool = False) -> str: ...
    @overload
    def to_json(self, path: AnyPath, columns: Iterable[object] | None = None, *, lines: bool = False) -> None: ...
    def to_json(
        self, path: AnyPath | None = None, columns: Iterable[object] | None = None, *, lines: bool = False
    ) -> str | None:
        """Write a list of JSON objects to a file, or return it as text if there is no path; see `to_dicts`.

        With *lines*, each object is in a line of its own and there is no list around them.
        """
        return _written(path, export.iter_json(self._taken_along(columns), lines=lines))

    def to_parquet(self, path: AnyPath, columns: Iterable[object] | None = None) -> None:
        """Write a Parquet file, batch by batch; see `to_arrow`.

        Raises:
            MissingExtraError: pyarrow is not installed.
        """
        parquet = optional("pyarrow.parquet", "export", "Parquet")
        reader = export.reader_of(self._taken_along(columns))
        with export.replacing(path) as stream, parquet.ParquetWriter(stream, reader.schema) as writer:
            for batch in reader:
                writer.write_batch(batch)


class DataTable(Table, Tabular):
    """A table that can be seen and taken along: what `Tabular.table` returns."""

    __slots__ = ()

    _repr_pretty_ = Tabular._repr_pretty_  # IPython looks for it where it finds __repr__

    def table(self, columns: Iterable[object] | None = None) -> DataTable:
        """Return it; with *columns*, only those of these names.

        Raises:
            UnknownAttributeError: there is no such column; the message suggests similar ones.
        """
        if columns is None:
            return self
        chosen = [self.column(str(name)) for name in listed_names(columns)]
        places = [self.columns.index(column) for column in chosen]

        def read(start: int, stop: int | None) -> Iterator[Sequence[Row]]:
            for page in self.read(start, stop):
                yield [tuple(row[place] for place in places) for row in page]

        return replace(self, columns=tuple(chosen), read=read)

    def __repr__(self) -> str:
        count = "" if self.count is None else f" of {self.count:,} rows"
        return f"<{self.title} table{count}: {', '.join(self.names)}>"


def listed_names(columns: Iterable[object]) -> list[object]:
    """Return the names of columns, one by one.

    Raises:
        InvalidArgumentsError: *columns* is no list of them.
    """
    if isinstance(columns, (str, bytes)):
        raise InvalidArgumentsError(f"Columns are given as a list, not as {columns!r}: [{columns!r}].")
    return list(columns)


def _written(path: AnyPath | None, parts: Iterator[str], mark: str = "") -> str | None:
    if path is None:
        return mark + "".join(parts)
    if isinstance(path, (list, tuple, set, frozenset)):
        raise InvalidArgumentsError(f"The first argument is the path of a file, not {path!r}. Write columns={path!r}.")
    with export.replacing(path) as stream:
        stream.write(mark.encode())
        stream.writelines(part.encode() for part in parts)
    return None
