"""Which bytes of a file a request is for, and whether it is for any at all."""

from __future__ import annotations

import re
from collections.abc import Mapping

from trackteroid.values import frozen

_RANGE = re.compile(r"bytes=\s*(\d*)\s*-\s*(\d*)\s*", re.ASCII)
_MOST_DIGITS = 18


@frozen
class Wanted:
    """What is answered to a request for a file.

    Attributes:
        status: 200 for all of it, 206 for a range, 304 for nothing new, 416 for a range that it does not have.
        start: The first byte.
        stop: The byte after the last.
    """

    status: int
    start: int
    stop: int


def wanted(headers: Mapping[str, str], size: int, e_tag: str) -> Wanted:
    """Return what a request with `headers` is for. Several ranges are answered with all of it, as servers may.

    >>> wanted({"range": "bytes=2-"}, 10, '"x"')
    Wanted(status=206, start=2, stop=10)
    """
    if _matches(headers.get("if-none-match", ""), e_tag):
        return Wanted(304, 0, 0)
    found = _RANGE.fullmatch(headers.get("range", ""))
    if found is None or headers.get("if-range", e_tag) != e_tag or max(map(len, found.groups())) > _MOST_DIGITS:
        return Wanted(200, 0, size)
    first, last = found.groups()
    if not first and not last:
        return Wanted(200, 0, size)
    start = int(first) if first else max(0, size - int(last))
    stop = min(size, int(last) + 1) if first and last else size
    if first and last and int(last) < start:
        return Wanted(200, 0, size)
    return Wanted(206, start, stop) if start < size and start < stop else Wanted(416, 0, 0)


def _matches(told: str, e_tag: str) -> bool:
    """Return whether a list of ETags has one; weak ones are as good, because nothing is changed."""
    tags = [tag.strip().removeprefix("W/") for tag in told.split(",")]
    return e_tag in tags or tags == ["*"]
