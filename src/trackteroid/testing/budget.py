"""A limit for the requests of a block, with an error that shows what was asked."""

from collections.abc import Generator
from contextlib import contextmanager

from trackteroid.client.requests_log import Profile, everywhere


class RequestBudgetError(AssertionError):
    """A block sent more requests than it may, or fetched entities one by one.

    Attributes:
        profile: what was sent.
    """

    def __init__(self, message: str, profile: Profile) -> None:
        super().__init__(message)
        self.profile = profile


@contextmanager
def request_budget(
    requests: int | None = None, *, one_by_one: bool = False, exactly: bool = False
) -> Generator[Profile]:
    """Fail when the block sends more than this many requests, or fetches entities one after the other.

    The requests of all sessions and threads of this process count, but not those that connect a session, and not those
    of the official client; `substitute` lets tools that are written for it use sessions of ours.

    Args:
        requests: how many requests are fine; None for any number.
        one_by_one: whether fetching entities one by one is fine.
        exactly: whether fewer requests are no good either.

    Raises:
        RequestBudgetError: at the end of the block. The message has a table of what was sent.

    >>> with request_budget(1) as profile:
    ...     pass
    >>> profile.requests
    0
    """
    profile = Profile()
    with everywhere.watching(profile.add):
        yield profile
    if requests is not None and profile.requests > requests:
        raise RequestBudgetError(f"{profile.requests} requests were sent, {requests} are allowed.\n{profile}", profile)
    if exactly and requests is not None and profile.requests < requests:
        raise RequestBudgetError(f"{profile.requests} requests were sent, {requests} are expected.\n{profile}", profile)
    if not one_by_one and profile.one_by_one():
        worst = profile.one_by_one()[0]
        raise RequestBudgetError(
            f"{worst.texts} queries differ only in their values. Fetch them with one query, or allow it with "
            f"one_by_one=True.\n{profile}",
            profile,
        )
