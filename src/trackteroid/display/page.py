"""Tables in notebooks: plain HTML, escaped, without scripts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from urllib.parse import urlsplit

from trackteroid.display.cells import NOT_LOADED, caption, part_of
from trackteroid.spelling import visible
from trackteroid.tables import Column, Table

#: What pictures and links may begin with: nothing that a browser runs.
_SCHEMES = ("http", "https")
#: How cells look: notebooks have rules of their own, which only a style beside the text stands above.
_TEXT, _NUMBER, _MOMENT = "text-align:left;max-width:40em", "text-align:right", "text-align:left;white-space:nowrap"
#: How the names of servers end that have no port.
_NOWHERE = ".invalid"


def html_of(table: Table, rows: int) -> str:
    """Return a table as HTML: at most so many *rows*, and what is to be said of it."""
    shown = part_of(table, rows)
    cells = list(shown.cells())
    pictures = [_address(table.pictures, number) for number, _ in cells]
    has_pictures = any(pictures)
    styles = [*([_TEXT] if has_pictures else []), *(_style(column) for _, column in shown.columns)]
    head = [*([""] if has_pictures else []), *(visible(column.name) for _, column in shown.columns)]
    lines = [_row("th", [escape(name) for name in head], styles)]
    for place, (number, texts) in enumerate(cells):
        if place == len(shown.first):
            lines.append(_row("td", ["&hellip;" for _ in head], styles))
        written = [_cell(text) for text in texts]
        if written and (link := _address(table.links, number)):
            written[0] = f'<a href="{escape(link)}" rel="noreferrer">{written[0] or "&rarr;"}</a>'
        if has_pictures:
            written.insert(0, _picture(pictures[place]))
        lines.append(_row("td", written, styles))
    told = "<br>".join(escape(line) for line in caption(table, shown))
    return f"<div><table>\n{''.join(lines)}</table>\n<small>{told}</small></div>"


def _address(ask: Callable[[int], str] | None, number: int) -> str:
    """Return an address that leads to a server; what has a key in it is kept out of pages that people pass on."""
    found = ask(number) if ask else ""
    parts = urlsplit(found)
    is_reachable = parts.scheme in _SCHEMES and not (parts.hostname or "").endswith(_NOWHERE)
    return found if is_reachable and "apikey" not in found.casefold() else ""


def _picture(address: str) -> str:
    return f'<img src="{escape(address)}" alt="" height="40" referrerpolicy="no-referrer">' if address else ""


def _cell(text: str) -> str:
    return f"<em>{NOT_LOADED}</em>" if text == NOT_LOADED else escape(text)


def _style(column: Column) -> str:
    if column.is_many:
        return _TEXT
    return _NUMBER if column.kind in ("number", "integer") else _MOMENT if column.kind == "moment" else _TEXT


def _row(tag: str, cells: Sequence[str], styles: Sequence[str]) -> str:
    pairs = zip(cells, styles, strict=True)
    return "<tr>" + "".join(f'<{tag} style="{style}">{cell}</{tag}>' for cell, style in pairs) + "</tr>\n"
