"""Fetching the results of a query page by page, as entities or as plain data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from ftrack_api.entity.base import Entity
from ftrack_api.session import Session

from trackteroid.client.connection import LazySession

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
        # Every query of ftrack_api passes through this private method, which merges the entities into the session.
        page, metadata = session._query(f"{text} offset {following} limit {size}")  # pyright: ignore[reportPrivateUsage]
        page = page if limit is None else page[: limit - count]
        count += len(page)
        yield page
        is_complete = limit is not None and count >= limit
        following = None if is_complete else metadata.get("next", {}).get("offset")


def iter_records(
    session: Session, text: str, *, limit: int | None = None, page_size: int = ID_PAGE_SIZE
) -> Iterator[dict[str, Any]]:
    """Yield what the query *text* finds as the server sent it: no entity is made, and the session keeps nothing."""
    count = 0
    following: int | None = 0
    while following is not None:
        size = page_size if limit is None else min(page_size, limit - count)
        answer = _plain_answer(session, f"{text} offset {following} limit {size}")
        yield from answer["data"]
        count += len(answer["data"])
        is_complete = limit is not None and count >= limit
        following = None if is_complete else answer["metadata"].get("next", {}).get("offset")


def _plain_answer(session: Session, expression: str) -> dict[str, Any]:
    batch = [{"action": "query", "expression": expression}]
    if isinstance(session, LazySession):
        return session._plain_call(batch)[0]  # pyright: ignore[reportPrivateUsage]  # not for users of sessions
    # A second object with the same state and the same connection; only what it reads stays the data it was sent as.
    plain = object.__new__(_plain_kind(type(session)))
    plain.__dict__ = session.__dict__
    answers: list[dict[str, Any]] = plain.call(batch)
    return answers[0]


@lru_cache(maxsize=64)
def _plain_kind(kind: type[Session]) -> Any:
    def decode(_: Session, string: str) -> Any:
        return json.loads(string)

    return type(kind.__name__, (kind,), {"decode": decode})
