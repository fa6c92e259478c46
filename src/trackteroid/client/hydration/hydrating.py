"""Queries whose answers a session takes in one pass, page by page, as entities or as plain data.

Nothing is lost of what the copies of an entity in an answer hold. Small questions ride along with the next query.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from operator import attrgetter
from typing import Any, Protocol, cast

import ftrack_api
import ftrack_api.cache
import ftrack_api.exception
import ftrack_api.inspection
import ftrack_api.query
from ftrack_api.entity.base import Entity
from ftrack_api.session import Session

from trackteroid.client.entities import is_bare, is_new
from trackteroid.client.failures import outermost
from trackteroid.client.hydration.answers import Hydration, PlainBatch, Recipe, collector_paused
from trackteroid.errors import UnexpectedAnswerError
from trackteroid.session_state import HasSchemas, of_connection

#: Takes the records that a query finds, as the server sent them.
Take = Callable[[list[Any]], None]


class _Riders(dict[str, Take]):
    """The queries that go along with the next one of a connection, in its request."""


def ride_along(session: HasSchemas, text: str, take: Take) -> None:
    """Let the query *text* be asked along with the next one. *take* is not called if there is more than one page.

    Whoever will need what a server knows by name, and will not need it before that query is answered, has it asked so:
    whoever loads custom attributes may set them, for instance, and then their configurations are known already.
    """
    of_connection(session, _Riders)[text] = take


#: Where the mapping of what was merged keeps the copies met so far, by object; they must live for that long.
_COPIES = "copies that were met"

#: The methods of a session through which entities are merged. A session with its own version merges by itself.
SESSION_METHODS = ("merge", "_merge", "_merge_recursive", "_merge_entity", "_create", "_decode")


class HydratingSession(ftrack_api.Session):
    """An ``ftrack_api.Session`` that writes the answers of queries in one pass, and merges every copy of an entity.

    ftrack_api remembers which entities it has met in an answer and merges the first copy of each only, so a fuller one
    that comes later is lost. Here it remembers which copies it has met: each is merged once.
    """

    #: How records become entities, by the class of these.
    _recipes: dict[type[Entity], Recipe]

    def _merge_entity(self, entity: Entity, merged: dict[str, Any] | None = None) -> Entity:
        """Merge *entity* and what it refers to into the session, and return the session's own object of it.

        *merged* is one mapping for all that belongs together, such as the records of one answer.
        """
        merged = {} if merged is None else merged
        copies = cast("dict[int, Entity]", merged.setdefault(_COPIES, {}))
        with self.auto_populating(False):
            key = self.cache_key_maker.key(ftrack_api.inspection.identity(entity))
            try:
                attached = cast("Entity", merged[key] if key in merged else self.cache.get(key))
            except KeyError:
                attached = None
            # What is created takes the place of what had the same key before, which was deleted: an entry of metadata
            # that is removed and set again, say.
            if attached is None or (is_new(entity) and not is_new(attached)):
                attached = self._create(entity.entity_type, {}, reconstructing=True)
            merged[key] = attached
            if id(entity) in copies or entity is attached or (is_bare(entity) and not is_new(attached)):
                return attached
            copies[id(entity)] = entity
            if attached.merge(entity, merged=merged):
                self.cache.set(key, attached)
            return attached

    @outermost
    def _query(self, expression: str) -> tuple[list[Entity], dict[str, Any]]:
        self._wait_for_connection()
        if not can_hydrate(self):
            return super()._query(expression)
        question = {"action": "query", "expression": expression}
        riders = of_connection(self, _Riders)
        answer = self._answer_with_riders(question, riders) if riders else self._plain_call([question])[0]
        return self._hydrate(answer["data"]), answer.get("metadata") or {}

    def _answer_with_riders(self, question: dict[str, Any], waiting: dict[str, Take]) -> dict[str, Any]:
        riders = waiting.copy()
        waiting.clear()
        along = [{"action": "query", "expression": f"{text} limit {ID_PAGE_SIZE}"} for text in riders]
        try:
            answer, *others = self._plain_call([question, *along])
        except ftrack_api.exception.ServerError:
            pass  # which of them it refused, and why, is said when each is asked by itself
        else:
            for take, other in zip(riders.values(), others, strict=True):
                metadata: dict[str, Any] = other.get("metadata") or {}
                if metadata.get("next", {}).get("offset") is None:
                    take(other["data"])
            return answer
        return self._plain_call([question])[0]

    def _hydrate(self, rows: list[Any]) -> list[Entity]:
        with collector_paused(), self._thread_lock, self.operation_recording(False), self.auto_populating(False):
            try:
                return Hydration(self, self._recipes).rows(rows)
            except ValueError as error:  # a broken date, which ftrack_api takes for an answer that is no JSON
                raise UnexpectedAnswerError(
                    f"The ftrack server at {self.address} sent what cannot be read: {error}. Only whoever runs the "
                    "server can repair that; other projections may leave it out."
                ) from None

    def _plain_call(self, batch: list[dict[str, Any]], *, strict: bool = False) -> list[dict[str, Any]]:
        """Return the answer to a *batch* of queries as JSON has it; *strict* asks in the server's strict mode."""
        plain = PlainBatch(batch)
        plain.strict = strict
        return self.call(plain)

    # What derived classes know better.

    @property
    def address(self) -> str:
        """The server as it may be shown to people."""
        return self.server_url

    def _wait_for_connection(self) -> None:
        """Connect, where that was not done yet."""


def can_hydrate(session: Session) -> bool:
    """Return whether *session* keeps its entities the way this module writes them."""
    cache = session.cache
    return (
        type(cache) is ftrack_api.cache.LayeredCache
        and len(cache.caches) == 1
        and type(cache.caches[0]) is ftrack_api.cache.MemoryCache
        and type(session.cache_key_maker) is ftrack_api.cache.StringKeyMaker
        and merges_copies(session)
    )


def merges_copies(session: Session) -> bool:
    """Return whether *session* merges every copy of an entity in an answer, rather than in some way of its own."""
    return vars(session).keys().isdisjoint(SESSION_METHODS) and _methods(type(session)) == _methods(HydratingSession)


_methods = attrgetter(*SESSION_METHODS)


class _PlainCall(Protocol):
    def __call__(self, batch: list[dict[str, Any]], *, strict: bool) -> list[dict[str, Any]]: ...


#: How many records come in one page where only ids are wanted. A server that sends fewer says that there are more.
ID_PAGE_SIZE = 5000


def fetch_pages(
    session: Session, text: str, *, limit: int | None = None, offset: int = 0, page_size: int = 500
) -> list[Entity]:
    """Return the entities that the query *text* finds, at most *limit* of them, beginning with the one at *offset*.

    ftrack_api's own paging searches the text for ``limit 5`` and ``offset 2`` and cuts them out, also where they are
    part of a value. Here the text reaches the server as it is; limit and offset are added behind it.
    """
    pages = iter_pages(session, text, limit=limit, offset=offset, page_size=page_size)
    return [entity for page in pages for entity in page]


def iter_pages(
    session: Session, text: str, *, limit: int | None = None, offset: int = 0, page_size: int = 500
) -> Iterator[list[Entity]]:
    """Yield the entities that the query *text* finds page by page; a page is asked for when it is needed."""
    count = 0
    following: int | None = offset
    while following is not None:
        size = page_size if limit is None else min(page_size, limit - count)
        page, next_offset = fetch_page(session, text, offset=following, limit=size)
        page = page if limit is None else page[: limit - count]
        count += len(page)
        yield page
        is_complete = limit is not None and count >= limit
        following = None if is_complete else next_offset


def fetch_page(session: Session, text: str, *, offset: int = 0, limit: int) -> tuple[list[Entity], int | None]:
    """Return one page of what the query *text* finds, and the offset of the next one if there is one."""
    # Every query of ftrack_api passes through this private method, which merges the entities into the session.
    page, metadata = session._query(f"{text} offset {offset} limit {limit}")  # pyright: ignore[reportPrivateUsage]
    return page, metadata.get("next", {}).get("offset")


def iter_records(
    session: Session, text: str, *, limit: int | None = None, page_size: int = ID_PAGE_SIZE, strict: bool = False
) -> Iterator[dict[str, Any]]:
    """Yield what the query *text* finds as the server sent it: no entity is made, and the session keeps nothing.

    *strict* asks in the server's strict mode, see `can_be_strict`.
    """
    count = 0
    following: int | None = 0
    while following is not None:
        size = page_size if limit is None else min(page_size, limit - count)
        answer = plain_answer(session, f"{text} offset {following} limit {size}", strict=strict)
        yield from answer["data"]
        count += len(answer["data"])
        is_complete = limit is not None and count >= limit
        following = None if is_complete else answer["metadata"].get("next", {}).get("offset")


def can_be_strict(session: Session) -> bool:
    """Return whether *session* can ask in the server's strict mode, as ours can."""
    return getattr(session, "_plain_call", None) is not None


def plain_answer(session: Session, expression: str, *, strict: bool = False, columns: bool = False) -> dict[str, Any]:
    """Return the answer to a query as the server sent it; *columns* asks one of ours for columns, not for records."""
    batch = [{"action": "query", "expression": expression, **({"answer": "columns"} if columns else {})}]
    return plain_answers(session, batch, strict=strict)[0]


def plain_answers(session: Session, batch: list[dict[str, Any]], *, strict: bool = False) -> list[dict[str, Any]]:
    """Return the answers to a batch of questions as the server sent them."""
    plain_call: _PlainCall | None = getattr(session, "_plain_call", None)  # sessions of ours have it
    if plain_call is not None:
        return plain_call(batch, strict=strict)
    # A second object with the same state and the same connection; only what it reads stays the data it was sent as.
    plain = object.__new__(_plain_kind(type(session)))
    plain.__dict__ = session.__dict__
    answers: list[dict[str, Any]] = plain.call(batch)
    return answers


@lru_cache(maxsize=64)
def _plain_kind(kind: type[Session]) -> Any:
    def decode(_: Session, string: str) -> Any:
        return json.loads(string)

    return type(kind.__name__, (kind,), {"decode": decode})


_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"' + r"|'(?:\\.|[^'\\])*'", re.DOTALL)


class QueryResult(ftrack_api.query.QueryResult):
    """The results of one query, fetched page by page.

    ftrack_api takes the first ``limit 5`` it sees for the query's own limit, wherever it stands. Here one inside a
    quoted value, as in ``name is "limit 5"``, is left alone.
    """

    def _extract_offset_and_limit(self, expression: str) -> tuple[str, int | None, int | None]:
        expression, offset = _cut(expression, self.OFFSET_EXPRESSION)
        expression, limit = _cut(expression, self.LIMIT_EXPRESSION)
        return expression.strip(), offset, limit


def _cut(expression: str, clause: re.Pattern[str]) -> tuple[str, int | None]:
    """Return *expression* without the first *clause* outside of quotes, and the number in that clause."""
    found = clause.search(_QUOTED.sub(lambda quoted: '"' * len(quoted[0]), expression))
    if found is None:
        return expression, None
    return expression[: found.start()] + expression[found.end() :], int(found["value"])
