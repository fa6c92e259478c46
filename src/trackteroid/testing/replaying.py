"""Answering from a recording, and failing when a tool asks something else than it did when it was recorded."""

from __future__ import annotations

import difflib
import json
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from trackteroid.testing.reaching import LocalServer
from trackteroid.testing.recording import STANDARD, NewIds, RecordedCall, Recording, RemovedFrom

Json: TypeAlias = Any
_ANYBODY = "replayed"


class ReplayMismatchError(AssertionError):
    """A tool asks something else than it did when it was recorded; the message shows the difference."""


class ReplayedServer(LocalServer):
    """Answers what was recorded, and nothing else. `Session` takes it as ``server_url``.

    Calls that only ask may come in another order, as long as nothing is changed in between; those that change something
    come in theirs. Each recorded call is answered once. Ids of new entities are others each time, and belong together.

    Attributes:
        problems: What was asked that was not recorded.
    """

    def __init__(self, path: Path, removed: RemovedFrom = STANDARD) -> None:
        super().__init__()
        self._path = path
        self._recording = Recording.read(path)
        self._left = list(self._recording.calls)
        self._clean = removed.cleaner()
        self._new = NewIds()
        self._lock = threading.Lock()
        self.problems: list[str] = []
        self._app = Starlette(routes=[Route("/api", self._answer, methods=["POST"])])

    @property
    def app(self) -> ASGIApp:
        """The application that answers."""
        return self._app

    @property
    def username(self) -> str:
        """A name that is as good as any."""
        return _ANYBODY

    @property
    def api_key(self) -> str:
        """A key that is as good as any."""
        return _ANYBODY

    def check(self) -> None:
        """Raise `ReplayMismatchError` unless everything that was recorded was asked, and nothing else."""
        if self.problems:
            raise ReplayMismatchError(self.problems[0])
        if self._left:
            asked = "\n".join(_text(each.ask) for each in self._left)
            raise ReplayMismatchError(
                f"{len(self._left)} of the {len(self._recording.calls)} calls in {self._path} were not asked for. "
                f"If that is meant, record it again. They are:\n{asked}"
            )

    async def _answer(self, request: Request) -> Response:
        operations = await request.json()
        with self._lock:
            return JSONResponse(self._answer_to(operations))

    def _answer_to(self, operations: Json) -> Json:
        known = {"query_server_information": self._recording.information, "query_schemas": self._recording.schemas}
        actions = [each.get("action") for each in operations]
        if all(action in known for action in actions):
            return [known[action] for action in actions]
        ask = self._clean(self._new.named(operations))
        for call in _next(self._left):
            if call.ask == ask:
                self._left.remove(call)
                return self._new.meant(call.answer)
        self.problems.append(self._difference(ask))
        text = f"This was not recorded in {self._path.name}."
        return {"exception": "ServerError", "content": text, "error_code": None}

    def _difference(self, ask: Json) -> str:
        """Return how a call differs from the one that is most like it."""
        now, candidates = _text(ask), [_text(each.ask) for each in _next(self._left)]
        head = f"This is not what was asked when {self._path} was recorded. If that is meant, record it again."
        if not candidates:
            return f"{head} Nothing more was asked then. Now:\n{now}"
        nearest = max(candidates, key=lambda each: difflib.SequenceMatcher(None, each, now).ratio())
        lines = difflib.unified_diff(nearest.splitlines(), now.splitlines(), "recorded", "asked now", lineterm="", n=2)
        return "\n".join([head, *lines])


@contextmanager
def replay(path: str | Path, *, removed: RemovedFrom = STANDARD) -> Generator[ReplayedServer]:
    """Answer from a recording for the time of a block, without a server.

    Args:
        path: The file that `record` has written.
        removed: What was removed when it was recorded.

    Returns:
        A server: ``server.session()``, ``server.stock_session()``, or ``substitute(server)`` for tools that make their
        own sessions.

    Raises:
        ReplayMismatchError: The block asks something else, or not everything; also when it ends with another error
            because of that.

    >>> with replay("tests/recorded/approve.json") as server:  # doctest: +SKIP
    ...     tool.approve(server.session(), "sh0010")
    """
    server = ReplayedServer(Path(path), removed)
    try:
        try:
            yield server
        except Exception as error:
            if server.problems:
                raise ReplayMismatchError(server.problems[0]) from error
            raise
        server.check()
    finally:
        server.close()


def _next(left: Sequence[RecordedCall]) -> Generator[RecordedCall]:
    """Yield the calls that may come next: all that only ask up to the next change, or that change."""
    for place, call in enumerate(left):
        if not call.is_reading:
            if place == 0:
                yield call
            return
        yield call


def _text(ask: Json) -> str:
    return json.dumps(ask, indent=1, sort_keys=True, ensure_ascii=False)
