"""What leads to the project of an asset or a version through what it is on, asks the asset or version itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event

from server.random_batches import create, update
from trackteroid.server import EmbeddedServer

PROJECTS = ("one", "two")


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    server = EmbeddedServer("sqlite://")
    server.call(
        [
            *(create("Project", id=name, name=name, full_name=name) for name in PROJECTS),
            *(create("Shot", id=f"s-{name}", name="s", parent_id=name) for name in PROJECTS),
            *(create("Asset", id=f"a-{name}", name="a", context_id=f"s-{name}") for name in PROJECTS),
            create("Asset", id="a-project", name="b", context_id="one"),
            *(create("AssetVersion", id=f"v-{name}", asset_id=f"a-{name}") for name in (*PROJECTS, "project")),
            *(create("FileComponent", id=f"c-{name}", name="c", version_id=f"v-{name}") for name in PROJECTS),
            create("FileComponent", id="c-nowhere", name="c"),
        ]
    )
    yield server
    server.close()


def asked(server: EmbeddedServer, expression: str) -> tuple[set[str], str]:
    """The ids that a query finds, and the statement that finds them."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(server.database.engine, "before_cursor_execute", note)
    try:
        found = {each["id"] for each in server.call([{"action": "query", "expression": expression}])[0]["data"]}
    finally:
        event.remove(server.database.engine, "before_cursor_execute", note)
    return found, statements[-1]


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        ('asset.parent.project_id is "one"', {"v-one", "v-project"}),
        ('asset.parent.project is "one"', {"v-one", "v-project"}),
        ('asset.parent.project.name is "two"', {"v-two"}),
        ('asset.parent.project.name like "%"', {"v-one", "v-two", "v-project"}),
        ('asset.parent.project_id is_not "one"', {"v-two"}),
        ('not asset.parent.project_id is "one"', {"v-two"}),
        ('asset.parent.project_id in ("one", "two")', {"v-one", "v-two", "v-project"}),
        ("asset.parent.project_id is none", set()),
        ('asset has (parent has (project_id is "two"))', {"v-two"}),
        ('asset has (parent has (project has (name is "one")))', {"v-one", "v-project"}),
        ('asset.parent has (project_id in ("two"))', {"v-two"}),
    ],
)
def test_a_version_is_in_the_project_of_what_it_is_on(server: EmbeddedServer, criteria: str, found: set[str]) -> None:
    versions, statement = asked(server, f"select id from AssetVersion where {criteria}")
    assert versions == found
    assert "JOIN asset " not in statement


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        ('version.asset.parent.project_id is "one"', {"c-one"}),
        ('version.asset.parent.project has (name is "two")', {"c-two"}),
        ("version.asset.parent.project_id is none", {"c-nowhere"}),
    ],
)
def test_what_is_on_a_version_asks_that(server: EmbeddedServer, criteria: str, found: set[str]) -> None:
    components, statement = asked(server, f"select id from FileComponent where {criteria}")
    assert components == found
    assert "JOIN asset " not in statement


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        ('asset.parent[Shot].project_id is "one"', {"v-one"}),
        ('asset.parent has (project_id is "one" and name is "s")', {"v-one"}),
        ('not asset has (parent has (project_id is "one"))', {"v-two"}),
        ('asset.parent.name is "s"', {"v-one", "v-two"}),
    ],
)
def test_what_asks_for_more_goes_the_whole_way(server: EmbeddedServer, criteria: str, found: set[str]) -> None:
    assert asked(server, f"select id from AssetVersion where {criteria}")[0] == found


def test_what_has_moved_in_the_same_batch_is_where_it_is_now() -> None:
    server = EmbeddedServer("sqlite://")
    ask = {"action": "query", "expression": 'select id from AssetVersion where asset.parent.project_id is "two"'}
    for _ in range(2):  # the second time there would be a plan
        server.call([ask])
    server.call([create("Project", id=name, name=name, full_name=name) for name in PROJECTS])
    server.call([create("Shot", id="s", name="s", parent_id="one"), create("Asset", id="a", name="a", context_id="s")])
    server.call([create("AssetVersion", id="v", asset_id="a")])
    *_, there = server.call([update("Shot", "s", parent_id="two"), ask])
    assert [each["id"] for each in there["data"]] == ["v"]
    assert [each["id"] for each in server.call([ask])[0]["data"]] == ["v"]
    server.close()
