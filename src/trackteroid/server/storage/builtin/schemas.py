"""Project schemas: which object types, statuses and types a kind of production works with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trackteroid.server.storage.builtin import vocabulary
from trackteroid.server.storage.builtin.table import Row, table


def rows() -> Iterator[Row]:
    """Yield all rows of this module."""
    for name, (id_, types_id, task_id, version_id, object_types, types) in PROJECT_SCHEMAS.items():
        yield from _types(types_id, f"{name} task types", types)
        yield from _workflow(task_id, f"{name} task workflow", TASK_STATUSES)
        yield from _workflow(version_id, f"{name} version workflow", VERSION_STATUSES)
        yield from table(
            "ProjectSchema",
            "id name task_type_schema_id task_workflow_schema_id asset_version_workflow_schema_id",
            (id_, name, types_id, task_id, version_id),
        )
        yield from table(
            "ProjectSchemaObjectType",
            "project_schema_id object_type_id",
            *((id_, _OBJECT_TYPES[object_type]) for object_type in object_types),
        )
    for row in SCHEMAS:
        yield from _schema(*row)


_OBJECT_TYPES: dict[str, str] = {values["name"]: values["id"] for _, values in vocabulary.OBJECT_TYPES}
_TYPES: dict[str, str] = {values["name"]: values["id"] for _, values in vocabulary.TYPES}
_STATUSES: dict[str, str] = {name: id_ for name, id_, _, _ in vocabulary.STATUSES}

TASK_STATUSES = tuple(_STATUSES)
# Without the ones for work that has not begun: somebody made a version, so it has.
VERSION_STATUSES = ("In progress", "Pending Review", "Approved", "Client approved", "Completed", "On Hold", "Omitted")

MODEL_TYPES = ("Concept Art", "Modeling", "Texture", "Lookdev", "Lighting", "Rendering", "Production", "Deliverable")
MEDIA_TYPES = ("Modeling", "Texture", "Lookdev", "Production", "Rendering", "Deliverable")
ANIMATION_TYPES = (
    *("Concept Art", "Modeling", "Rigging", "Texture", "Lookdev", "Production", "Editing", "Layout"),
    *("Animation", "Lighting", "Rendering", "Compositing", "Deliverable"),
)
VFX_TYPES = (*ANIMATION_TYPES, "Conform", "Tracking", "Rotoscoping", "Previz", "FX")

_EPISODIC = ("Folder", "Asset Build", "Episode", "Sequence", "Shot", "Milestone", "Task")

#: By name: its id, those of its task types, task workflow and version workflow, its object types and task types.
PROJECT_SCHEMAS: dict[str, tuple[str, str, str, str, tuple[str, ...], tuple[str, ...]]] = {
    "VFX": (
        "caddd816-acb5-11e1-8668-f23c91df1211",
        "cadd9e5a-acb5-11e1-8668-f23c91df1211",
        "cadb0afa-acb5-11e1-8668-f23c91df1211",
        "cadb4c0e-acb5-11e1-8668-f23c91df1211",
        _EPISODIC,
        VFX_TYPES,
    ),
    "Animation": (
        "9c77018e-6af0-11eb-b045-169be7b6c453",
        "9c772d44-6af0-11eb-b045-169be7b6c453",
        "9c7709f4-6af0-11eb-b045-169be7b6c453",
        "9c771b42-6af0-11eb-b045-169be7b6c453",
        _EPISODIC,
        ANIMATION_TYPES,
    ),
    "Model production": (
        "05dece3c-40cd-11ed-a028-8e70b81a65da",
        "05dee0c0-40cd-11ed-a028-8e70b81a65da",
        "05ded38c-40cd-11ed-a028-8e70b81a65da",
        "05deda8a-40cd-11ed-a028-8e70b81a65da",
        ("Folder", "Asset Build", "Milestone", "Task"),
        MODEL_TYPES,
    ),
    "Media production": (
        "d735496c-bd5b-11eb-8fe6-d6270330280e",
        "d7355e70-bd5b-11eb-8fe6-d6270330280e",
        "d7354f98-bd5b-11eb-8fe6-d6270330280e",
        "d7355858-bd5b-11eb-8fe6-d6270330280e",
        ("Folder", "Asset Build", "Shot", "Milestone", "Task", "Image", "Information"),
        MEDIA_TYPES,
    ),
}

_SHORT = ("Not started", "In progress", "Completed")
_LONG = (*_SHORT, "On Hold", "Omitted")
_BUILT = ("Character", "Prop", "Environment")

#: What the object types other than Task may be: project schema, object type, id, statuses, types.
SCHEMAS: tuple[tuple[str, str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("VFX", "Shot", "22e77f90-57c5-11e5-8a87-42010af0e994", _LONG, ()),
    ("VFX", "Milestone", "22edfc08-57c5-11e5-8a87-42010af0e994", _SHORT, VFX_TYPES),
    ("VFX", "Asset Build", "66d53188-13c6-11e3-abf2-f23c91dfaa16", _SHORT, (*_BUILT, "Matte Painting", "Vehicle")),
    ("VFX", "Episode", "685ec2dc-40ce-11ed-a028-8e70b81a65da", _LONG, ()),
    ("Animation", "Shot", "45b4130c-6af3-11eb-b477-169be7b6c453", _LONG, ()),
    ("Animation", "Milestone", "ca657fc6-6af5-11eb-bb52-169be7b6c453", _SHORT, ANIMATION_TYPES),
    ("Animation", "Asset Build", "c9a1a878-6af3-11eb-b477-169be7b6c453", _SHORT, _BUILT),
    ("Animation", "Episode", "685ebee0-40ce-11ed-a028-8e70b81a65da", _LONG, ()),
    ("Model production", "Asset Build", "62641400-40cd-11ed-a028-8e70b81a65da", _LONG, ("Furniture", "Concept Art")),
    ("Model production", "Milestone", "ce184c56-465f-11ed-91db-ca81394198b0", _SHORT, ("Deliverable",)),
    ("Media production", "Shot", "a9e41ce4-bd5c-11eb-aa52-d6270330280e", _LONG, ()),
    ("Media production", "Asset Build", "c4a30bc6-bd5c-11eb-a3da-d6270330280e", _SHORT, _BUILT),
    ("Media production", "Milestone", "e862f65c-bd5c-11eb-96ea-d6270330280e", _SHORT, MEDIA_TYPES),
)


def _types(id_: str, name: str, types: Iterable[str]) -> Iterator[Row]:
    """Yield the types that tasks may have."""
    yield "TaskTypeSchema", {"id": id_, "name": name}
    yield from table("TaskTypeSchemaType", "task_type_schema_id type_id", *((id_, _TYPES[type_]) for type_ in types))


def _workflow(id_: str, name: str, statuses: Iterable[str]) -> Iterator[Row]:
    """Yield the statuses that tasks or versions may have."""
    yield "WorkflowSchema", {"id": id_, "name": name}
    rows = ((id_, _STATUSES[status]) for status in statuses)
    yield from table("WorkflowSchemaStatus", "workflow_schema_id status_id", *rows)


def _schema(
    project_schema: str, object_type: str, id_: str, statuses: Iterable[str], types: Iterable[str]
) -> Iterator[Row]:
    """Yield the statuses and types that one object type may have."""
    owner, of = PROJECT_SCHEMAS[project_schema][0], _OBJECT_TYPES[object_type]
    yield "Schema", {"id": id_, "project_schema_id": owner, "object_type_id": of}
    for sort, status in enumerate(statuses):
        yield "SchemaStatus", {"schema_id": id_, "status_id": _STATUSES[status], "sort": sort}
    for sort, type_ in enumerate(types):
        yield "SchemaType", {"schema_id": id_, "type_id": _TYPES[type_], "sort": sort}
