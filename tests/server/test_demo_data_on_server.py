"""The demo production as the server keeps it, asked in the server's own language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from server.demo_world import OPERATIONS, SCHEMAS, Record, world
from trackteroid.server.demo import operations
from trackteroid.server.embedded import EmbeddedServer

pytestmark = pytest.mark.slow

Ask = Callable[[str], list[Record]]

#: The first user and their roles, and whoever sends a note as one of its recipients.
ADDED_BY_THE_SERVER = {"User", "UserSecurityRole", "Recipient"}


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    server = EmbeddedServer("sqlite://", with_demo=True)

    def query(expression: str) -> list[Record]:
        return server.call([{"action": "query", "expression": expression}])[0]["data"]

    yield query
    server.close()


def test_the_server_takes_all_of_it_in_batches_of_any_size() -> None:
    server = EmbeddedServer("sqlite://")
    try:
        (user,) = server.call([{"action": "query", "expression": "select id from User"}])[0]["data"]
        rest: list[Record] = list(operations(user["id"]))
        for size in (1, 7, 400, len(rest)):
            batch, rest = rest[:size], rest[size:]
            server.call(batch)
        assert rest == []
    finally:
        server.close()


@pytest.mark.parametrize("kind", sorted({op["entity_type"] for op in OPERATIONS} - {"ContextCustomAttributeValue"}))
def test_the_server_has_what_was_created_and_adds_little(ask: Ask, kind: str) -> None:
    primary_key = SCHEMAS[kind]["primary_key"]
    found = {tuple(row[name] for name in primary_key) for row in ask(f"select {', '.join(primary_key)} from {kind}")}
    expected = {key for known_kind, key in world().records if known_kind == kind}
    assert expected <= found
    assert found == expected or kind in ADDED_BY_THE_SERVER


@pytest.mark.parametrize(
    ("expression", "count"),
    [
        (
            'AssetBuild where project has (name in ("sync", "showroom")) and '
            'parent[Folder] has (name is "Delivery 3" or name like "Asset%")',
            9,
        ),
        ('AssetVersion where asset has (name is "SomeAsset") and version in (1, 2)', 2),
        ('Asset where name is "SomeAsset"', 3),
        ('Asset where parent.project has (name in ("DummyProject", "DummyProject2"))', 10),
        ('Asset where name like "%character%"', 65),
        ('Asset where name like "%environment%"', 18),
        ("Asset", 100),
        ("Task where status.state.name is Done", 11),
        ("Task where status.state.name is_not Done", 89),
        ('AssetVersion where asset.name is "bc0040_comp" and status.name is "Pending Review"', 2),
        ('Component where version.asset.name is "bc0040_comp"', 3),
        ('Note where parent_type is "AssetVersion" and in_reply_to_id is none', 8),
        ('TypedContext where ancestors any (name is "bc")', 25),
        ('Task where scopes any (name is "Trailer") or parent.scopes any (name is "Trailer")', 7),
    ],
)
def test_questions_of_the_documentation_have_the_documented_number_of_answers(
    ask: Ask, expression: str, count: int
) -> None:
    assert len(ask(f"select id from {expression}")) == count


def test_the_server_numbers_versions_as_expected(ask: Ask) -> None:
    numbers = {version["id"]: version["version"] for version in ask("select id, version from AssetVersion")}
    assert numbers == {version["id"]: version["version"] for version in world().of("AssetVersion")}


def test_answers_come_in_the_order_of_creation(ask: Ask) -> None:
    for kind in ("AssetVersion", "Shot", "Task", "Asset"):
        assert [row["id"] for row in ask(f"select id from {kind}")] == [row["id"] for row in world().of(kind)]


def test_time_logged_on_asset_builds(ask: Ask) -> None:
    tasks = ask("select time_logged, parent.name from Task where time_logged > 0 and parent.object_type.name is Shot")
    assert len(tasks) == 4
    (aria,) = ask('select time_logged from AssetBuild where name is "Aria"')
    assert aria["time_logged"] == 16.0


def test_frame_ranges_of_the_first_shots(ask: Ask) -> None:
    def values(shot: Record) -> dict[str, Any]:
        return {value["key"]: value["value"] for value in shot["custom_attributes"]}

    first, second = (values(shot) for shot in ask("select custom_attributes from Shot limit 2"))
    assert (first["frame_start"], second["frame_start"]) == (1009.0, 1006.0)
    assert (first["fstart"], first["fend"], first["handles"], first["fps"]) == (1009.0, 1128.0, 8, 25)


def test_frame_ranges_stay_decimal_numbers(ask: Ask) -> None:
    (value,) = ask('select value from ContextCustomAttributeValue where key is "frame_start" limit 1')
    assert isinstance(value["value"], float), "the documentation prints 1009.0"


def test_notes_have_categories_recipients_and_replies(ask: Ask) -> None:
    (note,) = ask(
        "select category.name, author.username, recipients.user.username, replies.content, replies.parent_id, "
        'parent_id from Note where content is "The horizon is tilted."'
    )
    assert (note["category"]["name"], note["author"]["username"]) == ("Internal", "paul")
    assert "noor" in {row["user"]["username"] for row in note["recipients"]}
    assert [(reply["content"], reply["parent_id"]) for reply in note["replies"]] == [
        ("Fixed in v002.", note["parent_id"])
    ]


def test_lists_hold_their_items(ask: Ask) -> None:
    lists = ask("select name, items from TypedContextList") + ask("select name, items from AssetVersionList")
    assert Counter({row["name"]: len(row["items"]) for row in lists}) == {
        "Animation to watch": 6,
        "First delivery": 2,
        "Comp dailies": 6,
        "Client review": 3,
    }


def test_versions_know_what_they_were_made_from(ask: Ask) -> None:
    (comp,) = ask(
        'select uses_versions.asset.name from AssetVersion where asset.name is "bc0040_comp" and version is 3'
    )
    used = {version["asset"]["name"] for version in comp["uses_versions"]}
    assert used == {"bc0040_character_anim", "bc0040_environment_layout"}


def test_the_review_shows_versions_and_what_the_client_thought(ask: Ask) -> None:
    shown = ask(
        "select version, asset_version.version, statuses.status, statuses.invitee.email from ReviewSessionObject"
    )
    assert [(row["version"], row["asset_version"]["version"]) for row in shown] == [
        ("Version 19", 19),
        ("Version 10", 10),
        ("Version 3", 3),
    ]
    assert [row["statuses"][0]["status"] for row in shown] == ["approved", "approved", "require_changes"]
