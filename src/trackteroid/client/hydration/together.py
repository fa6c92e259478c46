"""Many queries in one request: what thousands of ids are asked for is split into queries that are sent together.

One query holds at most `CHUNK` ids, because of the length of its text, and one request at most `AT_ONCE` queries. What
a server does not send in one page comes with the following request, of all queries together.

What needs several answers is written as a generator, an `Asking`: it yields the texts of queries and gets what these
find. So several of them, run by `together`, ask in common: what each asks first goes in one request, what they ask next
in another one.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import Any, TypeAlias, TypeVar, overload

from ftrack_api.entity.base import Entity
from ftrack_api.session import Session

from trackteroid.client.hydration.answers import can_hydrate
from trackteroid.client.hydration.pages import fetch_pages, iter_records
from trackteroid.progress import following
from trackteroid.spelling import quoted

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")

#: Yields texts of queries, gets a list of what each of them finds, and returns what it made of that.
Asking: TypeAlias = Generator[Sequence[str], list[list[Any]], T]

#: How many ids one query names: more would make its text unreasonably long.
CHUNK = 1000

#: How many queries one request holds.
AT_ONCE = 20

#: How many records of one query come with one answer.
PAGE = 5000


def chunks(items: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """Yield the items in parts of at most this *size*, in order."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def texts_for(text: str, ids: Iterable[object]) -> list[str]:
    """Return the query *text*, in which ``{ids}`` stands for a list of ids, for all of these.

    >>> texts_for("select name from Shot where id in ({ids})", ["a", "b"])
    ['select name from Shot where id in ("a","b")']
    """
    return [text.replace("{ids}", ",".join(map(quoted, chunk))) for chunk in chunks(list(dict.fromkeys(ids)))]


def records_of(session: Session, texts: Sequence[str]) -> list[list[dict[str, Any]]]:
    """Return what each of the queries finds, as the server sent it: no entity is made, and the session keeps nothing.

    Each `AT_ONCE` queries take one request, and one more for each `PAGE` records that the largest of them finds.
    """
    plain_call: Callable[[list[dict[str, Any]]], list[dict[str, Any]]] | None = getattr(session, "_plain_call", None)
    if plain_call is None:  # a session of ftrack_api makes entities of all that comes in a call
        return [list(iter_records(session, text)) for text in texts]
    found: list[list[Any]] = [[] for _ in texts]
    waiting = [(number, 0) for number in range(len(texts))]
    with following("Reading", unit="rows") as advance:
        while waiting:
            asked, waiting = waiting[:AT_ONCE], waiting[AT_ONCE:]
            batch = [
                {"action": "query", "expression": f"{texts[number]} offset {offset} limit {PAGE}"}
                for number, offset in asked
            ]
            for (number, _), answer in zip(asked, plain_call(batch), strict=True):
                found[number].extend(answer["data"])
                advance(len(answer["data"]))
                metadata: dict[str, Any] = answer.get("metadata") or {}
                next_offset: int | None = metadata.get("next", {}).get("offset")
                if next_offset is not None:
                    waiting.append((number, next_offset))
    return found


def entities_of(session: Session, texts: Sequence[str]) -> list[list[Entity]]:
    """Return the entities that each of the queries finds, in as many requests as `records_of` takes.

    Sessions of ftrack_api take entities over query by query, so there each takes a request of its own.
    """
    return _found(session, texts)


def pages_of(texts: Sequence[str]) -> Asking[list[list[Any]]]:
    """Return what each of the queries finds."""
    return (yield texts)


class Plain(str):
    """A query of which an `Asking` gets the records as the server sent them, and not entities."""

    __slots__ = ()


def ask(session: Session, asking: Asking[T]) -> T:
    """Run an `Asking`, and return what it returns. What it yields at once is asked in as few requests as possible."""
    found: list[list[Any]] | None = None
    try:
        while True:
            found = _found(session, _asked_next(asking, found))
    except StopIteration as end:
        result: T = end.value
        return result


def _asked_next(asking: Asking[Any], found: list[list[Any]] | None) -> Sequence[str]:
    """Return what is asked next, given what was *found*; None begins.

    Raises:
        StopIteration: nothing more is asked.
    """
    texts = next(asking) if found is None else asking.send(found)
    while not texts:
        texts = asking.send([])
    return texts


def _found(session: Session, texts: Sequence[str]) -> list[list[Any]]:
    hydrate: Callable[[list[Any]], list[Entity]] | None = getattr(session, "_hydrate", None)
    if hydrate is None or not can_hydrate(session):
        return [
            records_of(session, [text])[0] if isinstance(text, Plain) else fetch_pages(session, text, page_size=PAGE)
            for text in texts
        ]
    pages = records_of(session, texts) if texts else []
    return [rows if isinstance(text, Plain) else hydrate(rows) for text, rows in zip(texts, pages, strict=True)]


@overload
def together(first: Asking[A], second: Asking[B], /) -> Asking[tuple[A, B]]: ...
@overload
def together(first: Asking[A], second: Asking[B], third: Asking[C], /) -> Asking[tuple[A, B, C]]: ...
@overload
def together(
    first: Asking[A], second: Asking[B], third: Asking[C], fourth: Asking[D], /
) -> Asking[tuple[A, B, C, D]]: ...
def together(*askings: Asking[Any]) -> Asking[Any]:
    """Run several at the same time, and return what each of them returns."""
    results: dict[int, Any] = {}
    waiting: dict[int, list[list[Any]] | None] = dict.fromkeys(range(len(askings)))
    while waiting:
        texts: dict[int, Sequence[str]] = {}
        for number, found in waiting.items():
            try:
                texts[number] = _asked_next(askings[number], found)
            except StopIteration as end:  # noqa: PERF203  # each of them ends when it likes
                results[number] = end.value
        pages = iter((yield [text for several in texts.values() for text in several]) if texts else ())
        waiting = {number: [next(pages) for _ in several] for number, several in texts.items()}
    return tuple(results[number] for number in range(len(askings)))
