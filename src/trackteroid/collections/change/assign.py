"""Setting an attribute of all entities of a collection: resolve, spread, check everything, then record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from trackteroid.collections.arguments import no_name, unknown_attribute
from trackteroid.collections.change.convert import check_is_there, convert
from trackteroid.collections.change.names import Subject
from trackteroid.collections.change.pending import all_or_nothing
from trackteroid.collections.change.record import check_settable, set_mappings
from trackteroid.collections.change.vocabulary import check_assignable
from trackteroid.collections.context import Selection, context_of, entities_in, find_attribute, type_name_of
from trackteroid.collections.fetching import attach
from trackteroid.collections.missing import check_loaded, refuse_unloaded
from trackteroid.errors import AssignmentError, EntityCollectionOperationError, RelationError
from trackteroid.schema.relations import relations_of
from trackteroid.schema.types import AttributeSchema, Schema, Step, parse_path

#: What custom attributes are called: this, and their key.
CUSTOM_PREFIX = "custom_"

#: Reads one attribute of a collection after the other.
Follow = Callable[[Sequence[Step]], Selection]


def assign(owner: Selection, name: str, value: object, *, follow: Follow) -> None:
    """Record that attribute *name* of every entity of *owner* becomes *value*.

    Where that is the name of a type, *follow* leads to the collection whose attribute it is.

    Raises:
        AssignmentError: a value does not fit, or there are too few or too many.
        UnknownAttributeError: there is no such attribute.
        SharedVocabularyError: the whole site would have it changed.
        EntityCollectionOperationError: the values belong to another session, or the owner of the attribute is empty.
    """
    types = context_of(owner).types
    attribute = find_attribute(owner, name)
    if attribute is not None or name.startswith(CUSTOM_PREFIX):
        check_assignable(owner, name, value)
    if attribute is not None:
        _assign_attribute(owner, attribute, value, types)
    elif name.startswith(CUSTOM_PREFIX) and find_attribute(owner, "custom_attributes"):
        key = name.removeprefix(CUSTOM_PREFIX)
        _set_custom(owner, [{key: each} for each in _each(owner, name, value)])
    elif types.find_type(name):
        related, step = _relation_owner(owner, name, follow)
        check_assignable(related, step.attribute, value)
        attribute = find_attribute(related, step.attribute)
        if attribute is None:
            raise AssignmentError(f'{related!r} has no attribute "{step.attribute}" to set.')
        if attribute.kind == "collection" and step.cast:
            raise AssignmentError(
                f'"{step.cast}" is only a part of "{attribute.name}" of {related!r}. Setting it would drop the rest, '
                f'so set "{attribute.name}" as a whole.'
            )
        _assign_attribute(related, attribute, value, types)
    else:
        raise unknown_attribute(owner, name)


def assign_each(owner: Any, value_of: Callable[[Any], object], name: str | None) -> Any:
    """Set an attribute of every element to what *value_of* returns for it, and return the attribute afterwards.

    Without a name, that is the attribute that the collection was read from, and *value_of* is called with what its
    owners have there so far.

    Raises:
        AssignmentError: there is neither a name nor an attribute this was read from.
    """
    if not entities_in(owner):
        refuse_unloaded(owner, "There is nothing to apply this to")
        return owner if name is None else owner.attribute(name)
    if name is not None:
        if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # nobody checks our callers
            raise no_name(name)
        refuse_unloaded(owner, f"Cannot apply this to {owner!r}, which is not all of it")
        setattr(owner, name, [value_of(element) for element in owner])
        return owner.attribute(name)
    source = owner.source
    if source is None or not source.complete:
        raise AssignmentError(
            f"{owner!r} is not an attribute of other entities, or no longer all of it, so `apply` does not know "
            f"what to set. Name the attribute to set on these entities: `collection.apply(function, 'comment')`."
        )
    refuse_unloaded(owner, f"Cannot apply this to {owner!r}, which is not all of it")
    above, attribute = source.owner, source.attribute
    setattr(above, attribute, [value_of(element.attribute(attribute)) for element in above])
    return above.attribute(attribute)


def _assign_attribute(owner: Selection, attribute: AttributeSchema, value: object, types: Schema) -> None:
    check_loaded(owner, attribute)
    if attribute.computed:
        raise AssignmentError(f'"{attribute.name}" of {owner!r} is computed by the server and cannot be set.')
    entities = owner.values()
    values = [
        convert(attribute, each, owner, types, Subject(entity.entity_type, entity))
        for entity, each in zip(entities, _spread(owner, attribute, value), strict=True)
    ]
    check_settable(entities, attribute.name)
    session = context_of(owner).session
    attach(session, entities)
    if attribute.kind == "mapped":
        if attribute.name == "custom_attributes":
            _set_custom(owner, values)
        else:
            set_mappings(session, entities, attribute.name, values, replace=True)
        return
    with all_or_nothing(session):
        for entity, each in zip(entities, values, strict=True):
            entity[attribute.name] = each


def _set_custom(owner: Selection, values: Sequence[dict[str, Any]]) -> None:
    for key, each in (pair for given in values for pair in given.items()):
        check_is_there(f"{CUSTOM_PREFIX}{key}", each)
    set_mappings(context_of(owner).session, owner.values(), "custom_attributes", values, replace=False)


def _relation_owner(owner: Selection, type_name: str, follow: Follow) -> tuple[Selection, Step]:
    """Return the collection that has the attribute which ``collection.TypeName`` reads, and that attribute."""
    context = context_of(owner)
    relation = relations_of(context.session, context.schema).relation(type_name_of(owner), type_name)
    if len(relation.paths) != 1:
        paths = ", ".join(relation.paths)
        raise RelationError(
            f"{type_name} is reached from {owner!r} on several paths ({paths}), so it is not clear which attribute to "
            f"set. Set one of these attributes by its name."
        )
    steps = parse_path(relation.paths[0])
    before, last = steps[:-1], steps[-1]
    related, path = follow(before), ".".join(step.attribute for step in before)
    refuse_unloaded(related, f'Cannot set "{type_name}" through "{path}", which is empty or not all of it')
    if not entities_in(related):
        raise EntityCollectionOperationError(
            f'Cannot set "{type_name}" through "{path}", which is empty. Check first that it is not.'
        )
    return related, last


def _spread(owner: Selection, attribute: AttributeSchema, value: object) -> Sequence[object]:
    """Return one value for each entity of the owner."""
    if value is None:
        return [None] * len(owner)
    if attribute.kind == "collection" and len(owner) == 1:
        return [value]
    if attribute.kind == "reference" and isinstance(value, str):
        return [value] * len(owner)
    if attribute.kind == "reference" and isinstance(value, Selection) and (entities := entities_in(value)):
        _check_length(owner, attribute.name, len(entities))
        return entities
    if attribute.kind == "collection" and isinstance(value, Selection):
        raise AssignmentError(
            f'Each of the {len(owner)} elements has its own "{attribute.name}": assign a list with one collection for '
            f"each of them, or use `apply`."
        )
    return _each(owner, attribute.name, value)


def _each(owner: Selection, name: str, value: object) -> Sequence[object]:
    if value is None:
        return [None] * len(owner)
    if isinstance(value, list | tuple):
        values = cast("list[Any]", value)
        _check_length(owner, name, len(values))
        return values
    _check_length(owner, name, 1)
    return [value]


def _check_length(owner: Selection, name: str, given: int) -> None:
    if given != len(owner):
        raise AssignmentError(
            f'"{name}" of {owner!r} takes {len(owner)} values, but {given} given. Assign a list of one value for each '
            f"element, or give all of them the same with `collection.apply(lambda _: value, {name!r})`."
        )
