"""Asking about the past: the state of a moment, and what is hidden from whom in it."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import replace

import sqlalchemy as sa

from trackteroid.server.auth.policy import Policy, policy_of
from trackteroid.server.core.request import Request
from trackteroid.server.history.moments import number_of
from trackteroid.server.history.overlay import Finder, overlaid
from trackteroid.server.history.undoing import undone_since
from trackteroid.server.model import standard_model


@contextmanager
def as_of(request: Request, asked: object) -> Generator[None]:
    """Let a request ask for what was at a moment, for the time of a block.

    Raises:
        Failure: Nothing is known of that moment, or too much has changed since.
    """
    connection = request.connection
    number, most = number_of(connection, asked), request.limits.past_changes
    with standing(request, lambda names: undone_since(connection, number, names, most=most)):
        yield


@contextmanager
def standing(request: Request, find: Finder, private: Iterable[str] = ()) -> Generator[None]:
    """Let a request ask for what was before some changes. Who sees what is decided by the permissions of now.

    Projects that were private, then or when they were deleted, are as private as those of now.

    Args:
        request: The request.
        find: What has to be undone.
        private: Further projects that were private.
    """
    connection, policy, timeouts = request.connection, policy_of(request), list(request.timeouts)
    was_past, request.is_past = request.is_past, True
    try:
        with overlaid(connection, find):
            if policy is not None:
                request.policy = _closing(policy, [*private, *_private(connection), *_deleted_private(find)])
            yield
    finally:
        request.policy, request.is_past = policy, was_past
        request.timeouts[:] = timeouts  # what PostgreSQL was told meanwhile, it has forgotten


def _closing(policy: Policy, private: Iterable[str]) -> Policy:
    closed = policy.closed.union(private)
    return policy if closed == policy.closed else replace(policy, closed=closed)


def _private(connection: sa.Connection) -> Iterable[str]:
    context = standard_model().table("Context")
    return connection.execute(sa.select(context.c.id).where(context.c.is_private.is_(True))).scalars()


def _deleted_private(find: Finder) -> Iterable[str]:
    contexts = standard_model().type("Context").table
    found = find([contexts]).get(contexts)
    return () if found is None else found.deleted_private
