"""The functions that users give to the methods of collections: refused if they are none, before they are called."""

from __future__ import annotations

from ftrack_api.symbol import NOT_SET

from trackteroid.chains import Chain, steps_of
from trackteroid.collections.empty_values import EmptyValues
from trackteroid.errors import InvalidArgumentsError


def check_functions(method: str, *functions: object) -> None:
    """Refuse what is no function.

    Raises:
        InvalidArgumentsError: something cannot be called; the message has a function that was probably meant.
    """
    for function in functions:
        # What is read from nothing can be called, but only so that a chain never breaks.
        if not callable(function) or function is NOT_SET or isinstance(function, EmptyValues):
            raise InvalidArgumentsError(
                f"{method} takes a function that is called with one element after the other, not {function!r}. "
                f"Write one: {method}(lambda each: {_meant(function)})."
            )


def _meant(given: object) -> str:
    """Return what a function was probably to return: the attribute that was given by name or as a chain."""
    if isinstance(given, str) and all(part.isidentifier() for part in given.split(".")):
        return f"each.{given}"
    if isinstance(given, Chain):
        return f"each.{'.'.join(step for step in steps_of(given)[1:] if not step.startswith('[')) or 'name'}"
    return "each.name"
