"""Values that no server can be sent: found when they are given, not when everything else waits behind them."""

import math
import re
from collections.abc import Iterable, Mapping
from datetime import time, timedelta
from decimal import Decimal
from pathlib import PurePath
from typing import Any, cast
from uuid import UUID

from ftrack_api.session import OperationPayload

from trackteroid.errors import UnsendableValueError

_HALF_OF_A_PAIR = re.compile("[\ud800-\udfff]")
#: How halves of surrogate pairs, and numbers that JSON does not have, look in the text of a request.
_SUSPICIOUS = ("\\ud", "NaN", "Infinity")
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


def check_value(what: str, value: object) -> None:
    """Refuse *value*, or a part of it, that cannot be sent; *what* it is for is told in the message.

    Raises:
        UnsendableValueError: it has text with bytes that are not UTF-8, a number that JSON does not know, bytes, or an
            object that JSON does not know: a path, a UUID, a set, a Decimal.
        NoValueError: it was read from nothing.
    """
    if isinstance(value, str):
        if not value.isascii() and (half := _HALF_OF_A_PAIR.search(value)):
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


def check_request(batch: Iterable[Mapping[str, Any]], body: str) -> None:
    """Refuse a request, *body* in JSON, that no server could read. This looks closely only where there is a reason to.

    Raises:
        UnsendableValueError: a value of the *batch* cannot be sent.
    """
    if not any(sign in body for sign in _SUSPICIOUS):
        return
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
