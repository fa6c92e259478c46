"""Pages as HTML. Everything that comes from the database is escaped; nothing is loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from trackteroid.values import frozen

#: What goes with every page: it runs nothing, loads nothing, is kept nowhere, and its address stays here.
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

_PAGE: Final = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title><style>
body {{ font: 14px/1.5 sans-serif; margin: 1.5em; }}
body.dark {{ background: #222; color: #ddd; }}
body.light {{ background: #fff; color: #222; }}
h1 {{ font-size: 1.3em; margin: 0; }}
table {{ border-collapse: collapse; margin-top: 1em; }}
th, td {{ text-align: left; vertical-align: top; padding: .2em 1.5em .2em 0; white-space: pre-wrap; }}
</style></head>
<body class="{theme}">
<h1>{title}</h1>
<p>{subtitle}</p>
<table>
{rows}
</table>
<p>{note}</p>
</body>
</html>
"""


@frozen
class Page:
    """One page: a title, a line below it, a table and a line below that."""

    title: str
    subtitle: str = ""
    header: tuple[str, ...] = ()
    rows: Sequence[tuple[str, ...]] = ()
    note: str = ""


def html_of(page: Page, theme: str) -> str:
    """Return the page as HTML, in a `dark` or `light` theme."""
    rows = [_row("th", page.header)] if page.header else []
    rows.extend(_row("td", row) for row in page.rows)
    return _PAGE.format(
        title=escape(page.title),
        theme=escape(theme),
        subtitle=escape(page.subtitle),
        rows="\n".join(rows),
        note=escape(page.note),
    )


def refusal(message: str) -> str:
    """Return the page that says why there is no other."""
    return html_of(Page("This page cannot be shown", message), "dark")


def _row(tag: str, cells: Iterable[str]) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"
