"""Tables as commands print them: drawn on a terminal, as CSV elsewhere, or as they are asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypeVar

import click

from trackteroid.cli.command import write_parts
from trackteroid.display.tables import caption, part_of
from trackteroid.errors import MissingExtraError
from trackteroid.export import iter_csv, iter_json
from trackteroid.spelling import visible
from trackteroid.tables import Row, Table
from trackteroid.tabular import DataTable

F = TypeVar("F", bound=Callable[..., Any])
Form: TypeAlias = Literal["table", "csv", "json", "jsonl", "parquet"]

#: How many rows are drawn, unless somebody says so.
ROWS = 100
#: How wide a column gets where nothing else cuts it.
_WIDEST = 60
_NUMBERS = ("number", "integer")


@dataclass(frozen=True, slots=True)
class Output:
    """How a table is printed; *path* is the file that is written instead, for Parquet."""

    form: Form
    path: Path | None = None


def output_options(command: F) -> F:
    """Give a command the options that say how its table is printed."""
    options = (
        click.option("--table", "as_table", is_flag=True, help="Draw a table.  [default on a terminal]"),
        click.option("--csv", "as_csv", is_flag=True, help="Print CSV.  [default elsewhere]"),
        click.option("--json", "as_json", is_flag=True, help="Print a JSON array with an object for each row."),
        click.option("--jsonl", "as_jsonl", is_flag=True, help="Print a JSON object in a line for each row."),
        click.option(
            "--parquet", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write a Parquet file."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def output_of(given: dict[str, Any]) -> Output:
    """Return how a table is printed according to the options; they are taken out of *given*.

    Raises:
        UsageError: there are several.
    """
    path = given.pop("parquet")
    chosen: list[Form] = [form for form in ("table", "csv", "json", "jsonl") if given.pop(f"as_{form}")]
    if path is not None:
        chosen.append("parquet")
    if len(chosen) > 1:
        raise click.UsageError(f"--{' and --'.join(chosen)} exclude each other.")
    return Output(chosen[0] if chosen else "table" if sys.stdout.isatty() else "csv", path)


def write_table(table: DataTable, output: Output, *, rows: int | None = None) -> None:
    """Print a table; *rows* is how many of them are drawn at most.

    Raises:
        MissingExtraError: Parquet is asked for, and pyarrow is not installed.
    """
    match output.form:
        case "parquet":
            if output.path is None:
                raise click.UsageError("Parquet needs a file: --parquet FILE.")
            table.to_parquet(output.path)
            click.echo(f"{output.path}: written.", err=True)
        case "csv":
            write_parts(iter_csv(_begun(table)))
        case "json" | "jsonl":
            write_parts(iter_json(_begun(table), lines=output.form == "jsonl"))
        case _:
            draw(table, ROWS if rows is None else rows)


def _begun(table: DataTable) -> DataTable:
    """Return a table to be read once, of which the first page is read: what is wrong is said before there is output."""
    pages = iter(table.read(0, None))
    first = list(islice(pages, 1))

    def read(_start: int, _stop: int | None) -> Iterator[Sequence[Row]]:
        return chain(first, pages)

    return replace(table, read=read)


def draw(table: DataTable, rows: int) -> None:
    """Draw a table: with Rich, or where that is not installed, with plain columns."""
    try:
        table.show(rows=rows, file=sys.stdout)
    except MissingExtraError:
        for line in plain(table, rows):
            click.echo(line)


def plain(table: Table, rows: int) -> Iterable[str]:
    """Yield the lines of a table with plain columns."""
    shown = part_of(table, rows)
    cells = [
        [text if len(text) <= _WIDEST else f"{text[: _WIDEST - 3]}..." for text in texts] for _, texts in shown.cells()
    ]
    names = [visible(column.name) for _, column in shown.columns]
    widths = [max(map(len, texts)) for texts in zip(names, *cells, strict=True)]
    right = [column.kind in _NUMBERS and not column.is_many for _, column in shown.columns]

    def line(texts: Sequence[str]) -> str:
        parts = zip(texts, widths, right, strict=True)
        return "  ".join(text.rjust(width) if flush else text.ljust(width) for text, width, flush in parts).rstrip()

    yield line(names)
    yield "  ".join("-" * width for width in widths)
    for number, texts in enumerate(cells):
        if number == len(shown.first):
            yield line(["..."[:width] for width in widths])
        yield line(texts)
    yield from caption(table, shown)
