"""What a server calls its types: ``TASK_TYPES.Compositing``, ``OBJECT_TYPES["Asset Build"]``.

Each of these asks the server when it is first used, once per connection. A name is looked up as the server spells it;
if there is none, without regard to case, blanks and punctuation (``AssetBuild``), then without digits too.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Generic, TypeVar

import arrow  # pyright: ignore[reportMissingTypeStubs]  # the version ftrack_api asks for has no types
from ftrack_api.entity.base import Entity
from ftrack_api.session import Session

import trackteroid.session
from trackteroid.errors import UnknownTypeNameError, nearest, suggest
from trackteroid.session_state import of_connection
from trackteroid.values import frozen

__all__ = [
    "ASSET_TYPES",
    "CUSTOM_ATTRIBUTE_TYPE_COMPATIBILITY",
    "OBJECT_TYPES",
    "PROJECT_SCHEMAS",
    "TASK_TYPES",
    "AttributeInfo",
]

_Value = TypeVar("_Value")
_Fetch = Callable[[Session], Mapping[str, Any]]

_PYTHON_TYPES: Mapping[str, tuple[type, ...]] = {
    "number": (int, float),
    "date": (arrow.Arrow, datetime),
    "boolean": (bool,),
}


@frozen
class AttributeInfo:
    """The Python types a custom attribute accepts, whether it holds several values, and whether it can be set."""

    types: tuple[type, ...] = ()
    array: bool = False
    mutable: bool = True


class _Known(dict["NamedTypes[Any]", Mapping[str, Any]]):
    """What a connection has, by what it was asked for."""


class NamedTypes(Generic[_Value]):
    """Things of a server by name, fetched on first use and again after a reconnect.

    >>> TASK_TYPES.Compositing["name"]  # doctest: +SKIP
    'Compositing'
    """

    def __init__(self, what: str, fetch: _Fetch, value: Callable[[Session, Any], _Value]) -> None:
        self._what = what
        self._fetch = fetch
        self._value = value
        self._lock = threading.Lock()

    @property
    def types(self) -> Mapping[str, _Value]:
        """All of them by the server's names, in the default session."""
        session = trackteroid.session.SESSION
        return MappingProxyType({name: self._value(session, each) for name, each in self._of(session).items()})

    def get(self, name: str, session: Session | None = None) -> _Value:
        """Return the one called *name* on the server of *session* (by default, of the default session).

        Raises:
            UnknownTypeNameError: there is none, or several names are meant equally; the message lists similar ones.
        """
        session = session if session is not None else trackteroid.session.SESSION
        known = self._of(session)
        if name in known:
            return self._value(session, known[name])
        for ignored in (r"[\W_]", r"[\W\d_]"):  # blanks and punctuation, and then digits, too
            plain = re.sub(ignored, "", name).casefold()
            meant = [each for each in known if re.sub(ignored, "", each).casefold() == plain]
            if len(meant) == 1:
                return self._value(session, known[meant[0]])
        raise UnknownTypeNameError(
            f'The server has no {self._what} "{name}".{suggest(name, known)} It has: {", ".join(sorted(known))}.',
            name=name,
            near=nearest(name, known),
        )

    def __getitem__(self, name: str) -> _Value:
        return self.get(name)

    def __getattr__(self, name: str) -> _Value:
        if name.startswith("__"):
            raise AttributeError(name)
        return self.get(name)

    def __dir__(self) -> list[str]:
        """Complete the names, where there is a connection already."""
        return [*super().__dir__(), *(name for name in self._ipython_key_completions_() if name.isidentifier())]

    def _ipython_key_completions_(self) -> list[str]:
        session = trackteroid.session.SESSION
        return list(self._of(session)) if session.connected else []

    def __repr__(self) -> str:
        return f"<{self._what}s of the server>"

    def _of(self, session: Session) -> Mapping[str, Any]:
        with self._lock:
            known = of_connection(session, _Known)
            if self not in known:
                known[self] = self._fetch(session)
            return known[self]


def _named_entities(what: str, type_name: str) -> NamedTypes[Entity]:
    def fetch(session: Session) -> Mapping[str, str]:
        return {each["name"]: each["id"] for each in session.query(" ".join(("select id, name from", type_name)))}

    def entity(session: Session, key: str) -> Entity:
        found = session.get(type_name, key)  # from memory: it has just been queried
        if found is None:
            raise UnknownTypeNameError(f"The server has no {what} with the id {key} any more. Reconnect the session.")
        return found

    return NamedTypes(what, fetch, entity)


def _accepted_types(session: Session) -> Mapping[str, tuple[type, ...]]:
    found: dict[str, tuple[type, ...]] = {}
    configurations: Iterable[Any] = session.query("select key, type.name from CustomAttributeConfiguration")
    for configuration in configurations:
        accepted = _PYTHON_TYPES.get(configuration["type"]["name"], (str,))
        # A key may be defined several times, with other types for other entities.
        found[configuration["key"]] = tuple(dict.fromkeys((*found.get(configuration["key"], ()), *accepted)))
    return found


OBJECT_TYPES = _named_entities("object type", "ObjectType")
"""The kinds of parts a project can have, as entities of ftrack_api."""

ASSET_TYPES = _named_entities("asset type", "AssetType")
"""The kinds of assets."""

TASK_TYPES = _named_entities("task type", "Type")
"""The kinds of tasks."""

PROJECT_SCHEMAS = _named_entities("project schema", "ProjectSchema")
"""The rules projects can follow."""

CUSTOM_ATTRIBUTE_TYPE_COMPATIBILITY = NamedTypes(
    "custom attribute", _accepted_types, lambda _, types: AttributeInfo(types)
)
"""What custom attributes accept, by key."""
