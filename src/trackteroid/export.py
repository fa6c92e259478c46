"""Writing tables in the forms that other programs read: CSV, JSON, and Arrow data, from which Parquet is made.

Files are whole or not there: they get their name when they are complete.
"""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import re
import tempfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from ftrack_api.symbol import NOT_SET

from trackteroid.errors import InvalidArgumentsError, TableError, printable
from trackteroid.extras import optional
from trackteroid.tables import Column, Row, Table, as_json, as_text

AnyPath: TypeAlias = "str | os.PathLike[str]"


@contextmanager
def replacing(path: AnyPath) -> Generator[BinaryIO]:
    """Write a file in a block. If the block fails, what was there before is still there.

    Raises:
        InvalidArgumentsError: it is no path of a file.
        OSError: there is no such folder, or the file cannot be written there.
    """
    if not isinstance(path, str | os.PathLike):  # pyright: ignore[reportUnnecessaryIsInstance]  # callers may be untyped
        raise InvalidArgumentsError(f"{path!r} is no path. Give the path of the file that is to be written.")
    target = Path(os.fspath(path))
    if target.is_dir():
        raise InvalidArgumentsError(f"{str(path)!r} is a folder. Give the path of the file that is to be written.")
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), os.fspath(target.parent))
    handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        mask = os.umask(0o022)  # which permissions new files do not get; it can only be read by setting it
        os.umask(mask)
        os.chmod(name, 0o666 & ~mask)
        os.replace(name, target)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(name)
        raise


#: What stands in CSV where something was not loaded; spreadsheets and pandas know it as "not available".
NOT_LOADED = "#N/A"

#: What spreadsheets take for the beginning of a formula.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")
_QUOTED = re.compile(r'[",\r\n]|^\s|\s$|^$|^#N/A$')


def iter_csv(table: Table, *, spreadsheet: bool = False) -> Iterator[str]:
    """Yield a table as CSV, line by line. `trackteroid.tabular.Tabular.to_csv` states the rules."""

    def write(value: Any) -> str:
        if isinstance(value, str):
            is_formula = spreadsheet and value.lstrip("'").startswith(_FORMULAS)
            return _quoted(as_text(f"'{value}" if is_formula else value))
        if value is None:
            return ""
        if value is NOT_SET:
            return NOT_LOADED
        return as_text(value) if isinstance(value, bool | int | float) else _quoted(as_text(value))

    yield ",".join(_quoted(name) for name in table.names) + "\r\n"
    for page in table.pages():
        for row in page:
            line = ",".join(map(write, row))
            yield (line or '""') + "\r\n"  # an empty line would be no row


def _quoted(text: str) -> str:
    return '"{}"'.format(text.replace('"', '""')) if _QUOTED.search(text) else text


def read_csv(text: str, *, spreadsheet: bool = False) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV as dictionaries; what was not loaded is left out, and an empty cell is empty text.

    Spreadsheets of many countries write semicolons or tabs for commas: the first line tells. With *spreadsheet*, what
    stands before the beginnings of formulas is taken away.

    Raises:
        TableError: something would be lost: two columns have one name, or values are in none.
    """
    text = text.removeprefix("\ufeff")
    head = text.partition("\n")[0]
    delimiter = next((sign for sign in ";\t" if sign in head and "," not in head and '"' not in head), ",")
    reader: Iterator[list[str]] = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    columns = next(reader, list[str]())
    check_columns(columns)
    for number, values in enumerate((each for each in reader if each), start=1):
        # What is empty and in no column is what spreadsheets leave behind.
        if any(values[len(columns) :]):
            raise TableError(
                f"Row {number} has {len(values)} cells, and the table {len(columns)} columns. Put text with commas in "
                f"it into quotes."
            )
        cells: dict[str, str] = {}
        for place, (name, value) in enumerate(zip(columns, values, strict=False), start=1):
            if value and not name:
                raise TableError(f"Column {place} has values and no name. Name it in the first line, or leave it out.")
            is_guarded = spreadsheet and value.startswith("'") and value.lstrip("'").startswith(_FORMULAS)
            if name and value != NOT_LOADED:
                cells[name] = value[1:] if is_guarded else value
        yield cells


def check_columns(columns: Sequence[str]) -> None:
    """Refuse a table that has two columns of one name, of which one would be lost.

    Raises:
        TableError: it has.
    """
    twice = next((name for number, name in enumerate(columns) if name and name in columns[:number]), None)
    if twice is not None:
        raise TableError(f'The table has two columns "{twice}". Rename one of them, or leave it out.')


#: What JSON allows in a text and some readers of lines take for the end of one, as Python's ``splitlines`` does.
_BREAKS = {ord(sign): f"\\u{ord(sign):04x}" for sign in "\x85\u2028\u2029"}


def iter_json(table: Table, *, lines: bool = False) -> Iterator[str]:
    """Yield a table as JSON, one object for each row: a list of these, or each in a line of its own."""
    names = [json.dumps(printable(name), ensure_ascii=False) for name in table.names]

    def written(row: Row) -> str:
        cells = (f"{name}: {as_json(value)}" for name, value in zip(names, row, strict=True) if value is not NOT_SET)
        return f"{{{', '.join(cells)}}}"

    objects = (written(row) for page in table.pages() for row in page)
    if lines:
        yield from (f"{each.translate(_BREAKS)}\n" for each in objects)
        return
    yield "["
    separator = "\n"
    for each in objects:
        yield f"{separator}{each}"
        separator = ",\n"
    yield "\n]\n"


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
                pairs = zip(table.columns, zip(*page, strict=True), strict=True)
                yield arrow.RecordBatch.from_arrays([_array(arrow, *each) for each in pairs], schema=schema)

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


def _array(arrow: Any, column: Column, values: Sequence[Any]) -> Any:
    """Return the cells of a column; what was not loaded is null, and told of elsewhere."""
    known = _type(arrow, column)
    with suppress(TypeError, ValueError):  # which Arrow's own errors are, too; some values have to be prepared
        if column.kind == "moment" and not column.is_many:  # as servers write them, without making objects of them
            texts = arrow.array(values, arrow.string())
            return texts.cast(arrow.timestamp("us")).cast(known)
        if column.kind not in ("moment", "json"):
            return arrow.array(values, known)

    def prepared(value: Any) -> Any:
        if value is None or value is NOT_SET:
            return None
        return as_text(value) if column.kind in ("json", "text") else value

    plain = [column.plain(value) for value in values]
    if column.is_many:
        cells = [None if each is None or each is NOT_SET else list(map(prepared, each)) for each in plain]
    else:
        cells = list(map(prepared, plain))
    try:
        return arrow.array(cells, known)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidArgumentsError(
            f'The column "{column.name}" holds something that is no {column.kind}: {error}. Leave it out, or write '
            f"the rows with to_dicts() or to_json()."
        ) from error
