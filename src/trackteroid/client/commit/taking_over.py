"""Taking over the answer to a commit: the session holds what the server has, and what was changed since stays."""

from collections.abc import Iterable
from typing import Any

from ftrack_api.symbol import NOT_SET

from trackteroid.client.base import BaseSession
from trackteroid.client.commit.attempt import Attempt, finish, set_operations, without
from trackteroid.client.commit.commit import settle
from trackteroid.client.commit.recognition import changes_of, recognise
from trackteroid.client.entities import (
    Key,
    find_in_memory,
    keep_in_memory,
    key_of,
    key_of_operation,
    storage_of,
)
from trackteroid.client.local_changes import changed_entities


def take_over(session: BaseSession, attempt: Attempt) -> None:
    """Settle *attempt*, whatever interrupts that; if its answer is broken, with what the server says when asked."""
    try:
        finish(lambda: _settle(session, attempt))
    except Exception as error:  # noqa: BLE001 - whatever a broken answer leads to
        try:
            changes = changes_of(attempt.payloads) or []
            _, attempt.answer = recognise(session, changes, session.call)
            _settle(session, attempt)
        except Exception:  # noqa: BLE001 - the first one tells more
            attempt.is_settled = True
            raise error from None


def _settle(session: BaseSession, attempt: Attempt) -> None:
    """Let the session hold what the server has after *attempt*; pending is only what was recorded since."""
    batch = attempt.batch
    _put_aside(session, attempt)
    set_operations(session.recorded_operations, attempt.operations)
    for operation, entity in attempt.created:
        if find_in_memory(session, *key_of_operation(operation)) is None:
            keep_in_memory(session, *key_of_operation(operation), entity)
    try:
        with session.settling():
            set_operations(session.recorded_operations, (*attempt.operations, *attempt.kept))
            if batch is not None:
                session.not_added = settle(session, batch, attempt.answer or ())
    finally:
        for entity, name, value in attempt.kept_values.values():
            storage_of(entity)[name]["local"] = value
        set_operations(session.recorded_operations, attempt.kept)
    attempt.is_settled, attempt.kept, attempt.kept_values = True, [], {}


def _put_aside(session: BaseSession, attempt: Attempt) -> None:
    """Keep what was recorded since *attempt*, and all local values that it has not set itself."""
    others = without(session.recorded_operations, (*attempt.operations, *attempt.kept))
    if not others:
        return
    settled = _changed_by(attempt.operations) - _changed_by((*attempt.kept, *others))
    for entity in changed_entities(session):
        for name, slot in storage_of(entity).items():
            if slot["local"] is not NOT_SET and settled.isdisjoint({(key_of(entity), name), (key_of(entity), None)}):
                attempt.kept_values.setdefault((id(entity), name), (entity, name, slot["local"]))
    attempt.kept += others


def _changed_by(operations: Iterable[Any]) -> set[tuple[Key, str | None]]:
    """Return what the operations have set: an entity and the attribute, or no attribute for all of a new entity."""
    return {(key_of_operation(each), getattr(each, "attribute_name", None)) for each in operations}
