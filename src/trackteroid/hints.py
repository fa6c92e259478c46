"""What is only needed once something is wrong: which names a misspelt one is near to, and errors in notebooks."""

from __future__ import annotations

import difflib
import html
from collections.abc import Iterable, Sequence

from trackteroid.spelling import visible, visible_lines


def nearest(name: object, known: Iterable[str]) -> tuple[str, ...]:
    """Return at most three of the *known* names that *name* could be a misspelling of, the most likely first."""
    by_folded = {candidate.casefold(): candidate for candidate in sorted(known, reverse=True)}
    matches = difflib.get_close_matches(str(name).casefold(), list(by_folded), n=3, cutoff=0.7)
    return tuple(by_folded[match] for match in matches)


def page(text: str, near: Sequence[str]) -> str:
    """Return the HTML of an error that says *text* and suggests the names *near*."""
    found = "".join(f"<li><code>{html.escape(visible(each))}</code></li>" for each in near)
    return f"<p>{html.escape(visible_lines(text))}</p>" + (f"<ul>{found}</ul>" if found else "")
