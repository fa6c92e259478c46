"""Names that are imported and not there: the class of a type that only some servers have, or a slip of the pen."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Collection, Iterable
from itertools import groupby

from trackteroid.entities.base import Entity, entity_class, find_entity_class
from trackteroid.errors import UnknownAttributeError, UnknownImportError, nearest, suggest

_LONG = 6
"""From this length on, two names that differ in one letter are one name and a slip: Stage and State are two."""


def entity_or_error(module: str, name: str, known: Collection[str]) -> type[Entity]:
    """Return the class of the entity type *name*, which *module* does not list among the names that it has.

    Servers have types of their own, and which ones is not known before there is a connection. So of what could be one,
    an import statement is only refused what looks like a slip of one of the *known*. Who reads an attribute may have
    got its name from the server.

    Raises:
        UnknownImportError: ``from module import name``, and *name* is no type or a slip.
        UnknownAttributeError: ``module.name``, and *name* is no type.
    """
    is_type = name[:1].isupper() and name.isidentifier()
    if is_type and not (_is_imported(depth=3) and any(is_slip(name, each) for each in known)):
        return entity_class(name)
    raise missing(module, name, known, depth=3)


def missing(module: str, name: str, known: Iterable[str], *, depth: int = 2) -> AttributeError:
    """Return the error for a *name* that *module* does not have, with what was probably meant.

    Args:
        module: the name of the module.
        name: what it was asked for.
        known: what it has.
        depth: how many calls from here the asking is: the caller of ``__getattr__``.

    Raises:
        UnknownImportError: an import statement asks, which makes an error of its own of every AttributeError: without
            what was probably meant.
    """
    is_imported = _is_imported(depth=depth + 1)
    # The import system asks for submodules, too, before it looks for them.
    if name.startswith("_") or (is_imported and importlib.util.find_spec(f"{module}.{name}")):
        return AttributeError(f"module {module!r} has no attribute {name!r}", name=name)
    known = tuple(known)
    near = tuple(each for each in known if is_slip(name, each)) or nearest(name, known)
    message = f'{module} has no "{name}".{suggest(name, near)}'
    if not is_imported:
        return UnknownAttributeError(message, name=name, near=near)
    if name[:1].isupper() and any(find_entity_class(each) for each in near):
        message += f' If the server has a type of this name, use entity_class("{name}").'
    raise UnknownImportError(message, name=name, near=near)


def _is_imported(*, depth: int) -> bool:
    """Return whether the function *depth* calls from here is the import system's, at work on ``from ... import``."""
    asking = sys._getframe(depth)  # pyright: ignore[reportPrivateUsage]
    return asking.f_globals.get("__name__") == "importlib._bootstrap"


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
