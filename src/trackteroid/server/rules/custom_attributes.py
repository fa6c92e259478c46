"""Custom attributes: typed values, the columns they are searched by, and keys that occur once.

Values are written where they are read: to the configuration that counts for their entity, see `applying`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from trackteroid.server.core.changes import Change, Row, RowKey
from trackteroid.server.core.failures import IntegrityError, ValidationError
from trackteroid.server.core.unit_of_work import UnitOfWork, chunks
from trackteroid.server.core.values import moment, shown, whole_seconds
from trackteroid.server.model import Model
from trackteroid.server.model.folding import folded
from trackteroid.server.rules.applying import HIERARCHICAL_KINDS, OWNERS, Owner, applying
from trackteroid.server.rules.choices import choices_of, read_choices
from trackteroid.server.rules.engine import rows_to_check
from trackteroid.server.rules.step import Step

_SCOPE = ("key", "entity_type", "object_type_id", "project_id", "is_hierarchical")

#: The types of which an empty text is a value like any other; of all others it is no value.
_TEXTS = ("text", "url", "expression")
_CHOOSING = ("enumerator", "dynamic enumerator")

#: Beyond it, databases hold no number.
_LARGEST = math.nextafter(math.inf, 0)

_Statements = dict[str, sa.Executable]
_STATEMENTS: WeakKeyDictionary[Model, _Statements] = WeakKeyDictionary()


def check_value(step: Step) -> None:
    """A value has the type of its configuration, is one of its choices, and is kept once more for searches."""
    if "value" in step.values:
        configuration_id = step.value("configuration_id")
        if configuration_id is None:
            raise ValidationError(
                "A CustomAttributeValue lacks a value for configuration_id, the id of the custom attribute that it is "
                "a value of."
            )
        configuration = step.uow.find("CustomAttributeConfiguration", configuration_id)
        if configuration is None:
            raise IntegrityError(
                f"There is no CustomAttributeConfiguration {configuration_id}; "
                "look up the id by the key of the custom attribute."
            )
        value = typed_value(step.uow, configuration.values, step.values["value"])
        step.values["value"] = value
        step.values["text"], step.values["number"] = search_columns(value)


def check_default(step: Step) -> None:
    """The default of a configuration is a value like any other; its type is settled once."""
    if not step.is_new and step.changes("type_id"):
        raise ValidationError("The type of a custom attribute cannot be changed; make a new one with another key.")
    if not step.is_new and step.changes("project_id") and step.old["project_id"] is None:
        raise ValidationError("A global custom attribute cannot be restricted to one project.")
    has_config = step.is_new or step.changes("config")
    if has_config and type_name(step.uow, step.value("type_id")) in _CHOOSING:
        try:
            read_choices(step.value("config"))
        except (ValueError, RecursionError):
            raise ValidationError(
                f"The config of the custom attribute {shown(step.value('key'))} must be the text of a JSON object with "
                f"multiSelect, true or false, and data, the text of a JSON list of objects with menu and value; "
                f"got {shown(step.value('config'))}."
            ) from None
    if step.is_new or step.changes("default"):
        configuration = {name: step.value(name) for name in ("key", "type_id", "config")}
        # What clients send for want of a default is an empty text, of whatever type the attribute is.
        default = typed_value(step.uow, configuration, step.values.get("default", ""))
        step.values["default"] = default
        step.values["default_text"], step.values["default_number"] = search_columns(default)


def keep_keys_unique(uow: UnitOfWork, change: Change) -> None:
    """A key occurs once per kind of entity, object type and project, and once per project if it is hierarchical.

    Keys that meet at an entity are spelt alike: they are compared without regard to case.
    """
    if change.new.keys().isdisjoint(_SCOPE):
        return
    wanted = {name: change.row.values[name] for name in _SCOPE}
    # However it is spelt; there are few, so all of them are looked at.
    kind = uow.type("CustomAttributeConfiguration")
    table, key = uow.model.table(kind), folded(wanted["key"] or "")
    same = [row.id for row in uow.execute(sa.select(table.c.id, table.c.key)).all() if folded(row.key or "") == key]
    found = uow.find_all(kind, [(each,) for each in same])
    others = [row for row in found.values() if row.type is kind and row is not change.row]
    for other in others:
        if _is_same(wanted, other.values):
            raise IntegrityError(
                f"There is a custom attribute {shown(other.values['key'])} for {other.values['entity_type']} already: "
                f"{described(other)}."
            )
    for other in others:
        if wanted["key"] != other.values["key"] and _may_meet(wanted, other.values):
            raise IntegrityError(
                f"{shown(wanted['key'])} must be spelt {shown(other.values['key'])}, as the custom attribute that the "
                f"same entities may have: {described(other)}."
            )


def _is_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether two configurations with one key are for the same entities."""
    if one["project_id"] != other["project_id"]:
        return False
    if one["is_hierarchical"] and other["is_hierarchical"]:
        return True
    return _kind(one) == _kind(other) and one["object_type_id"] == other["object_type_id"]


def _may_meet(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether there may be entities that two configurations apply to."""
    if None not in (one["project_id"], other["project_id"]) and one["project_id"] != other["project_id"]:
        return False
    for first, second in ((one, other), (other, one)):
        if first["is_hierarchical"] and (second["is_hierarchical"] or _kind(second) in HIERARCHICAL_KINDS):
            return True
    return _kind(one) == _kind(other) and one["object_type_id"] == other["object_type_id"]


def _kind(configuration: Mapping[str, Any]) -> str:
    return str(configuration["entity_type"] or "").lower()


def described(configuration: Row) -> str:
    """Return a configuration in words: ``CustomAttributeConfiguration 5... (hierarchical, for show)``."""
    values = configuration.values
    parts = [
        "hierarchical" if values["is_hierarchical"] else "",
        f"for {values['entity_type']}",
        f"of object type {values['object_type_id']}" if values["object_type_id"] else "",
        f"of project {values['project_id']}" if values["project_id"] else "",
    ]
    return f"CustomAttributeConfiguration {values['id']} ({', '.join(filter(None, parts))})"


def type_name(uow: UnitOfWork, type_id: str | None) -> str | None:
    """Return the name of a custom attribute type (``number``), or None."""
    row: Row | None = uow.find("CustomAttributeType", type_id) if type_id is not None else None
    return row.values["name"] if row is not None else None


def typed_value(uow: UnitOfWork, configuration: Mapping[str, Any], value: Any) -> Any:
    """Return `value` in the form the type of the configuration keeps; null clears, and so does '' where it is no text.

    Raises:
        ValidationError: The value is of another type, or none of the choices.
    """
    kind = type_name(uow, configuration["type_id"]) or ""
    if value is None:
        return None
    try:
        if kind in _CHOOSING:
            return choices_of(configuration["config"]).choose(configuration["key"], value)
        if value == "" and kind not in _TEXTS:
            return None
        return _converted(kind, value)
    except TypeError:
        raise ValidationError(
            f'Custom attribute value for "{configuration["key"]}" must be of type {kind}. Got {shown(value)}.'
        ) from None


def search_columns(value: Any) -> tuple[str | None, float | None]:
    """Return a value as text and, if it is one, as number: what criteria compare with.

    Several values are joined with commas, none of them is no value; dates are their ISO text, true and false are also
    1 and 0.
    """
    if value is None or value == []:
        return None, None
    if isinstance(value, bool):
        return ("true" if value else "false"), float(value)
    if isinstance(value, int | float):
        return (str(int(value)) if value == int(value) else repr(value)), float(value)
    if isinstance(value, list):
        return ",".join(str(part) for part in value), None  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] - any JSON
    if isinstance(value, dict):
        return str(value.get("value", json.dumps(value))), None  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType] - any JSON
    return str(value), None


def _converted(kind: str, value: Any) -> Any:
    """Return `value` as its type keeps it.

    Raises:
        TypeError: It is of another type.
    """
    if kind == "date":
        try:
            return {"__type__": "datetime", "value": whole_seconds(moment("", value))}
        except ValidationError as error:
            raise TypeError(str(error)) from error
    is_fit = True
    if kind in _TEXTS:
        is_fit = isinstance(value, str)
    elif kind == "boolean":
        is_fit = isinstance(value, bool)
    elif kind == "number":
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        is_fit = is_number and value == value and abs(value) <= _LARGEST
    if not is_fit:
        raise TypeError(kind)
    return value


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
            _leave_counting(uow, owner, left)
    for row in left.values():
        configuration = uow.find("CustomAttributeConfiguration", row.values["configuration_id"])
        if configuration is not None and configuration.values["entity_type"]:  # else nobody has said what it is for
            raise _failure(uow, row, configuration)


def _leave_counting(uow: UnitOfWork, owner: Owner, left: dict[RowKey, Row]) -> None:
    """Take from values, by configuration and entity, those whose configuration counts for their entity."""
    statements = _STATEMENTS.setdefault(uow.model, {})
    if owner.name not in statements:  # making one takes the longest
        found = applying(uow.model, owner)
        entity_id, configuration_id = found.entity.c.id, found.configuration.c.id
        statements[owner.name] = (
            sa.select(configuration_id.label("configuration_id"), entity_id.label("entity_id"))
            .select_from(found.pairs)
            .where(
                *found.conditions,
                entity_id.in_(sa.bindparam("entities", expanding=True)),
                configuration_id.in_(sa.bindparam("configurations", expanding=True)),
            )
        )
    configurations = list({configuration for configuration, _ in left})
    for some in chunks({entity for _, entity in left}):
        for among in chunks(configurations):
            for row in uow.execute(statements[owner.name], {"entities": some, "configurations": among}):
                left.pop((row.configuration_id, row.entity_id), None)


def _failure(uow: UnitOfWork, row: Row, configuration: Row) -> ValidationError:
    key = configuration.values["key"]
    for owner in OWNERS.values():
        entity = uow.find(owner.name, row.values["entity_id"])
        if entity is not None:
            found = applying(uow.model, owner)
            statement = sa.select(found.configuration.c.id).select_from(found.pairs).where(*found.conditions)
            asked = statement.where(found.entity.c.id == entity.key[0], found.configuration.c.key == key)
            counting = uow.find("CustomAttributeConfiguration", uow.execute(asked).scalar() or "")
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
