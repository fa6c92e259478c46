"""Collections by the text of the query they answered, so that the same question need not be asked twice."""

import threading
import weakref
from collections import OrderedDict
from typing import Any

#: How many results are kept alive while reuse is on; the one not asked for the longest goes first.
LIMIT = 256


class ResultStore:
    """Remembers what queries returned.

    While `keeping` is on, up to *limit* results are kept alive. Otherwise they are only remembered for as long as
    somebody else holds them, so nothing leaks. Safe to use from several threads.

    >>> with session.reusing_query_results():  # doctest: +SKIP
    ...     query.get_all()
    ...     query.get_all()
    >>> session.query_results.hits, session.query_results.misses  # doctest: +SKIP
    (1, 1)
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._hits = 0
        self._misses = 0
        self._lock = threading.Lock()
        self._keeping = False
        self._kept: OrderedDict[str, Any] = OrderedDict()
        self._known: weakref.WeakValueDictionary[str, Any] = weakref.WeakValueDictionary()

    @property
    def keeping(self) -> bool:
        """Whether results are kept alive."""
        return self._keeping

    @keeping.setter
    def keeping(self, keeping: bool) -> None:
        with self._lock:
            self._keeping = keeping
            if not keeping:
                self._kept.clear()

    @property
    def limit(self) -> int:
        """How many results are kept alive at most; the one not asked for the longest goes first."""
        return self._limit

    @property
    def hits(self) -> int:
        """How often `get` found a result, since the session was made or `forget_statistics`."""
        return self._hits

    @property
    def misses(self) -> int:
        """How often `get` found none, so that the server had to be asked."""
        return self._misses

    def forget_statistics(self) -> None:
        """Begin to count `hits` and `misses` anew."""
        with self._lock:
            self._hits = self._misses = 0

    def get(self, text: str) -> Any:
        """Return the result stored for *text*, or None."""
        with self._lock:
            result = self._known.get(text)
            if result is None:
                self._misses += 1
            else:
                self._hits += 1
            if result is not None and self._keeping:
                self._keep(text, result)
            return result

    def put(self, text: str, result: Any) -> None:
        """Store the *result* of the query *text*."""
        with self._lock:
            self._known[text] = result
            if self._keeping:
                self._keep(text, result)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self._known.clear()

    def after_fork(self) -> None:
        """Get a lock of its own in a forked child, where the parent's may be held by a thread that is not there."""
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._known)

    def _keep(self, text: str, result: Any) -> None:
        self._kept[text] = result
        self._kept.move_to_end(text)
        while len(self._kept) > self._limit:
            self._kept.popitem(last=False)
