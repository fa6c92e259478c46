"""Queries as clients and tools really send them; `T` and one-letter names stand for any."""

from __future__ import annotations

ID = "5671dcb0-66de-11e1-8e6e-f23c91df25eb"
OTHER = "0a1b2c3d-0000-11e9-8e6e-12e5aabbccdd"

OF_CLIENTS = [
    # The Python client: get, populate, auto-populate, ensure, locations, configurations, timers.
    f'select id, name from Task where (id is "{ID}") offset 0 limit 500',
    f'select id, name from Task where (k1 is "{ID}" and k2 is "{OTHER}") offset 0 limit 500',
    f"select id, name from Task where id is {ID} offset 0 limit 500",
    f"select id, name from Task where id in ({ID},{OTHER},{ID}) offset 0 limit 500",
    f'select value from Metadata where (key is "a"and parent_id is "{ID}") or (key is "b"and parent_id is "{OTHER}")'
    " offset 0 limit 500",
    f"select thumbnail.id, thumbnail.system_type from Task where id is {ID}",
    f"select project.context_type, project.id, project.name from Task where id is {ID}",
    f"select type_id, _link, parent_id from Task where id is {ID}",
    'select id from Task where a is "text" and b is 10 and c is True and d is None and start is "2020-01-02T03:04:05"'
    " limit 2",
    f"select component_id, resource_identifier from ComponentLocation where location_id is {ID}"
    f" and component_id in ({ID}, {OTHER})",
    f"ComponentLocation where component_id is {ID} and location_id is {OTHER}",
    "select id from Location",
    "select key, project_id, id, object_type_id, entity_type, is_hierarchical from CustomAttributeConfiguration",
    "select key, project_id, id, object_type_id, entity_type from CustomAttributeConfiguration",
    f"select task_status from SchemaStatus where schema_id is {ID}",
    f"select task_type from SchemaType where schema_id is {ID}",
    f'Timer where user_id = "{ID}"',
    'select value from Setting where name is "storage_scenario" and group is "STORAGE"',
    "select id from User where username is jenkins  order by id offset 0 limit 1",
    # The JavaScript client: statuses, ensure, escaped quotes.
    "select _task_workflow.statuses.name, _task_workflow.statuses.color, _task_workflow.statuses.sort from"
    f" ProjectSchema where id is {ID}",
    "select _overrides.type_id, _overrides.workflow_schema.statuses.name, _overrides.workflow_schema.statuses.sort,"
    f" _overrides.workflow_schema.statuses.color from ProjectSchema where id is {ID}",
    "select _schemas.type_id, _schemas.statuses.task_status.name, _schemas.statuses.task_status.color,"
    f" _schemas.statuses.task_status.sort from ProjectSchema where id is {ID}",
    'select id from T where a is "say \\"it\\\'s\\"" and d is null',
    f"Task where id is {ID} limit 10 offset 20",
]

OF_TOOLS = [
    "Task where scopes.name is London",
    'Project where status is active and (name like "%thrones" or full_name like "%thrones")',
    'Task where timelogs.start >= "2024-01-01T00:00:00+00:00"',
    'Note where author has (first_name is "Jane" and last_name is "Doe")',
    "User where not timelogs any ()",
    f'Note where not in_reply_to has () and parent_id is "{ID}"',
    'select link from Task where assignments any (resource.username = "john") and status.name not_in ("Omitted",'
    ' "On Hold") and project.status is "active" order by priority.sort',
    'select name from Project where allocations.resource[Group].memberships any (user.username is "john_doe")',
    f'Note where parent_id is "{ID}" or parent_id in (select id from ReviewSessionObject where version_id is "{ID}")',
    f'AssetVersion where task_id != none and id in ("{ID}", "{OTHER}")',
    "FileComponent where version.asset_id != None",
    f'Component where (version.asset.parent.ancestors.id in ("{ID}") or version.asset.parent.id in ("{OTHER}"))',
    f'Component where version.asset.parent.project_id is "{ID}" and component_locations.location_id is "{OTHER}"',
    f'select id, size from Component where version_id in ("{ID}") and component_locations.location.name in ("a")',
    f"User where is_active = False and (id = '{ID}')",
    f'select status_id, status.name from Shot where children any (id is "{ID}")',
    "select name, object_type.name, project.children, children, parent_id from TypedContext where ancestors any"
    f' (id={ID}) or id is "{ID}"',
    'select id, user_id, status, created_at, data from Job where status in ("queued", "running")',
    'select status from Job where status is running and created_at < "2024-01-01 10:00:00"',
    f"AssetVersion where asset_id is {ID} and is_latest_version is True",
    f'select versions.components.name from Asset where id is "{ID}"',
    f'select version.asset.versions from Component where id is "{ID}"',
    "select asset.parent from AssetVersion where asset is_not None limit 10",
    "select id, name, version, is_latest_version, thumbnail_url, user.first_name, components.name from AssetVersion"
    f" where asset.parent.children.id is {ID} and asset.type.id is {OTHER}",
    "select children, children.children, children.children.children.assignments.resource from Project"
    f' where id is "{ID}"',
    "select full_name, name, custom_attributes, project_schema._task_type_schema.types.name from Project"
    ' where full_name is "Game of Thrones"',
    "select id, key, default from CustomAttributeConfiguration where entity_type is AssetVersion"
    " or is_hierarchical is True",
    'select id, entity_type, default from CustomAttributeConfiguration where group.name in ("a", "b")',
    f'TypedContext where project_id is "{ID}" and name in ("a", "b") and object_type_id != \'{OTHER}\'',
    f"select a, b from Sequence where name like '%' and id in ({ID}, {OTHER})",
    'Asset where versions.id like "%" limit 1 order by id',
    'Asset where versions.id like "%"  order by id offset 0 limit 1',
    'select name, bid from Task where ((((bid > 10) and (name like "%foo" and name like "bar%")) and name like'
    ' "%foobar%") and ((parent.parent.name = "baz") or parent.children any (((name = "fuz") and (parent.name ='
    ' "blah")))))',
    "select name, count(id) from Task group by status_id order by name offset 5 limit 10",
    "select count(id) from Task group by project_id, status_id",
    "T where not (version is 5 or version is 6)",
    "T where not version > 5",
    'T where not id in (123, "abc")',
    'T where data like "%\\"value\\"%"',
    'T where name like "\\%abc\\%%"',
    'Task where custom_attributes any (key is "fstart" and value is "1001")',
    "Task where custom_attributes.configuration.key is fstart",
    f"ContextCustomAttributeValue where entity_id in ({ID},{OTHER}) and configuration_id in ({ID})",
    'Task where custom_attribute_links any (configuration.key is "supervisor" and user.username is "x")',
    "Task where custom_attribute_links_from any (configuration.key is x and context.bid > 1)",
    f'select user from CustomAttributeLink where configuration.key = "supervisor" and from_id = "{ID}"',
    "Task where metadata.key is 0a1b2c3d4e5f60718293a4b5c6d7e8f9",
    f'select value from Metadata where key is a and parent_type is "User" and parent_id is {ID}',
    "Task where parent[TypedContext] has (status.name is x) and status.type.name is_not Done",
    "Task where start_date > 2017-12-11 and end_date before 2018-01-01",
]
