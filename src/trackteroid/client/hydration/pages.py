"""Asking page by page: for entities, which the session takes in one pass, and for plain data.

Nobody's values are taken for limits: what a query asks reaches the server as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Protocol

import ftrack_api.query
from ftrack_api.entity.base import Entity
from ftrack_api.session import Session

from trackteroid.client.hydration.answers import ID_PAGE_SIZE


class _PlainCall(Protocol):
    def __call__(self, batch: list[dict[str, Any]], *, strict: bool) -> list[dict[str, Any]]: ...


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
