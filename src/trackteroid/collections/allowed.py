"""The statuses and types that entities may have in a project, as its schema says.

Tasks have those of the task workflow, or of the workflow that overrides it for their type; versions those of the
version workflow; all other kinds of contexts have lists of their own. One request tells all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.client.entities import key_of, members, stored_value
from trackteroid.client.hydration.together import Asking, ask, entities_of, texts_for
from trackteroid.collections.arguments import require_type
from trackteroid.collections.change.names import Subject, find_by_name
from trackteroid.collections.context import Selection, context_of, unique
from trackteroid.entities.base import Entity
from trackteroid.errors import EntityCollectionOperationError, InvalidArgumentsError, suggest
from trackteroid.schema.types import Schema, schema_of
from trackteroid.values import frozen

_ASKED = (
    "name",
    "_task_workflow.statuses.name",
    "_task_workflow.statuses.sort",
    "_version_workflow.statuses.name",
    "_version_workflow.statuses.sort",
    "_overrides.type_id",
    "_overrides.workflow_schema.statuses.name",
    "_overrides.workflow_schema.statuses.sort",
    "_task_type_schema.types.name",
    "_task_type_schema.types.sort",
    "object_types.id",
    "_schemas.type_id",
    "_schemas.statuses.task_status.name",
    "_schemas.statuses.task_status.sort",
    "_schemas.types.task_type.name",
    "_schemas.types.task_type.sort",
)


@frozen
class Workflow:
    """What one project schema allows.

    Attributes:
        name: the name of the schema.
    """

    name: str
    _schema: FtrackEntity
    _types: Schema

    def statuses(self, type_name: str, task_type_id: str | None = None) -> list[FtrackEntity]:
        """Return the statuses of entities of a type, in their order; of tasks of a type with this id.

        Raises:
            InvalidArgumentsError: entities of this type have no statuses that a schema says.
            EntityCollectionOperationError: projects of this schema have no such entities.
        """
        if type_name == "AssetVersion":
            return _sorted(_reach([self._schema], "_version_workflow", "statuses"))
        if type_name == "Task":
            overriding = [
                each for each in _reach([self._schema], "_overrides") if stored_value(each, "type_id") == task_type_id
            ]
            owners, step = (overriding, "workflow_schema") if overriding else ([self._schema], "_task_workflow")
            return _sorted(_reach(owners, step, "statuses"))
        return _sorted(_reach(self._own(type_name), "statuses", "task_status"))

    def types(self, type_name: str) -> list[FtrackEntity]:
        """Return the types of entities of a type, in their order. It raises what `statuses` does."""
        if type_name == "Task":
            return _sorted(_reach([self._schema], "_task_type_schema", "types"))
        return _sorted(_reach(self._own(type_name), "types", "task_type"))

    def has(self, type_name: str) -> bool:
        """Return whether projects of this schema have entities of this type."""
        return type_name in ("Task", "AssetVersion") or object_type_of(self._types, type_name) in self._kinds()

    def _kinds(self) -> set[str]:
        """Return the ids of the object types that there may be."""
        own = {str(stored_value(each, "type_id")) for each in _reach([self._schema], "_schemas")}
        return own | {key_of(each)[1][0] for each in _reach([self._schema], "object_types")}

    def _find(self, type_name: str) -> list[FtrackEntity]:
        own = object_type_of(self._types, type_name)
        return [each for each in _reach([self._schema], "_schemas") if stored_value(each, "type_id") == own]

    def _own(self, type_name: str) -> list[FtrackEntity]:
        """Return what says it of entities of a type; nothing where these have neither types nor statuses."""
        if not self.has(type_name):
            known = self._kinds()
            kinds = sorted(name for name, each in self._types.types.items() if each.object_type_id in known)
            raise EntityCollectionOperationError(
                f'Projects with the schema "{self.name}" have no {type_name}. They have {", ".join(kinds)}.'
            )
        return self._find(type_name)


def object_type_of(types: Schema, type_name: str) -> str:
    """Return the id of the object type that entities of a type are of.

    Raises:
        InvalidArgumentsError: they are of none, so no project schema says anything of their statuses and types.
    """
    found = types.type(type_name).object_type_id
    if found is None:
        raise InvalidArgumentsError(
            f"No project schema says which statuses and types entities of {type_name} may have. Name a kind of "
            f"context, such as Task or Shot, or AssetVersion."
        )
    return found


def workflows(session: Session, project_ids: Sequence[str] = ()) -> Asking[dict[str, Workflow]]:
    """Return what projects allow, by their ids, in one request; without ids what all schemas allow, by their ids."""
    types = schema_of(session)
    if not project_ids:
        (found,) = yield [f"select {', '.join(_ASKED)} from ProjectSchema"]  # noqa: S608  # ftrack's
        return {key_of(each)[1][0]: Workflow(str(stored_value(each, "name")), each, types) for each in found}
    asked = ", ".join(f"project_schema.{path}" for path in _ASKED)
    pages = yield texts_for(f"select {asked} from Project where id in ({{ids}})", project_ids)  # noqa: S608
    found_schemas = {
        key_of(project)[1][0]: schema
        for page in pages
        for project in page
        for schema in members(stored_value(project, "project_schema"))
    }
    return {key: Workflow(str(stored_value(each, "name")), each, types) for key, each in found_schemas.items()}


def _reach(entities: Iterable[FtrackEntity], *steps: str) -> list[FtrackEntity]:
    found = list(entities)
    for step in steps:
        found = [each for entity in found for each in members(stored_value(entity, step))]
    return found


def _sorted(entities: Iterable[FtrackEntity]) -> list[FtrackEntity]:
    def place(entity: FtrackEntity) -> float:
        sort = stored_value(entity, "sort")
        return float("inf") if sort is NOT_SET or sort is None else float(sort)

    return sorted(entities, key=place)


#: Projects as they are given: a collection, the name of one, or none.
Projects: TypeAlias = "Selection | str | None"


def project_ids(session: Session, project: Projects) -> list[str]:
    """Return the ids of projects; one request for a name.

    Raises:
        InvalidArgumentsError: it is something else, or there is no project of this name.
        EntityCollectionOperationError: the projects belong to another session.
    """
    if project is None:
        return []
    if isinstance(project, str):
        (found,) = entities_of(session, ["select name, full_name from Project"])
        for attribute in ("name", "full_name"):
            meant = [each for each in found if stored_value(each, attribute) == project]
            if len(meant) == 1:
                return [key_of(meant[0])[1][0]]
        known = [str(stored_value(each, "name")) for each in found]
        raise InvalidArgumentsError(f'There is no project "{project}".{suggest(project, known)}')
    entities = project.values() if isinstance(project, Selection) else ()  # pyright: ignore[reportUnnecessaryIsInstance]  # untyped callers
    if not entities or any(each.entity_type != "Project" for each in entities):
        raise InvalidArgumentsError(f"A project is needed here, as a collection or by its name, not {project!r}.")
    if context_of(project).session is not session:
        raise EntityCollectionOperationError(f"{project!r} is of another session. Query it with this one.")
    return [key_of(each)[1][0] for each in entities]


def allowed_statuses(
    session: Session, entity_type: type[Entity] | str, project: Projects, task_type: str | None
) -> list[FtrackEntity]:
    """Return the statuses that entities of a type may have in projects, or in any."""
    types, name = schema_of(session), _name(entity_type)
    types.type(name)
    type_id = None
    if task_type is not None:
        if name != "Task":
            raise InvalidArgumentsError(f"Only statuses of tasks differ by type, so task_type is of no use for {name}.")
        type_id = key_of(find_by_name(session, types, "Type", task_type, Subject(name)))[1][0]
    known = _workflows(session, project, types, name)
    return _sorted(unique(each for workflow in known for each in workflow.statuses(name, type_id)))


def allowed_types(session: Session, entity_type: type[Entity] | str, project: Projects) -> list[FtrackEntity]:
    """Return the types that entities of a type may have in projects, or in any."""
    types, name = schema_of(session), _name(entity_type)
    types.type(name)
    if name == "AssetVersion":
        raise InvalidArgumentsError("Versions have no types. Those of assets are the same in all projects.")
    known = _workflows(session, project, types, name)
    return _sorted(unique(each for workflow in known for each in workflow.types(name)))


def _workflows(session: Session, project: Projects, types: Schema, type_name: str) -> list[Workflow]:
    if type_name != "AssetVersion":
        object_type_of(types, type_name)
    ids = project_ids(session, project)
    found = list(ask(session, workflows(session, ids)).values())
    return found if ids else [each for each in found if each.has(type_name)]


def _name(entity_type: type[Entity] | str) -> str:
    return entity_type if isinstance(entity_type, str) else require_type(entity_type).__name__
