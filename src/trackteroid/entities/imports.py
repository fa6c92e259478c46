"""Names that are imported and not there: the class of a type that only some servers have, or a slip of the pen."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Collection, Iterable
from itertools import groupby

from trackteroid.entities.base import Entity, entity_class, find_entity_class
from trackteroid.errors import (
    UnknownAttributeError,
    UnknownEntityTypeError,
    UnknownImportError,
    nearest,
    suggest,
)

_LONG = 6
"""From this length on, two names that differ in one letter are one name and a slip: Stage and State are two."""


def entity_or_error(module: str, name: str, known: Collection[str]) -> type[Entity]:
    """Return the class of the entity type *name*, which *module* does not list among the names that it has.

    Servers have types of their own, and which ones is not known before there is a connection. So only names that look
    like a slip of one of the *known* are refused.

    Raises:
        UnknownImportError: ``from module import name``, and *name* is no type or a slip.
        UnknownAttributeError: ``module.name``, and *name* is no type.
        UnknownEntityTypeError: ``module.name``, and *name* is a slip.
    """
    if found := find_entity_class(name):
        return found
    is_type = name[:1].isupper() and name.isidentifier()
    slips = [each for each in known if is_slip(name, each)]
    if is_type and not slips:
        return entity_class(name)
    raise missing(module, name, slips or known, depth=3)


def missing(module: str, name: str, known: Iterable[str], *, depth: int = 2) -> AttributeError | UnknownImportError:
    """Return the error for a *name* that *module* does not have, with what was probably meant.

    ``from module import name`` makes an ImportError without that of every AttributeError, so it gets one that has it.
    It is told by who asks: the import system, *depth* calls from here. It asks so for submodules, too, before it looks
    for them.
    """
    is_imported = sys._getframe(depth).f_globals.get("__name__") == "importlib._bootstrap"  # pyright: ignore[reportPrivateUsage]
    if name.startswith("_") or (is_imported and importlib.util.find_spec(f"{module}.{name}")):
        return AttributeError(f"module {module!r} has no attribute {name!r}", name=name)
    known = tuple(known)
    near = tuple(each for each in known if is_slip(name, each)) or nearest(name, known)
    is_type = name[:1].isupper() and any(find_entity_class(each) for each in near)
    more = f' If the server has a type of this name, use entity_class("{name}").' if is_type else ""
    message = f'{module} has no "{name}".{suggest(name, near)}{more}'
    kind = UnknownEntityTypeError if is_type else UnknownAttributeError
    return (UnknownImportError if is_imported else kind)(message, name=name, near=near)


def is_slip(name: str, other: str) -> bool:
    """Return whether *name* is certainly meant to be *other*: one letter more or less, two in the wrong order.

    >>> [is_slip(each, "Shot") for each in ("Shoot", "Shto", "SHOT", "Shots", "Show", "Slot")]
    [True, True, True, True, False, False]
    """
    mine, theirs = name.replace("_", "").casefold(), other.replace("_", "").casefold()
    if _once(mine) == _once(theirs):
        return True
    start = _common(mine, theirs)
    mine, theirs = mine[start:], theirs[start:]
    end = _common(mine[::-1], theirs[::-1])
    mine, theirs = mine[: len(mine) - end], theirs[: len(theirs) - end]
    if not (mine + theirs).isalpha():  # Shot2 is another one
        return False
    if len(mine) == len(theirs) == 1:
        return len(other) >= _LONG
    if len(mine) == len(theirs) == 2:
        return mine == theirs[::-1]
    return sorted((len(mine), len(theirs))) == [0, 1] or (not theirs and mine == "es")


def _once(text: str) -> list[str]:
    """Return the letters of a text, those that are repeated only once."""
    return [letter for letter, _ in groupby(text)]


def _common(one: str, other: str) -> int:
    """Return how many letters two texts begin with together."""
    return next(
        (at for at, pair in enumerate(zip(one, other, strict=False)) if len(set(pair)) > 1), min(len(one), len(other))
    )
