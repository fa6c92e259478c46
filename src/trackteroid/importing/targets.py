"""What a column of a table sets: a value, a custom attribute, or a reference to something that is known by its name."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any, cast

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session

from trackteroid.client.custom_attributes import Finder, no_such_attribute
from trackteroid.client.entities import mapping as pairs_of
from trackteroid.client.entities import members, stored_value
from trackteroid.collections.change.convert import convert
from trackteroid.collections.change.names import Subject, find_by_name, named_kinds
from trackteroid.collections.change.record import accepted
from trackteroid.collections.context import Selection, context_of
from trackteroid.columns import CUSTOM, kind_of, kind_of_custom
from trackteroid.entities.base import entity_class
from trackteroid.errors import AssignmentError, UnknownAttributeError, nearest, suggest
from trackteroid.schema.types import AttributeSchema, Schema
from trackteroid.spelling import moment_of, written_id
from trackteroid.tables import Kind
from trackteroid.values import frozen

_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@frozen
class Target:
    """What the cells of one column say.

    Attributes:
        header: what the column is called in the table.
        attribute: the attribute of the entities.
        key: which of the custom attributes.
        by_id: whether a reference is given by its id rather than by its name.
    """

    header: str
    attribute: AttributeSchema
    key: str | None = None
    by_id: bool = False

    @property
    def name(self) -> str:
        """What is set: the name of an attribute, or ``custom_`` and a key."""
        return self.attribute.name if self.key is None else f"{CUSTOM}{self.key}"

    @property
    def is_final(self) -> bool:
        """Whether nobody can set it."""
        return self.attribute.computed or self.attribute.immutable

    def paths(self, types: Schema) -> list[str]:
        """Return what has to be loaded to compare with."""
        if self.attribute.kind != "reference":
            return [self.attribute.name]
        kinds = named_kinds(types, self.attribute.target or "")
        named = [f"{self.attribute.name}.{entity_class(kind, types).named_by}" for kind in kinds]
        return [self.attribute.name, *named]


def target_of(session: Session, types: Schema, type_name: str, header: str, meant: str) -> Target:
    """Return what a column sets, of which *meant* is the attribute.

    Raises:
        UnknownAttributeError: there is no such attribute, or a table cannot set it; the message suggests similar ones.
    """
    known = types.attributes(type_name)
    first, _, rest = meant.partition(".")
    if first.startswith(CUSTOM) and first not in known and "custom_attributes" in known and not rest:
        key, finder = first.removeprefix(CUSTOM), Finder(session)
        if finder.fitting(type_name, key):
            return Target(header, known["custom_attributes"], key)
        keys = finder.fitting_keys(type_name)
        raise UnknownAttributeError(no_such_attribute(type_name, key, keys), name=first, near=nearest(key, keys))
    if first not in known:
        offered = [*known, *(f"{CUSTOM}{key}" for key in Finder(session).fitting_keys(type_name))]
        raise UnknownAttributeError(
            f'{type_name} has no attribute "{first}" for the column "{header}".{suggest(first, offered)} Leave the '
            f'column out with columns={{"{header}": None}}, or say what it is: columns={{"{header}": "name"}}.',
            name=first,
            near=nearest(first, offered),
        )
    attribute = known[first]
    if attribute.kind == "scalar" and not rest:
        return Target(header, attribute)
    named = {entity_class(kind, types).named_by for kind in named_kinds(types, attribute.target or "")}
    if attribute.kind == "reference" and (rest == "id" or rest in named or (not rest and named)):
        return Target(header, attribute, by_id=rest == "id")
    takes = f'"{first}.{min(named)}"' if named else f'"{first}.id"'
    hint = f" Give it as {takes}." if attribute.kind == "reference" else ""
    raise UnknownAttributeError(
        f'The column "{header}" cannot be set from a table: "{meant}" of {type_name} is no value of its own.{hint} '
        f'Leave it out with columns={{"{header}": None}}.',
        name=meant,
    )


def value_of(near: Selection, target: Target, cell: Any, entity: FtrackEntity | None) -> Any:
    """Return what the cell of a column says, for an entity or for a new one: a value, or an entity.

    Raises:
        AssignmentError: it does not fit; the message suggests what may have been meant.
    """
    context, type_name = context_of(near), near.entity_type.__name__
    if target.key is not None:
        configuration = Finder(context.session).fitting(type_name, target.key)[0]
        takes = accepted(configuration)
        found = takes.convert(_loosened(kind_of_custom(configuration.type), cell))
        if found is None:
            raise AssignmentError(f'"{CUSTOM}{target.key}" takes {takes.expected}, but {cell!r} was given.')
        return found
    if target.attribute.kind != "reference":
        loosened = _loosened(kind_of(target.attribute), cell)
        return convert(target.attribute, loosened, near, context.types, Subject(type_name))
    subject = Subject(type_name, entity)
    if not isinstance(cell, str):
        raise AssignmentError(f'"{target.name}" takes the name of a {target.attribute.target}, not {cell!r}.')
    if target.by_id:
        return written_id(cell)
    return find_by_name(context.session, context.types, target.attribute.target or "", cell, subject)


def held_by(target: Target, entity: FtrackEntity) -> Any:
    """Return what an entity has for a column, to compare with what its cell says."""
    value = stored_value(entity, target.attribute.name) if entity.attributes.get(target.attribute.name) else None
    if target.key is not None:
        return pairs_of(value).get(target.key)
    if target.attribute.kind != "reference":
        return value
    found = next(iter(members(value)), None)
    return str(stored_value(found, "id")) if target.by_id and found is not None else found


def is_same(one: Any, other: Any) -> bool:
    """Return whether two values are the same: moments whatever their zone, numbers whatever their type."""
    if isinstance(one, FtrackEntity) or isinstance(other, FtrackEntity):
        return one is other or (one is not None and other is not None and one == other)
    first, second = moment_of(one), moment_of(other)
    if first is not None and second is not None:
        return first == second
    if isinstance(one, list | tuple) or isinstance(other, list | tuple):  # one choice is the list of it
        return _listed(one) == _listed(other)
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(cast("list[Any]", value)) if isinstance(value, list | tuple) else [value]


def _loosened(kind: Kind, cell: Any) -> Any:
    """Return a cell as the kind of value that it is meant to be, if it can be: tables have numbers as text and reverse.

    >>> _loosened("number", "24.5"), _loosened("boolean", "yes"), _loosened("text", 10.0)
    (24.5, True, '10')
    """
    if isinstance(cell, bool):
        return cell
    if kind in ("number", "integer"):
        with suppress(ValueError):
            number = float(cell) if isinstance(cell, str) else cell
            may_be_whole = kind == "integer" or isinstance(cell, str)
            return int(number) if isinstance(number, float) and may_be_whole and number.is_integer() else number
    if kind == "boolean":
        return _FLAGS.get(str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).lower(), cell)
    if kind == "text" and isinstance(cell, int | float):
        return str(int(cell)) if float(cell).is_integer() else str(cell)
    if kind == "json" and isinstance(cell, str) and cell.startswith("["):
        with suppress(ValueError):
            return json.loads(cell)
    return cell
