"""Whether a server holds what a plan of deferred operations says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from ftrack_api.symbol import NOT_SET

from trackteroid.operations.format.container import AnyPath
from trackteroid.operations.loading import Values, current_values, is_same
from trackteroid.operations.plan import Plan, PlannedChange, PlannedEntity, plan
from trackteroid.operations.values import EntityReference, References
from trackteroid.session import SESSION, Session


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
        wanted.setdefault(entity.entity, set()).update(change.attribute for change in _lasting(entity))
    current = current_values(session, wanted)
    problems = [problem for entity in entities for problem in _problems(entity, current.get(entity.entity))]
    if problems:
        raise NotCommittedError("\n".join(["The server does not hold what was planned:", *problems]))


def _lasting(entity: PlannedEntity) -> Iterable[PlannedChange]:
    return () if "delete" in entity.action else entity.changes


def _problems(entity: PlannedEntity, current: Values | None) -> Iterator[str]:
    if "delete" in entity.action:
        if current is not None:
            yield f"  {entity.name} is still there."
    elif current is None:
        yield f"  {entity.name} is not there."
    else:
        for change in _lasting(entity):
            now = current[change.attribute]
            if not _holds(change, now):
                yield f"  {entity.name}: {change.attribute} is {_shown(now)}, not {_shown(change.new)}."


def _holds(change: PlannedChange, now: object) -> bool:
    if not (isinstance(change.new, References) and isinstance(now, References)):
        return is_same(now, change.new)
    removed = change.old.items if isinstance(change.old, References) else ()
    return set(change.new.items) <= set(now.items) and set(now.items).isdisjoint(removed)


def _shown(value: object) -> str:
    return "not known" if value is NOT_SET else repr(value)
