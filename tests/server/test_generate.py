"""Generated productions: like what the server's own code writes, and the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from trackteroid.cli import main
from trackteroid.server import Database, EmbeddedServer
from trackteroid.server.demo.generate import Scale, generate
from trackteroid.server.model import standard_model

TINY = Scale(projects=2, artists=3, sequences=2, shots=4, builds=2, tasks=2.5, assets=2, versions=3, components=2)
MODEL = standard_model()


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    server = EmbeddedServer("sqlite://")
    generate(server.database, TINY, seed=7)
    yield server
    server.close()


def rows(server: EmbeddedServer, kind: str) -> list[Any]:
    entity_type = MODEL.type(kind)
    table = MODEL.table(entity_type)
    with server.database.begin(write=False) as connection:
        return list(connection.execute(sa.select(table)).mappings())


def contexts(server: EmbeddedServer) -> dict[str, Any]:
    return {row["id"]: row for row in rows(server, "Context")}


def test_nothing_leads_nowhere(server: EmbeddedServer) -> None:
    with server.database.begin(write=False) as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def test_ancestors_and_projects_are_those_of_the_tree(server: EmbeddedServer) -> None:
    tree = contexts(server)
    expected = set()
    for context in tree.values():
        depth, parent = 1, context["parent_id"]
        while parent is not None:
            expected.add((context["id"], parent, depth))
            depth, parent = depth + 1, tree[parent]["parent_id"]
        top = context
        while top["parent_id"] is not None:
            top = tree[top["parent_id"]]
        assert context["project_id"] == top["id"]
    found = {(row["context_id"], row["ancestor_id"], row["depth"]) for row in rows(server, "ContextAncestor")}
    assert found == expected


def test_assets_know_their_latest_version(server: EmbeddedServer) -> None:
    versions = rows(server, "AssetVersion")
    for asset in rows(server, "Asset"):
        newest = max((v for v in versions if v["asset_id"] == asset["id"]), key=lambda v: v["version"])
        assert asset["latest_version_id"] == newest["id"]


@pytest.mark.parametrize("kind", ["Project", "Shot", "AssetBuild", "Task", "AssetVersion", "FileComponent", "User"])
def test_required_values_are_there(server: EmbeddedServer, kind: str) -> None:
    required = [name for name, attribute in MODEL.type(kind).stored().items() if attribute.required]
    optional = {"Shot": {"type_id"}, "AssetBuild": {"type_id"}}.get(kind, set())
    for row in rows(server, kind):
        if row.get("concrete_type", kind) == kind and row.get("username") != "demo":
            missing = {name for name in required if row[name] is None} - optional
            assert not missing, f"{kind} {row['id']} lacks {missing}"


def test_there_is_as_much_of_everything_as_was_asked_for(server: EmbeddedServer) -> None:
    kinds = [row["concrete_type"] for row in contexts(server).values()]
    assert {kind: kinds.count(kind) for kind in ("Project", "Sequence", "Shot", "AssetBuild", "Folder")} == {
        "Project": 2,
        "Sequence": 4,
        "Shot": 8,
        "AssetBuild": 4,
        "Folder": 2,
    }
    assert 12 * 2 <= kinds.count("Task") <= 12 * 3
    assert len(rows(server, "AssetVersion")) == 12 * 2 * 3


def test_the_api_goes_on_where_the_generator_stopped(server: EmbeddedServer) -> None:
    asset = rows(server, "Asset")[0]["id"]
    create = {"action": "create", "entity_type": "AssetVersion", "entity_data": {"asset_id": asset}}
    assert server.call([create])[0]["data"]["version"] == 4


def test_the_same_seed_makes_the_same_rows(tmp_path: Path) -> None:
    contents = []
    for name in ("a", "b"):
        database = Database(f"sqlite:///{(tmp_path / name).as_posix()}")
        generate(database, TINY, seed=3)
        with database.begin(write=False) as connection:
            contents.append(connection.exec_driver_sql("select * from component order by id").all())
        database.close()
    assert contents[0] == contents[1] != []


def test_another_seed_adds_to_what_is_there(tmp_path: Path) -> None:
    url = f"sqlite:///{(tmp_path / 'x.db').as_posix()}"
    for seed in (1, 2):
        database = Database(url)
        generate(database, TINY, seed=seed)
        database.close()
    server = EmbeddedServer(url)
    assert sum(row["concrete_type"] == "Project" for row in rows(server, "Context")) == 4
    server.close()


@pytest.mark.slow
def test_the_command_says_what_it_did_and_refuses_to_do_it_twice(tmp_path: Path) -> None:
    url = f"sqlite:///{(tmp_path / 'x.db').as_posix()}"
    first = CliRunner().invoke(main, ["generate", "--database", url])
    assert first.exit_code == 0
    assert "rows" in first.output
    second = CliRunner().invoke(main, ["generate", "--database", url])
    assert second.exit_code == 1
    assert "--seed" in second.output
