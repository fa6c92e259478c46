"""Queries as clients and tools send them; names in braces stand for ids of entities of that type."""

from __future__ import annotations

#: Queries that ask for a few rows which an index could find.
SELECTIVE = """
Task where id is {Task}
select name, status.name from Task where id in ({Task},{Shot},{Asset})
select children, children.children, children.assignments.resource from Shot where id is {Shot}
select link, custom_attributes, metadata from Shot where id is {Shot}
select custom_attributes from Shot where id is {Shot}
select versions.components.component_locations.location.name from Asset where id is {Asset}
select versions.custom_attributes from Asset where id is {Asset}
ContextCustomAttributeValue where entity_id in ({Shot}, {Task}) and configuration_id in (a, b)
CustomAttributeValue where entity_id in ({Shot}, {Task})
Note where parent_id is {Shot} or parent_id in (select id from ReviewSessionObject where version_id is {AssetVersion})
AssetVersion where task_id != none and id in ({AssetVersion}, {Asset})
Component where version.asset.parent.project_id is {Project} and component_locations.location_id is lo
Component where (version.asset.parent.ancestors.id in ({Sequence}) or version.asset.parent.id in ({Sequence}))
select id, size from Component where version_id in ({AssetVersion}) and component_locations.location.name in (a, b)
User where is_active = False and (id = {User})
select status_id, status.name from Shot where children any (id is {Task})
TypedContext where ancestors any (id is {Sequence})
AssetVersion where asset.context_id in (select id from TypedContext where id is {Shot} or ancestors.id is {Shot})
Component where version.asset.context_id in (select id from TypedContext where id is {Shot} or ancestors.id is {Shot})
select name, object_type.name, project.children, children, parent_id from TypedContext where parent_id is {Shot}
AssetVersion where asset_id is {Asset} and is_latest_version is True
select version.asset.versions from Component where id is {FileComponent}
select id, version, is_latest_version, components.name from AssetVersion where asset.parent.children.id is {Task}
AssetVersion where asset.parent.id is {Shot} order by version desc limit 1
AssetVersion where asset.name is "x" and asset.parent.id is {Shot}
AssetVersion where task.id is {Task}
AssetVersion where asset has (id is {Asset})
Asset where parent.id is {Shot} and versions any ()
Task where parent.id is {Shot} and not assignments any ()
Task where parent has (id is {Shot})
Task where (status.name is "x" or status.name is "y") and parent_id is {Shot}
Task where assignments any (resource.id is {User})
Task where assignments any (resource.username is "x")
Task where assignments.resource_id is {User}
Task where name is "no such name"
TypedContext where parent_id in ({Shot}, {Sequence}) and name in (a, b)
Metadata where parent_id is {Shot} and key is "a"
Shot where metadata any (key is "a" and value is "b") and id is {Shot}
AssetVersion where id in (select version_id from Component where id is {FileComponent})
Task where timelogs.user_id is {User}
Appointment where context_id is {Task} and resource_id is {User}
ComponentLocation where component_id is {FileComponent} and location_id is lo
select time_logged from Task where id is {Task}
""".strip().splitlines()

#: Queries that read much, or nothing, by their nature.
OTHERS = r"""
select id from Location
Task where scopes.name is London
Project where status is active and (name like "%thrones" or full_name like "%thrones")
Task where timelogs.start >= "2024-01-01T00:00:00+00:00"
User where not timelogs any ()
Note where not in_reply_to has () and parent_id is "x"
Note where author has (first_name is "Jane" and last_name is "Doe")
select link from Task where assignments any (resource.username = "john") and status.name not_in ("Omitted", "On Hold")
select name from Project where allocations.resource[Group].memberships any (user.username is "john_doe")
FileComponent where version.asset_id != None
select status from Job where status is running and created_at < "2024-01-01 10:00:00"
select id, user_id, status, created_at, data from Job where status in ('queued', "running")
select _task_workflow.statuses.name, _overrides.workflow_schema.statuses.color from ProjectSchema where id is x
select full_name, custom_attributes, project_schema._task_type_schema.types.name from Project where full_name is "x"
select id, key, default from CustomAttributeConfiguration where entity_type is AssetVersion or is_hierarchical is True
select id, entity_type, default from CustomAttributeConfiguration where group.name in ("a", "b")
Asset where versions.id like "%" order by id offset 0 limit 1
Task where custom_attribute_links any (configuration.key is "supervisor" and user.username is "x")
Task where custom_attributes any (key is "fstart" and value >= 1001) and not (bid > 10 or bid is none)
Job where data like "%\"value\"%" or data like "\%abc\%%"
select value from Metadata where (key is "a"and parent_id is "b") or (key is "c"and parent_id is "d") offset 0 limit 500
select name, count(id) from Task group by status_id order by name offset 5 limit 10
Task where ((((bid > 10) and (name like "%foo")) and name like "%bar%") and ((parent.parent.name = "baz")))
""".strip().splitlines()

#: Queries of documentation and public tools, each with the tables that it cannot but read as a whole: it asks for most
#: of them or for a part of their text, ends after a few rows, or has alternatives in several tables.
PUBLISHED: dict[str, set[str]] = {
    "Task where scopes.name is London": set(),
    'Project where status is active and (name like "%thrones" or full_name like "%thrones")': set(),
    'Task where timelogs.start >= "2024-01-01T00:00:00+00:00"': set(),
    'Note where author has (first_name is "Jane" and last_name is "Doe")': set(),
    "User where not timelogs any ()": set(),
    "Note where not in_reply_to has () and parent_id is {AssetVersion}": set(),
    'select link from Task where assignments any (resource.username = "john") and status.name not_in ("Omitted", '
    '"On Hold") and project.status is "active" order by priority.sort': set(),
    'select name from Project where allocations.resource[Group].memberships any (user.username is "john_doe")': set(),
    "Note where parent_id is {Shot} or parent_id in (select id from ReviewSessionObject where version_id is "
    "{AssetVersion})": set(),
    "AssetVersion where task_id != none and id in ({AssetVersion}, x)": set(),
    "FileComponent where version.asset_id != None": {"component"},
    "Component where (version.asset.parent.ancestors.id in ({Sequence}) or version.asset.parent.id in "
    "({Sequence}))": set(),
    "Component where version.asset.parent.project_id is {Project} and component_locations.location_id is x": set(),
    "select id, size from Component where version_id in ({AssetVersion}) and component_locations.location.name in "
    '("x")': set(),
    "User where is_active = False and (id = {User})": set(),
    "select status_id, status.name from Shot where children any (id is {Task})": set(),
    "select name, object_type.name, project.children, children, parent_id from TypedContext where ancestors any "
    "(id={Sequence}) or id is {Sequence}": set(),
    'select id, user_id, status, created_at, data from Job where status in ("queued", "running")': set(),
    'select status from Job where status is running and created_at < "2024-01-01 10:00:00"': set(),
    "AssetVersion where asset_id is {Asset} and is_latest_version is True": set(),
    "select versions.components.name from Asset where id is {Asset}": set(),
    "select version.asset.versions from Component where id is {FileComponent}": set(),
    "select asset.parent from AssetVersion where asset is_not None limit 10": {"asset_version"},
    "select id, version, is_latest_version, thumbnail_url, user.first_name, components.name from AssetVersion where "
    "asset.parent.children.id is {Task} and asset.type.id is x": set(),
    "select children, children.children, children.children.children.assignments.resource from Project where id is "
    "{Project}": set(),
    "select full_name, name, custom_attributes, project_schema._task_type_schema.types.name from Project where "
    'full_name is "Project s0p000"': set(),
    "select id, key, default from CustomAttributeConfiguration where entity_type is AssetVersion or is_hierarchical is "
    "True": set(),
    'select id, entity_type, default from CustomAttributeConfiguration where group.name in ("a", "b")': set(),
    'TypedContext where project_id is {Project} and name in ("a", "b") and object_type_id != x': set(),
    "select name, bid from Sequence where name like '%' and id in ({Sequence}, x)": set(),
    'Asset where versions.id like "%" order by id offset 0 limit 1': {"asset"},
    'select name, bid from Task where ((((bid > 10) and (name like "%foo" and name like "bar%")) and name like '
    '"%foobar%") and ((parent.parent.name = "baz") or parent.children any (((name = "fuz") and (parent.name = '
    '"blah")))))': {"context"},
    "select status_id, count(id) from Task group by status_id order by status_id offset 5 limit 10": {"context"},
    "AssetVersion where not (version is 5 or version is 6)": {"asset_version"},
    "AssetVersion where not version > 5": {"asset_version"},
    'AssetVersion where not id in (123, "abc")': {"asset_version"},
    r'Job where data like "%\"value\"%"': {"job"},
    "Task where parent.id is {Shot} or parent.parent.id is {Shot}": {"context"},
    r'Task where name like "\%abc\%%"': {"context"},
}
