"""What a session asks of its server: one record per request, for whoever watches, and profiles of blocks of code.

A profile tells how many requests a piece of work made, how much and how long, and what it asked over and over.
"""

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias, cast

import requests
import urllib3
import urllib3.exceptions

from trackteroid.tables import Column
from trackteroid.tabular import DataTable, Tabular
from trackteroid.values import frozen

#: What a proxy or a server that is being restarted answers, in HTTP's numbers.
UNAVAILABLE = (502, 503, 504)
#: What a server answers that did not even look at a request, because there were too many.
TOO_MANY_REQUESTS = 429


@dataclass(slots=True)
class Exchange:
    """One request and its answer.

    Attributes:
        actions: what was asked of the server, one name per operation of the batch.
        queries: the texts of the queries among them.
        connecting: whether the request is one of those that a session starts with.
        attempt: 1, or more for a request that is repeated.
        seconds: how long it took until the answer was there, as Python objects.
        sent: size of the request's body in bytes.
        received: size of the answer's body in bytes, after decompression.
        rows: how many rows the queries returned.
        error: the name of the error it ended with, or None.
    """

    actions: tuple[str, ...]
    queries: tuple[str, ...]
    connecting: bool = False
    attempt: int = 1
    seconds: float = 0.0
    sent: int = 0
    received: int = 0
    rows: int = 0
    error: str | None = None
    _begin: float = field(default_factory=time.perf_counter, repr=False)

    @classmethod
    def of(cls, batch: Sequence[Mapping[str, Any]], *, connecting: bool = False, attempt: int = 1) -> "Exchange":
        """Return the record to fill for a request with this batch."""
        actions = [str(operation.get("action")) for operation in batch]
        queries = [str(operation["expression"]) for operation in batch if "expression" in operation]
        return cls(tuple(actions), tuple(queries), connecting, attempt)

    def end(self, result: Any) -> None:
        """Note the *result* of the call and how long it took."""
        self.seconds = time.perf_counter() - self._begin
        for answer in cast("list[Any]", result) if isinstance(result, list) and self.queries else ():
            data = cast("dict[str, Any]", answer).get("data") if isinstance(answer, dict) else None
            if isinstance(data, dict):  # columns, which say how many rows they have
                self.rows += cast("dict[str, Any]", data).get("rows", 0)
            elif isinstance(data, list):
                self.rows += len(cast("list[Any]", data))

    def __str__(self) -> str:
        what = self.queries[0] if self.queries else ", ".join(dict.fromkeys(self.actions))
        more = f" and {len(self.queries) - 1} more" if len(self.queries) > 1 else ""
        outcome = self.error or f"{self.rows} rows"
        repeated = f", try {self.attempt}" if self.attempt > 1 else ""
        size = f"{self.received / 1000:.1f} kB"
        return f"{what}{more}: {outcome}, {size} in {self.seconds * 1e3:.1f} ms{repeated}"


Observer: TypeAlias = Callable[[Exchange], None]


class Observers:
    """Who wants to hear of requests. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._observers: tuple[Observer, ...] = ()

    def notify(self, exchange: Exchange) -> None:
        """Tell everybody of *exchange*."""
        for observer in self._observers:
            observer(exchange)

    @contextmanager
    def watching(self, observer: Observer) -> Generator[None]:
        """Let *observer* hear of all requests, for the time of a block."""
        with self._lock:
            self._observers = (*self._observers, observer)
        try:
            yield
        finally:
            with self._lock:
                self._observers = tuple(each for each in self._observers if each is not observer)

    def after_fork(self) -> None:
        """Get a lock of its own in a forked child, where the parent's may be held by a thread that is not there."""
        self._lock = threading.Lock()


#: Who hears of the requests of all sessions.
everywhere = Observers()

_current: ContextVar[Exchange | None] = ContextVar("exchange", default=None)


class UnavailableError(requests.exceptions.ConnectionError):
    """The server, or what stands before it, answers that it cannot answer now.

    Attributes:
        status: the HTTP status.
        retry_after: the seconds that the server asks to wait, 0.0 if it does not say.
        said: what it says in an error object of ftrack's, empty if it does not.
    """

    def __init__(self, response: requests.Response) -> None:
        self.status = response.status_code
        try:
            self.retry_after = urllib3.Retry().parse_retry_after(response.headers.get("Retry-After", "0"))
        except (urllib3.exceptions.InvalidHeader, ValueError, OverflowError):  # a number of thousands of digits is none
            self.retry_after = 0.0
        self.said = str((_error_object(response) or {}).get("content", ""))
        super().__init__(f"HTTP status {self.status}", response=response)


@contextmanager
def recording(exchange: Exchange) -> Generator[None]:
    """Let `note_response` fill *exchange*, for the time of a block."""
    token = _current.set(exchange)
    try:
        yield
    except BaseException as error:
        exchange.error = type(error).__name__
        exchange.end(None)
        raise
    finally:
        _current.reset(token)


def is_recording() -> bool:
    """Return whether this thread is inside of `recording`, which is where calls of the server are made."""
    return _current.get() is not None


def note_response(response: requests.Response, *_: object, **__: object) -> None:
    """Note the sizes of a request and its answer: a hook of a ``requests.Session``.

    Raises UnavailableError for `TOO_MANY_REQUESTS`, and for the statuses in `UNAVAILABLE` unless the answer is an error
    object of ftrack's.
    """
    exchange = _current.get()
    if exchange is None:
        return
    request = cast("requests.PreparedRequest | None", response.request)  # not every transport says what it answers
    exchange.sent += len(cast("str | bytes", (request and request.body) or b""))
    exchange.received += len(response.content)
    if response.status_code == TOO_MANY_REQUESTS or (
        response.status_code in UNAVAILABLE and _error_object(response) is None
    ):
        raise UnavailableError(response)


def _error_object(response: requests.Response) -> dict[str, Any] | None:
    """Return the error object of ftrack's that a response is, if it is one."""
    try:
        content = json.loads(response.content)
    except ValueError:
        return None
    return cast("dict[str, Any]", content) if isinstance(content, dict) and "exception" in content else None


#: How many queries of one shape, each with other values, count as fetching one by one.
ONE_BY_ONE: Final = 3

# Patterns as texts, compiled when they are first used, which few processes do.
_LITERAL: Final = r"""(?xs)
      "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*'                                       # quoted
    | \b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b                    # an id without quotes
    | (?<![\w.])-?\d+(?:\.\d+)?(?:[-:T+]\d+(?:\.\d+)?)*(?![\w.])                  # a number, a date
    """
_LIST: Final = r"\(\s*\?(?:\s*,\s*\?)*\s*\)"
_WINDOW: Final = r"(?:\s+(?:offset|limit)\s+\?)+\s*$"
_WIDTH: Final = 88


def shape_of(query: str) -> str:
    """Return *query* with question marks for its values: queries that only differ in those have the same shape.

    >>> shape_of('select name from Task where id in ("1", "2") and bid > 3 offset 0 limit 500')
    'select name from Task where id in (?) and bid > ?'
    """
    return re.sub(_WINDOW, "", re.sub(_LIST, "(?)", re.sub(_LITERAL, "?", query)))


def text_of(query: str) -> str:
    """Return *query* without the window that paging adds, so that the pages of one query have the same text."""
    return re.sub(r"(?:\s+(?:offset|limit)\s+\d+)+\s*$", "", query)


@frozen
class QueryCost:
    """What all queries of one text, or of one shape, cost together.

    Attributes:
        query: the text, or the shape.
        requests: how many requests there were, pages included.
        texts: how many different texts there were among them.
        rows: how many rows they returned.
        bytes: the size of their answers, after decompression.
        seconds: how long they took.
    """

    query: str
    requests: int
    texts: int
    rows: int
    bytes: int
    seconds: float

    @classmethod
    def of(cls, query: str, exchanges: "Iterable[tuple[str, Exchange]]") -> "QueryCost":
        """Return the cost of *exchanges*, each with the text of the query that was sent."""
        listed = list(exchanges)
        return cls(
            query,
            requests=len(listed),
            texts=len({text for text, _ in listed}),
            rows=sum(exchange.rows for _, exchange in listed),
            bytes=sum(exchange.received for _, exchange in listed),
            seconds=sum(exchange.seconds for _, exchange in listed),
        )


class Profile(Tabular):
    """The requests of a block, see `trackteroid.session.Session.profile`. Print it for a table.

    It can be read while it grows, from any thread. What a session sends to connect is kept apart, in `connecting`.
    """

    _repr_pretty_ = Tabular._repr_pretty_  # IPython looks for it where it finds __repr__

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._exchanges: list[Exchange] = []

    def add(self, exchange: Exchange) -> None:
        """Add one request."""
        with self._lock:
            self._exchanges.append(exchange)

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The requests in their order, without those of connecting."""
        return tuple(exchange for exchange in self._all() if not exchange.connecting)

    @property
    def connecting(self) -> tuple[Exchange, ...]:
        """The requests that sessions sent to connect."""
        return tuple(exchange for exchange in self._all() if exchange.connecting)

    @property
    def requests(self) -> int:
        """How many requests were sent, tries that failed included."""
        return len(self.exchanges)

    @property
    def rows(self) -> int:
        """How many rows queries returned."""
        return sum(exchange.rows for exchange in self.exchanges)

    @property
    def bytes(self) -> int:
        """How many bytes were sent and received, without headers and compression."""
        return sum(exchange.sent + exchange.received for exchange in self.exchanges)

    @property
    def seconds(self) -> float:
        """How long the requests took together, until their answers were Python objects."""
        return sum(exchange.seconds for exchange in self.exchanges)

    @property
    def queries(self) -> tuple[QueryCost, ...]:
        """What each query cost, the most expensive first; its pages count together."""
        return self._costs(text_of)

    @property
    def shapes(self) -> tuple[QueryCost, ...]:
        """What the queries of each shape cost, the most expensive first."""
        return self._costs(shape_of)

    def one_by_one(self, at_least: int = ONE_BY_ONE) -> tuple[QueryCost, ...]:
        """Return the shapes of which at least this many queries were sent, each with other values.

        That is what fetching related entities one after the other looks like. Ask for all of them in one query, with
        a projection or with several values of one criterion.
        """
        return tuple(cost for cost in self.shapes if cost.texts >= at_least)

    def repeated(self) -> tuple[QueryCost, ...]:
        """Return the queries that were sent more than once although nothing in them differs."""
        return tuple(cost for cost in self.queries if self._times(cost.query) > 1)

    def table(self, columns: Iterable[object] | None = None) -> DataTable:
        """Return what the queries of each shape cost, and other requests, as a table."""
        costs = (*self.shapes, *self._others())
        rows = [(each.requests, each.rows, each.bytes, round(each.seconds * 1e3, 1), each.query) for each in costs]
        names = [Column(name, "integer") for name in ("requests", "rows", "bytes")]
        notes = [f"One by one: {each.texts} queries of the shape: {each.query}" for each in self.one_by_one()]
        notes += [f"Repeated: {self._times(each.query)} times the same query: {each.query}" for each in self.repeated()]
        known = [*names, Column("ms", "number"), Column("query", is_whole=True)]
        found = DataTable.of("kinds of requests", known, rows, notes=notes, one="kind of request")
        return found.table(columns)

    def __str__(self) -> str:
        lines = [
            f"{self.requests} requests, {self.rows} rows, {self.bytes / 1000:.1f} kB, {self.seconds * 1e3:.1f} ms",
            f"{'requests':>8}  {'rows':>7}  {'kB':>9}  {'ms':>9}  query",
        ]
        for cost in (*self.shapes, *self._others()):
            query = cost.query if len(cost.query) <= _WIDTH else f"{cost.query[: _WIDTH - 3]}..."
            lines.append(
                f"{cost.requests:8}  {cost.rows:7}  {cost.bytes / 1000:9.1f}  {cost.seconds * 1e3:9.1f}  {query}"
            )
        lines += [f"one by one: {each.texts} queries of the shape: {each.query}" for each in self.one_by_one()]
        lines += [f"repeated: {self._times(each.query)} times the same query: {each.query}" for each in self.repeated()]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<Profile of {self.requests} requests>"

    def _all(self) -> list[Exchange]:
        with self._lock:
            return list(self._exchanges)

    def _costs(self, name: Callable[[str], str]) -> tuple[QueryCost, ...]:
        groups: dict[str, list[tuple[str, Exchange]]] = {}
        for exchange in self.exchanges:
            if exchange.queries:
                texts = [text_of(query) for query in exchange.queries]
                groups.setdefault(" + ".join(map(name, texts)), []).append((" + ".join(texts), exchange))
        costs = (QueryCost.of(query, exchanges) for query, exchanges in groups.items())
        return tuple(sorted(costs, key=lambda cost: cost.seconds, reverse=True))

    def _others(self) -> tuple[QueryCost, ...]:
        groups: dict[str, list[tuple[str, Exchange]]] = {}
        for exchange in self.exchanges:
            if not exchange.queries:
                name = ", ".join(f"{exchange.actions.count(each)} {each}" for each in dict.fromkeys(exchange.actions))
                groups.setdefault(f"({name})", []).append((name, exchange))
        return tuple(QueryCost.of(name, exchanges) for name, exchanges in groups.items())

    def _times(self, text: str) -> int:
        """Return how often the very same request was sent for the query *text*; its pages are not the same."""
        first = (
            each for each in self.exchanges if each.attempt == 1 and " + ".join(map(text_of, each.queries)) == text
        )
        return max(Counter(exchange.queries for exchange in first).values(), default=0)
