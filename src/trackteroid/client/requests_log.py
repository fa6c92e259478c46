"""What went over the connection: one record per request, for whoever watches."""

import json
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

import requests
import urllib3
import urllib3.exceptions

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
        actions = tuple(str(operation.get("action")) for operation in batch)
        queries = tuple(str(operation["expression"]) for operation in batch if "expression" in operation)
        return cls(actions, queries, connecting, attempt)

    def end(self, result: Any) -> None:
        """Note the *result* of the call and how long it took."""
        self.seconds = time.perf_counter() - self._begin
        if isinstance(result, list) and self.queries:
            answers = [cast("dict[str, Any]", each) for each in cast("list[Any]", result) if isinstance(each, dict)]
            rows = [answer.get("data") for answer in answers]
            self.rows = sum(len(cast("list[Any]", data)) for data in rows if isinstance(data, list))

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
        self.retry_after = _retry_after(response)
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


def _retry_after(response: requests.Response) -> float:
    header = response.headers.get("Retry-After", "0")
    try:
        return urllib3.Retry().parse_retry_after(header)
    except (urllib3.exceptions.InvalidHeader, ValueError, OverflowError):  # a number of thousands of digits is none
        return 0.0


def _error_object(response: requests.Response) -> dict[str, Any] | None:
    """Return the error object of ftrack's that a response is, if it is one."""
    try:
        content = json.loads(response.content)
    except ValueError:
        return None
    return cast("dict[str, Any]", content) if isinstance(content, dict) and "exception" in content else None
