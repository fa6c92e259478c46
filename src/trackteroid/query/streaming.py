"""Going through everything a query finds, page by page, while it may change.

Pages are told by the key of the last entity, not by how many came before: what is created, changed or deleted in
between never shifts the pages that follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from trackteroid.expressions import And, Comparison, Expression, Or

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
        new = [each for each in found if _key(each, keys) not in seen]
        page = new[:size]
        if page:
            yield page
            last = _key(page[-1], keys)
            after = [_from(keys, last) if keys[1:] else Comparison(keys[0], ">", last[0])]
            if keys[1:]:
                seen = {
                    key for key in seen | {_key(each, keys) for each in page} if key[0].casefold() == last[0].casefold()
                }
        if len(found) < limit and len(new) <= size:
            return
        # One more than a page, because the last one may come again; even more if nothing else came.
        limit = (size + 1 if page else 2 * limit) if keys[1:] else size


def _key(entity: Any, keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(str(entity[name]) for name in keys)


def _from(keys: tuple[str, ...], last: tuple[str, ...]) -> Expression:
    """Return the condition that an entity comes after that with the key *last*, or compares equal to it."""
    (name, *others), (value, *rest) = keys, last
    at_least = Comparison(name, ">=", value)
    if not others:
        return at_least
    return And((at_least, Or((Comparison(name, ">", value), _from(tuple(others), tuple(rest))))))
