"""The action `delete`: an entity goes, with everything that cannot be without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from trackteroid.server.actions.payload import type_of
from trackteroid.server.actions.removal import delete_rows, delete_together
from trackteroid.server.actions.update import find_row
from trackteroid.server.auth.writing import may_read
from trackteroid.server.core.changes import Row, RowKey
from trackteroid.server.core.failures import Failure
from trackteroid.server.core.request import Request
from trackteroid.server.core.unit_of_work import UnitOfWork, unit_of_work
from trackteroid.server.rules import require_permission, rules_of


def delete(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Delete an entity; one that went with another one in the same batch counts as deleted.

    Args:
        request: The request.
        operation: `entity_type` and `entity_key`.

    Raises:
        ValueError_: There was no such entity.
        IntegrityError: Something that stays cannot be without it.
    """
    uow = unit_of_work(request)
    entity_type = type_of(uow, operation)
    require_permission(uow, entity_type, "delete")
    stored_type = uow.type("CustomAttributeValue") if entity_type.view is not None else entity_type
    key = uow.key_of(stored_type, operation.get("entity_key"))
    # A default that is shown without being stored cannot go, and what anybody may remove is gone either way. Of what
    # the caller may not see they are told the same, whether it is there or not.
    may_be_gone = entity_type.view is not None or rules_of(entity_type).entries
    row = uow.find(stored_type, key) if may_be_gone else None
    if may_be_gone and (row is None or not may_read(uow, row)):
        return {"action": "delete", "data": True}
    if not uow.changes.is_gone(stored_type, key) or uow.find(stored_type, key) is not None:
        delete_rows(uow, [find_row(uow, stored_type, key)])
    return {"action": "delete", "data": True}


def delete_ahead(uow: UnitOfWork, operations: Sequence[Mapping[str, Any]]) -> None:
    """Delete at once what operations in a row are going to delete, if all of them may: see `delete_together`.

    What is not deleted here, because something about it is unusual, is deleted or refused when its turn comes.
    """
    found: dict[tuple[str, RowKey], Row] = {}
    try:
        for operation in operations:
            entity_type = type_of(uow, operation)
            require_permission(uow, entity_type, "delete")
            if entity_type.view is not None or rules_of(entity_type).entries:
                return
            row = find_row(uow, entity_type, uow.key_of(entity_type, operation.get("entity_key")))
            found[row.type.table, row.key] = row
        delete_together(uow, list(found.values()))
    except Failure:
        return
