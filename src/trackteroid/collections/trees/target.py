"""Where something is moved or copied to: one entity, below which it may be, with names that nobody has there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session

from trackteroid.client.entities import find_in_memory, key_of, key_of_operation, members, stored_value
from trackteroid.client.hydration.together import Asking, texts_for
from trackteroid.collections.allowed import Workflow
from trackteroid.collections.change.pending import without_deleted
from trackteroid.collections.context import Selection, check_same_world, context_of, entities_in, unique
from trackteroid.collections.missing import refuse_unloaded
from trackteroid.collections.trees.hierarchy import Place, ancestry_of
from trackteroid.errors import EntityCollectionOperationError
from trackteroid.schema.types import Schema, schema_of
from trackteroid.values import frozen

#: How many things one message names.
_NAMED = 5


def only_parent(selection: Selection, parent: object, verb: str) -> FtrackEntity:
    """Return the one entity that the entities of a collection are to be below, after checking that it can be that.

    Raises:
        EntityCollectionOperationError: it is none, there are several, or nothing of this type can be below it.
    """
    check_same_world(selection, parent)
    for each in (selection, parent):
        if isinstance(each, Selection):
            refuse_unloaded(each, f"Cannot {verb} {selection!r} to {parent!r}")
    found = entities_in(parent) if isinstance(parent, Selection) else ()
    if len(found) != 1:
        raise EntityCollectionOperationError(
            f"Cannot {verb} {selection!r} to {parent!r}, which has {len(found)} entities: give exactly one."
        )
    types = context_of(selection).types
    for entity in entities_in(selection):
        wanted = parent_type(types, entity.entity_type, verb)
        if not types.is_a(found[0].entity_type, wanted):
            raise EntityCollectionOperationError(
                f"Cannot {verb} a {entity.entity_type} below a {found[0].entity_type}: it belongs to a {wanted}."
            )
    return found[0]


def parent_type(types: Schema, type_name: str, verb: str) -> str:
    """Return the type of what entities of a type are below.

    Raises:
        EntityCollectionOperationError: they are at the top, or not in the hierarchy at all.
    """
    if types.is_a(type_name, "AssetVersion"):
        return "Asset"
    if types.is_a(type_name, "TypedContext") or types.is_a(type_name, "Asset"):
        return "Context"
    raise EntityCollectionOperationError(
        f"Cannot {verb} a {type_name}: only what is below a project can be, such as shots, tasks, assets and versions."
    )


def parent_attribute(types: Schema, entity: FtrackEntity) -> str:
    """Return the attribute that leads to what an entity is below."""
    return "asset" if types.is_a(entity.entity_type, "AssetVersion") else "parent"


def check_not_below(entities: Iterable[FtrackEntity], above: Sequence[Place], verb: str) -> None:
    """Refuse to put something below itself, or below what is below it.

    Raises:
        EntityCollectionOperationError: an entity is among those that are above its new place.
    """
    ids = {place.id for place in above}
    for entity in entities:
        if key_of(entity)[1][0] in ids:
            names = "/".join(place.name for place in reversed(above))
            raise EntityCollectionOperationError(
                f'Cannot {verb} {called(entity)} to "{names}", which is that itself, or below it.'
            )


def taken_names(session: Session, parent: FtrackEntity) -> Asking[dict[str, FtrackEntity]]:
    """Return the contexts right below one, here and on the server, by their names in lower case.

    Servers let a name occur once among siblings, however it is written.
    """
    key = key_of(parent)[1][0]
    is_context = schema_of(session).is_a(parent.entity_type, "Context")
    pages = yield texts_for(
        "select name, parent_id from TypedContext where parent_id in ({ids})", [key] if is_context else []
    )
    there = [each for page in pages for each in page if parent_id_of(each) == key]
    found = without_deleted(session, unique((*there, *created_below(session, [parent]))))
    return {str(stored_value(each, "name")).casefold(): each for each in found}


def created_below(session: Session, parents: Sequence[FtrackEntity]) -> list[FtrackEntity]:
    """Return the contexts that were created or moved right below others in this session, and not committed yet."""
    types = schema_of(session)
    keys = dict.fromkeys(key_of_operation(operation) for operation in session.recorded_operations)
    held = (find_in_memory(session, *key) for key in keys if key[1] and types.is_a(key[0], "TypedContext"))
    owners = {key_of(parent)[1][0] for parent in parents}
    return [each for each in held if each is not None and parent_id_of(each) in owners]


def parent_id_of(entity: FtrackEntity) -> str:
    """Return the id of what a context is right below once all changes are committed; an empty text if nobody knows."""
    parents = members(stored_value(entity, "parent"))
    value = key_of(parents[0])[1][0] if parents else stored_value(entity, "parent_id")
    return value if isinstance(value, str) else ""


def check_names(names: Mapping[str, FtrackEntity], wanted: Iterable[tuple[FtrackEntity, str]], verb: str) -> None:
    """Refuse names that are taken below the new parent, or twice among what comes there.

    Args:
        names: what is there, by name in lower case.
        wanted: what is to come there, with its name.
        verb: what is to be done.

    Raises:
        EntityCollectionOperationError: a name is taken.
    """
    taken = dict(names)
    clashes: list[str] = []
    for entity, name in wanted:
        other = taken.setdefault(name.casefold(), entity)
        if other is not entity:
            clashes.append(f'"{name}" ({called(other)})')
    if clashes:
        more = f" and {len(clashes) - _NAMED} more" if len(clashes) > _NAMED else ""
        raise EntityCollectionOperationError(
            f"Cannot {verb} what has names that are taken there: {', '.join(clashes[:_NAMED])}{more}. Give other names."
        )


def check_allowed(workflow: Workflow, entities: Iterable[FtrackEntity], verb: str, *, statuses: bool = True) -> None:
    """Refuse what a project does not allow: kinds of contexts, types and, unless they are not kept, statuses.

    The entities have their type and status loaded.

    Raises:
        EntityCollectionOperationError: something is not allowed; the message says what.
    """
    wrong: dict[str, None] = {}
    for entity in entities:
        if not workflow.has(entity.entity_type):
            wrong[f"kind {entity.entity_type}"] = None
            continue
        type_id, status_id = _value(entity, "type_id"), _value(entity, "status_id") if statuses else None
        types = _ids(workflow.types(entity.entity_type))
        if types and type_id and type_id not in types:
            wrong[f'type "{_name(entity, "type")}" of {entity.entity_type}'] = None
        known = _ids(workflow.statuses(entity.entity_type, type_id))
        if known and status_id and status_id not in known:
            wrong[f'status "{_name(entity, "status")}" of {entity.entity_type}'] = None
    if wrong:
        raise EntityCollectionOperationError(
            f'Cannot {verb} this to a project with the schema "{workflow.name}", which does not allow the '
            f"{', the '.join(sorted(wrong))}."
        )


def called(entity: FtrackEntity) -> str:
    """Return how an entity is called in messages."""
    name = stored_value(entity, "name") if entity.attributes.get("name") else None
    return f'{entity.entity_type} "{name}"' if isinstance(name, str) else f"{entity.entity_type} {key_of(entity)[1][0]}"


def project_of(places: Sequence[Place]) -> str | None:
    """Return the id of the project that is at the top of what is above an entity."""
    return places[-1].id if places and places[-1].type == "Project" else None


def _ids(entities: Iterable[FtrackEntity]) -> set[str]:
    return {key_of(entity)[1][0] for entity in entities}


def _value(entity: FtrackEntity, key: str) -> str | None:
    """Return the id that an attribute holds, or that of what its reference leads to, where that was set here."""
    reference = key.removesuffix("_id")
    for name in (reference, key):
        for found in members(stored_value(entity, name)) if entity.attributes.get(name) else ():
            return key_of(found)[1][0]
    value = stored_value(entity, key) if entity.attributes.get(key) else None
    return value if isinstance(value, str) else None


def _name(entity: FtrackEntity, reference: str) -> str:
    return next((str(stored_value(each, "name")) for each in members(stored_value(entity, reference))), "?")


@frozen
class Target:
    """Where something goes.

    Attributes:
        parent: the entity that it is going to be right below.
        above: that, and all that is above it, the nearest first.
    """

    parent: FtrackEntity
    above: tuple[Place, ...]

    @classmethod
    def find(cls, selection: Selection, parent: FtrackEntity, verb: str) -> Asking[Target]:
        """Return it, for what `only_parent` allows, after checking that the entities can be there.

        Raises:
            EntityCollectionOperationError: they cannot be there.
        """
        ancestry = yield from ancestry_of(context_of(selection).session, [parent])
        check_not_below(entities_in(selection), ancestry.of_entity(parent), verb)
        return cls(parent, ancestry.of_entity(parent))

    @property
    def project_id(self) -> str | None:
        """The id of its project."""
        return project_of(self.above)
