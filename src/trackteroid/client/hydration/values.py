"""JSON values of an answer as Python values, exactly as ftrack_api reads them, only sooner."""

import re
from collections.abc import Callable
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any, Final, cast

import arrow  # pyright: ignore[reportMissingTypeStubs]  # the arrow that ftrack_api pins has no types
from dateutil import tz

#: The classes of JSON values that can hold something to decode.
CONTAINERS: Final = frozenset({dict, list})

_UTC: Final = tz.tzutc()
_PLAIN_DATE_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", re.ASCII)


class UnusualError(Exception):
    """A record holds something that only ftrack_api's own code can judge."""


def is_record(value: Any) -> bool:
    """Return whether *value* is the JSON object of an entity."""
    return value.__class__ is dict and "__entity_type__" in value and "__type__" not in value


def decode(value: Any) -> Any:
    """Return the JSON *value* of an attribute with the dates in it made; raise UnusualError for entities in it."""
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value)
        if "__type__" in items:
            return _tagged(items)
        if "__entity_type__" in items:
            raise UnusualError
        return {key: decode(item) for key, item in items.items()}
    if isinstance(value, list):
        return [decode(item) for item in cast("list[Any]", value)]
    return value


def _tagged(value: dict[str, Any]) -> Any:
    if value["__type__"] not in ("datetime", "date"):
        return {key: decode(item) for key, item in value.items()}
    text = value.get("value")
    if not isinstance(text, str):
        raise UnusualError
    return date_time(text)


_from_datetime = cast("Callable[[datetime, tzinfo], arrow.Arrow]", arrow.Arrow.fromdatetime)
_get = cast("Callable[[str], arrow.Arrow]", arrow.get)


@lru_cache(maxsize=4096)
def date_time(text: str) -> arrow.Arrow:
    """Return what ``arrow.get`` returns for *text*; the form that servers send is read without its slow parser."""
    if _PLAIN_DATE_TIME.fullmatch(text):
        try:
            return _from_datetime(datetime.fromisoformat(text), _UTC)
        except ValueError:
            pass  # 24:00:00 and the like, which arrow's own parser knows how to read or refuse
    return _get(text)
