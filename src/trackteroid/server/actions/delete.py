"""The action `delete`: an entity goes, with everything that cannot be without it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trackteroid.server.actions.payload import type_of
from trackteroid.server.actions.removal import delete_rows
from trackteroid.server.actions.update import find_row
from trackteroid.server.auth.writing import may_read
from trackteroid.server.core.request import Request
from trackteroid.server.core.unit_of_work import unit_of_work
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
    may_be_gone = entity_type.view is not None or rules_of(uow, entity_type).entries
    row = uow.find(stored_type, key) if may_be_gone else None
    if may_be_gone and (row is None or not may_read(uow, row)):
        return {"action": "delete", "data": True}
    if not uow.changes.is_gone(stored_type, key) or uow.find(stored_type, key) is not None:
        delete_rows(uow, [find_row(uow, stored_type, operation.get("entity_key"))])
    return {"action": "delete", "data": True}
