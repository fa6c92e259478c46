"""What the sessions of a process share: the schemas that servers have sent, and the classes that were made of them.

To fetch a schema, to read it and to make its classes is most of what a connection costs. The hash by which a server
names its schema tells whether it is one that is known, as it does for the file in which ftrack_api keeps it. Classes
that plugins have a say in are each session's own; all others are made when somebody first asks for them.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from ftrack_api.entity.base import Entity

Schemas = list[dict[str, Any]]
Make = Callable[[dict[str, Any]], type[Entity]]

#: How many schemas are kept: those of a server or two, before and after somebody has changed them.
_KEPT: Final = 4


class Shared:
    """Schemas, and the classes that were made of them so far."""

    def __init__(self, schemas: Schemas, make: Make) -> None:
        self.schemas = {str(schema["id"]): schema for schema in schemas}
        self._make = make
        self._made: dict[str, type[Entity]] = {}

    def make(self, name: str) -> type[Entity]:
        """Return the class of this name, the same for everybody."""
        with _lock:
            if name not in self._made:
                self._made[name] = self._make(self.schemas[name])
            return self._made[name]


class EntityTypes(dict[str, type[Entity]]):
    """The ``types`` of a session, each of which is made when it is first asked for.

    Whatever looks at all of them, or changes them, makes all; from then on it is a dictionary like others.
    """

    def __init__(self, shared: Shared) -> None:
        super().__init__()
        self.shared = shared
        self._is_full = False

    def __missing__(self, name: str) -> type[Entity]:
        if self._is_full or name not in self.shared.schemas:
            raise KeyError(name)
        made = self.shared.make(name)
        super().__setitem__(name, made)
        return made

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or (not self._is_full and name in self.shared.schemas)

    def get(self, name: Any, default: Any = None) -> Any:
        """Return the class of this name."""
        try:
            return self[name]
        except KeyError:
            return default

    def fill(self) -> None:
        """Make all that there are, in the order of the schema."""
        if self._is_full:
            return
        everything = {name: self.shared.make(name) for name in self.shared.schemas}
        with _lock:
            if not self._is_full:
                super().clear()  # what others ask for until it is back they get from what is shared
                super().update(everything)
                self._is_full = True


def made_types(types: dict[str, type[Entity]]) -> list[type[Entity]]:
    """Return the classes among *types* that were made."""
    return list(dict[str, type[Entity]].values(types))


def _filled(name: str) -> Callable[..., Any]:
    method = getattr(dict, name)

    @wraps(method)
    def call(types: EntityTypes, *arguments: Any, **named: Any) -> Any:
        types.fill()
        return method(types, *arguments, **named)

    return call


for _name in (
    *("__delitem__", "__eq__", "__ior__", "__iter__", "__len__", "__ne__", "__or__", "__repr__", "__reversed__"),
    *("__ror__", "__setitem__", "clear", "copy", "items", "keys", "pop", "popitem", "setdefault", "update", "values"),
):
    setattr(EntityTypes, _name, _filled(_name))

#: By the hash; what is shared is there once a session had no plugin for its classes.
_known: Final[OrderedDict[str, tuple[Schemas, list[Shared]]]] = OrderedDict()
_lock = threading.RLock()


def after_fork() -> None:
    """Have a lock of its own in a forked child."""
    global _lock
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=after_fork)


def find_schemas(name: object) -> Schemas | None:
    """Return the schemas that a server calls by this hash, in a new list; None if they are not known, or it is none."""
    known = _known.get(name) if isinstance(name, str) else None
    return None if known is None else known[0].copy()


def keep_schemas(name: object, schemas: Schemas) -> None:
    """Keep schemas for sessions to come."""
    if isinstance(name, str) and schemas:
        with _lock:
            _known[name] = schemas.copy(), []
            while len(_known) > _KEPT:
                _known.popitem(last=False)


def types_of(schemas: Schemas, make: Make) -> EntityTypes:
    """Return the types of a session with these schemas; *make* makes a class of one, unless somebody has."""
    with _lock:
        shared = next((shared for known, shared in _known.values() if known == schemas), list[Shared]())
        if not shared:
            shared.append(Shared(schemas, make))
    return EntityTypes(shared[0])
