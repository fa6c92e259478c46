"""Which of what a query finds is returned, in what order, and page by page, in time that grows as what is found does.

Pages are told by the key of the last entity, not by how many came before: what is created, changed or deleted in
between never shifts the pages that follow. Where a server does not say that it orders by keys, `get_all` leaves out
what comes before an offset. Of a long list of ids, each page asks for a part of its own. Pages grow as long as they
come quickly.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import takewhile
from typing import Any, Literal, Protocol, cast

from ftrack_api.exception import ServerError
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.chains import is_chain
from trackteroid.client.hydration.pages import fetch_page
from trackteroid.collections.missing import EmptyValues
from trackteroid.errors import InvalidArgumentsError
from trackteroid.expressions import And, Comparison, Expression, Membership, Or
from trackteroid.projections import resolve_projections
from trackteroid.schema.relations import Relations
from trackteroid.schema.types import Schema, schema_of
from trackteroid.spelling import written_id
from trackteroid.values import replace

_DIRECTIONS = ("ascending", "descending")


def check_window(limit: int | None, offset: int, order: str, order_by: object) -> None:
    """Refuse what is no limit, no offset and no order.

    What was read from nothing or was not loaded would be no order, without a word.

    Raises:
        InvalidArgumentsError: an argument is of another kind.
        NoValueError: *order_by* was read from nothing.
    """
    given: list[tuple[str, Any]] = [("limit", 0 if limit is None else limit), ("offset", offset)]
    for name, value in given:
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise InvalidArgumentsError(f"{name} is {value!r}, but has to be 0 or a larger whole number.")
    if order not in _DIRECTIONS:
        raise InvalidArgumentsError(f'order is {order!r}, but has to be "ascending" or "descending".')
    if isinstance(order_by, EmptyValues):
        raise order_by.refusal("be what is ordered by")
    if order_by is NOT_SET:
        raise InvalidArgumentsError("order_by is NOT_SET, which was read from something that was not loaded.")


def order_text(types: Schema, relations: Relations, type_name: str, order_by: object, order: str) -> str:
    """Return what stands after ``order by``: the paths to order by, by default the primary key.

    Raises:
        InvalidArgumentsError: *order_by* is no path, or there can be several values at its end.
        UnknownAttributeError: an attribute does not exist; the message suggests similar ones.
    """
    given = [] if order_by is None else [order_by] if isinstance(order_by, str) or is_chain(order_by) else order_by
    if isinstance(given, bytes) or not isinstance(given, Iterable):
        raise InvalidArgumentsError(f'order_by is a path such as "asset.name", or several, not {given!r}.')
    paths: list[str] = []
    for key in cast("Iterable[object]", given):  # chains are followed as in projections
        paths += [key] if isinstance(key, str) else resolve_projections(types, relations, type_name, [key])
    if not paths:
        keys = types.type(type_name).primary_key
        return ", ".join(keys if order == "ascending" else (f"{key} {order}" for key in keys))
    for path in paths:
        if any(attribute.is_many for attribute in types.walk(type_name, path)):
            raise InvalidArgumentsError(f'Nothing can be ordered by "{path}": there can be several per entity.')
    return ", ".join(f"{path} {order}" for path in paths)


Fetch = Callable[[list[Expression], int], list[Any]]
"""Returns at most so many entities that also meet these conditions, in the order of their keys."""


def iter_by_key(fetch: Fetch, keys: tuple[str, ...], size: int) -> Iterator[list[Any]]:
    """Yield lists of at most *size* entities, each of them once; a list is fetched when it is its turn.

    Keys of several parts may have text in them, which some servers order without regard to case. So the next page
    begins with what compares equal to the last one, without what was yielded already.

    >>> rows = [{"a": 1, "b": "x"}, {"a": 1, "b": "X"}, {"a": 2, "b": "x"}]
    >>> list(iter_by_key(lambda conditions, limit: rows[-2:] if conditions else rows[:2], ("a", "b"), 2))
    [[{'a': 1, 'b': 'x'}, {'a': 1, 'b': 'X'}], [{'a': 2, 'b': 'x'}]]
    """
    after: list[Expression] = []
    seen: set[tuple[str, ...]] = set()
    limit = size
    while True:
        found = fetch(after, limit)
        new = [each for each in found if key_values(each, keys) not in seen]
        page = new[:size]
        if page:
            yield page
            last = key_values(page[-1], keys)
            after = [that_follows(keys, last, ">=" if keys[1:] else ">")]
            if keys[1:]:
                known = seen | {key_values(each, keys) for each in page}
                seen = {key for key in known if key[0].casefold() == last[0].casefold()}
        if len(found) < limit and len(new) <= size:
            return
        # One more than a page, because the last one may come again; even more if nothing else came.
        limit = (size + 1 if page else 2 * limit) if keys[1:] else size


def key_values(entity: Any, keys: Sequence[str]) -> tuple[str, ...]:
    """Return the values of the attributes *keys*, as text."""
    return tuple(str(entity[name]) for name in keys)


def that_follows(keys: Sequence[str], last: Sequence[str], operator: Literal[">", ">="]) -> Expression:
    """Return the condition that an entity comes after that with the key *last*; with ``>=``, or compares equal to it.

    >>> from trackteroid.expressions import render
    >>> print(render(that_follows(["a", "b"], ["1", "2"], ">")))
    (a >= "1" and (a > "1" or b > "2"))
    """
    (name, *others), (value, *rest) = keys, last
    if not others:
        return Comparison(name, operator, value)
    following = that_follows(others, rest, operator)
    return And((Comparison(name, ">=", value), Or((Comparison(name, ">", value), following))))


#: What servers call the types in their information that they do not order by the primary key, when no order is asked
#: for. Those that tell of none do not say what they order by.
OWN_ORDERS = "own_orders"

#: How many entities the first page may have, and the largest.
FIRST, LARGEST = 500, 5000

#: The seconds in which a page has to come for the next one to be larger.
_QUICKLY = 0.5


def page_sizes() -> tuple[int, int]:
    """Return how many entities the first page may have, and the largest."""
    return FIRST, LARGEST


def in_parts(where: Sequence[Expression], size: Callable[[], int]) -> Iterator[Sequence[Expression]]:
    """Yield conditions that together are *where*, of which none lists more ids than *size* says when it is its turn.

    They are in the order of ids, so that what meets the one comes before what meets the next.

    >>> [part[0].values for part in in_parts([Membership("id", ("c", "a", "b"))], lambda: 2)]
    [('a', 'b'), ('c',)]
    """
    most = size()
    for place, each in enumerate(where):  # noqa: B007 - where the first long list is
        if len(_listed(each)) > most:
            break
    else:
        yield where
        return
    ids = sorted(dict.fromkeys(_listed(where[place])), key=written_id)
    while ids:
        part, ids = Membership("id", tuple(ids[: (now := size())])), ids[now:]
        listed = replace(each, parts=(part,)) if isinstance(each, Or) else part
        yield [*where[:place], listed, *where[place + 1 :]]


class FetchPage(Protocol):
    """Returns a page of what a query finds, and the offset of the next one if there is one."""

    def __call__(self, text: str, *, limit: int, offset: int = 0) -> tuple[list[Any], int | None]: ...


KeyOf = Callable[[Any, Sequence[str]], tuple[str, ...]]


class Pages:
    """Reads all entities of a type that meet conditions, page by page; knows how large the pages may be."""

    def __init__(
        self,
        session: Session,
        type_name: str,
        text_of: Callable[[Sequence[Expression]], str],
        *,
        fetch: FetchPage | None = None,
        key: KeyOf = key_values,
        sizes: tuple[int, int] | None = None,
    ) -> None:
        """Ask *session* for entities of the type *type_name*, with what *text_of* returns for conditions.

        *fetch* may return something else than entities, of which *key* returns parts of the primary key. The first
        page and the largest have as many of them as *sizes* says.
        """
        types = schema_of(session)
        self._text_of = text_of
        self._keys = types.type(type_name).primary_key
        self._ordered_by = _ordered_by(session, type_name, self._keys)
        # Numbers are not ordered as their texts are.
        self._has_text_id = self._keys == ("id",) and types.type(type_name).attributes["id"].type == "string"
        self._fetch = fetch or partial(fetch_page, session)
        self._key = key
        self._first, self._largest = sizes or page_sizes()
        self._size = self._first

    def all(self, where: Sequence[Expression]) -> Iterator[list[Any]]:
        """Yield the entities that meet *where* page by page, in the order of the server."""
        read = self._by_key if self._ordered_by else self._by_offset
        if not self._has_text_id:
            yield from read(where)
            return
        for part in in_parts(where, lambda: self._size):
            yield from read(part)

    def _by_key(self, where: Sequence[Expression]) -> Iterator[list[Any]]:
        keys, ordered_by = self._keys, self._ordered_by
        after: list[Expression] = []
        seen: set[tuple[str, ...]] = set()
        while True:
            found, is_last = self._page([*where, *after] if after else where, also=len(seen))
            yield [each for each in found if self._key(each, keys) not in seen] if seen else found
            if is_last or not found:
                return
            last = self._key(found[-1], ordered_by)
            is_exact = len(ordered_by) == len(keys)
            after = [that_follows(ordered_by, last, ">" if is_exact else ">=")]
            if not is_exact:
                seen = {self._key(each, keys) for each in found if self._key(each, ordered_by) == last} | {
                    key for key in seen if key[: len(last)] == last
                }

    def _by_offset(self, where: Sequence[Expression]) -> Iterator[list[Any]]:
        offset: int | None = 0
        while offset is not None:
            found, offset = self._fetch(self._text_of(where), offset=offset, limit=self._first)
            yield found

    def _page(self, where: Sequence[Expression], also: int) -> tuple[list[Any], bool]:
        """Return the first page of what meets *where*, with *also* so many more, and whether there is nothing else."""
        text, size, began = self._text_of(where), self._size, time.monotonic()
        try:
            found, following = self._fetch(text, limit=size + also)
        except ServerError:
            if size == self._first:
                raise
            # A server limits how much one answer may be, and entities further on may bring more with them.
            self._size = self._largest = self._first
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
