"""Taking back the own values of custom attributes, and giving values to everything below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.client.custom_attributes import ATTRIBUTE, Configuration
from trackteroid.client.entities import find_in_memory, key_of, set_local_value, set_remote_value, stored_value
from trackteroid.client.hydration.together import Asking, ask, together
from trackteroid.collections.change.delete import record
from trackteroid.collections.change.record import set_mappings
from trackteroid.collections.context import Selection, context_of
from trackteroid.collections.custom_values import Reading
from trackteroid.collections.missing import refuse_unloaded
from trackteroid.collections.trees.below import below
from trackteroid.errors import InvalidArgumentsError
from trackteroid.schema.types import schema_of

#: What is stored of custom attributes.
_STORED = "CustomAttributeValue"

#: What has to be known of what gets values.
_NEEDED = ("name", ATTRIBUTE)


def clear_custom_values(selection: Selection, keys: Sequence[str]) -> None:
    """Record that the entities lose their own values of custom attributes, where they have some.

    Raises:
        UnknownAttributeError: none of the entities has one of the attributes.
    """
    _check_keys("clear_custom_values", keys)
    refuse_unloaded(selection, f"Cannot clear custom values of {selection!r}, which is not all of it")
    entities, session = selection.values(), context_of(selection).session
    if not entities:
        return
    reading = ask(session, Reading.of(session, entities, keys))
    for entity in entities:
        for configuration in reading.configurations(entity).values():
            if reading.own(entity, configuration) is not NOT_SET:
                _clear(session, entity, configuration)


def push_custom_values(
    selection: Selection, keys: Sequence[str], type_name: str, *, overwrite: bool
) -> list[FtrackEntity]:
    """Record that what is below the entities gets the values that these have; return what gets some.

    What is below several of them gets the values of the nearest.

    Args:
        selection: the entities.
        keys: the custom attributes.
        type_name: the type of what gets the values, however deep it is.
        overwrite: whether own values are replaced.

    Raises:
        UnknownAttributeError: none of the entities, or nothing that is below them, has one of the attributes.
    """
    _check_keys("push_custom_values", keys)
    refuse_unloaded(selection, f"Cannot push custom values of {selection!r}, which is not all of it")
    entities, session = selection.values(), context_of(selection).session
    if not entities:
        return []
    above, reading = ask(
        session,
        together(Reading.of(session, entities, keys), _reading_below(session, entities, keys, type_name)),
    )
    if reading is None:
        return []
    given = _values_of(above)
    changes: dict[str, tuple[FtrackEntity, dict[str, Any]]] = {}
    for entity in reading.entities:
        above = (place.id for place in reading.above(entity)[1:])
        nearest = next((given[each] for each in above if each in given), dict[str, Any]())
        values = {
            key: nearest[key]
            for key, configuration in reading.configurations(entity).items()
            if key in nearest and _is_to_be_set(reading.own(entity, configuration), nearest[key], overwrite=overwrite)
        }
        if values:
            changes[key_of(entity)[1][0]] = (entity, values)
    changed = [entity for entity, _ in changes.values()]
    set_mappings(session, changed, ATTRIBUTE, [values for _, values in changes.values()], replace=False)
    return changed


def _reading_below(
    session: Session, entities: Sequence[FtrackEntity], keys: Sequence[str], type_name: str
) -> Asking[Reading | None]:
    """Return the values of what is below the entities; None if there is nothing."""
    found = yield from below(session, entities, type_name, _NEEDED)
    return (yield from Reading.of(session, found, keys)) if found else None


def _values_of(reading: Reading) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for row in reading.rows(inherited=True):
        found.setdefault(row.entity_id, {})[row.key] = row.value
    return found


def _is_to_be_set(own: object, value: object, *, overwrite: bool) -> bool:
    return own is NOT_SET or (overwrite and own != value)


def _clear(session: Session, entity: FtrackEntity, configuration: Configuration) -> None:
    """Record the deletion of a value, which nothing shows any more: what shows instead, the server knows."""
    key = (configuration.id, key_of(entity)[1][0])
    record(session, (_STORED, key))
    view = schema_of(session).attribute(entity.entity_type, ATTRIBUTE).target
    row = find_in_memory(session, str(view), key)
    if row is not None and stored_value(row, "value") is not NOT_SET:
        set_local_value(row, "value", NOT_SET)
        set_remote_value(row, "value", NOT_SET)


def _check_keys(method: str, keys: Sequence[str]) -> None:
    if not keys:
        raise InvalidArgumentsError(f'{method} takes the keys of custom attributes: {method}("fps").')
