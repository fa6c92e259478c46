"""What programs give to the methods that sessions have from ftrack_api: checked, and written as it is kept.

Values that no server can be sent are found when they are given, not when everything else waits behind them.
"""

import math
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import time, timedelta
from decimal import Decimal
from pathlib import PurePath
from typing import Any, cast
from uuid import UUID

from ftrack_api.entity.base import Entity
from ftrack_api.query import QueryResult
from ftrack_api.session import OperationPayload, Session

from trackteroid.client.entities import find_in_memory, is_entity
from trackteroid.errors import InvalidArgumentsError, UnknownEntityTypeError, UnsendableValueError, nearest, suggest
from trackteroid.spelling import written_id


def type_called(session: Session, name: object) -> Any:
    """Return the class of the entities of this type.

    Raises:
        UnknownEntityTypeError: the server has no such type; the message suggests similar ones.
    """
    text = str(name)
    if isinstance(name, str):
        with suppress(KeyError):
            return session.types[text]
    meant = suggest(text, session.types) if isinstance(name, str) else ' Give its name as text, such as "Task".'
    raise UnknownEntityTypeError(
        f'The server has no entity type "{text}".{meant}', name=text, near=nearest(text, session.types)
    )


def query_text(session: Session, expression: object) -> str:
    """Return the text of a query, with the projections that its type has by default if it has none.

    Raises:
        InvalidArgumentsError: it is no text.
        UnknownEntityTypeError: it begins with a type that the server does not have.
    """
    if not isinstance(expression, str) or not expression.strip():
        raise InvalidArgumentsError(f'A query is a text such as "Task where name is layout", not {expression!r}.')
    text = expression.strip()
    if text.startswith("select"):
        return text
    projections = type_called(session, text.split(maxsplit=1)[0]).default_projections
    return f"select {', '.join(projections)} from {text}"  # noqa: S608 - a query of ftrack's, no SQL


def entity_key(session: Session, entity_type: str, key: Any) -> list[Any]:
    """Return the primary key as it is kept: ids may be in capitals, have blanks around them or no dashes.

    Raises:
        UnknownEntityTypeError: the server has no such type.
    """
    type_called(session, entity_type)
    given = [key] if isinstance(key, str) else list(key)
    if find_in_memory(session, entity_type, given):
        return given
    return [written_id(part) if isinstance(part, str) else part for part in given]


def new_values(session: Session, entity_type: str, data: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return the values of an entity that is to be created; ftrack_api leaves out what its type has no attribute for.

    Raises:
        UnknownEntityTypeError: the server has no such type.
        UnsendableValueError: a value cannot be sent.
    """
    attributes = type_called(session, entity_type).attributes
    for name, value in (data or {}).items():
        if attributes.get(name) is None:
            session.logger.warning(
                '%s has no attribute "%s", so the value that was given for it is left out.%s',
                *(entity_type, name, suggest(str(name), attributes.keys())),
            )
        if not is_sendable(value):
            check_value(f'"{name}" of {entity_type}', value)
    return data


def with_written_id(data: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return values of an entity with its id as it is kept, so that no entity is kept twice."""
    found = None if data is None else data.get("id")
    if data is None or not isinstance(found, str) or written_id(found) == found:
        return data
    return {**data, "id": written_id(found)}


def check_entities(method: str, given: object, of_collections: str) -> None:
    """Refuse what is neither an entity of ftrack_api nor several of them.

    Raises:
        InvalidArgumentsError: the message says what collections have in the place of this *method*.
    """
    several = cast("Iterable[object]", given if isinstance(given, (list, tuple)) else (given,))
    for each in () if isinstance(given, QueryResult) else several:
        if not isinstance(each, Entity):
            raise InvalidArgumentsError(
                f"{method} takes entities of ftrack_api, not {each!r}. Collections have {of_collections}, and their "
                f"entities are `collection.values()`."
            )


_HALF_OF_A_PAIR = "[\ud800-\udfff]"
#: How halves of surrogate pairs, and numbers that JSON does not have, look in the text of a request.
#: What is in the JSON of a request if it has text that is none, or a number that JSON does not know.
SUSPICIOUS = re.compile(r"\\ud|NaN|Infinity")
_BYTES_OF_FILE_NAMES = range(0xDC80, 0xDD00)
_LENGTH_SHOWN = 60
#: What people have in hand and JSON does not know, and what to give in its place.
_MEANT: dict[type, str] = {
    UUID: "its text: str(id)",
    set: "a list: sorted(values)",
    frozenset: "a list: sorted(values)",
    range: "a list: list(values)",
    Decimal: "a number: float(value)",
    complex: "a number",
    timedelta: "a number: delta.total_seconds()",
    time: "a datetime, or its text",
    type: "an entity, or a text",
}


#: The classes of values that can always be sent.
_SENDABLE = frozenset({int, bool, type(None)})


def is_sendable(value: Any) -> bool:
    """Return whether a value is of the usual kind that can be sent, without a look at the parts of others."""
    kind = value.__class__
    return kind in _SENDABLE or (kind is str and value.isascii()) or is_entity(value)


def check_value(what: str, value: object) -> None:
    """Refuse *value*, or a part of it, that cannot be sent; *what* it is for is told in the message.

    Raises:
        UnsendableValueError: it has text with bytes that are not UTF-8, a number that JSON does not know, bytes, or an
            object that JSON does not know: a path, a UUID, a set, a Decimal.
        NoValueError: it was read from nothing.
    """
    if isinstance(value, str):
        if not value.isascii() and (half := re.search(_HALF_OF_A_PAIR, value)):
            raise UnsendableValueError(f"{what} cannot be {_shown(value)}: {_described(half)}")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise UnsendableValueError(f"{what} cannot be {value}, which no request can say. Use None for no value.")
    elif isinstance(value, (dict, OperationPayload)):
        for key, part in cast("Mapping[object, object]", value).items():
            check_value(what, key)
            check_value(what, part)
    elif isinstance(value, (list, tuple)):
        for part in cast("Iterable[object]", value):
            check_value(what, part)
    elif isinstance(value, (bytes, bytearray)):
        raise UnsendableValueError(f"{what} cannot be bytes, {_shown(bytes(value))}. Decode them to text.")
    elif isinstance(value, PurePath):
        raise UnsendableValueError(f"{what} cannot be a path object. Make it text: str(path), or path.as_posix().")
    elif isinstance(value, tuple(_MEANT)):
        meant = next(meant for kind, meant in _MEANT.items() if isinstance(value, kind))
        raise UnsendableValueError(f"{what} cannot be {_shown(value)}, which no request can say. Give {meant}.")
    elif (refusal := getattr(type(value), "refusal", None)) is not None:  # what was read from nothing
        raise refusal(value, f"be sent as a value: {what}")


def check_request(batch: Iterable[Mapping[str, Any]]) -> None:
    """Refuse a request that no server could read. There is a reason to look where something in it is `SUSPICIOUS`.

    Raises:
        UnsendableValueError: a value of the *batch* cannot be sent.
    """
    for operation in batch:
        about = " ".join(_shown(operation[name])[1:-1] for name in ("action", "entity_type") if name in operation)
        check_value(f"A value that is sent ({about})", operation)


def _described(half: "re.Match[str]") -> str:
    code = ord(half[0])
    place = f"at character {half.start() + 1}"
    if code in _BYTES_OF_FILE_NAMES:
        return (
            f"{place} it has the byte {code - 0xDC00:#04x}, which is not UTF-8, as names of files may have. Decode the "
            'name in the encoding that it was written in, such as os.fsencode(name).decode("latin-1").'
        )
    return (
        f"{place} it has half of a surrogate pair, which is no text. Repair it where it comes from, or leave it out: "
        'text.encode("utf-8", "replace").decode().'
    )


def _shown(value: object) -> str:
    """Return *value* in ASCII, so that it can be printed everywhere, and not at length."""
    shown = ascii(value)
    return shown if len(shown) <= _LENGTH_SHOWN else f"{shown[:_LENGTH_SHOWN]}..."
