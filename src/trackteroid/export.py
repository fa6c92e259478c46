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
from collections.abc import Generator, Iterable, Iterator, Sequence
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
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, target)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(name)
        raise


def _umask() -> int:
    """Return which permissions new files do not get; it can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


#: What stands in CSV where something was not loaded; spreadsheets and pandas know it as "not available".
NOT_LOADED = "#N/A"

#: What spreadsheets take for the beginning of a formula.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")
_QUOTED = re.compile(r'[",\r\n]|^\s|\s$|^$|^#N/A$')


def iter_csv(table: Table, *, spreadsheet: bool = False) -> Iterator[str]:
    """Yield a table as CSV, line by line. `trackteroid.tabular.Tabular.to_csv` states the rules."""
    write = _guarded if spreadsheet else _cell
    yield ",".join(_quoted(name) for name in table.names) + "\r\n"
    for page in table.pages():
        for row in page:
            line = ",".join(map(write, row))
            yield (line or '""') + "\r\n"  # an empty line would be no row


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if value is NOT_SET:
        return NOT_LOADED
    return _quoted(as_text(value)) if not isinstance(value, bool | int | float) else as_text(value)


def _guarded(value: Any) -> str:
    if isinstance(value, str) and value.lstrip("'").startswith(_FORMULAS):
        return _quoted(as_text(f"'{value}"))
    return _cell(value)


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
    reader: Iterator[list[str]] = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    columns = next(reader, list[str]())
    check_columns(columns)
    for number, values in enumerate((each for each in reader if each), start=1):
        _check_width(columns, values, number)
        cells = {name: value for name, value in zip(columns, values, strict=False) if name and value != NOT_LOADED}
        yield {name: _unguarded(value) for name, value in cells.items()} if spreadsheet else cells


def _delimiter(text: str) -> str:
    head = text.partition("\n")[0]
    return next((sign for sign in (";", "\t") if sign in head and "," not in head and '"' not in head), ",")


def check_columns(columns: Sequence[str]) -> None:
    """Refuse a table that has two columns of one name, of which one would be lost.

    Raises:
        TableError: it has.
    """
    twice = next((name for number, name in enumerate(columns) if name and name in columns[:number]), None)
    if twice is not None:
        raise TableError(f'The table has two columns "{twice}". Rename one of them, or leave it out.')


def _check_width(columns: Sequence[str], values: Sequence[str], number: int) -> None:
    """Refuse a row with values in no column; what is empty there is what spreadsheets leave behind."""
    if any(values[len(columns) :]):
        raise TableError(
            f"Row {number} has {len(values)} cells, and the table {len(columns)} columns. Put text with commas in it "
            f"into quotes."
        )
    for place, (name, value) in enumerate(zip(columns, values, strict=False), start=1):
        if value and not name:
            raise TableError(f"Column {place} has values and no name. Name it in the first line, or leave it out.")


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(_FORMULAS) else text


#: What JSON allows in a text and some readers of lines take for the end of one, as Python's ``splitlines`` does.
_BREAKS = {ord(sign): f"\\u{ord(sign):04x}" for sign in "\x85\u2028\u2029"}


def iter_json(table: Table, *, lines: bool = False) -> Iterator[str]:
    """Yield a table as JSON, one object for each row: a list of these, or each in a line of its own."""
    names = [json.dumps(printable(name), ensure_ascii=False) for name in table.names]
    objects = (_object(names, row) for page in table.pages() for row in page)
    if lines:
        yield from (f"{each.translate(_BREAKS)}\n" for each in objects)
        return
    yield "["
    separator = "\n"
    for each in objects:
        yield f"{separator}{each}"
        separator = ",\n"
    yield "\n]\n"


def _object(names: list[str], row: Iterable[Any]) -> str:
    cells = (f"{name}: {as_json(value)}" for name, value in zip(names, row, strict=True) if value is not NOT_SET)
    return f"{{{', '.join(cells)}}}"


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
