"""What is on something is in its project, whenever and in whatever order it gets there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from server.writing import Operation, Server, create, fresh_server, update
from trackteroid.server.rules.homes import home_of


@pytest.fixture
def server() -> Iterator[Server]:
    with fresh_server() as server:
        server.apply(create("Project", "p", name="p"), create("Project", "q", name="q"))
        yield server


def production() -> list[Operation]:
    """Something of every kind, each on the one before it."""
    return [
        create("Folder", "folder", name="f", parent_id="p"),
        create("Asset", "asset", name="a", context_id="folder"),
        create("AssetVersion", "version", asset_id="asset"),
        create("ContainerComponent", "container", name="c", version_id="version"),
        create("FileComponent", "file", name="f", container_id="container"),
        create("ReviewSession", "review", name="r", project_id="p"),
        create("ReviewSessionObject", "object", name="o", review_session_id="review", version_id="version"),
        create("Note", "of-context", content="n", parent_id="folder", parent_type="Folder"),
        create("Note", "of-version", content="n", parent_id="version", parent_type="AssetVersion"),
        create("Note", "of-object", content="n", parent_id="object", parent_type="ReviewSessionObject"),
    ]


def homes(server: Server) -> dict[str, str | None]:
    kinds = ("Asset", "AssetVersion", "Component", "ReviewSessionObject", "Note")
    return {row["id"]: row[home_of(server.model.type(kind))] for kind in kinds for row in server.rows(kind)}


ALL = ["asset", "version", "container", "file", "object", "of-context", "of-version", "of-object"]


def test_it_is_known_from_the_beginning(server: Server) -> None:
    server.apply(*production())
    assert homes(server) == dict.fromkeys(ALL, "p")


def test_a_batch_may_make_what_is_on_something_first(server: Server) -> None:
    server.apply(*reversed(production()))
    assert homes(server) == dict.fromkeys(ALL, "p")


@pytest.mark.parametrize("at_once", [True, False])
def test_it_follows_what_is_moved(server: Server, at_once: bool) -> None:
    move = update("Folder", "folder", parent_id="q")
    if at_once:
        server.apply(*production(), move)
    else:
        server.apply(*production())
        server.apply(move)
    assert homes(server) == dict.fromkeys(ALL, "q") | dict.fromkeys(("object", "of-object"), "p")


def test_what_is_on_nothing_is_in_no_project(server: Server) -> None:
    server.apply(*production())
    server.apply(update("ContainerComponent", "container", version_id=None))
    assert {key: home for key, home in homes(server).items() if home is None} == {"container": None, "file": None}
    server.apply(update("ContainerComponent", "container", version_id="version"))
    assert homes(server)["file"] == "p"


def test_nobody_is_told_of_it_where_the_schema_has_no_place_for_it(server: Server) -> None:
    asset, _, component = server.apply(
        create("Asset", "asset", name="a", context_id="p"),
        create("AssetVersion", "version", asset_id="asset"),
        create("FileComponent", "file", version_id="version"),
    )
    assert (asset["project_id"], "home_id" in component) == ("p", False)
