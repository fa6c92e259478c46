"""Hierarchies from a nested dictionary, from paths or from a task template: what is missing of them is created.

It takes one request, however deep and wide the hierarchy is, and one recorded creation for each entity that is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeAlias, cast

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.client.entities import (
    find_in_memory,
    is_new,
    key_of,
    local_value,
    members,
    stored_value,
    stored_values,
)
from trackteroid.client.hydration.together import CHUNK, Asking, ask, entities_of, pages_of, texts_for, together
from trackteroid.collections.change.create import create_batch
from trackteroid.collections.change.pending import all_or_nothing, change, without_deleted
from trackteroid.collections.context import Context, Selection, check_same_world, context_of, entities_in, unique
from trackteroid.collections.missing import refuse_unloaded
from trackteroid.collections.trees.hierarchy import ancestry_of
from trackteroid.collections.trees.target import called, created_below, parent_id_of, project_of
from trackteroid.entities.base import Entity, entity_class
from trackteroid.errors import EntityCollectionOperationError, InvalidArgumentsError, suggest
from trackteroid.schema.types import Schema
from trackteroid.spelling import quoted
from trackteroid.values import frozen

#: Paths, or names with what is below them.
Tree: TypeAlias = "str | Iterable[str] | Mapping[str, Any] | None"

#: What new entities of a type get: the same, or what a function makes of their names.
Attributes: TypeAlias = "Mapping[type[Entity] | str, Mapping[str, Any] | Callable[[str], Mapping[str, Any]]]"

NOTHING: Attributes = MappingProxyType({})

Path: TypeAlias = "tuple[str, ...]"


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """What became of a hierarchy that was asked for.

    Attributes:
        found: the paths of what was there.
        created: the paths of what was created.
    """

    found: tuple[str, ...]
    created: tuple[str, ...]
    _entities: Mapping[str, FtrackEntity] = field(repr=False)
    _collection: Callable[[Iterable[FtrackEntity]], Any] = field(repr=False)

    def __getitem__(self, path: str) -> Any:
        """Return the entity at a path, as a collection.

        Raises:
            KeyError: it was not asked for.
        """
        if path not in self._entities:
            raise KeyError(f'"{path}" was not asked for. There are {", ".join(self._entities) or "none"}.')
        return self._collection([self._entities[path]])

    def __iter__(self) -> Iterator[str]:
        return iter(self._entities)

    def __len__(self) -> int:
        return len(self._entities)

    def __contains__(self, path: object) -> bool:
        return path in self._entities

    def all(self, entity_type: type[Entity] | None = None) -> Any:
        """Return all entities, or those of one type, as a collection."""
        whole = self._collection(self._entities.values())
        return whole if entity_type is None else whole[entity_type]

    def __str__(self) -> str:
        created = f": {', '.join(self.created)}" if self.created else ""
        return f"{len(self.found)} found, {len(self.created)} created{created}"


def get_or_create(
    selection: Selection, tree: Tree, types: Sequence[type[Entity] | str], attributes: Attributes
) -> tuple[dict[str, FtrackEntity], list[str]]:
    """Return the entities of a tree below the one entity of a collection, by path, and the paths of the new ones.

    Raises:
        InvalidArgumentsError: a path has more steps than there are types, or an empty one.
        EntityCollectionOperationError: there are several entities to begin with, or something else has a name.
        CreationError: something that is missing cannot be created.
    """
    refuse_unloaded(selection, f"Cannot create a hierarchy below {selection!r}, which is not all of it")
    if len(selection.values()) != 1:
        raise EntityCollectionOperationError(
            f"A hierarchy begins below one entity, but {selection!r} has {len(selection)}."
        )
    several: Any = types
    if isinstance(several, str | type) or not isinstance(several, Iterable):
        several = [several]
    names = [_type_name(each, context_of(selection).types) for each in cast("Iterable[object]", several)]
    paths = _paths_of(tree)
    too_deep = next((path for path in paths if len(path) > len(names)), None)
    if too_deep is not None:
        raise InvalidArgumentsError(
            f'"{"/".join(too_deep)}" has {len(too_deep)} steps, but {len(names)} types are given: '
            f"{', '.join(names) or 'none'}. Give one for each level: types=[Sequence, Shot, Task]."
        )
    build = _Build(
        selection, names, {_type_name(key, context_of(selection).types): each for key, each in attributes.items()}
    )
    with all_or_nothing(context_of(selection).session):
        return build.run(selection.values()[0], paths)


class _Build:
    """Finds and creates one level after the other."""

    def __init__(self, selection: Selection, type_names: Sequence[str], attributes: Mapping[str, Any]) -> None:
        self._context = context_of(selection)
        self._session, self._types = self._context.session, self._context.types
        self._type_names = type_names
        self._attributes = attributes

    def run(self, top: FtrackEntity, paths: Sequence[Path]) -> tuple[dict[str, FtrackEntity], list[str]]:
        known: dict[Path, FtrackEntity] = {(): top}
        levels = [
            list(dict.fromkeys(path[:depth] for path in paths if len(path) >= depth))
            for depth in range(1, len(self._type_names) + 1)
        ]
        there = self._ask(top, levels)
        for level, type_name in zip(levels, self._type_names, strict=True):
            known |= self._find(known, level, type_name, there)
        found = set(known)
        try:
            for level, type_name in zip(levels, self._type_names, strict=True):
                known |= self._create(known, [path for path in level if path not in known], type_name)
        except BaseException:
            for path in known.keys() - found:  # what all_or_nothing takes back is not to show in lists either
                change(self._session, known[path[:-1]], "children", remove=[known[path]])
            raise
        ordered = _in_order(paths)
        return {"/".join(path): known[path] for path in ordered}, [
            "/".join(each) for each in ordered if each not in found
        ]

    def _ask(self, top: FtrackEntity, levels: Sequence[Sequence[Path]]) -> list[FtrackEntity]:
        """Return what the server has of all levels, in one request; and perhaps more of such names."""
        if is_new(top):
            return []
        texts: list[str] = []
        for depth, level in enumerate(levels):
            if level:
                steps = [f"{'parent.' * above}name in ({{}})" for above in range(depth + 1)]
                names = [list(dict.fromkeys(path[depth - above] for path in level)) for above in range(depth + 1)]
                conditions = [
                    step.format(",".join(map(quoted, each)))
                    for step, each in zip(steps, names, strict=True)
                    if len(each) <= CHUNK
                ]
                of_top = f"{'parent.' * depth}parent_id is {quoted(key_of(top)[1][0])}"
                where = " and ".join([of_top, *conditions])
                texts.append(f"select name, parent_id, project_id from TypedContext where {where}")  # noqa: S608  # ftrack's
        return [entity for page in entities_of(self._session, texts) for entity in page] if texts else []

    def _find(
        self, known: Mapping[Path, FtrackEntity], level: Sequence[Path], type_name: str, there: Sequence[FtrackEntity]
    ) -> dict[Path, FtrackEntity]:
        """Return what is there of a level."""
        wanted = {(key_of(known[path[:-1]])[1][0], path[-1].casefold()): path for path in level if path[:-1] in known}
        found: dict[Path, FtrackEntity] = {}
        for entity in without_deleted(self._session, unique([*there, *self._put_here(known, level)])):
            path = wanted.get((parent_id_of(entity), str(stored_value(entity, "name")).casefold()))
            if path is not None:
                self._check_type(entity, type_name, path)
                found[path] = entity
        return found

    def _put_here(self, known: Mapping[Path, FtrackEntity], level: Sequence[Path]) -> list[FtrackEntity]:
        """Return what was created or moved in the session to where a level is, and what is below what was moved."""
        parents = unique(known[path[:-1]] for path in level if path[:-1] in known)
        moved = [each for each in parents if not is_new(each) and local_value(each, "parent") is not NOT_SET]
        texts = texts_for(
            "select name, parent_id, project_id from TypedContext where parent_id in ({ids})",
            [key_of(each)[1][0] for each in moved],
        )
        pages = entities_of(self._session, texts) if texts else []
        return [*created_below(self._session, parents), *(each for page in pages for each in page)]

    def _check_type(self, entity: FtrackEntity, type_name: str, path: Path) -> None:
        if not self._types.is_a(entity.entity_type, type_name):
            raise EntityCollectionOperationError(
                f'"{"/".join(path)}" was to be a {type_name}, but there is {called(entity)}. Names occur once among '
                f"siblings, so give another one, or the type that it has."
            )

    def _create(
        self, known: Mapping[Path, FtrackEntity], missing: Sequence[Path], type_name: str
    ) -> dict[Path, FtrackEntity]:
        if not missing:
            return {}
        near = Selection(Context(entity_class(type_name, self._types), self._context.origin), ())
        batch = [
            {**self._values(type_name, path[-1]), "name": path[-1], "parent": known[path[:-1]]} for path in missing
        ]
        return dict(zip(missing, create_batch(near, batch), strict=True))

    def _values(self, type_name: str, name: str) -> Mapping[str, Any]:
        given = self._attributes.get(type_name, {})
        values: Any = given(name) if callable(given) else given
        # A task has to have a type: unless another one is given, it is called like it.
        return {"type": name, **values} if type_name == "Task" and not {"type", "type_id"} & set(values) else values


def _in_order(paths: Iterable[Path]) -> list[Path]:
    return list(dict.fromkeys(path[:depth] for path in paths for depth in range(1, len(path) + 1)))


def _type_name(given: object, types: Schema) -> str:
    name = given if isinstance(given, str) else getattr(given, "__name__", repr(given))
    types.type(name)
    if not types.is_a(name, "TypedContext"):
        raise InvalidArgumentsError(
            f"Hierarchies are made of contexts, such as Sequence, Shot and Task, not of {name}."
        )
    return name


def _paths_of(tree: Tree) -> list[Path]:
    """Return the paths in a tree: as texts with slashes, or names with what is below them.

    >>> _paths_of({"sq010": {"sh0010": ["comp", "anim"], "sh0020": None}})
    [('sq010', 'sh0010', 'comp'), ('sq010', 'sh0010', 'anim'), ('sq010', 'sh0020')]
    >>> _paths_of(["sq010/sh0010", "sq010/sh0020"])
    [('sq010', 'sh0010'), ('sq010', 'sh0020')]
    """
    paths = list(dict.fromkeys(_walk(tree, ())))
    by_folded: dict[Path, Path] = {}
    for path in _in_order(paths):
        if not path[-1].strip():
            raise InvalidArgumentsError(f'"{"/".join(path)}" has a step without a name.')
        other = by_folded.setdefault(tuple(map(str.casefold, path)), path)
        if other != path:
            raise InvalidArgumentsError(
                f'"{"/".join(path)}" and "{"/".join(other)}" are one name to the server. Use one.'
            )
    return paths


def _walk(tree: Any, above: Path) -> Iterator[Path]:
    if tree is None:
        return
    if isinstance(tree, str):
        yield (*above, *(step for step in tree.strip("/").split("/")))
    elif isinstance(tree, Mapping):
        for name, below in cast("Mapping[Any, Any]", tree).items():
            if not isinstance(name, str):
                raise InvalidArgumentsError(f"The names of a hierarchy are texts, not {name!r}.")
            here = next(_walk(name, above))
            deeper = list(_walk(below, here))
            yield from deeper or [here]
    elif isinstance(tree, Iterable):
        for each in cast("Iterable[Any]", tree):
            yield from _walk(each, above)
    else:
        raise InvalidArgumentsError(
            f'A hierarchy is a nested dictionary, or paths such as "sq010/sh0010/comp", but {tree!r} is in it.'
        )


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

    @classmethod
    def of(cls, session: Session, entities: Sequence[FtrackEntity]) -> Asking[_Known]:
        """Ask for all of it in one request, and in one more for schemas of projects that only new entities are in."""
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
        return cls(projects, templates, own, there)

    def template_for(self, entity: FtrackEntity, template: Selection | str) -> FtrackEntity:
        """Return the template for an entity: the one that is given, or that of this name."""
        schema = self.schemas.get(self.projects[key_of(entity)[1][0]])
        if schema is None:
            raise EntityCollectionOperationError("A project was not found, so nothing says which templates it has.")
        own = [each for each in self.templates if stored_value(each, "project_schema_id") == key_of(schema)[1][0]]
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

    def missing_tasks(self, entity: FtrackEntity, template: FtrackEntity) -> list[tuple[str, Any]]:
        """Return the names and types of the tasks that an entity does not have."""
        own_id = key_of(entity)[1][0]
        there = {
            str(stored_value(each, "name")).casefold(): each for each in self.there if parent_id_of(each) == own_id
        }
        missing: dict[str, Any] = {}
        for item in members(stored_value(template, "items")):
            for type_ in members(stored_value(item, "task_type")):
                name = str(stored_value(type_, "name"))
                other = there.get(name.casefold())
                if other is None:
                    missing.setdefault(name, type_)
                elif type_ not in members(stored_value(other, "type")):
                    raise EntityCollectionOperationError(
                        f'{called(entity)} is to get a task "{name}" of this type, but has {called(other)} already, '
                        f"which is of another type. Rename that first."
                    )
        return list(missing.items())


def _schema_of(session: Session, project_id: str) -> list[FtrackEntity]:
    """Return the schema of a project, with its name; nothing if it was not loaded."""
    found = members(find_in_memory(session, "Project", [project_id]))
    schemas = [schema for each in found for schema in members(stored_value(each, "project_schema"))]
    return [each for each in schemas if stored_value(each, "name") is not NOT_SET]


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
    for entity in entities:
        if not context.types.is_a(entity.entity_type, "Context"):
            raise EntityCollectionOperationError(f"Nothing of the type {entity.entity_type} has tasks: give contexts.")
    known = ask(context.session, _Known.of(context.session, entities))
    batch = [
        {"name": name, "type": type_, "parent": entity}
        for entity in entities
        for name, type_ in known.missing_tasks(entity, known.template_for(entity, template))
    ]
    near = Selection(Context(entity_class("Task", context.types), context.origin), ())
    return create_batch(near, batch) if batch else []
