"""What a piece of work asked of the server: how many requests, how much, how long, and what it asked over and over."""

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from trackteroid.client.requests_log import Exchange

#: How many queries of one shape, each with other values, count as fetching one by one.
ONE_BY_ONE: Final = 3

_LITERAL: Final = re.compile(
    r"""
      "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*'                                       # quoted
    | \b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b                    # an id without quotes
    | (?<![\w.])-?\d+(?:\.\d+)?(?:[-:T+]\d+(?:\.\d+)?)*(?![\w.])                  # a number, a date
    """,
    re.VERBOSE | re.DOTALL,
)
_LIST: Final = re.compile(r"\(\s*\?(?:\s*,\s*\?)*\s*\)")
_WINDOW: Final = re.compile(r"(?:\s+(?:offset|limit)\s+\?)+\s*$")
_WIDTH: Final = 88


def shape_of(query: str) -> str:
    """Return *query* with question marks for its values: queries that only differ in those have the same shape.

    >>> shape_of('select name from Task where id in ("1", "2") and bid > 3 offset 0 limit 500')
    'select name from Task where id in (?) and bid > ?'
    """
    return _WINDOW.sub("", _LIST.sub("(?)", _LITERAL.sub("?", query)))


def text_of(query: str) -> str:
    """Return *query* without the window that paging adds, so that the pages of one query have the same text."""
    return re.sub(r"(?:\s+(?:offset|limit)\s+\d+)+\s*$", "", query)


@dataclass(frozen=True, slots=True)
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


class Profile:
    """The requests of a block, see `trackteroid.session.Session.profile`. Print it for a table.

    It can be read while it grows, from any thread. What a session sends to connect is kept apart, in `connecting`.
    """

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

    def __str__(self) -> str:
        lines = [
            f"{self.requests} requests, {self.rows} rows, {self.bytes / 1000:.1f} kB, {self.seconds * 1e3:.1f} ms",
            f"{'requests':>8}  {'rows':>7}  {'kB':>9}  {'ms':>9}  query",
        ]
        lines += [_line(cost) for cost in (*self.shapes, *self._others())]
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


def _line(cost: QueryCost) -> str:
    query = cost.query if len(cost.query) <= _WIDTH else f"{cost.query[: _WIDTH - 3]}..."
    return f"{cost.requests:8}  {cost.rows:7}  {cost.bytes / 1000:9.1f}  {cost.seconds * 1e3:9.1f}  {query}"
