"""Tables as text: CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ftrack_api.symbol import NOT_SET

from trackteroid.errors import TableError, printable
from trackteroid.tables import Table, as_json, as_text

#: What stands in CSV where something was not loaded; spreadsheets and pandas know it as "not available".
NOT_LOADED = "#N/A"

#: What spreadsheets take for the beginning of a formula.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")
_QUOTED = re.compile(r'[",\r\n]|^\s|\s$|^$|^#N/A$')


def iter_csv(table: Table, *, spreadsheet: bool = False) -> Iterator[str]:
    """Yield a table as CSV, line by line. `trackteroid.export.tabular.Tabular.to_csv` states the rules."""
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
