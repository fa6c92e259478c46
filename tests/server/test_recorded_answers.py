"""What generators of types ask for is answered in the shapes that a real server of version 4.13.8 answered in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from demo_servers import demo_server
from trackteroid.server import EmbeddedServer

RECORDED = Path(__file__).parent.parent / "recorded" / "4.13.8"

#: What was asked; the order is left to the reader.
QUERIES = {
    "object_types": "select name, is_time_reportable, is_taskable, is_typeable, is_statusable, is_schedulable, "
    "is_prioritizable, is_leaf, tasks.id, project_schemas.id from ObjectType",
    "priorities": "select name, value, sort, color from Priority",
    "statuses": "select name, sort, color, is_active, state.id from Status",
    "types": "select name, color, is_billable, task_type_schemas.id, tasks.id from Type",
    "project_schema": "select name, _task_type_schema.id, task_type_schema.id, _task_workflow.id, "
    "task_workflow_schema.id, _version_workflow.id, asset_version_workflow_schema.id, object_types.id, _overrides, "
    "task_workflow_schema_overrides, task_templates.id, _schemas.id, object_type_schemas.id from ProjectSchema",
    "schema": "select statuses, types, type_id, object_type_id, project_schema_id from Schema",
    "custom_attribute_configurations": "select object_type.name, key, entity_type, label, project_id, type.name, "
    "default, is_hierarchical from CustomAttributeConfiguration",
}

#: What sites decide, so that it need not be as where it was recorded.
OWN = {
    "object_types": {"tasks", "project_schemas"},
    "types": {"tasks", "task_type_schemas"},
    "project_schema": {"object_types", "task_templates", "_schemas", "object_type_schemas"},
    "schema": {"statuses", "types"},
}


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    server = demo_server()
    template = {"name": "Comp", "project_schema_id": recorded("project_schema")[0]["id"]}
    server.call([{"action": "create", "entity_type": "TaskTemplate", "entity_data": template}])
    yield server
    server.close()


def recorded(name: str) -> list[dict[str, Any]]:
    return json.loads((RECORDED / f"query_{name}.json").read_text(encoding="utf-8"))


def shape(value: Any) -> Any:
    """What a value is made of, whatever it says: names of attributes, and kinds of values that are no text or none."""
    if isinstance(value, dict):
        record = cast("dict[str, Any]", value)
        return {name: shape(part) for name, part in record.items()}
    if isinstance(value, list):
        shapes = [shape(part) for part in cast("list[Any]", value)]
        return [max(shapes, key=str)] if shapes else []
    return type(value).__name__


def answered(server: EmbeddedServer, name: str) -> dict[str, dict[str, Any]]:
    """The records by id, told in full wherever they are, as generators read them."""
    headers = {"ftrack-user": server.username, "ftrack-api-key": server.api_key}
    headers |= {"ftrack-api-options": "strict:1;denormalize:1"}
    body = json.dumps([{"action": "query", "expression": QUERIES[name]}]).encode()
    (answer,) = json.loads(server.api.respond(headers, body, "").body)
    return {record["id"]: record for record in answer["data"]}


@pytest.mark.parametrize("name", QUERIES)
def test_records_carry_what_recorded_ones_do(server: EmbeddedServer, name: str) -> None:
    found = answered(server, name)
    assert {frozenset(record) for record in found.values()} == {frozenset(record) for record in recorded(name)}


@pytest.mark.parametrize("name", QUERIES)
def test_what_every_server_has_is_as_it_was_recorded(server: EmbeddedServer, name: str) -> None:
    found, own = answered(server, name), OWN.get(name, set[str]())
    both = [record for record in recorded(name) if record["id"] in found]
    assert len(both) >= 3
    for record in both:
        expected = {key: value for key, value in record.items() if key not in own}
        assert {key: found[record["id"]][key] for key in expected} == expected


@pytest.mark.parametrize("name", OWN)
def test_what_sites_decide_has_the_recorded_shape(server: EmbeddedServer, name: str) -> None:
    found = list(answered(server, name).values())
    for key in OWN[name]:
        shapes = [
            next((one for record in records if (one := shape(record[key]))), None)
            for records in (found, recorded(name))
        ]
        assert shapes[0] == shapes[1], f"{key} of {name}"


#: The `config` of each type of custom attribute, as the web client writes it.
CONFIGS = {
    "text": {"markdown": False},
    "number": {"isdecimal": True},
    "enumerator": {"multiSelect": False, "data": json.dumps([{"menu": "One", "value": "one"}])},
}


@pytest.mark.parametrize("kind", CONFIGS)
def test_the_config_of_a_custom_attribute_is_the_text_that_was_given(server: EmbeddedServer, kind: str) -> None:
    ((kind_of,), *_) = [
        server.call([{"action": "query", "expression": f'CustomAttributeType where name is "{kind}"'}])[0]["data"]
    ]
    config = json.dumps(CONFIGS[kind])
    data = {"key": f"a_{kind}", "label": kind, "entity_type": "show", "type_id": kind_of["id"], "config": config}
    create = {"action": "create", "entity_type": "CustomAttributeConfiguration", "entity_data": data}
    query = {
        "action": "query",
        "expression": f'select config from CustomAttributeConfiguration where key is "a_{kind}"',
    }
    (record,) = server.call([create, query])[1]["data"]
    assert record["config"] == config
