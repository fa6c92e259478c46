"""Projects, the typed contexts below them, and what is attached to both."""

from __future__ import annotations

from trackteroid.server.model.attributes import (
    boolean,
    collection,
    datetime,
    identifier,
    integer,
    key,
    linked,
    number,
    reference,
    text,
)
from trackteroid.server.model.declarations.common import (
    CUSTOM_ATTRIBUTE_LINKS,
    LINK,
    METADATA,
    THUMBNAIL,
    appointments,
    created,
    custom_attributes,
)
from trackteroid.server.model.types import NO_PRIORITY, EntityType, ObjectType, Unique, entity_type

CONTEXT = entity_type(
    "Context",
    {
        "id": identifier(),
        "name": text(required=True, default="", indexed=True),
        "context_type": text(required=True, exact=True),
        **created(immutable=True),
        **LINK,
        "parent_id": key("Context", on_delete="cascade"),
        "parent": reference("Context", "parent_id"),
        "project_id": key("Project", on_delete="cascade"),
        **THUMBNAIL,
        **appointments("context"),
        "assets": collection("Asset", "context_id"),
        "children": collection("Context", "parent_id"),
        "managers": collection("Manager", "context_id"),
        "notes": collection("Note", "parent_id", where={"in_reply_to_id": None}),
        "scopes": linked("Scope", "ContextScope", "context_id", "scope_id"),
        "timelogs": collection("Timelog", "context_id"),
        **CUSTOM_ATTRIBUTE_LINKS,
        "custom_attributes": custom_attributes("Context"),
    },
    default_projections=("context_type", "id", "name"),
    system_projections=("context_type",),
    discriminator="concrete_type",
    groups=True,
    unique=(Unique(("parent_id", "name")),),
)

TYPED_CONTEXT = entity_type(
    "TypedContext",
    {
        "context_type": text(required=True, exact=True, fallback="task"),
        "bid": number(required=True, fallback=0.0),
        "bid_time_logged_difference": number(immutable=True, computed=True, stored=False),
        "description": text(fallback=""),
        "end_date": datetime(alias="enddate"),
        "object_type_id": key("ObjectType", alias="object_typeid", required=True, on_delete="refuse"),
        "object_type": reference("ObjectType", "object_type_id", alias="objectType"),
        "priority_id": key("Priority", alias="priorityid", required=True, fallback=NO_PRIORITY, on_delete="refuse"),
        "priority": reference("Priority", "priority_id"),
        "project_id": key("Project", alias="showid", on_delete="cascade"),
        "project": reference("Project", "project_id", alias="show"),
        "sort": number(required=True, fallback=0.0),
        "split_parts": collection("SplitTaskPart", "task_id"),
        "start_date": datetime(alias="startdate"),
        "status_id": key("Status", alias="statusid", required=True, on_delete="refuse"),
        "status": reference("Status", "status_id"),
        "thumbnail_source_id": key("Context", immutable=True, computed=True, stored=False),
        "time_logged": number(immutable=True, computed=True, stored=False),
        "type_id": key("Type", alias="typeid", required=True, on_delete="refuse"),
        "type": reference("Type", "type_id"),
        "ancestors": linked(
            "TypedContext", "ContextAncestor", "context_id", "ancestor_id", narrow=True, read_only=True
        ),
        "descendants": linked("TypedContext", "ContextAncestor", "ancestor_id", "context_id", read_only=True),
        "incoming_links": collection("TypedContextLink", "to_id", alias="predecessors"),
        "lists": linked("TypedContextList", "ListObject", "entity_id", "list_id", alias="_lists"),
        "outgoing_links": collection("TypedContextLink", "from_id", alias="successors"),
        "status_changes": collection("StatusChange", "parent_id"),
        **METADATA,
    },
    extends=CONTEXT,
    system_projections=("showid", "context_type"),
    alias="Task",
    always=("object_type_id",),
)

#: The object types of every server.
_OBJECT_TYPES = (
    ObjectType("11c137c0-ee7e-4f9c-91c5-8c77cec22b2c", "Task", is_schedulable=True),
    ObjectType("bad911de-3bd6-47b9-8b46-3476e237cb36", "Shot", is_typeable=False),
    ObjectType("e5139355-61da-4c8f-9db4-3abc870166bc", "Sequence", is_typeable=False, is_statusable=False),
    ObjectType("22139355-61da-4c8f-9db4-3abc870166bc", "Episode", is_typeable=False),
    ObjectType("3c133785-51cb-11e3-980a-20c9d0831e59", "Folder", is_typeable=False, is_statusable=False),
    ObjectType("01decdd1-51cb-11e3-9d5b-20c9d0831e59", "Milestone", is_schedulable=True),
    ObjectType("4be63b64-5010-42fb-bf1f-428af9d638f0", "Asset Build"),
)

#: Tables behind collections of contexts; `ContextAncestor` holds every context with everything above it.
_TABLES = (
    entity_type(
        "ContextAncestor",
        {
            "context_id": key("Context", on_delete="cascade"),
            "ancestor_id": key("Context", on_delete="cascade"),
            "depth": integer(),
        },
        primary_key=("context_id", "ancestor_id"),
        served=False,
    ),
    entity_type(
        "ContextScope",
        {
            "context_id": key("Context", on_delete="cascade"),
            "scope_id": key("Scope", on_delete="cascade"),
        },
        primary_key=("context_id", "scope_id"),
        served=False,
    ),
)

TYPES: tuple[EntityType, ...] = (
    CONTEXT,
    TYPED_CONTEXT,
    *(each.entity_type(TYPED_CONTEXT) for each in _OBJECT_TYPES),
    entity_type(
        "Project",
        {
            "context_type": text(required=True, exact=True, fallback="show"),
            "color": text(),
            "disk_id": key("Disk", alias="diskid"),
            "disk": reference("Disk", "disk_id"),
            "end_date": datetime(alias="enddate"),
            "full_name": text(alias="fullname"),
            "is_global": boolean(alias="isglobal", required=True, default=False),
            "is_private": boolean(alias="private", default=False, indexed=True),
            "project_schema_id": key("ProjectSchema", alias="projectschemeid", required=True, on_delete="refuse"),
            "project_schema": reference("ProjectSchema", "project_schema_id", alias="projectscheme"),
            "root": text(),
            "start_date": datetime(alias="startdate"),
            "status": text(required=True, fallback="active"),
            "calendar_events": collection("CalendarEvent", "project_id"),
            "descendants": linked("TypedContext", "ContextAncestor", "ancestor_id", "context_id", read_only=True),
            "review_session_folders": collection("ReviewSessionFolder", "project_id"),
            "review_sessions": collection("ReviewSession", "project_id", alias="reviewSessions"),
            "user_security_role_projects": collection(
                "UserSecurityRoleProject", "project_id", alias="user_role_projects"
            ),
            **METADATA,
        },
        extends=CONTEXT,
        alias="Show",
        unique=(Unique(("name",)),),
    ),
    entity_type(
        "Scope",
        {
            "id": identifier(),
            "name": text(required=True, unique=True),
        },
    ),
    entity_type(
        "Disk",
        {
            "id": identifier(alias="diskid"),
            "name": text(required=True),
            "unix": text(),
            "windows": text(),
            "projects": collection("Project", "disk_id", alias="shows"),
        },
    ),
    entity_type(
        "Manager",
        {
            "id": identifier(alias="managerid"),
            "context_id": key("Context", on_delete="cascade"),
            "context": reference("Context", "context_id"),
            "type_id": key("ManagerType", alias="typeid"),
            "type": reference("ManagerType", "type_id"),
            "user_id": key("User", alias="userid", on_delete="cascade"),
            "user": reference("User", "user_id"),
        },
    ),
    entity_type(
        "ManagerType",
        {
            "id": identifier(alias="typeid"),
            "name": text(),
        },
    ),
    entity_type(
        "Appointment",
        {
            "id": identifier(),
            "context_id": key("Context", required=True, on_delete="cascade"),
            "context": reference("Context", "context_id", alias="appointment_context"),
            "resource_id": key("Resource", required=True, on_delete="cascade"),
            "resource": reference("Resource", "resource_id", alias="appointment_resource"),
            "type": text(required=True),
        },
    ),
    entity_type(
        "TypedContextLink",
        {
            "id": identifier(alias="dependencyid"),
            "from_id": key("TypedContext", required=True, on_delete="cascade"),
            "from": reference("TypedContext", "from_id", alias="fromTask"),
            "lag": number(alias="lag"),
            "to_id": key("TypedContext", required=True, on_delete="cascade"),
            "to": reference("TypedContext", "to_id", alias="toTask"),
            "type": text(default="end_to_start", enum=("start_to_start", "start_to_end", "end_to_start", "end_to_end")),
            **METADATA,
        },
        default_projections=("id", "from_id", "to_id"),
        alias="Dependency",
    ),
    entity_type(
        "SplitTaskPart",
        {
            "id": identifier(),
            "label": text(),
            "start_date": datetime(required=True),
            "end_date": datetime(required=True),
            "task_id": key("Task", required=True, on_delete="cascade"),
            "task": reference("Task", "task_id"),
        },
        system_projections=("task_id",),
    ),
    *_TABLES,
)
