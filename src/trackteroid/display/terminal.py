"""Tables in terminals, as wide as these are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trackteroid.display.cells import NOT_LOADED, Shown, caption, part_of
from trackteroid.extras import optional
from trackteroid.spelling import visible
from trackteroid.tables import Table

#: How narrow and how wide a column gets, and what there is between two of them.
_NARROWEST, _WIDEST, _BETWEEN = 10, 80, 3
_NUMBERS = ("number", "integer")
#: What says nothing, or something else, when it is cut.
_INDIVISIBLE = (*_NUMBERS, "moment")


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
    from rich.console import Group  # an optional package
    from rich.text import Text

    shown = part_of(table, rows)
    cells = [texts for _, texts in shown.cells()]
    widths = _widths(shown, cells, width)
    names = [visible(column.name) for _, column in shown.columns]
    lines = caption(table, shown, names[len(widths) :])
    told = [Text(line, style="dim", overflow="fold") for line in lines]
    return Group(_grid(shown, cells, widths), *told) if widths else Group(*told)


def _grid(shown: Shown, cells: Sequence[list[str]], widths: Sequence[int]) -> Any:
    from rich import box  # an optional package
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    for (_, column), width in zip(shown.columns, widths, strict=False):
        grid.add_column(
            Text(visible(column.name)),
            width=width,
            justify="right" if column.kind in _NUMBERS and not column.is_many else "left",
            overflow="fold" if column.is_whole else "ellipsis",
            no_wrap=not column.is_whole,
        )
    for number, texts in enumerate(cells):
        if number == len(shown.first):
            grid.add_row(*("..." for _ in widths), style="dim")
        styled = (Text(text, style="dim" if text == NOT_LOADED else "") for text in texts[: len(widths)])
        grid.add_row(*styled)
    return grid


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
            return _fitted(wanted, room)
        if len(wanted) == 1:
            return [max(1, min(wanted[0][0], room))]
        wanted.pop()
    return []


def _fitted(wanted: Sequence[tuple[int, int]], room: int) -> list[int]:
    """Return widths that fit into the room: the widest ones are cut to the same width."""
    highest = max(most for most, _ in wanted)
    widths = [most for most, _ in wanted]
    while sum(widths) > room:
        highest -= 1
        widths = [max(least, min(most, highest)) for most, least in wanted]
    return widths
