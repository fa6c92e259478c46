"""Work that takes long, and how far it has come."""

from __future__ import annotations

from trackteroid.values import frozen

#: The bytes of the units that sizes are written in.
_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")


@frozen
class Progress:
    """How far work has come.

    Attributes:
        description: what is being done.
        done: how much of it is done.
        total: how much there is; None where nobody knows.
        unit: what is counted.
    """

    description: str
    done: int
    total: int | None
    unit: str = "bytes"

    def __str__(self) -> str:
        return f"{self.description}: {self.amount}" if self.amount else self.description

    @property
    def amount(self) -> str:
        """How much is done, of how much: ``"3 of 10 rows"``; nothing where nothing is counted."""
        if self.total is None and not self.done:
            return ""
        if self.unit == "bytes":
            return size_text(self.done) + ("" if self.total is None else f" of {size_text(self.total)}")
        return f"{self.done:,}" + ("" if self.total is None else f" of {self.total:,}") + f" {self.unit}"


class Work:
    """Work that goes on: since when, and how much of it is done."""

    __slots__ = ("began", "description", "done", "total", "unit")

    def __init__(self, description: str, total: int | None, unit: str, began: float) -> None:
        """Begin some work, at a moment by the clock of the board; a *total* of None is one that nobody knows."""
        self.description, self.total, self.unit = description, total, unit
        self.began = began
        self.done = 0

    def advance(self, more: int) -> None:
        """Note that so much more is done."""
        self.done += more

    @property
    def progress(self) -> Progress:
        """How far it has come."""
        return Progress(self.description, self.done, self.total, self.unit)


def size_text(size: float) -> str:
    """Return a number of bytes for people.

    >>> size_text(999), size_text(1536)
    ('999 bytes', '1.5 KiB')
    """
    unit = 0
    while size >= 1024 and unit < len(_UNITS) - 1:
        size, unit = size / 1024, unit + 1
    return f"{size:.1f} {_UNITS[unit]}" if unit else f"{size:.0f} {_UNITS[0]}"
