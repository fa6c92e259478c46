"""Batches, and the memory that large ones take.

A decoder of JSON needs memory for the text, for what it makes of it on the way and for the values. Of a body of fifty
megabytes that would be several hundred. So a few operations are read at a time, and their text is given up. Where an
operation ends is found by trying: a part of a list that begins at an element and reads as a list by itself ends at one.
"""

from __future__ import annotations

import gc
import re
import sys
import threading
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Any, Final, cast

import orjson

from trackteroid.server.core.failures import LimitError, ValidationError
from trackteroid.server.core.options import Limits

#: How much is read at once.
_PIECE: Final = 1024 * 1024
#: Where an operation may end that another one follows.
_END: Final = re.compile(rb"\}[ \t\r\n]*,")
#: Of the 254 levels that can be written, how many are left for what values come to be in.
_AROUND: Final = 50
#: Signs that values begin with or stand between, and what these cost in memory beside each other and their text.
_SIGNS: Final = ((b"{", 3), (b"[", 1), (b",", 1), (b":", 1))
_BEGIN: Final = re.compile(rb"[ \t\r\n]*\[")
#: How many more objects there are before Python looks for garbage, during a large batch.
_SELDOM: Final = 200_000
_LOCK: Final = threading.Lock()
_usual: list[tuple[int, int, int]] = []


def read_batch(body: bytes | bytearray, limits: Limits, *, piece: int = _PIECE) -> list[Any]:
    """Return the elements of the list in a body. Of a `bytearray`, nothing may be left then.

    Raises:
        ValidationError: It is no list, or not JSON.
        LimitError: It has too many operations, too large ones, or its values take too much memory.
    """
    if len(body) <= piece:
        found = _listed(body)
        _check_count(len(found), limits)
        _check_depth(found)
        return found
    begins = _BEGIN.match(body)
    if begins is None:
        raise ValidationError("A request is a list of operations.")
    found = list[Any]()
    begin, held, is_exact = begins.end(), 0, False
    del begins  # as long as it is there, the text cannot get shorter
    while True:
        part, end = _next(body, begin, limits, piece)
        if found and not part:
            raise ValidationError("The request is not JSON: there is nothing behind the last comma.")
        found += part
        _check_count(len(found), limits)
        _check_depth(part)
        # What it can be at most is found fast, and enough of nearly all calls.
        held += _weight(part) if is_exact else _most(body, begin, end)
        if held > limits.body_memory and not is_exact:
            held, is_exact = _weight(found), True
        if held > limits.body_memory:
            raise LimitError(
                f"The values of the call take more than {limits.body_memory} bytes of memory, this server's limit "
                "body_memory. Send fewer operations at once."
            )
        if end is None:
            return found
        begin = end
        if isinstance(body, bytearray):
            del body[:end]
            begin = 0


def _check_count(count: int, limits: Limits) -> None:
    if count > limits.call_operations:
        raise LimitError(
            f"The call has {count} operations, more than this server's limit call_operations, which is "
            f"{limits.call_operations}. Commit more often."
        )


def _next(body: bytes | bytearray, begin: int, limits: Limits, piece: int) -> tuple[list[Any], int | None]:
    """Return the next elements of a list, and where the ones after them begin, if there are any."""
    size = piece
    while True:
        match = _END.search(body, begin + size)
        if match is None:
            if len(body) - begin > limits.operation_bytes + piece:
                raise _too_large(limits)
            return _listed(b"[" + body[begin:]), None
        end = match.start() + 1
        if end - begin - size > limits.operation_bytes:  # no operation ends in between
            raise _too_large(limits)
        try:
            return orjson.loads(b"[" + body[begin:end] + b"]"), match.end()
        except orjson.JSONDecodeError as error:
            if size > limits.operation_bytes:
                raise _too_large(limits) from error
        size *= 2


def _listed(text: bytes | bytearray) -> list[Any]:
    try:
        values = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ValidationError(f"The request is not JSON: {error}.") from None
    if not isinstance(values, list):
        raise ValidationError("A request is a list of operations.")
    return cast("list[Any]", values)


def _check_depth(values: list[Any]) -> None:
    """Refuse what could be read, but not be written as JSON again: in an answer, or in the log of events."""
    around = values
    for _ in range(_AROUND):
        around = [around]
    try:
        orjson.dumps(around)
    except orjson.JSONEncodeError:
        raise ValidationError(
            "A value of the request is nested too deep, in more than 200 lists and objects."
        ) from None


def _too_large(limits: Limits) -> LimitError:
    return LimitError(
        f"An operation of the call has more than {limits.operation_bytes} bytes, this server's limit operation_bytes, "
        "or it is not JSON. Send less at once."
    )


def _most(body: bytes | bytearray, begin: int, end: int | None) -> int:
    """Return how much memory what a part of a body holds may take at most."""
    text = body[begin:end]
    signs = sum(weight * text.count(sign) for sign, weight in _SIGNS)
    return 80 * signs + len(text) * (1 if text.isascii() and b"\\u" not in text else 4)


def _weight(values: Iterable[Any]) -> int:
    """Return the bytes of memory that values take. What occurs again is one object, mostly names of attributes."""
    seen: set[int] = set()
    total, waiting = 0, [*values]
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        total += sys.getsizeof(value)
        if isinstance(value, dict):
            waiting += value.keys()
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return total


@contextmanager
def collecting_seldom() -> Generator[None]:
    """Let Python look for garbage seldom for the time of a block, whichever threads are in one.

    Large batches make hundreds of thousands of objects, and keep them until they end. Python looks for garbage among
    all objects again and again while their number grows: to find nothing would take a quarter of the time of a batch.
    """
    with _LOCK:
        _usual.append(gc.get_threshold() if not _usual else _usual[0])
        if gc.get_threshold()[0]:  # else somebody does not want it at all
            gc.set_threshold(_SELDOM, *_usual[0][1:])
    try:
        yield
    finally:
        with _LOCK:
            usual = _usual.pop()
            if not _usual:
                gc.set_threshold(*usual)
