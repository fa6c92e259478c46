"""What tests demand of tools: not too many requests, and a server that holds what was planned."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ftrack_api.symbol import NOT_SET

from trackteroid.client.requests_log import Profile, everywhere
from trackteroid.operations.format.container import AnyPath
from trackteroid.operations.loading import current_values, is_same
from trackteroid.operations.plan import Plan, plan
from trackteroid.operations.values import EntityReference, References
from trackteroid.session import SESSION, Session


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


class NotCommittedError(AssertionError):
    """The server does not hold what was planned; the message lists what."""


def assert_committed(planned: Plan | AnyPath, session: Session = SESSION) -> None:
    """Fail unless the server holds everything that a plan says: what it creates and changes, and not what it deletes.

    The server is asked anew, with one request; the session keeps nothing of it. Whether a file says that it was
    committed makes no difference.

    Args:
        planned: A plan, or the file of the operations.
        session: Whom to ask with; the default session by default.

    Raises:
        NotCommittedError: Something is missing, or has another value.
    """
    listed = planned if isinstance(planned, Plan) else plan(session, Path(planned))
    entities = [entity for file in listed.files for entity in file.entities]
    wanted: dict[EntityReference, set[str]] = {}
    for entity in entities:
        lasting = () if "delete" in entity.action else entity.changes
        wanted.setdefault(entity.entity, set()).update(change.attribute for change in lasting)
    current = current_values(session, wanted)
    problems: list[str] = []
    for entity in entities:
        now = current.get(entity.entity)
        if "delete" in entity.action:
            problems += [f"  {entity.name} is still there."] if now is not None else []
            continue
        if now is None:
            problems.append(f"  {entity.name} is not there.")
            continue
        for change in entity.changes:
            value = now[change.attribute]
            if isinstance(change.new, References) and isinstance(value, References):
                removed = change.old.items if isinstance(change.old, References) else ()
                is_held = set(change.new.items) <= set(value.items) and set(value.items).isdisjoint(removed)
            else:
                is_held = is_same(value, change.new)
            if not is_held:
                is_now, wished = ("not known" if each is NOT_SET else repr(each) for each in (value, change.new))
                problems.append(f"  {entity.name}: {change.attribute} is {is_now}, not {wished}.")
    if problems:
        raise NotCommittedError("\n".join(["The server does not hold what was planned:", *problems]))
