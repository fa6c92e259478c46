"""The tasks of a task template, created where they are missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.client.entities import find_in_memory, key_of, members, stored_value, stored_values
from trackteroid.client.hydration.together import Asking, ask, pages_of, texts_for, together
from trackteroid.collections.change.create import create_batch
from trackteroid.collections.change.delete import without_deleted
from trackteroid.collections.context import Context, Selection, context_of, entities_in
from trackteroid.collections.missing import refuse_unloaded
from trackteroid.collections.selecting import check_same_world
from trackteroid.collections.sets import unique
from trackteroid.collections.trees.ancestry import ancestry_of
from trackteroid.collections.trees.target import called, created_below, parent_id_of, project_of
from trackteroid.entities.base import entity_class
from trackteroid.errors import EntityCollectionOperationError, suggest
from trackteroid.schema.types import Schema
from trackteroid.values import frozen

_TEMPLATES = "select name, project_schema_id, items.task_type.name from TaskTemplate"
_PROJECTS = "select project.project_schema_id, project.project_schema.name from Context where id in ({ids})"
_SCHEMAS = "select project_schema_id, project_schema.name from Project where id in ({ids})"
_TASKS = "select name, parent_id, type.name from TypedContext where parent_id in ({ids})"


@frozen
class _Known:
    """What the server says: templates, the projects of entities and their schemas, and what is below entities."""

    projects: Mapping[str, str]
    templates: Sequence[FtrackEntity]
    schemas: Mapping[str, FtrackEntity]
    there: Sequence[FtrackEntity]


def apply_template(selection: Selection, template: Selection | str) -> list[FtrackEntity]:
    """Record the creation of the tasks of a template that are missing below the entities, and return them.

    Raises:
        EntityCollectionOperationError: there is no such template for the project of an entity, or something else has
            the name of a task. Nothing is created then.
    """
    refuse_unloaded(selection, f"Cannot apply a template to {selection!r}, which is not all of it")
    context, entities = context_of(selection), selection.values()
    if not isinstance(template, str):
        check_same_world(selection, template)
        if len(entities_in(template)) != 1 or entities_in(template)[0].entity_type != "TaskTemplate":
            raise EntityCollectionOperationError(
                f"apply_template takes one TaskTemplate or the name of one, not {template!r}."
            )
    if not entities:
        return []
    _check_contexts(context.types, entities)
    known = ask(context.session, _known(context.session, entities))
    batch = [
        {"name": name, "type": type_, "parent": entity}
        for entity in entities
        for name, type_ in _missing(entity, _template_for(template, known.projects[key_of(entity)[1][0]], known), known)
    ]
    near = Selection(Context(entity_class("Task", context.types), context.origin), ())
    return create_batch(near, batch) if batch else []


def _check_contexts(types: Schema, entities: Sequence[FtrackEntity]) -> None:
    wrong = next((each for each in entities if not types.is_a(each.entity_type, "Context")), None)
    if wrong is not None:
        raise EntityCollectionOperationError(f"Nothing of the type {wrong.entity_type} has tasks: give contexts.")


def _known(session: Session, entities: Sequence[FtrackEntity]) -> Asking[_Known]:
    """Ask for all of it: one request, and one more for the schemas of the projects that only new entities are in."""
    ids = [key_of(each)[1][0] for each in entities]
    ancestry, (templates, *pages) = yield from together(
        ancestry_of(session, entities),
        pages_of([_TEMPLATES, *texts_for(_TASKS, ids), *texts_for(_PROJECTS, ids)]),
    )
    below = [each for page in pages[: len(pages) // 2] for each in page]
    there = without_deleted(session, unique([*below, *created_below(session, entities)]))
    projects = {key_of(each)[1][0]: project_of(ancestry.of_entity(each)) or "" for each in entities}
    yield texts_for(_SCHEMAS, [each for each in projects.values() if not _schema_of(session, each)])
    own = {each: schema for each in projects.values() for schema in _schema_of(session, each)}
    return _Known(projects, templates, own, there)


def _schema_of(session: Session, project_id: str) -> list[FtrackEntity]:
    """Return the schema of a project, with its name; nothing if it was not loaded."""
    found = members(find_in_memory(session, "Project", [project_id]))
    schemas = [schema for each in found for schema in members(stored_value(each, "project_schema"))]
    return [each for each in schemas if stored_value(each, "name") is not NOT_SET]


def _template_for(template: Selection | str, project_id: str, known: _Known) -> FtrackEntity:
    """Return the template for the entities of a project: the one that is given, or that of this name."""
    schema = known.schemas.get(project_id)
    if schema is None:
        raise EntityCollectionOperationError("A project was not found, so nothing says which templates it has.")
    own = [each for each in known.templates if stored_value(each, "project_schema_id") == key_of(schema)[1][0]]
    if isinstance(template, str):
        name, found = template, [each for each in own if stored_value(each, "name") == template]
    else:
        (given,) = entities_in(template)
        name, found = str(stored_value(given, "name")), [each for each in own if each is given]
    if len(found) == 1:
        return found[0]
    names = sorted(map(str, stored_values(own, "name")))
    many = f'{len(found)} task templates "{name}"' if found else f'no task template "{name}"'
    raise EntityCollectionOperationError(
        f'The project schema "{stored_value(schema, "name")}" has {many}.{suggest(name, names)} It has '
        f"{', '.join(names) or 'none'}."
    )


def _missing(entity: FtrackEntity, template: FtrackEntity, known: _Known) -> list[tuple[str, Any]]:
    """Return the names and types of the tasks that an entity does not have."""
    own_id = key_of(entity)[1][0]
    there = {str(stored_value(each, "name")).casefold(): each for each in known.there if parent_id_of(each) == own_id}
    missing: dict[str, Any] = {}
    for item in members(stored_value(template, "items")):
        for type_ in members(stored_value(item, "task_type")):
            name = str(stored_value(type_, "name"))
            other = there.get(name.casefold())
            if other is None:
                missing.setdefault(name, type_)
            elif type_ not in members(stored_value(other, "type")):
                raise EntityCollectionOperationError(
                    f'{called(entity)} is to get a task "{name}" of this type, but has {called(other)} already, which '
                    f"is of another type. Rename that first."
                )
    return list(missing.items())
