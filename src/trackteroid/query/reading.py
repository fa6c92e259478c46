"""Reading all that a query finds, in time that grows as what is found does.

Pages are told by the key of the last entity where the server says that it orders by keys: to leave out what comes
before an offset, it would have to step over that again with each page. Of a long list of ids, each page asks for a part
of its own. Pages grow as long as they come quickly.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Any

from ftrack_api.exception import ServerError
from ftrack_api.session import Session

from trackteroid.client.hydration.paging import fetch_page
from trackteroid.expressions import Expression, Membership, Or
from trackteroid.ids import written_id
from trackteroid.query.window import key_values, that_follows
from trackteroid.schema.types import schema_of

#: What servers call the types in their information that they do not order by the primary key, when no order is asked
#: for. Those that tell of none do not say what they order by.
OWN_ORDERS = "own_orders"

#: How many entities the first page may have, and the largest.
FIRST, LARGEST = 500, 5000

#: The seconds in which a page has to come for the next one to be larger.
_QUICKLY = 0.5


class Pages:
    """Reads all entities of a type that meet conditions, page by page; knows how large the pages may be."""

    def __init__(self, session: Session, type_name: str, text_of: Callable[[Sequence[Expression]], str]) -> None:
        """Ask *session* for entities of the type *type_name*, with what *text_of* returns for conditions."""
        types = schema_of(session)
        self._session = session
        self._text_of = text_of
        self._keys = types.type(type_name).primary_key
        self._ordered_by = _ordered_by(session, type_name, self._keys)
        # Numbers are not ordered as their texts are.
        self._has_text_id = self._keys == ("id",) and types.type(type_name).attributes["id"].type == "string"
        self._size, self._largest = FIRST, LARGEST

    def all(self, where: Sequence[Expression]) -> Iterator[list[Any]]:
        """Yield the entities that meet *where* page by page, in the order of the server."""
        place = next((place for place, each in enumerate(where) if len(_listed(each)) > FIRST), None)
        if place is None or not self._has_text_id:
            yield from self._read(where)
            return
        ids = sorted(dict.fromkeys(_listed(where[place])), key=written_id)
        while ids:
            part, ids = ids[: self._size], ids[self._size :]
            parts = [*where[:place], _with_list(where[place], tuple(part)), *where[place + 1 :]]
            yield from self._read(parts)

    def _read(self, where: Sequence[Expression]) -> Iterator[list[Any]]:
        return self._by_key(where) if self._ordered_by else self._by_offset(where)

    def _by_key(self, where: Sequence[Expression]) -> Iterator[list[Any]]:
        keys, ordered_by = self._keys, self._ordered_by
        after: list[Expression] = []
        seen: set[tuple[str, ...]] = set()
        while True:
            found, is_last = self._page([*where, *after], also=len(seen))
            yield [each for each in found if key_values(each, keys) not in seen] if seen else found
            if is_last or not found:
                return
            last = key_values(found[-1], ordered_by)
            is_exact = len(ordered_by) == len(keys)
            after = [that_follows(ordered_by, last, ">" if is_exact else ">=")]
            if not is_exact:
                seen = {key_values(each, keys) for each in found if key_values(each, ordered_by) == last} | {
                    key for key in seen if key[: len(last)] == last
                }

    def _by_offset(self, where: Sequence[Expression]) -> Iterator[list[Any]]:
        offset: int | None = 0
        while offset is not None:
            found, offset = fetch_page(self._session, self._text_of(where), offset=offset, limit=FIRST)
            yield found

    def _page(self, where: Sequence[Expression], also: int) -> tuple[list[Any], bool]:
        """Return the first page of what meets *where*, with *also* so many more, and whether there is nothing else."""
        text, size, began = self._text_of(where), self._size, time.monotonic()
        try:
            found, following = fetch_page(self._session, text, limit=size + also)
        except ServerError:
            if size == FIRST:
                raise
            # A server limits how much one answer may be, and entities further on may bring more with them.
            self._size = self._largest = FIRST
            return self._page(where, also)
        if time.monotonic() - began < _QUICKLY:
            self._size = min(2 * size, self._largest)
        return found, following is None


def _ordered_by(session: Session, type_name: str, keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return the attributes at the beginning of a primary key that a server orders by just as it compares them.

    They are ids. Other text in keys is compared without regard to case, which need not be how it is ordered. Nothing
    is returned for servers that do not say what they order by.
    """
    own_orders = getattr(session, "server_information", {}).get(OWN_ORDERS)
    if own_orders is None or type_name in own_orders:
        return ()
    return tuple(takewhile(lambda name: name == "id" or name.endswith("_id"), keys))


def _listed(condition: Expression) -> tuple[str, ...]:
    match condition:
        case Membership("id", values, False) | Or((Membership("id", values, False),)):
            return values
        case _:
            return ()


def _with_list(condition: Expression, ids: tuple[str, ...]) -> Expression:
    part = Membership("id", ids)
    return replace(condition, parts=(part,)) if isinstance(condition, Or) else part
