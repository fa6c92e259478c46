"""Which of what a query finds is returned, in what order, and page by page.

Pages are told by the key of the last entity, not by how many came before: what is created, changed or deleted in
between never shifts the pages that follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Literal, cast

from ftrack_api.symbol import NOT_SET

from trackteroid.chains import Chain
from trackteroid.collections.empty_values import EmptyValues
from trackteroid.errors import InvalidArgumentsError
from trackteroid.expressions import And, Comparison, Expression, Or
from trackteroid.projections import resolve_projections
from trackteroid.schema.relations import Relations
from trackteroid.schema.types import Schema

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
    paths = [] if order_by is None else _paths(types, relations, type_name, order_by)
    if not paths:
        keys = types.type(type_name).primary_key
        return ", ".join(keys if order == "ascending" else (f"{key} {order}" for key in keys))
    for path in paths:
        if any(attribute.is_many for attribute in types.walk(type_name, path)):
            raise InvalidArgumentsError(f'Nothing can be ordered by "{path}": there can be several per entity.')
    return ", ".join(f"{path} {order}" for path in paths)


def _paths(types: Schema, relations: Relations, type_name: str, order_by: object) -> list[str]:
    """Return the paths to order by; chains are followed as in projections."""
    given = [order_by] if isinstance(order_by, str | Chain) else order_by
    if isinstance(given, bytes) or not isinstance(given, Iterable):
        raise InvalidArgumentsError(f'order_by is a path such as "asset.name", or several, not {given!r}.')
    return [
        path
        for key in cast("Iterable[object]", given)
        for path in ([key] if isinstance(key, str) else resolve_projections(types, relations, type_name, [key]))
    ]


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
