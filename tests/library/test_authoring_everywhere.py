"""Something can be created in every array attribute of every type, and is there for everybody afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any

import pytest
from ftrack_api.entity.base import Entity as FtrackEntity

from demo_servers import demo_server
from trackteroid import Query, Session
from trackteroid.client.entities import key_of
from trackteroid.entities import entity_class
from trackteroid.errors import CreationError
from trackteroid.schema.membership import Owned, find_membership, references_with
from trackteroid.schema.types import Schema
from trackteroid.server.model import standard_model

pytestmark = pytest.mark.slow

SCHEMA = Schema.from_schemas(standard_model().schemas)

#: What is worked out by the server, so that nothing can be created in it, and what is said then.
REFUSED = {
    "ancestors": "Nothing tells what the new",
    "descendants": "Nothing tells what the new",
    "status_changes": "is made by the server, when a status changes",
}

#: The kinds that are created where attributes may hold several.
KINDS = {
    "Resource": "User",
    "Context": "Folder",
    "TypedContext": "Folder",
    "List": "AssetVersionList",
    "Component": "FileComponent",
}

Recipe = Callable[["Maker"], dict[str, Any]]

#: What an entity needs at least, its place included, by type.
RECIPES: dict[str, Recipe] = {
    "Appointment": lambda make: {"context": make("Task"), "resource": make("User"), "type": "assignment"},
    "Asset": lambda make: {"name": make.name(), "type": make("AssetType"), "parent": make("Shot")},
    "AssetType": lambda make: {"name": make.name(), "short": make.name()},
    "AssetVersion": lambda make: {"asset": make("Asset")},
    "AssetVersionLink": lambda make: {"from": make("AssetVersion"), "to": make("AssetVersion")},
    "AssetVersionStatusRuleGroup": lambda make: {"schema": make("ProjectSchema"), "status": make("Status")},
    "AssetVersionList": lambda make: make.named(project=make("Project"), category=make("ListCategory")),
    "CalendarEvent": lambda make: make.named(start="2026-01-01", end="2026-01-02"),
    "CalendarEventResource": lambda make: {"calendar_event": make("CalendarEvent"), "resource": make("User")},
    "Collaborator": lambda make: {"first_name": make.name()},
    "Component": lambda make: make.named(version=make("AssetVersion")),
    "ComponentLocation": lambda make: {
        "component": make("Component"),
        "location": make("Location"),
        "resource_identifier": "/x",
    },
    "ContainerComponent": lambda make: make.named(version=make("AssetVersion")),
    "Conversation": lambda _: {},
    "CustomAttributeConfiguration": lambda make: {
        "key": make.name(),
        "type": make("CustomAttributeType"),
        "entity_type": "user",
    },
    "CustomAttributeLinkConfiguration": lambda make: {
        "key": make.name(),
        "entity_type": "user",
        "entity_type_to": "user",
        "group": make("CustomAttributeGroup"),
    },
    "CustomAttributeValue": lambda make: {
        "configuration": make("CustomAttributeConfiguration"),
        "entity_id": make("User")["id"],
        "value": "x",
    },
    "DashboardResource": lambda make: {"dashboard": make("Dashboard"), "resource": make("User")},
    "DashboardWidget": lambda make: {"dashboard": make("Dashboard")},
    "EntitySetting": lambda make: make.named(group="g", value="v", parent_id=make("ReviewSession")["id"]),
    "Event": lambda _: {"id": 1000 + next(_numbers), "action": "x"},
    "Feed": lambda make: {"event": make("Event")},
    "FileComponent": lambda make: make.named(version=make("AssetVersion")),
    "Job": lambda make: {"user": make("User"), "status": "done"},
    "JobComponent": lambda make: {"job": make("Job"), "component": make("Component")},
    "Manager": lambda make: {"context": make("Shot"), "user": make("User"), "type": make("ManagerType")},
    "Membership": lambda make: {"group": make("Group"), "user": make("User")},
    "Message": lambda make: {"conversation": make("Conversation"), "text": "x"},
    "Milestone": lambda make: make.named(parent=make("Project")),
    "Note": lambda make: {"content": make.name(), "author": make("User")},
    "NoteAnnotationComponent": lambda make: {"note": make("Note"), "component": make("Component"), "data": {}},
    "NoteComponent": lambda make: {"note": make("Note"), "component": make("Component")},
    "NoteLabelLink": lambda make: {"note": make("Note"), "label": make("NoteLabel")},
    "Participant": lambda make: {"conversation": make("Conversation"), "resource": make("User")},
    "Project": lambda make: make.named(full_name=make.name(), project_schema=make.any("ProjectSchema")),
    "ProjectSchemaOverride": lambda make: {
        "project_schema_id": make("ProjectSchema")["id"],
        "type_id": make("Type")["id"],
        "workflow_schema": make("WorkflowSchema"),
    },
    "Recipient": lambda make: {"note": make("Note"), "recipient": make("User")},
    "ReviewSession": lambda make: make.named(project=make("Project")),
    "ReviewSessionFolder": lambda make: make.named(project=make("Project")),
    "ReviewSessionInvitee": lambda make: make.named(email=make.name(), review_session=make("ReviewSession")),
    "ReviewSessionObject": lambda make: make.named(
        review_session=make("ReviewSession"), asset_version=make("AssetVersion")
    ),
    "ReviewSessionObjectAnnotation": lambda make: {
        "review_session_object": make("ReviewSessionObject"),
        "frame_number": 1,
        "data": "[]",
    },
    "ReviewSessionObjectStatus": lambda make: {
        "invitee": (invitee := make("ReviewSessionInvitee")),
        "review_session_object": make("ReviewSessionObject", review_session_id=invitee["review_session_id"]),
        "status": "approved",
    },
    "Schema": lambda make: {
        "project_schema_id": make("ProjectSchema")["id"],
        "object_type_id": make("ObjectType")["id"],
    },
    "SchemaStatus": lambda make: {"schema_id": make("Schema")["id"], "task_status": make("Status")},
    "SchemaType": lambda make: {"schema_id": make("Schema")["id"], "task_type": make("Type")},
    "SequenceComponent": lambda make: make.named(version=make("AssetVersion"), padding=4),
    "SplitTaskPart": lambda make: {"task": make("Task"), "start_date": "2026-01-01", "end_date": "2026-01-02"},
    "StatusRule": lambda make: {"status_rule_group": make("AssetVersionStatusRuleGroup"), "status": make("Status")},
    "Task": lambda make: make.named(parent=make("Shot"), type=make.any("Type")),
    "TaskTemplate": lambda make: make.named(project_schema=make("ProjectSchema")),
    "TaskTemplateItem": lambda make: {"template": make("TaskTemplate"), "task_type": make("Type")},
    "Timelog": lambda make: {"user": make("User"), "start": "2026-01-01", "duration": 1, "comment": "x"},
    "TypedContextStatusRuleGroup": lambda make: {
        "object_type": make.any("ObjectType"),
        "schema": make("ProjectSchema"),
        "status": make("Status"),
    },
    "TypedContextLink": lambda make: {"from": make("Shot"), "to": make("Shot")},
    "TypedContextList": lambda make: make.named(project=make("Project"), category=make("ListCategory")),
    "User": lambda make: {"username": make.name()},
    "UserSecurityRole": lambda make: {"user": make("User"), "security_role": make("SecurityRole")},
    "UserSecurityRoleProject": lambda make: {
        "user_security_role": make("UserSecurityRole"),
        "project": make("Project"),
    },
    **{
        kind: lambda make: make.named(parent=make("Project"))
        for kind in ("AssetBuild", "Episode", "Folder", "Sequence", "Shot")
    },
}


_numbers = count()


class Maker:
    """Makes entities with plain ftrack_api, so that nothing of what is tested takes part in it."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def __call__(self, kind: str, **values: Any) -> FtrackEntity:
        """Make an entity of this type."""
        made = self.session.create(kind, self.recipe(kind) | values)
        self.session.commit()
        return made

    def any(self, kind: str) -> FtrackEntity:
        """Return one that is there."""
        return self.session.query(kind).first()

    def recipe(self, kind: str) -> dict[str, Any]:
        """Return what an entity of this type needs, or just a name."""
        return RECIPES.get(kind, Maker.named)(self)

    def name(self) -> str:
        """Return a new name."""
        return f"new{next(_numbers)}"

    def named(self, **values: Any) -> dict[str, Any]:
        """Return the values with a new name."""
        return {"name": self.name(), **values}


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    server = demo_server()
    session = Session(server, plugin_paths=[], schema_cache_path=False)
    yield session
    session.close()
    server.close()


def array_attributes() -> list[tuple[str, str]]:
    """Return all array attributes of the types that there are entities of, by type and name."""
    abstract = {"Context", "TypedContext", "Resource", "BaseUser", "List", "CustomConfigurationBase", "StatusChange"}
    abstract |= {"StatusRuleGroup"}
    return [
        (name, attribute.name)
        for name, declared in sorted(SCHEMA.types.items())
        for attribute in declared.attributes.values()
        if attribute.kind == "collection" and name not in abstract
    ]


@pytest.mark.parametrize(("type_name", "name"), array_attributes())
def test_every_array_attribute_can_be_created_in(session: Session, type_name: str, name: str) -> None:
    session.reconnect()
    make = Maker(session)
    # Tasks are of one object type only.
    owner = (
        make.any('ObjectType where name is "Task"') if (type_name, name) == ("ObjectType", "tasks") else make(type_name)
    )
    target = SCHEMA.attribute(type_name, name).target or ""
    kind = KINDS.get(target, target)
    key, membership = key_of(owner), find_membership(SCHEMA, type_name, name)
    needed = make.recipe(kind)
    if isinstance(membership, Owned):
        told = {membership.key, *references_with(SCHEMA, kind, membership.key), *membership.values}
        needed = {each: value for each, value in needed.items() if each not in told}
    session.reconnect()
    query = Query(entity_class(type_name), session=session).by_id(*key[1])
    array = query.get_one().attribute(name)[entity_class(kind)]
    if name in REFUSED:
        with pytest.raises(CreationError, match=REFUSED[name]):
            array.create(**_without_parent(needed))
        return
    created = array.create(**needed)
    session.commit()
    expected = key_of(created.values()[0])
    session.reconnect()
    found = query.get_one(projections=[name]).attribute(name)
    assert expected in [key_of(each) for each in found.values()]


def _without_parent(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "parent"}
