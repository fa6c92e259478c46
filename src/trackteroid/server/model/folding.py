"""The one folding of text: what text is compared by wherever case does not matter.

It is the canonical caseless matching of Unicode, in composed letters: spellings that differ only in case, in how
accents are put together or in which sigma they use are one text. Nothing that looks different is the same but for
that: wide letters, raised digits, zero-width signs and the dotless i are letters of their own.

Databases fold ASCII letters themselves. The folding of other text is stored beside it, in a column of its own, by
whoever writes the text (`with_folded`); no database has to know how it is made.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from functools import cache
from typing import Any
from unicodedata import combining, normalize

import sqlalchemy as sa

#: Longer texts may hold so many accents in a row that putting them in order as they come would take minutes.
_LONG = 2_000


def folded(text: str) -> str:
    """Return the same text for all spellings of one text.

    Letters that are newer than the Unicode data of this Python are left as they are.

    >>> folded("ΑΘΗΝΑΣ") == folded("Αθηνας")
    True
    >>> folded("Straße")
    'strasse'
    """
    if text.isascii():
        return text.lower()
    if len(text) > _LONG:
        text = _accents().sub(
            lambda run: "".join(sorted("".join(normalize("NFD", sign) for sign in run[0]), key=combining)), text
        )
    return normalize("NFC", normalize("NFD", text).casefold())


def beside(text: str | None) -> str | None:
    """Return what is stored beside a text: its folding, or nothing where databases can fold it themselves."""
    return None if text is None or text.isascii() else folded(text)


#: What tables note of themselves: the names of the columns that somebody writes, a row of these without any values, and
#: the names of columns with foldings by those of what is folded.
WRITTEN, BLANK, FOLDS = "written", "blank", "folds"


def with_folded(table: sa.Table, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return `values` of a row of `table`, and what is stored beside those that are text."""
    complete = dict(values)
    for name, companion in table.info[FOLDS].items():
        if name in values:
            complete[companion] = beside(values[name])
    return complete


def written(table: sa.Table) -> list[sa.Column[Any]]:
    """Return the columns of a table that hold what somebody wrote, without what is stored beside it."""
    return [table.c[name] for name in table.info[WRITTEN]]


@cache
def _accents() -> re.Pattern[str]:
    """Many signs in a row that go with the letter before them, whose order means nothing."""
    signs = [sign for code in range(sys.maxunicode + 1) if combining(normalize("NFD", sign := chr(code))[0])]
    return re.compile(f"[{''.join(signs)}]{{30,}}")
