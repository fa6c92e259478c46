"""The pages behind `get_widget_url`: what they show, to whom, and for how long."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from demo_servers import demo_server
from trackteroid.server import DatabaseError, EmbeddedServer
from trackteroid.server.auth import signatures
from trackteroid.server.web import HEADERS

EVIL = "<script>alert(\"1\")</script> & 'co' {x} \\ %"


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    server = demo_server()
    yield server
    server.close()


def create(entity_type: str, **values: Any) -> dict[str, Any]:
    return {"action": "create", "entity_type": entity_type, "entity_data": values}


def query(server: EmbeddedServer, expression: str) -> list[dict[str, Any]]:
    return server.call([{"action": "query", "expression": expression}])[0]["data"]


def link(server: EmbeddedServer, name: str, entity_type: str | None = None, *key: Any, **more: Any) -> str:
    entity = {} if entity_type is None else {"entity_type": entity_type, "entity_key": list(key)}
    (answer,) = server.call([{"action": "get_widget_url", "name": name, "theme": None, **entity, **more}])
    assert list(answer) == ["widget_url"]
    return answer["widget_url"]


def token_of(url: str) -> str:
    return parse_qs(urlsplit(url).query)["token"][0]


def follow(server: EmbeddedServer, url: str) -> tuple[int, str]:
    reply = server.api.page(token_of(url), "")
    return reply.status, reply.body.decode()


def page(server: EmbeddedServer, *arguments: Any, **more: Any) -> str:
    status, text = follow(server, link(server, *arguments, **more))
    assert status == 200
    return text


def cells(text: str) -> list[list[str]]:
    rows = re.findall(r"<tr>(.*?)</tr>", text, re.DOTALL)
    return [[html.unescape(cell) for cell in re.findall(r"<t[dh]>(.*?)</t[dh]>", row, re.DOTALL)] for row in rows]


def title(text: str) -> str:
    (found,) = re.findall(r"<h1>(.*?)</h1>", text, re.DOTALL)
    return html.unescape(found)


@pytest.mark.slow
def test_the_page_of_a_task_says_what_it_is(server: EmbeddedServer) -> None:
    (shot,) = query(server, "select id from Shot limit 1")
    dates = {"start_date": "2024-05-06T07:08:09", "end_date": "2024-05-07"}
    server.call([create("Task", id="t", name="paint", parent_id=shot["id"], description="two\nlines", **dates)])
    (task,) = query(
        server, "select name, type.name, status.name, priority.name, link, created_at from Task where id is t"
    )
    text = page(server, "info", "Task", task["id"])
    assert title(text) == task["name"]
    assert "<p>Task</p>" in text
    assert cells(text) == [
        ["Path", " / ".join(part["name"] for part in task["link"])],
        ["Type", task["type"]["name"]],
        ["Status", task["status"]["name"]],
        ["Priority", task["priority"]["name"]],
        ["Start", "2024-05-06 07:08 UTC"],
        ["End", "2024-05-07 00:00 UTC"],
        ["Created", task["created_at"]["value"][:16].replace("T", " ") + " UTC"],
        ["Description", "two\nlines"],
    ]


def test_the_page_of_a_version_names_its_asset_and_maker(server: EmbeddedServer) -> None:
    expression = "select asset.name, version, user.username from AssetVersion where version > 1 limit 1"
    (version,) = query(server, expression)
    text = page(server, "info", "AssetVersion", version["id"])
    assert title(text) == version["asset"]["name"]
    shown = dict(cells(text))
    assert shown["Version"] == str(version["version"])
    assert shown["User"] == version["user"]["username"]


def test_a_project_has_a_status_of_its_own_kind(server: EmbeddedServer) -> None:
    (project,) = query(server, "select id, name from Project limit 1")
    text = page(server, "info", "Context", project["id"])
    assert title(text) == project["name"]
    assert "<p>Project</p>" in text
    assert dict(cells(text))["Status"] == "active"


@pytest.mark.slow
def test_every_type_with_entities_has_a_page(server: EmbeddedServer) -> None:
    shown = 0
    for schema in server.call([{"action": "query_schemas"}])[0]:
        name, keys = schema["id"], schema["primary_key"]
        if name.endswith("CustomAttributeValue"):
            continue
        for entity in query(server, f"select {', '.join(keys)} from {name} limit 1"):
            text = page(server, "info", name, *(entity[key] for key in keys))
            assert title(text), name
            shown += 1
    assert shown > 50


def test_what_people_write_is_text_on_a_page(server: EmbeddedServer) -> None:
    server.call([create("Setting", name=EVIL, group='"><b>', value="x")])
    text = page(server, "info", "Setting", EVIL, '"><b>')
    assert title(text) == EVIL
    assert "<script" not in text
    (project,) = query(server, "select id from Project limit 1")
    server.call([create("Task", id="evil", name=EVIL, parent_id=project["id"], description="<img src=x>")])
    for text in (page(server, "info", "Task", "evil"), page(server, "tasks_browser", "Task", "evil")):
        assert EVIL in [cell for row in cells(text) for cell in row] + [title(text)]
        assert not re.search(r"<(script|img)", text)


def test_a_page_loads_and_runs_nothing() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert "script" not in policy
    assert (HEADERS["Cache-Control"], HEADERS["Referrer-Policy"]) == ("no-store", "no-referrer")


@pytest.fixture(scope="module")
def work() -> Iterator[EmbeddedServer]:
    """A production with three tasks: one of the caller, one of Ann, one of nobody in another project."""
    server = EmbeddedServer("sqlite://")
    (me,) = query(server, "select id from User")
    server.call(
        [
            create("User", id="ann", username="ann", is_active=True),
            create("Project", id="p", name="p", full_name="Show"),
            create("Project", id="q", name="q", full_name="Other"),
            create("Shot", id="sh", name="sh", parent_id="p"),
            create("Task", id="mine", name="mine", parent_id="sh"),
            create("Task", id="hers", name="hers", parent_id="sh"),
            create("Task", id="free", name="free", parent_id="q"),
            create("Appointment", context_id="mine", resource_id=me["id"], type="assignment"),
            create("Appointment", context_id="free", resource_id=me["id"], type="allocation"),
            create("Appointment", context_id="hers", resource_id="ann", type="assignment"),
        ]
    )
    yield server
    server.close()


@pytest.mark.parametrize(
    ("arguments", "expected", "place"),
    [
        (("tasks",), ["mine"], "demo"),
        (("tasks", "Shot", "sh"), ["mine"], "Show / sh"),
        (("tasks", "Project", "q"), [], "Other"),
        (("tasks", "User", "ann"), ["hers"], "ann"),
        (("tasks_browser",), ["hers", "mine", "free"], ""),
        (("tasks_browser", "Shot", "sh"), ["hers", "mine"], "Show / sh"),
        (("tasks_browser", "Project", "q"), ["free"], "Other"),
        (("tasks_browser", "Task", "hers"), ["hers"], "Show / sh / hers"),
        (("tasks_browser", "User", "ann"), ["hers"], "ann"),
    ],
)
def test_tasks_are_those_of_somebody_or_all_of_a_place(
    work: EmbeddedServer, arguments: tuple[str, ...], expected: list[str], place: str
) -> None:
    text = page(work, *arguments)
    header, *rows = cells(text)
    assert header == ["Path", "Task", "Type", "Status", "Priority", "End"]
    assert [row[1] for row in rows] == expected
    assert f"<p>{place}</p>" in text
    assert ("There are none." in text) is not expected
    assert "there are more" not in text


def test_of_many_tasks_the_first_are_shown() -> None:
    server = EmbeddedServer("sqlite://")
    tasks = [create("Task", name=f"t{number:03}", parent_id="many") for number in range(201)]
    server.call([create("Project", id="many", name="many", full_name="Many"), *tasks])
    text = page(server, "tasks_browser", "Project", "many")
    server.close()
    assert [row[1] for row in cells(text)[1:]] == [f"t{number:03}" for number in range(200)]
    assert "These are the first 200 tasks; there are more." in text


@pytest.mark.parametrize(
    ("theme", "shown"), [("light", "light"), ("dark", "dark"), (None, "dark"), ('"><b>', "dark"), (["light"], "dark")]
)
def test_themes_are_light_or_else_dark(work: EmbeddedServer, theme: Any, shown: str) -> None:
    assert f'<body class="{shown}">' in page(work, "tasks", theme=theme)


def test_a_link_works_for_six_minutes(work: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signatures, "now", lambda: 1000.0)
    url = link(work, "tasks")
    monkeypatch.setattr(signatures, "now", lambda: 1359.9)
    assert follow(work, url)[0] == 200
    monkeypatch.setattr(signatures, "now", lambda: 1360.0)
    status, text = follow(work, url)
    assert status == 403
    assert "links work for six minutes" in text
    assert "mine" not in text


def test_a_link_holds_no_key_and_is_not_made_by_others(work: EmbeddedServer) -> None:
    url = link(work, "tasks")
    payload, _, signature = token_of(url).partition(".")
    assert work.api_key not in url
    with work.database.begin(write=False) as connection:
        keys = connection.exec_driver_sql("select value from server_information where key = 'signing_key'").all()
    assert len(keys) == 1
    assert keys[0][0] not in url
    other = token_of(link(work, "tasks_browser")).partition(".")
    wrong = ["", ".", payload, f"{payload}.", f".{signature}", f"{other[0]}.{signature}", f"{payload}.{other[2]}"]
    wrong += [f"{payload}.{signature}x", f"x{payload}.{signature}", "ä.ö", f"{payload}.{signature}.{signature}"]
    for token in wrong:
        reply = work.api.page(token, "")
        assert (reply.status, b"mine" in reply.body) == (403, False), token


def test_nothing_signed_for_another_purpose_opens_a_page(work: EmbeddedServer) -> None:
    model = work.api._models
    with work.database.begin(write=True) as connection:
        known = model.current(connection)
        content = {"name": "tasks", "theme": "dark", "user_id": "ann"}
        text = signatures.sign(connection, known, "something else", content, seconds=60)
        assert signatures.read(connection, known, "something else", text) == content
    assert work.api.page(text, "").status == 403


def test_links_of_another_server_do_not_work(work: EmbeddedServer, server: EmbeddedServer) -> None:
    assert follow(work, link(server, "tasks"))[0] == 403
    fresh = EmbeddedServer("sqlite://")
    assert follow(fresh, link(server, "tasks"))[0] == 403
    fresh.close()


def test_whoever_may_no_longer_ask_sees_nothing(server: EmbeddedServer) -> None:
    fresh = EmbeddedServer("sqlite://")
    (me,) = query(fresh, "select id from User")
    url = link(fresh, "tasks_browser")
    assert follow(fresh, url)[0] == 200
    (held,) = query(fresh, "select security_role_id from UserSecurityRole")
    role = {"security_role_id": held["security_role_id"], "is_all_open_projects": True}
    fresh.call(
        [
            create("User", id="successor", username="successor", is_active=True),
            create("UserSecurityRole", user_id="successor", **role),
            {"action": "update", "entity_type": "User", "entity_key": [me["id"]], "entity_data": {"is_active": False}},
        ]
    )
    assert follow(fresh, url)[0] == 403
    fresh.close()


def test_the_page_of_something_deleted_says_so(work: EmbeddedServer) -> None:
    work.call([create("Scope", id="scope", name="soon gone")])
    url = link(work, "info", "Scope", "scope")
    work.call([{"action": "delete", "entity_type": "Scope", "entity_key": ["scope"]}])
    status, text = follow(work, url)
    assert status == 404
    assert "This Scope is no longer there." in text


def test_the_page_of_a_type_that_is_gone_says_so(work: EmbeddedServer) -> None:
    work.call([create("ObjectType", id="turntable", name="Turntable"), create("Project", id="r", name="r")])
    work.call([create("Turntable", id="tt", name="tt", parent_id="r")])
    url = link(work, "info", "Turntable", "tt")
    assert follow(work, url)[0] == 200
    work.call(
        [
            {"action": "delete", "entity_type": "Turntable", "entity_key": ["tt"]},
            {"action": "delete", "entity_type": "ObjectType", "entity_key": ["turntable"]},
        ]
    )
    status, text = follow(work, url)
    assert status == 404
    assert "There is no entity type Turntable" in text


def test_a_failure_of_the_server_is_a_page_too(work: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError("secret detail")

    url = link(work, "tasks")
    monkeypatch.setattr("trackteroid.server.web.show", fail)
    status, text = follow(work, url)
    assert status == 500
    assert "its log tells more under incident" in text
    assert "secret detail" not in text


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        ({}, "There is no widget null; there are info, tasks, tasks_browser"),
        ({"name": "calendar"}, 'There is no widget "calendar"'),
        ({"name": ["info"]}, "There is no widget"),
        ({"name": "info"}, "is about an entity"),
        ({"name": "info", "entity_type": "Nothing", "entity_key": ["x"]}, "There is no entity type Nothing"),
        (
            {"name": "info", "entity_type": "SecurityRolePermission", "entity_key": ["x"]},
            "There is no entity type SecurityRolePermission",
        ),
        ({"name": "info", "entity_type": "Task", "entity_key": ["x"]}, "ValueError: Could not find entity Task"),
        ({"name": "info", "entity_type": "Task"}, "entity_key of Task must be a list"),
        ({"name": "info", "entity_type": "Shot", "entity_key": ["mine"]}, "ValueError: Could not find entity Shot"),
        (
            {"name": "info", "entity_type": "ContextCustomAttributeValue", "entity_key": ["x", "y"]},
            "There is no page about a ContextCustomAttributeValue",
        ),
        ({"name": "tasks", "entity_type": "Status", "entity_key": ["STATUS"]}, "not about a Status"),
    ],
)
def test_other_pages_do_not_exist(work: EmbeddedServer, operation: dict[str, Any], message: str) -> None:
    if operation.get("entity_key") == ["STATUS"]:
        operation = operation | {"entity_key": [query(work, "select id from Status limit 1")[0]["id"]]}
    with pytest.raises(DatabaseError, match=message):
        work.call([{"action": "get_widget_url", **operation}])
