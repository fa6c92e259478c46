"""Pages as HTML. Everything that comes from the database is escaped; nothing is loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from trackteroid.spelling import visible_lines
from trackteroid.values import frozen

#: What goes with every page: it runs nothing, loads nothing, is kept nowhere, and its address stays here.
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

STYLE: Final = """
body { font: 14px/1.5 sans-serif; margin: 1.5em; }
body.dark { background: #222; color: #ddd; }
body.light { background: #fff; color: #222; }
h1 { font-size: 1.3em; margin: 0; }
h2 { font-size: 1.1em; margin: 1.5em 0 0; }
img { display: block; max-width: 300px; max-height: 300px; margin-top: 1em; }
table { border-collapse: collapse; margin-top: 1em; }
th, td { text-align: left; vertical-align: top; padding: .2em 1.5em .2em 0; white-space: pre-wrap; }
"""
_PAGE: Final = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title><style>{style}</style></head>
<body class="{theme}">
<main>
<h1>{title}</h1>
<p>{subtitle}</p>
{picture}{tables}
<p>{note}</p>
</main>
</body>
</html>
"""


@frozen
class Link:
    """A text that leads to another page of this server."""

    text: str
    address: str


#: What stands in one place of a page: a text, or several that lead somewhere.
Cell = str | Link | tuple[Link, ...]


@frozen
class Section:
    """A table with a title above it, and a line below it."""

    title: str
    header: tuple[str, ...] = ()
    rows: Sequence[tuple[Cell, ...]] = ()
    note: str = ""


@frozen
class Page:
    """One page: a title, a line below it, a table and a line below that.

    Attributes:
        title: What it is about.
        subtitle: What that is.
        header: The names of the columns of the table.
        rows: Its rows.
        note: What is said below all of it.
        picture: The address of a picture on this server.
        sections: Further tables.
    """

    title: str
    subtitle: str = ""
    header: tuple[str, ...] = ()
    rows: Sequence[tuple[Cell, ...]] = ()
    note: str = ""
    picture: str = ""
    sections: Sequence[Section] = ()


def html_of(page: Page, theme: str) -> str:
    """Return the page as HTML, in a `dark` or `light` theme."""
    tables = [_table(page.header, page.rows)]
    for section in page.sections:
        note = f"\n<p>{text_as_html(section.note)}</p>" if section.note else ""
        table = _table(section.header, section.rows)
        tables.append(f"<h2>{text_as_html(section.title)}</h2>\n{table}{note}")
    return _PAGE.format(
        title=text_as_html(page.title),
        style=STYLE,
        theme=escape(theme),
        subtitle=text_as_html(page.subtitle),
        picture=f'<img src="{escape(page.picture)}" alt="">\n' if page.picture else "",
        tables="\n".join(tables),
        note=text_as_html(page.note),
    )


def refusal(message: str) -> str:
    """Return the page that says why there is no other."""
    return html_of(Page("This page cannot be shown", message), "dark")


def text_as_html(text: str) -> str:
    """Return a text as HTML; what draws nothing, or turns what follows around, is written out."""
    return escape(visible_lines(text))


def _table(header: tuple[str, ...], rows: Sequence[tuple[Cell, ...]]) -> str:
    lines = [_row("th", header)] if header else []
    lines.extend(_row("td", row) for row in rows)
    return "\n".join(["<table>", *lines, "</table>"])


def _row(tag: str, cells: Iterable[Cell]) -> str:
    texts: list[str] = []
    for cell in cells:
        if isinstance(cell, str):
            texts.append(text_as_html(cell))
            continue
        links = (cell,) if isinstance(cell, Link) else cell
        texts.append(" / ".join(f'<a href="{escape(link.address)}">{text_as_html(link.text)}</a>' for link in links))
    return "<tr>" + "".join(f"<{tag}>{text}</{tag}>" for text in texts) + "</tr>"
