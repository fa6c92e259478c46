"""What is on something is in its project, whenever and in whatever order it gets there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from server.writing import ADA, NOW, Operation, Server, builtin_id, create, fresh_server, update
from trackteroid.server.rules.homes import fill, home_of


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


def parts() -> list[Operation]:
    """Metadata of everything that may have some, and where the components are."""
    owners = {"Folder": "folder", "Asset": "asset", "AssetVersion": "version", "FileComponent": "file"}
    others = {"Note": "of-version", "User": ADA}
    return [
        create("CalendarEvent", "event", name="e", project_id="p", start=NOW, end=NOW),
        create("AssetVersion", "other", asset_id="asset"),
        create("AssetVersionLink", "link", from_id="other", to_id="version"),
        *(metadata(kind, key) for kind, key in (owners | others).items()),
        metadata("CalendarEvent", "event"),
        metadata("AssetVersionLink", "link"),
        *(
            create("ComponentLocation", f"at-{key}", component_id=key, location_id=PLACE)
            for key in ("container", "file")
        ),
    ]


def metadata(kind: str, key: str) -> Operation:
    return create("Metadata", parent_id=key, parent_type=kind, key="k", value="v")


def homes(server: Server) -> dict[str, str | None]:
    kinds = ("Asset", "AssetVersion", "Component", "ReviewSessionObject", "Note")
    return {row["id"]: row[home_of(server.model.type(kind))] for kind in kinds for row in server.rows(kind)}


def homes_of_parts(server: Server) -> dict[str, str | None]:
    found = {row["id"]: row["home_id"] for row in server.rows("ComponentLocation")}
    return found | {row["parent_id"]: row["home_id"] for row in server.rows("Metadata")}


ALL = ["asset", "version", "container", "file", "object", "of-context", "of-version", "of-object"]
PLACE = builtin_id("Location", "ftrack.unmanaged")
OF_PARTS = ["folder", "asset", "version", "file", "event", "at-container", "at-file"]
#: What more than a project decides of who sees it, so that nothing is known of what is said of it.
OF_NOTHING = dict.fromkeys(("of-version", ADA, "link"))


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


@pytest.mark.parametrize("backwards", [False, True])
def test_parts_know_it_whichever_comes_first(server: Server, backwards: bool) -> None:
    made = [*production(), *parts()]
    server.apply(*(reversed(made) if backwards else made))
    assert homes_of_parts(server) == dict.fromkeys(OF_PARTS, "p") | OF_NOTHING


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize(
    ("move", "moved"),
    [
        (update("Folder", "folder", parent_id="q"), [each for each in OF_PARTS if each != "event"]),
        (update("Asset", "asset", context_id="q"), ["asset", "version", "file", "at-container", "at-file"]),
        (update("CalendarEvent", "event", project_id="q"), ["event"]),
        (update("ContainerComponent", "container", version_id="elsewhere"), ["file", "at-container", "at-file"]),
        (update("FileComponent", "file", container_id=None, version_id="elsewhere"), ["file", "at-file"]),
        (update("ComponentLocation", "at-file", component_id="there"), ["at-file"]),
    ],
)
def test_parts_follow_what_is_moved(server: Server, move: Operation, moved: list[str], at_once: bool) -> None:
    server.apply(
        create("Asset", "other-asset", name="o", context_id="q"),
        create("AssetVersion", "elsewhere", asset_id="other-asset"),
        create("FileComponent", "there", name="t", version_id="elsewhere"),
    )
    if at_once:
        server.apply(*production(), *parts(), move)
    else:
        server.apply(*production(), *parts())
        server.apply(move)
    assert homes_of_parts(server) == dict.fromkeys(OF_PARTS, "p") | OF_NOTHING | dict.fromkeys(moved, "q")


def test_parts_of_what_is_on_nothing_are_in_no_project(server: Server) -> None:
    server.apply(*production(), *parts())
    server.apply(update("ContainerComponent", "container", version_id=None))
    found = homes_of_parts(server)
    assert {key for key, home in found.items() if home is None} == {"file", "at-container", "at-file", *OF_NOTHING}


def test_all_of_it_is_filled_as_it_is_kept(server: Server) -> None:
    server.apply(*production(), *parts())
    with server.engine.begin() as connection:
        kinds = ("Asset", "AssetVersion", "Component", "ReviewSessionObject", "Note", "ComponentLocation", "Metadata")
        for entity_type in map(server.model.type, kinds):
            connection.execute(server.model.table(entity_type).update().values({home_of(entity_type): "elsewhere"}))
        fill(connection, server.model)
    assert homes(server) == dict.fromkeys(ALL, "p") | {"other": "p"}
    assert homes_of_parts(server) == dict.fromkeys(OF_PARTS, "p") | OF_NOTHING
