"""Values of custom attributes are written where they are read: to the configuration that counts for their entity."""

from __future__ import annotations

from functools import partial
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from trackteroid.server.core.changes import Row
from trackteroid.server.core.failures import ValidationError
from trackteroid.server.core.unit_of_work import UnitOfWork, chunks
from trackteroid.server.core.values import shown
from trackteroid.server.model import Model
from trackteroid.server.rules.applying import OWNERS, Owner, applying
from trackteroid.server.rules.custom_attributes import described
from trackteroid.server.rules.engine import rows_to_check

_Statements = dict[str, sa.Executable]
_STATEMENTS: WeakKeyDictionary[Model, _Statements] = WeakKeyDictionary()


def check_written_values(uow: UnitOfWork) -> None:
    """Refuse values that a batch has given to configurations nobody reads for these entities.

    It is asked at the end, when entities are what they are to be: in their projects, and with their configurations.

    Raises:
        ValidationError: An entity has no such attribute, or another configuration of that key counts for it; the
            message names both.
    """
    of_values = (
        rows for (entity_type, _), rows in rows_to_check(uow).items() if entity_type.name == "CustomAttributeValue"
    )
    written = {row.key: row for rows in of_values for row in rows}
    left = {key: row for key, row in written.items() if uow.is_current(row)}
    for owner in OWNERS.values():
        if left:
            for key in _counting(uow, owner, list(left)):
                left.pop(key, None)
    for row in left.values():
        configuration = uow.find("CustomAttributeConfiguration", row.values["configuration_id"])
        if configuration is not None and configuration.values["entity_type"]:  # else nobody has said what it is for
            raise _failure(uow, row, configuration)


def _counting(uow: UnitOfWork, owner: Owner, keys: list[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return those among pairs of a configuration and an entity of which the configuration counts for the entity."""
    statement = _statement(uow.model, owner)
    configurations = list({configuration for configuration, _ in keys})
    found: set[tuple[str, str]] = set()
    for some in chunks({entity for _, entity in keys}):
        for among in chunks(configurations):
            rows = uow.execute(statement, {"entities": some, "configurations": among})
            found.update((row.configuration_id, row.entity_id) for row in rows)
    return found


def _statement(model: Model, owner: Owner) -> sa.Executable:
    """Return the pairs that count, of some configurations and entities; made once, which takes the longest."""
    statements = _STATEMENTS.setdefault(model, {})
    if owner.name not in statements:
        found = applying(model, owner)
        among = partial(sa.bindparam, expanding=True)
        statements[owner.name] = (
            sa.select(found.configuration.c.id.label("configuration_id"), found.entity.c.id.label("entity_id"))
            .select_from(found.pairs)
            .where(
                *found.conditions,
                found.entity.c.id.in_(among("entities")),
                found.configuration.c.id.in_(among("configurations")),
            )
        )
    return statements[owner.name]


def _failure(uow: UnitOfWork, row: Row, configuration: Row) -> ValidationError:
    key = configuration.values["key"]
    for owner in OWNERS.values():
        entity = uow.find(owner.name, row.values["entity_id"])
        if entity is not None:
            counting = _with_key(uow, owner, entity, key)
            if counting is not None:
                return ValidationError(
                    f"{entity.label} has the custom attribute {shown(key)} of {described(counting)}, not the one of "
                    f"{described(configuration)}: set the former."
                )
            return ValidationError(
                f"{entity.label} does not have the custom attribute {shown(key)} of {described(configuration)}. "
                f"Its custom_attributes are what it has."
            )
    return ValidationError(f"{row.label} is for an entity that has no custom attributes.")


def _with_key(uow: UnitOfWork, owner: Owner, entity: Row, key: str) -> Row | None:
    """Return the configuration with a key that counts for an entity."""
    found = applying(uow.model, owner)
    statement = sa.select(found.configuration.c.id).select_from(found.pairs).where(*found.conditions)
    asked = statement.where(found.entity.c.id == entity.key[0], found.configuration.c.key == key)
    return uow.find("CustomAttributeConfiguration", uow.execute(asked).scalar() or "")
