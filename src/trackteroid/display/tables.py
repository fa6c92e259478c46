"""Tables as people read them: in terminals, as wide as these are, and in notebooks as plain HTML without scripts.

A value is in one line and without anything that a terminal or a page would obey.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any, cast
from urllib.parse import urlsplit

from ftrack_api.symbol import NOT_SET

from trackteroid.extras import optional
from trackteroid.spelling import moment_of, visible
from trackteroid.tables import Column, Row, Table, as_text
from trackteroid.values import frozen

#: What stands for what was not loaded, and for what has no value.
NOT_LOADED, NOTHING = "not loaded", ""

#: How much of a text is looked at: nobody reads more of it in a table.
_LONGEST = 500
#: How many elements of a list are written out.
_MOST = 5
#: What pictures and links may begin with: nothing that a browser runs.
_SCHEMES = ("http", "https")
#: How cells look: notebooks have rules of their own, which only a style beside the text stands above.
_TEXT, _NUMBER, _MOMENT = "text-align:left;max-width:40em", "text-align:right", "text-align:left;white-space:nowrap"
#: How the names of servers end that have no port.
_NOWHERE = ".invalid"
#: How narrow and how wide a column gets, and what there is between two of them.
_NARROWEST, _WIDEST, _BETWEEN = 10, 80, 3
_NUMBERS = ("number", "integer")
#: What says nothing, or something else, when it is cut.
_INDIVISIBLE = (*_NUMBERS, "moment")


def cell_text(column: Column, value: Any) -> str:
    """Return the value of a cell as people read it, `visible`.

    >>> cell_text(Column("bids", "number", is_many=True), [1.0, 2.5])
    '1, 2.5'
    """
    if value is NOT_SET:
        return NOT_LOADED
    plain = column.plain(value)
    if isinstance(plain, list | tuple):
        values = cast("Sequence[Any]", plain)
        shown = ", ".join(_single(value) for value in values[:_MOST])
        return f"{shown}, ... {len(values)} in all" if len(values) > _MOST else shown
    return _single(plain)


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


def html_of(table: Table, rows: int) -> str:
    """Return a table as HTML: at most so many *rows*, and what is to be said of it."""
    shown = part_of(table, rows)
    cells = list(shown.cells())
    pictures = [_address(table.pictures, number) for number, _ in cells]
    has_pictures = any(pictures)
    styles = [_TEXT] if has_pictures else []
    for _, column in shown.columns:
        kind = "text" if column.is_many else column.kind
        styles.append(_NUMBER if kind in _NUMBERS else _MOMENT if kind == "moment" else _TEXT)
    head = [*([""] if has_pictures else []), *(visible(column.name) for _, column in shown.columns)]
    lines = [_row("th", [escape(name) for name in head], styles)]
    for place, (number, texts) in enumerate(cells):
        if place == len(shown.first):
            lines.append(_row("td", ["&hellip;" for _ in head], styles))
        written = [f"<em>{NOT_LOADED}</em>" if text == NOT_LOADED else escape(text) for text in texts]
        if written and (link := _address(table.links, number)):
            written[0] = f'<a href="{escape(link)}" rel="noreferrer">{written[0] or "&rarr;"}</a>'
        if has_pictures:
            source = escape(pictures[place])
            picture = f'<img src="{source}" alt="" height="40" referrerpolicy="no-referrer">' if source else ""
            written.insert(0, picture)
        lines.append(_row("td", written, styles))
    told = "<br>".join(escape(line) for line in caption(table, shown))
    return f"<div><table>\n{''.join(lines)}</table>\n<small>{told}</small></div>"


def _address(ask: Callable[[int], str] | None, number: int) -> str:
    """Return an address that leads to a server; what has a key in it is kept out of pages that people pass on."""
    found = ask(number) if ask else ""
    parts = urlsplit(found)
    is_reachable = parts.scheme in _SCHEMES and not (parts.hostname or "").endswith(_NOWHERE)
    return found if is_reachable and "apikey" not in found.casefold() else ""


def _row(tag: str, cells: Sequence[str], styles: Sequence[str]) -> str:
    pairs = zip(cells, styles, strict=True)
    return "<tr>" + "".join(f'<{tag} style="{style}">{cell}</{tag}>' for cell, style in pairs) + "</tr>\n"


def console(file: Any = None, width: int | None = None) -> Any:
    """Return a console of Rich's; it writes without colours where nobody sees them.

    Raises:
        MissingExtraError: Rich is not installed.
    """
    rich = optional("rich.console", "display", "Drawing in a terminal")
    # In a notebook, Rich would show what it captures as an output of its own.
    return rich.Console(file=file, width=width, highlight=False, emoji=False, markup=False, force_jupyter=False)


def write(screen: Any, drawing: Any, **options: Any) -> None:
    """Write something that Rich draws; what the encoding of the file has not is written out."""
    with screen.capture() as captured:
        screen.print(drawing, **options)
    encoding = getattr(screen.file, "encoding", None) or "utf-8"
    lines = (line.rstrip(" ") for line in captured.get().split("\n"))
    screen.file.write("\n".join(lines).encode(encoding, "backslashreplace").decode(encoding))


def drawn(table: Table, width: int, rows: int) -> Any:
    """Return what Rich draws for a table within a *width*: at most so many *rows*, and what is to be said of it."""
    optional("rich", "display", "Drawing in a terminal")
    from rich import box  # an optional package
    from rich.console import Group
    from rich.table import Table as Grid
    from rich.text import Text

    shown = part_of(table, rows)
    cells = [texts for _, texts in shown.cells()]
    widths = _widths(shown, cells, width)
    names = [visible(column.name) for _, column in shown.columns]
    told = [Text(line, style="dim", overflow="fold") for line in caption(table, shown, names[len(widths) :])]
    if not widths:
        return Group(*told)
    grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    for (_, column), name, wide in zip(shown.columns, names, widths, strict=False):
        grid.add_column(
            Text(name),
            width=wide,
            justify="right" if column.kind in _NUMBERS and not column.is_many else "left",
            overflow="fold" if column.is_whole else "ellipsis",
            no_wrap=not column.is_whole,
        )
    for number, texts in enumerate(cells):
        if number == len(shown.first):
            grid.add_row(*("..." for _ in widths), style="dim")
        styled = (Text(text, style="dim" if text == NOT_LOADED else "") for text in texts[: len(widths)])
        grid.add_row(*styled)
    return Group(grid, *told)


def _widths(shown: Shown, cells: Sequence[list[str]], width: int) -> list[int]:
    """Return the widths of the columns that have a place, from the first on.

    What is wide gives way, down to what still says something; then the last columns are left out.
    """
    from rich.cells import cell_len  # an optional package

    wanted: list[tuple[int, int]] = []  # how wide each wants to be, and has to be
    for place, (_, column) in enumerate(shown.columns):
        texts = [visible(column.name), *(row[place] for row in cells)]
        most = min(_WIDEST, max(map(cell_len, texts), default=0))
        wanted.append((most, most if column.kind in _INDIVISIBLE and not column.is_many else min(most, _NARROWEST)))
    while wanted:
        room = width - _BETWEEN * (len(wanted) - 1)
        if sum(least for _, least in wanted) <= room:
            highest = max(most for most, _ in wanted)
            widths = [most for most, _ in wanted]
            while sum(widths) > room:  # the widest ones are cut to the same width
                highest -= 1
                widths = [max(least, min(most, highest)) for most, least in wanted]
            return widths
        if len(wanted) == 1:
            return [max(1, min(wanted[0][0], room))]
        wanted.pop()
    return []
