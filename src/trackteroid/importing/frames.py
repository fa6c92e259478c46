"""Reading the rows of a table, whatever it is: dictionaries, a data frame, Arrow data, a file."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from ftrack_api.symbol import NOT_SET

from trackteroid.errors import InvalidArgumentsError, TableError, suggest
from trackteroid.export import AnyPath, check_columns, read_csv
from trackteroid.extras import optional

_EXPECTED = (
    "a list of dictionaries, a data frame of pandas or Polars, Arrow data, a collection or query, or the path of a "
    ".csv, .json, .jsonl or .parquet file"
)
_ENDINGS = (".csv", ".json", ".jsonl", ".parquet")


def rows_of(frame: object, *, spreadsheet: bool = False) -> list[dict[str, Any]]:
    """Return the rows of a table as dictionaries. What is empty is None, and what was not loaded is left out.

    Raises:
        InvalidArgumentsError: it is no table.
        MissingExtraError: reading it needs a package that is not installed.
        OSError: the file cannot be read.
    """
    if isinstance(frame, (str, os.PathLike)):
        found = _of_file(Path(os.fspath(cast("AnyPath", frame))), spreadsheet)
    else:
        found = _of_object(frame)
    rows: list[dict[str, Any]] = []
    for number, row in enumerate(found, start=1):
        if not isinstance(row, Mapping):
            raise InvalidArgumentsError(f"Row {number} is {row!r}, but each row is a dictionary of values by column.")
        cells = cast("Mapping[object, Any]", row)
        rows.append({str(name): _cell(value) for name, value in cells.items() if value is not NOT_SET})
    while len(rows) > 1 and all(each is None for each in rows[-1].values()):
        rows.pop()  # spreadsheets write more rows than there are
    return rows


def _of_file(path: Path, spreadsheet: bool) -> Iterable[Any]:
    match path.suffix.casefold():
        case ".csv":
            try:
                text = path.read_text(encoding="utf-8")
            except UnicodeDecodeError as error:
                raise TableError(
                    f"{str(path)!r} is not in UTF-8: nobody can tell what its byte {error.start + 1} is. Save it as "
                    "CSV UTF-8, as spreadsheets call it."
                ) from error
            return read_csv(text, spreadsheet=spreadsheet)
        case ".json":
            return _listed(json.loads(path.read_text(encoding="utf-8")))
        case ".jsonl":
            return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        case ".parquet":
            return _of_object(optional("pyarrow.parquet", "export", "Parquet").read_table(path))
        case other:
            raise InvalidArgumentsError(
                f"{str(path)!r} does not say what it is: its name ends with {other!r}, not with one of "
                f"{', '.join(_ENDINGS)}.{suggest(other, _ENDINGS)}"
            )


def _of_object(frame: object) -> Iterable[Any]:
    if isinstance(frame, Mapping):
        raise InvalidArgumentsError(f"A table is {_EXPECTED}, not one dictionary. Put it into a list.")
    given: Any = cast("Any", frame)
    kind = cast("type[object]", type(given))
    if hasattr(kind, "collect") and hasattr(kind, "lazy"):  # what Polars computes when it is needed
        return _of_object(given.collect())
    # Frames of Arrow or pandas may have a column twice; Polars refuses that. Entity classes have paths of any name.
    columns: Iterable[Any] = given.column_names if hasattr(kind, "column_names") else ()
    if _is_pandas(given):
        columns = given.columns
    check_columns([str(each) for each in columns])
    for method in ("to_pylist", "to_dicts"):  # of Arrow, of Polars and of ours
        if hasattr(kind, method):
            return getattr(given, method)()
    if _is_pandas(given):
        return given.to_dict(orient="records")
    if hasattr(kind, "__arrow_c_stream__"):
        return optional("pyarrow", "export", "Arrow data").table(given).to_pylist()
    return _listed(given)


def _is_pandas(frame: object) -> bool:
    return hasattr(type(frame), "to_dict") and hasattr(type(frame), "iterrows")


def _listed(given: object) -> Iterable[Any]:
    if not isinstance(given, Iterable) or isinstance(given, (Mapping, bytes)):
        raise InvalidArgumentsError(f"A table is {_EXPECTED}, not {given!r}.")
    return cast("Iterable[Any]", given)


def _cell(value: Any) -> Any:
    """Return a cell with what data frames have for nothing as None, and their numbers as Python's."""
    number: object = value
    is_no_number = isinstance(number, float) and number != number  # nothing else differs from itself
    if value is None or value == "" or is_no_number or type(value).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(value, str):
        return value if value.strip() else None
    return value.item() if type(value).__module__ == "numpy" and getattr(value, "ndim", 1) == 0 else value
