"""What a server holds before anybody has worked on it.

Locations, object types, statuses, task types, project schemas and the like, written as tables: a header, then one tuple
per row. Ids that are the same on every site are kept; all others follow from the name, so that two fresh servers agree.

Example:
    >>> kind, values = next(iter(rows()))
    >>> kind, values["name"]
    ('Location', 'ftrack.origin')
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from trackteroid.server.auth.kinds import ROLES

Row = tuple[str, dict[str, Any]]

_NAMESPACE = uuid.UUID("6f0a4c1e-2f53-5d0c-9a4b-7f1f3a7c5b10")


def table(entity_type: str, header: str, *rows: tuple[Any, ...]) -> list[Row]:
    """Return rows of `entity_type`; `header` names the attributes of the columns, separated by blanks.

    Example:
        >>> table("Scope", "id name", ("a", "Trailer"))
        [('Scope', {'id': 'a', 'name': 'Trailer'})]
    """
    names = header.split()
    return [(entity_type, dict(zip(names, row, strict=True))) for row in rows]


def named_table(entity_type: str, header: str, *rows: tuple[Any, ...]) -> list[Row]:
    """As `table`, for rows without an id of their own: it is made from the first column."""
    return table(entity_type, f"id {header}", *((named_id(entity_type, str(row[0])), *row) for row in rows))


def named_id(entity_type: str, name: str) -> str:
    """Return the id of a built-in row whose id is fixed by nothing but its name."""
    return str(uuid.uuid5(_NAMESPACE, f"{entity_type}/{name}"))


def rows() -> Iterator[Row]:
    """Yield the built-in rows as (entity type, values by attribute name), every row after the ones it refers to."""
    yield from (*LOCATIONS, *USER_TYPES, *SECURITY_ROLES, *ASSET_TYPES, *CATEGORIES, *MANAGER_TYPES, *SETTINGS)
    yield from (*OBJECT_TYPES, *PRIORITIES, *STATES, *STATUSES, *TYPES)
    yield from (*ATTRIBUTE_TYPES, *ATTRIBUTE_GROUPS, *ATTRIBUTES)
    for name, (id_, types_id, task_id, version_id, object_types, types) in PROJECT_SCHEMAS.items():
        yield "TaskTypeSchema", {"id": types_id, "name": f"{name} task types"}
        pairs = ((types_id, _TYPE_IDS[type_]) for type_ in types)
        yield from table("TaskTypeSchemaType", "task_type_schema_id type_id", *pairs)
        yield from _workflow(task_id, f"{name} task workflow", TASK_STATUSES)
        yield from _workflow(version_id, f"{name} version workflow", VERSION_STATUSES)
        yield from table(
            "ProjectSchema",
            "id name task_type_schema_id task_workflow_schema_id asset_version_workflow_schema_id",
            (id_, name, types_id, task_id, version_id),
        )
        pairs = ((id_, _OBJECT_TYPE_IDS[object_type]) for object_type in object_types)
        yield from table("ProjectSchemaObjectType", "project_schema_id object_type_id", *pairs)
    for project_schema, object_type, id_, statuses, types in SCHEMAS:
        owner = PROJECT_SCHEMAS[project_schema][0]
        yield "Schema", {"id": id_, "project_schema_id": owner, "object_type_id": _OBJECT_TYPE_IDS[object_type]}
        for sort, status in enumerate(statuses):
            yield "SchemaStatus", {"schema_id": id_, "status_id": _STATUS_IDS[status], "sort": sort}
        for sort, type_ in enumerate(types):
            yield "SchemaType", {"schema_id": id_, "type_id": _TYPE_IDS[type_], "sort": sort}


@cache
def find_id(entity_type: str, name: str) -> str:
    """Return the id of the built-in row of `entity_type` called `name`; raises `LookupError` if there is none."""
    ids = {values["name"]: values["id"] for kind, values in rows() if kind == entity_type and "name" in values}
    if name not in ids:
        raise LookupError(f"There is no built-in {entity_type} called {name!r}. There are: {', '.join(ids) or 'none'}.")
    return ids[name]


# What belongs to the site as a whole.

#: The user type that every new user gets.
USER_TYPE = "ac9fa5aa-4361-11e0-b7cc-0019bb4983d8"

# The clients know these five by their ids and bring the code that reaches their files.
LOCATIONS = table(
    "Location",
    "id name label description",
    ("ce9b348f-8809-11e3-821c-20c9d081909b", "ftrack.origin", "Origin", "Where files were before they were published."),
    ("cb268ecc-8809-11e3-a7e2-20c9d081909b", "ftrack.unmanaged", "Unmanaged", "Files that stay where they are."),
    ("cd41be70-8809-11e3-b98a-20c9d081909b", "ftrack.review", "Review", "Media made for reviews."),
    ("3a372bde-05bc-11e4-8908-20c9d081909b", "ftrack.server", "Server", "Files kept by the server."),
    ("07b82a97-8cf9-11e3-9383-20c9d081909b", "ftrack.connect", "Connect", "Files handled by the desktop application."),
)

USER_TYPES = table("UserType", "id name", (USER_TYPE, "User"))

SECURITY_ROLES = [
    *named_table("SecurityRole", "name type", *((role.name, role.type) for role in ROLES)),
    *table(
        "SecurityRolePermission",
        "security_role_id kind action",
        *((named_id("SecurityRole", role.name), *granted) for role in ROLES for granted in sorted(role.permissions)),
    ),
]

ASSET_TYPES = named_table(
    "AssetType",
    "name short component",
    ("Animation", "anim", "main"),
    ("Audio", "audio", "main"),
    ("Cache", "cache", "main"),
    ("Camera", "cam", "main"),
    ("Compositing", "compositing", "main"),
    ("FX", "fx", "main"),
    ("Geometry", "geo", "main"),
    ("Image Sequence", "img", "main"),
    ("Layout", "layout", "main"),
    ("Light Rig", "light", "main"),
    ("Lookdev", "lookdev", "main"),
    ("Nuke Script", "comp", "main"),
    ("Render", "render", "main"),
    ("Rig", "rig", "main"),
    ("Scene", "scene", "main"),
    ("Script", "script", "main"),
    ("Texture", "texture", "main"),
    ("Upload", "upload", "main"),
)

# A label is a category that a note can have several of; queries for categories find labels too.
CATEGORIES = [
    *named_table(
        "NoteLabel",
        "name color sort",
        ("Internal", "#3498DB", 0),
        ("Client feedback", "#E74C3C", 1),
        ("External Note", "#F1C40F", 2),
        ("For client", "#1CBC90", 3),
    ),
    *named_table("ListCategory", "name", ("Default",), ("Dailies",), ("Deliveries",)),
]

MANAGER_TYPES = named_table("ManagerType", "name", ("Coordinator",), ("Producer",), ("Supervisor",))

# Where studios keep their files. The clients activate nothing for the automatic scenario.
SETTINGS = table(
    "Setting",
    "group name value",
    ("STORAGE", "storage_scenario", json.dumps({"scenario": "ftrack.automatic", "data": {}})),
)

# The words of production.

OBJECT_TYPES = table(
    "ObjectType",
    "name id icon sort "
    "is_taskable is_typeable is_statusable is_schedulable is_time_reportable is_leaf is_prioritizable",
    ("Folder", "3c133785-51cb-11e3-980a-20c9d0831e59", "folder", 0, True, False, False, False, False, False, True),
    ("Asset Build", "4be63b64-5010-42fb-bf1f-428af9d638f0", "box", 1, True, True, True, False, False, False, True),
    ("Episode", "22139355-61da-4c8f-9db4-3abc870166bc", "tv", 2, True, False, True, False, False, False, True),
    ("Sequence", "e5139355-61da-4c8f-9db4-3abc870166bc", "film", 3, True, False, False, False, False, False, True),
    ("Shot", "bad911de-3bd6-47b9-8b46-3476e237cb36", "movie", 4, True, False, True, False, False, False, True),
    ("Milestone", "01decdd1-51cb-11e3-9d5b-20c9d0831e59", "flag", 5, False, True, True, True, False, True, True),
    ("Task", "11c137c0-ee7e-4f9c-91c5-8c77cec22b2c", "task", 6, False, True, True, True, True, True, True),
    ("Image", "4721f72a-bd5c-11eb-a3da-d6270330280e", "image", 7, True, False, False, False, False, False, False),
    ("Information", "efb7d34c-bd5b-11eb-86a7-d6270330280e", "info", 8, True, False, False, False, False, False, False),
)

PRIORITIES = table(
    "Priority",
    "name id sort color value",
    ("Urgent", "847fb90e-ead3-11e2-846c-f23c91dfaa16", 0, "#E74C3C", 0.0),
    ("High", "847f9cda-ead3-11e2-846c-f23c91dfaa16", 1, "#E67E22", 0.0),
    ("Medium", "847f8146-ead3-11e2-846c-f23c91dfaa16", 2, "#F1C40F", 0.0),
    ("Low", "847f663e-ead3-11e2-846c-f23c91dfaa16", 3, "#1CBC90", 0.0),
    ("None", "9661b320-3a0c-11e2-81c1-0800200c9a66", 4, "#CACACA", 0.0),
)

STATES = table(
    "State",
    "name short id",
    ("Done", "DONE", "cea116d4-acb5-11e1-8668-f23c91df1211"),
    ("Blocked", "BLOCKED", "5709c04e-2f4b-11e2-b663-0019bb4983d8"),
    ("In Progress", "IN_PROGRESS", "cea0efc4-acb5-11e1-8668-f23c91df1211"),
    ("Not Started", "NOT_STARTED", "cea0ba04-acb5-11e1-8668-f23c91df1211"),
)

#: In their order, each with its state.
_STATUSES = (
    ("Completed", "9bb65936-88e7-11e3-9264-04011030cf01", "#1cbc90", "DONE"),
    ("Omitted", "a0bc3f24-15e2-11e1-b21a-0019bb4983d8", "#E74C3C", "BLOCKED"),
    ("On Hold", "a0bc2444-15e2-11e1-b21a-0019bb4983d8", "#E74C3C", "BLOCKED"),
    ("Revise", "2286947e-a2d4-11e9-825d-d27cf242b68b", "#FF6600", "IN_PROGRESS"),
    ("Client approved", "d5d6d8ca-ebb2-11e2-aef9-f23c91dfaa16", "#1CBC90", "DONE"),
    ("Approved", "44de097a-4164-11df-9218-0019bb4983d8", "#1cbc90", "DONE"),
    ("Pending Review", "44dded64-4164-11df-9218-0019bb4983d8", "#F1C40F", "IN_PROGRESS"),
    ("In progress", "44ddd0fe-4164-11df-9218-0019bb4983d8", "#3498DB", "IN_PROGRESS"),
    ("WIP", "cadb9a06-acb5-11e1-8668-f23c91df1211", "#CC99FF", "NOT_STARTED"),
    ("Ready to start", "9078de1a-40ce-11ed-a028-8e70b81a65da", "#00FFFF", "NOT_STARTED"),
    ("Not started", "44dd9fb2-4164-11df-9218-0019bb4983d8", "#CACACA", "NOT_STARTED"),
)

_STATE_IDS = {values["short"]: values["id"] for _, values in STATES}
STATUSES = table(
    "Status",
    "name id sort color is_active state_id",
    *((name, id_, sort, color, True, _STATE_IDS[state]) for sort, (name, id_, color, state) in enumerate(_STATUSES)),
)

TYPES = table(
    "Type",
    "name id sort color is_billable",
    ("Concept Art", "56807358-a0f4-11e9-9843-d27cf242b68b", 0, "#33CCCC", True),
    ("Modeling", "44dc53c8-4164-11df-9218-0019bb4983d8", 1, "#935ba2", True),
    ("Rigging", "44dd5868-4164-11df-9218-0019bb4983d8", 2, "#58592d", True),
    ("Texture", "a750a84f-b253-11eb-ad41-1e003a0c2434", 3, "#f1c40f", True),
    ("Lookdev", "44dc8cd0-4164-11df-9218-0019bb4983d8", 4, "#a3635d", True),
    ("Character", "66d145f0-13c6-11e3-abf2-f23c91dfaa16", 5, "#3a2d5a", True),
    ("Prop", "66d1aedc-13c6-11e3-abf2-f23c91dfaa16", 6, "#f39c12", True),
    ("Furniture", "0e996e82-6662-11ed-a73a-92ba0fc0dc3d", 7, "#008000", False),
    ("Vehicle", "8c39f908-8b4c-11eb-9cdb-c2ffbce28b68", 8, "#ABABAB", True),
    ("Environment", "66d1daba-13c6-11e3-abf2-f23c91dfaa16", 9, "#5da35e", True),
    ("Matte Painting", "66d2038c-13c6-11e3-abf2-f23c91dfaa16", 10, "#5da35e", True),
    ("Production", "b628a004-ad7d-11e1-896c-f23c91df1211", 11, "#bdc3c7", False),
    ("Editing", "cc46c4c6-13d2-11e3-8915-f23c91dfaa16", 12, "#f1c40f", True),
    ("Conform", "a3ead45c-ae42-11e9-9454-d27cf242b68b", 13, "#ABABAB", True),
    ("Tracking", "44dd3ed2-4164-11df-9218-0019bb4983d8", 14, "#27ae60", True),
    ("Rotoscoping", "c3bcfdb4-ad7d-11e1-a444-f23c91df1211", 15, "#3498db", True),
    ("Previz", "44dc6ffc-4164-11df-9218-0019bb4983d8", 16, "#27ae60", True),
    ("Layout", "ffaebf7a-9dca-11e9-8346-d27cf242b68b", 17, "#3a2d5a", True),
    ("Animation", "44dc3636-4164-11df-9218-0019bb4983d8", 18, "#35592d", True),
    ("FX", "44dcea86-4164-11df-9218-0019bb4983d8", 19, "#9b59b6", True),
    ("Lighting", "44dd08fe-4164-11df-9218-0019bb4983d8", 20, "#5b5ba3", True),
    ("Rendering", "262225e8-9dcb-11e9-82b8-d27cf242b68b", 21, "#5ba3a3", True),
    ("Compositing", "44dd23b6-4164-11df-9218-0019bb4983d8", 22, "#2d5959", True),
    ("Deliverable", "ae1e2480-f24e-11e2-bd1f-f23c91dfaa16", 23, "#2980b9", True),
)

# Custom attributes.

ATTRIBUTE_TYPES = table(
    "CustomAttributeType",
    "name id core",
    ("text", "6268aef0-381c-11e0-acff-0019bb49847a", True),
    ("boolean", "ad1034d8-15e2-11e1-b21a-0019bb4983d8", True),
    ("date", "79968e9e-381c-11e0-acff-0019bb49847a", True),
    ("enumerator", "6ff9c812-ead3-11e2-846c-f23c91dfaa16", True),
    ("dynamic enumerator", "882e4aee-fae6-11e3-b623-20c9d0831e59", True),
    ("number", "92009b00-381c-11e0-acff-0019bb49847a", True),
    ("expression", "d2e6a530-357f-11e2-bd73-0019bb4985b8", True),
    ("url", "ec616dcd-56e2-4147-99f8-7e4a4f040cf9", True),
)

ATTRIBUTE_GROUPS = named_table("CustomAttributeGroup", "name", ("Frames",))

#: What the project template brings: key, label, kind of entity, object type, type, default, id.
_CONFIGURATIONS = (
    ("fstart", "Frame start", "task", "Shot", "number", 1, "acd86546-4082-11e2-95b1-0019bb4983d8"),
    ("fend", "Frame end", "task", "Shot", "number", 1, "432bc746-4087-11e2-8250-0019bb4983d8"),
    ("handles", "Frame handles", "task", "Shot", "number", 0, "432bdfa6-4087-11e2-8250-0019bb4983d8"),
    (
        "duration",
        "Frame duration",
        "task",
        "Shot",
        "expression",
        "{self.fend - self.fstart + 1}",
        "928887a8-645f-4909-a7d0-d1661cacd178",
    ),
    ("fps", "fps", "show", None, "number", 24, "d25219d6-acb5-11e1-8668-f23c91df1211"),
    ("fps", "fps", "task", "Sequence", "number", 25, "d25532e2-acb5-11e1-8668-f23c91df1211"),
    ("fps", "fps", "task", "Shot", "number", 25, "d25907a0-acb5-11e1-8668-f23c91df1211"),
)

_CONFIG = {"number": json.dumps({"isdecimal": True}), "expression": json.dumps({})}
_OBJECT_TYPE_IDS: dict[str | None, str] = {values["name"]: values["id"] for _, values in OBJECT_TYPES}
_ATTRIBUTE_TYPE_IDS: dict[str, str] = {values["name"]: values["id"] for _, values in ATTRIBUTE_TYPES}
_FRAMES = named_id("CustomAttributeGroup", "Frames")
ATTRIBUTES = table(
    "CustomAttributeConfiguration",
    "key label entity_type object_type_id type_id default id config sort group_id core is_hierarchical",
    *(
        (
            key,
            label,
            kind,
            _OBJECT_TYPE_IDS.get(of),
            _ATTRIBUTE_TYPE_IDS[type_],
            default,
            id_,
            _CONFIG[type_],
            sort,
            _FRAMES,
            False,
            False,
        )
        for sort, (key, label, kind, of, type_, default, id_) in enumerate(_CONFIGURATIONS)
    ),
)

# Project schemas.

_TYPE_IDS: dict[str, str] = {values["name"]: values["id"] for _, values in TYPES}
_STATUS_IDS: dict[str, str] = {name: id_ for name, id_, _, _ in _STATUSES}

TASK_STATUSES = tuple(_STATUS_IDS)
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


def _workflow(id_: str, name: str, statuses: Iterable[str]) -> Iterator[Row]:
    """Yield the statuses that tasks or versions may have."""
    yield "WorkflowSchema", {"id": id_, "name": name}
    pairs = ((id_, _STATUS_IDS[status]) for status in statuses)
    yield from table("WorkflowSchemaStatus", "workflow_schema_id status_id", *pairs)
