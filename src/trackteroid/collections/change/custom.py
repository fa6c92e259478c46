"""Setting custom attributes: every value is checked against the configuration that counts for its entity."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ftrack_api.collection import CustomAttributeCollectionProxy
from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session

from trackteroid.client.configurations import (
    ATTRIBUTE,
    Configuration,
    Finder,
    no_such_attribute,
    row_of,
)
from trackteroid.client.memory import stored_value
from trackteroid.collections.change.accepted import Accepted, accepted_by_configuration, arrow_of
from trackteroid.collections.change.choices import CHOOSING, Choices, choices_of
from trackteroid.collections.change.convert import check_is_there
from trackteroid.errors import AssignmentError, UnknownAttributeError, nearest
from trackteroid.schema import Schema


@dataclass(frozen=True, slots=True)
class Setting:
    """A custom attribute of one entity and what it is set to."""

    entity: FtrackEntity
    key: str
    configuration_id: str
    value: Any


def checked(session: Session, types: Schema, type_name: str, key: str, value: object) -> Any:
    """Return the value of the custom attribute *key* for a new entity of this type, of which no more is known yet.

    Raises:
        UnknownAttributeError: entities of this type have no such custom attribute.
        AssignmentError: the attribute is configured for values of another type.
    """
    check_is_there(f"custom_{key}", value)
    finder = Finder(session)
    found = finder.fitting(type_name, key)
    known = finder.fitting_keys(type_name)
    if not found and known:
        raise _unknown(type_name, key, known)
    if value is not None and found and all(_accepted(each).convert(value) is None for each in found):
        raise _refusal(type_name, found[0], value)
    return value


def settle(session: Session, entities: Sequence[FtrackEntity], values: Sequence[Mapping[str, Any]]) -> list[Setting]:
    """Return what has to be set to give each of the entities its custom attributes, changing nothing yet.

    Args:
        session: theirs.
        entities: what has the attributes; those that were loaded or are new.
        values: one dictionary for each of them.

    Raises:
        UnknownAttributeError: an entity has no such custom attribute.
        AssignmentError: a value is of another type, or no choice.
    """
    finder = Finder(session)
    return [
        _settled(finder, entity, key, value)
        for entity, given in zip(entities, values, strict=True)
        for key, value in given.items()
    ]


def put(setting: Setting) -> None:
    """Set a custom attribute, also to what it shows already: that may be no more than the default."""
    entity = setting.entity
    if isinstance(stored_value(entity, ATTRIBUTE), CustomAttributeCollectionProxy):
        entity[ATTRIBUTE][setting.key] = setting.value  # older servers have stored values only, which are created
    else:
        row_of(entity, setting.key, setting.configuration_id)["value"] = setting.value


def _settled(finder: Finder, entity: FtrackEntity, key: str, value: object) -> Setting:
    found = finder.find(entity, key)
    if found is None:
        raise _unknown(entity.entity_type, key, finder.keys(entity))
    identifier, configuration = found
    if configuration is None:
        # The user may not see the configuration; the server knows better.
        return Setting(entity, key, identifier, arrow_of(value) if isinstance(value, datetime.date) else value)
    return Setting(entity, key, identifier, _converted(entity.entity_type, configuration, value))


def _unknown(type_name: str, key: str, known: Sequence[str]) -> UnknownAttributeError:
    return UnknownAttributeError(no_such_attribute(type_name, key, known), name=key, near=nearest(key, known))


def _converted(type_name: str, configuration: Configuration, value: object) -> Any:
    converted = None if value is None else _accepted(configuration).convert(value)
    if converted is None and value is not None:
        raise _refusal(type_name, configuration, value)
    return converted


def _accepted(configuration: Configuration) -> Accepted:
    choices = _choices(configuration)
    if choices is None:
        return accepted_by_configuration(configuration.type)
    return Accepted(choices.expected, choices.choose)


def _choices(configuration: Configuration) -> Choices | None:
    return choices_of(configuration.config) if configuration.type in CHOOSING else None


def _refusal(type_name: str, configuration: Configuration, value: object) -> AssignmentError:
    choices = _choices(configuration)
    return AssignmentError(
        f'The custom attribute "{configuration.key}" of {type_name} takes {_accepted(configuration).expected} (or '
        f"None), but {value!r} ({type(value).__name__}) was given.{choices.hint(value) if choices else ''}"
    )
