"""`NOT_SET`, ftrack_api's value of what was not loaded, and that it becomes no part of a text by accident.

It is one object of a process, which everybody compares with ``is``, so nothing can stand in for it: it gets a class
that knows one thing more.
"""

import sys
from typing import cast

from ftrack_api.symbol import NOT_SET, Symbol

from trackteroid.errors import NoValueError

#: The packages that format it to tell what it is: in messages, in logs and as the value of a cell.
_TELLING = ("ftrack_api", "logging", "trackteroid")


class _NotSet(Symbol):
    """The symbol for a value that was not loaded. It looks as it did, and cannot be formatted into a text."""

    def __format__(self, form: str) -> str:
        caller = cast("object", sys._getframe(1).f_globals.get("__name__"))  # pyright: ignore[reportPrivateUsage]
        if str(caller).partition(".")[0] in _TELLING:
            return format(str(self), form)
        raise NoValueError(
            f"{self} cannot become text: it was read from something that was not loaded, or has no value yet. Add the "
            "attribute to the projections of the query, or load it with fetch_attributes(). To look at it, print it "
            "or format it with !r."
        )

    def __reduce__(self) -> tuple[type[Symbol], tuple[str, bool]]:
        return Symbol, (self.name, self.value)  # what other processes can read, too


_NotSet.__name__ = Symbol.__name__  # which its representation says


def guard_not_set() -> None:
    """Refuse from now on to format `NOT_SET`, in this process."""
    if type(NOT_SET) is Symbol:
        NOT_SET.__class__ = _NotSet
