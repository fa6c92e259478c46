"""The types of custom attributes: what the server's configuration says a value has to be."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from weakref import WeakKeyDictionary

from ftrack_api.session import Session

from trackteroid.collections.conversion import check_is_there, moment
from trackteroid.errors import AssignmentError, UnknownAttributeError, nearest, suggest
from trackteroid.schema import Schema

_QUERY = "select key, entity_type, object_type_id, is_hierarchical, type.name from CustomAttributeConfiguration"

#: What configurations call the kinds of entities that custom attributes are for.
_KINDS = {
    "TypedContext": "task",
    "Project": "show",
    "Asset": "asset",
    "AssetVersion": "assetversion",
    "User": "user",
    "List": "list",
}


@dataclass(frozen=True, slots=True)
class _Configuration:
    kind: str
    object_type_id: str | None
    is_hierarchical: bool
    type: str

    def fits(self, types: Schema, type_name: str) -> bool:
        """Return whether entities of this type have the attribute."""
        lineage = types.lineage(type_name)
        kind = next((_KINDS[name] for name in lineage if name in _KINDS), None)
        if self.is_hierarchical and kind in ("task", "show"):
            return True
        object_type_id = found.object_type_id if (found := types.find_type(type_name)) else None
        return self.kind == kind and self.object_type_id in (None, object_type_id)


def checked(session: Session, types: Schema, type_name: str, key: str, value: object) -> Any:
    """Return what is stored as the custom attribute *key* of an entity of this type.

    Raises:
        UnknownAttributeError: entities of this type have no such custom attribute.
        AssignmentError: the attribute is configured for values of another type.
    """
    if value is None:
        return None
    check_is_there(f"custom_{key}", value)
    configurations = _configurations(session)
    accepted = [each.type for each in configurations.get(key, ()) if each.fits(types, type_name)]
    if not accepted:
        fitting = [name for name, found in configurations.items() if any(each.fits(types, type_name) for each in found)]
        if fitting:
            raise UnknownAttributeError(
                f'{type_name} has no custom attribute "{key}". It has {", ".join(sorted(fitting))}.'
                f"{suggest(key, fitting)}",
                name=key,
                near=nearest(key, fitting),
            )
        # The user may not see the configurations; the server knows better.
        return moment(value) if isinstance(value, datetime.date) else value
    for name in accepted:
        converted = _ACCEPT.get(name, _anything)(value)
        if converted is not None:
            return converted
    expected = " or ".join(dict.fromkeys(_EXPECTED.get(name, name) for name in accepted))
    raise AssignmentError(
        f'The custom attribute "{key}" of {type_name} takes {expected} (or None), but {value!r} '
        f"({type(value).__name__}) was given."
    )


_known: WeakKeyDictionary[Session, tuple[object, Mapping[str, list[_Configuration]]]] = WeakKeyDictionary()
_lock = threading.Lock()


def _configurations(session: Session) -> Mapping[str, list[_Configuration]]:
    """Return the configurations by key; they are asked for once, and once more after a reconnect."""
    with _lock:
        known = _known.get(session)
    if known is None or known[0] is not session.schemas:
        found: dict[str, list[_Configuration]] = {}
        for each in cast("list[Any]", session.query(_QUERY).all()):
            hierarchical = each["is_hierarchical"] is True
            configuration = _Configuration(
                each["entity_type"], each["object_type_id"], hierarchical, each["type"]["name"]
            )
            found.setdefault(each["key"], []).append(configuration)
        known = (session.schemas, found)
        with _lock:
            _known[session] = known
    return known[1]


def _anything(value: object) -> object:
    return value


def _text(value: object) -> object:
    return value if isinstance(value, str) else None


def _number(value: object) -> object:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _boolean(value: object) -> object:
    return value if isinstance(value, bool) else None


def _choices(value: object) -> object:
    """Return the chosen entries of an enumerator: a text, or a list of texts where several may be chosen."""
    if isinstance(value, list | tuple):
        texts = list(cast("list[object]", value))
        return texts if all(isinstance(each, str) for each in texts) else None
    return _text(value)


def _nothing(_: object) -> None:
    return None


_ACCEPT: dict[str, Callable[[object], object]] = {
    "text": _text,
    "number": _number,
    "boolean": _boolean,
    "date": moment,
    "enumerator": _choices,
    "dynamic enumerator": _choices,
    "expression": _nothing,
}

_EXPECTED = {
    "text": "a text",
    "number": "a number",
    "boolean": "True or False",
    "date": "a datetime, a date, an arrow object or an ISO 8601 text",
    "enumerator": "a text or a list of texts",
    "dynamic enumerator": "a text or a list of texts",
    "expression": "no value, because the server computes it,",
}
