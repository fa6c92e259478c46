"""Queries, from text to records, over a production small enough to check by eye."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from server.tiny_production import TASK, TinyProduction, tiny_production
from trackteroid.server.core.failures import LimitError, QueryError

#: What every task is told with.
ALWAYS = ("__entity_type__", "id", "context_type", "object_type_id", "project_id")


@pytest.fixture(scope="module")
def production() -> Iterator[TinyProduction]:
    with tiny_production() as production:
        yield production


FILTERS = [
    # text comparisons disregard case, patterns too
    ('Task where name is "COMP"', "t1"),
    ("Task where name = comp", "t1"),
    ('Task where name is_not "comp"', "t2"),
    ('Task where name like "%N%"', "t2"),
    ('Task where name not_like "c%"', "t2"),
    ('AssetVersion where comment like "50\\% %"', "v1"),
    ('AssetVersion where comment like "50\\%"', ""),
    # numbers, quoted or not; flags; moments in every spelling
    ("AssetVersion where version is 2", "v2"),
    ('AssetVersion where version is "2"', "v2"),
    ("AssetVersion where version >= 2", "v2 v3"),
    ('AssetVersion where version is "two"', ""),
    ('AssetVersion where version is_not "two"', "v1 v2 v3"),
    ("AssetVersion where is_published is False", "v3"),
    ('AssetVersion where is_published is "True"', "v1 v2"),
    ("User where is_active = true", "u1"),
    ("Task where start_date is 2024-02-01", "t2"),
    ('Task where start_date is "2024-02-01T01:00:00+01:00"', "t2"),
    ('Task where start_date before "2024-02-01 00:00:01.5"', "t2"),
    ('Task where start_date like "2024-02%"', "t2"),
    # nothing
    ("Task where status is none", "t2"),
    ("Task where status_id is_not None", "t1"),
    ("AssetVersion where task != none", "v2"),
    ('Task where status.name is_not "x"', "t1"),
    ('Task where not (status.name is "x")', "t1"),
    # lists
    ("Task where name in (comp, 'anim')", "t1 t2"),
    ('Task where name not_in ("comp")', "t2"),
    ("Task where id in ()", ""),
    ("Task where status_id in (none)", "t2"),
    ("Task where status_id in (none, i)", "t1 t2"),
    ("Task where id in (select task_id from AssetVersion where version is 2)", "t1"),
    ("Task where id not_in (select task_id from AssetVersion)", "t2"),
    ("Shot where status in (select id from Status where name is 'In progress')", "s2"),
    ("Task where id in (select task from AssetVersion order by version limit 2)", "t1"),
    # along references
    ('AssetVersion where asset.parent.project.name is "show" and version < 3', "v1 v2"),
    ("Task where status.state.short is IN_PROGRESS", "t1"),
    ('Task where parent[Shot].name is "sh010"', "t1 t2"),
    ('Task where parent[Sequence].name is "sh010"', ""),
    ('Task where parent[Sequence].name is "sq010"', ""),
    ('Shot where parent[Sequence] has (name is "sq010")', "s1 s2"),
    ('Task where status has (name is "In progress")', "t1"),
    ("Task where status has ()", "t1"),
    ("Task where not status has ()", "t2"),
    ('Task where not status has (name is "In progress")', "t2"),
    ('Task where status any (name is "In progress")', "t1"),
    ('AssetVersion where asset is "a" and version is 1', "v1"),
    # along collections
    ("Asset where versions any ()", "a"),
    ("Asset where not versions any ()", "b"),
    ("Asset where versions any (version > 2)", "a"),
    ("Asset where versions any (version > 2 and is_published is True)", ""),
    ("Asset where versions.version > 2 and versions.is_published is True", "a"),
    ('Asset where versions.id is "v2"', "a"),
    ('Asset where versions.id like "%"', "a"),
    ("Asset where not versions.id is v2", "b"),
    ('Asset where versions.components.name is "thumb"', "a"),
    ("Asset where versions.version is_not 1", "a"),
    ('Task where assignments any (resource[User].username is "ann")', "t1"),
    ("Task where assignments.resource.username is ann", "t1"),
    ("Task where assignments any ()", "t1"),
    ("Task where allocations.resource[Group].name is Crew", "t2"),
    ("Task where appointments any ()", "t1 t2"),
    ('AssetVersion where uses_versions any (id is "v1")', "v2"),
    ("AssetVersion where used_in_versions.version is 2", "v1"),
    # hierarchy
    ("Task where ancestors any (id is sq)", "t1 t2"),
    ("Task where ancestors any (id is p)", ""),
    ("TypedContext where project_id is p and ancestors.name is sh010", "t1 t2"),
    ("Sequence where descendants any (name is comp)", "sq"),
    ("Project where children any (name is sq010)", "p"),
    # subtypes and their attributes through a base
    ("Context where name like 's%'", "p s1 s2 sq"),
    ("TypedContext where name like 's%'", "s1 s2 sq"),
    ("Component where version.asset.name is hero and size > 100", "c2"),
    ("Resource where username is ann", "u1"),
    # computed
    ("AssetVersion where is_latest_version is True", "v3"),
    ("AssetVersion where is_latest_version is False", "v1 v2"),
    ("Asset where latest_version.version is 3", "a"),
    ("Shot where time_logged > 10000", "s1"),
    # metadata and custom attributes
    ("Shot where metadata any (key is colour and value is red)", "s1"),
    ("Shot where custom_attributes any (key is fstart and value is 1001)", "s1"),
    ('Shot where custom_attributes any (key is "fstart" and value is "1001.0")', "s1"),
    ("Shot where custom_attributes any (key is fstart and value < 1000)", "s2"),
    ("Shot where custom_attributes any (key is fstart and value in (1, 2))", "s2"),
    ("Shot where custom_attributes any (key is fstart and value like '10%')", "s1"),
    ("Shot where custom_attributes.key is nothing", ""),
    ("Task where custom_attributes any (key is fstart)", ""),
    ("Task where custom_attributes any (key is note and value is inherited)", "t1 t2"),  # its default shows
    # logic
    ("Task where name is comp or name is anim and status is i", "t1"),
    ("Task where (name is comp or name is anim) and not status has ()", "t2"),
    ("Task where not not name is comp", "t1"),
]


@pytest.mark.parametrize(("text", "expected"), FILTERS, ids=[text for text, _ in FILTERS])
def test_criteria_find(production: TinyProduction, text: str, expected: str) -> None:
    assert production.ids(text) == expected.split()


ORDERS = [
    ("AssetVersion order by version desc", "v3 v2 v1"),
    ("AssetVersion order by task_id descending, version", "v2 v1 v3"),
    ("Shot order by status.sort", "s2 s1"),
    ("Task order by status.name, name", "t2 t1"),
    ("AssetVersion order by asset", "v1 v2 v3"),
    ("AssetVersion limit 2", "v1 v2"),
    ("AssetVersion offset 1 limit 1", "v2"),
    ("Shot order by time_logged desc", "s1 s2"),
]


@pytest.mark.parametrize(("text", "expected"), ORDERS, ids=[text for text, _ in ORDERS])
def test_rows_come_in_order(production: TinyProduction, text: str, expected: str) -> None:
    assert production.ids(text) == expected.split()


@pytest.mark.parametrize(
    ("text", "following"),
    [
        ("AssetVersion limit 1", 1),
        ("AssetVersion limit 2", 2),
        ("AssetVersion limit 3", None),
        ("AssetVersion offset 2 limit 1", None),
        ("AssetVersion offset 1 limit 1", 2),
        ("AssetVersion", None),
    ],
)
def test_the_next_page_is_announced_only_when_there_is_one(
    production: TinyProduction, text: str, following: int | None
) -> None:
    assert production.query(text).next_offset == following


def task(identity: str, **more: object) -> dict[str, object]:
    always = {"__entity_type__": "Task", "context_type": "task", "object_type_id": TASK, "project_id": "p"}
    return always | {"id": identity} | more


def mention(type_name: str, identity: str, **more: object) -> dict[str, object]:
    return {"__entity_type__": type_name, "id": identity} | more


ANSWERS = [
    # a real server answered these queries with records of exactly this shape
    (
        "select name, created_at from Task limit 1",
        [task("t1", name="comp", created_at={"__type__": "datetime", "value": "2022-10-10T10:12:09"})],
    ),
    (
        "select status.state.short from AssetVersion where status.state.short is NOT_STARTED limit 2",
        [
            mention(
                "AssetVersion",
                "v1",
                asset_id="a",
                status=mention("Status", "n", state=mention("State", "st1", short="NOT_STARTED")),
            ),
            mention("AssetVersion", "v2", asset_id="a", status=mention("Status", "n")),
        ],
    ),
    (
        "select version, asset.versions.version from AssetVersion where asset_id is_not None limit 1",
        [
            mention(
                "AssetVersion",
                "v1",
                asset_id="a",
                version=1,
                asset=mention(
                    "Asset",
                    "a",
                    context_id="s1",
                    versions=[
                        mention("AssetVersion", "v1"),
                        mention("AssetVersion", "v2", asset_id="a", version=2),
                        mention("AssetVersion", "v3", asset_id="a", version=3),
                    ],
                ),
            )
        ],
    ),
    # under the name it has by now
    (
        "select type.short from Status where type.name is 'Not started'",
        [mention("Status", "n", state=mention("State", "st1", short="NOT_STARTED"))],
    ),
    # nothing where there is nothing
    ("select task.name from AssetVersion where id is v1", [mention("AssetVersion", "v1", asset_id="a", task=None)]),
    ("select versions from Asset where id is b", [mention("Asset", "b", context_id="s2", versions=[])]),
    # every occurrence that a client may meet first carries what any place asks for; the others mention it
    (
        "select task.parent.name, asset.parent.status_id from AssetVersion where id is v2",
        [
            mention(
                "AssetVersion",
                "v2",
                asset_id="a",
                asset=mention(
                    "Asset",
                    "a",
                    context_id="s1",
                    parent=mention(
                        "Shot",
                        "s1",
                        context_type="task",
                        object_type_id="bad911de-3bd6-47b9-8b46-3476e237cb36",
                        project_id="p",
                        name="sh010",
                        status_id="n",
                    ),
                ),
                task=task("t1", parent=mention("Shot", "s1", name="sh010", status_id="n")),
            )
        ],
    ),
    # mapped collections are lists of rows with both halves
    (
        "select metadata from Shot where id is s1",
        [
            mention(
                "Shot",
                "s1",
                context_type="task",
                object_type_id="bad911de-3bd6-47b9-8b46-3476e237cb36",
                project_id="p",
                metadata=[
                    {
                        "__entity_type__": "Metadata",
                        "parent_id": "s1",
                        "parent_type": "Shot",
                        "key": "colour",
                        "value": "red",
                    }
                ],
            )
        ],
    ),
]


@pytest.mark.parametrize(("text", "expected"), ANSWERS, ids=[text for text, _ in ANSWERS])
def test_records_have_exactly_the_shape_clients_know(
    production: TinyProduction, text: str, expected: list[dict[str, object]]
) -> None:
    assert production.records(text) == expected


def test_custom_attributes_are_dense(production: TinyProduction) -> None:
    shots = production.records("select custom_attributes from Shot")
    values = {shot["id"]: {row["key"]: row["value"] for row in shot["custom_attributes"]} for shot in shots}
    assert values == {
        "s1": {"fstart": 1001, "note": "inherited"},
        "s2": {"fstart": 1, "note": "inherited"},
    }


def test_the_status_of_a_project_is_text_and_of_a_shot_a_reference(production: TinyProduction) -> None:
    records = production.records("select status from Context where id in (p, s1)")
    assert [record["status"] for record in records] == ["active", mention("Status", "n")]


def test_attributes_of_a_cast_are_left_out_where_the_entity_is_of_another_type(production: TinyProduction) -> None:
    (record,) = production.records("select parent[Project].full_name, parent.name from Sequence")
    assert record["parent"]["full_name"] == "Show"
    (record,) = production.records("select parent[Project].full_name, parent.name from Shot where id is s1")
    assert record["parent"]["name"] == "sq010"
    assert "full_name" not in record["parent"]


def test_links_lead_from_the_project_down(production: TinyProduction) -> None:
    (version,) = production.records("select link from AssetVersion where id is v2")
    assert [(part["type"], part["name"]) for part in version["link"]] == [
        ("Project", "Show"),
        ("Sequence", "sq010"),
        ("Shot", "sh010"),
        ("AssetVersion", "hero v2"),
    ]
    (found,) = production.records("select link from Task where id is t1")
    assert [part["id"] for part in found["link"]] == ["p", "sq", "s1", "t1"]


def test_collections_of_collections_keep_to_their_owners(production: TinyProduction) -> None:
    (asset,) = production.records("select versions.components.name from Asset where id is a")
    names = {v["id"]: [component["name"] for component in v["components"]] for v in asset["versions"]}
    assert names == {"v1": ["main", "thumb"], "v2": [], "v3": []}


def test_many_to_many_members_are_full_once_and_bare_afterwards(production: TinyProduction) -> None:
    records = production.records("select incoming_links.from.comment, comment from AssetVersion")
    by_id = {record["id"]: record for record in records}
    assert by_id["v1"]["comment"] == "50% done"
    assert by_id["v2"]["incoming_links"][0]["from"] == mention("AssetVersion", "v1")


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("select id, version, asset.name, status.state.name, task.parent.name from AssetVersion", 1),
        ("select versions.components.component_locations, versions.status.name from Asset", 4),
        ("select metadata, custom_attributes, assignments.resource.username from Task", 4),
        ("select children.children.children.name from Project", 4),
    ],
)
def test_a_query_is_one_statement_per_level(production: TinyProduction, text: str, statements: int) -> None:
    production.query(text)
    assert len(production.statements) == statements, "\n".join(production.statements)


def test_paths_of_criteria_order_and_projections_share_their_joins(production: TinyProduction) -> None:
    production.query("select asset.name from AssetVersion where asset.name is hero order by asset.name")
    assert production.statements[0].count("JOIN") == 1


def test_thousands_of_values_are_one_bound_value(production: TinyProduction) -> None:
    text = "Task where id in ({})".format(",".join(f"id{number}" for number in range(20_000)) + ",t1")
    assert production.ids(text) == ["t1"]


def test_values_never_become_sql(production: TinyProduction) -> None:
    for value in ("'; drop table context; --", "x' or '1'='1", "%s", ":name", "?", "\\"):
        escaped = value.replace("\\", "\\\\")
        assert production.ids(f'Task where name is "{escaped}"') == []
        assert all(value not in statement for statement in production.statements if len(value) > 2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Tusk", "no entity type Tusk. Did you mean Task"),
        ("select nam from Task", "Task has no attribute nam. Did you mean name"),
        ("Task where nam is 1", "Task has no attribute nam"),
        ("Task where status.nam is 1", "Status has no attribute nam. Did you mean name"),
        ("Task order by assignments", "assignments is a collection"),
        ("Task where assignments is 1", "assignments is a collection"),
        ("Task where name has ()", "name is not a relation"),
        ("select name.x from Task", "name is a plain value"),
        ("select custom_attribute_links from Task", "cannot be projected"),
        ("Task where parent[Tusk].name is 1", "no entity type Tusk"),
        ("AssetVersion where version > many", "cannot be ordered"),
        ("Task where name > none", '"none" can only be compared'),
        ("select id from ContextAncestor", "no entity type ContextAncestor"),
        ("Task where concrete_type is Task", "has no attribute concrete_type"),
        ("Task where thumbnail_url is 1", "computed"),
    ],
)
def test_mistakes_are_named(production: TinyProduction, text: str, message: str) -> None:
    with pytest.raises(QueryError, match=message.replace("(", r"\(")):
        production.query(text, strict=True)


@pytest.mark.parametrize(
    ("asked", "left_out", "record"),
    [
        ("name, nam", {"nam": "Task has no attribute nam. Did you mean name?"}, {"name": "comp"}),
        ("nam", {"nam": "Task has no attribute nam. Did you mean name?"}, {}),
        (
            "name.x, name",
            {"name.x": "Task.name is a plain value; it can be neither followed nor cast."},
            {"name": "comp"},
        ),
        (
            "parent[Tusk].name, name",
            {"parent[Tusk].name": "There is no entity type Tusk. Did you mean Task?"},
            {"name": "comp"},
        ),
        ("status.nam, name", {"status.nam": "Status has no attribute nam. Did you mean name?"}, {"name": "comp"}),
        (
            "custom_attribute_links, name",
            {"custom_attribute_links": "Task.custom_attribute_links cannot be projected; query its entities instead."},
            {"name": "comp"},
        ),
    ],
)
def test_projections_that_mean_nothing_are_left_out_unless_somebody_insists(
    production: TinyProduction, caplog: pytest.LogCaptureFixture, asked: str, left_out: dict[str, str], record: Any
) -> None:
    answer = production.query(f"select {asked} from Task where name is comp")
    (found,) = answer.records
    assert answer.left_out == left_out
    assert {name: value for name, value in found.items() if name not in ALWAYS} == record
    (logged,) = [each.getMessage() for each in caplog.records]
    assert all(reason in logged for reason in left_out.values())
    assert "ann" in logged


@pytest.mark.parametrize(
    "text",
    [
        "select nam from Task where nam is 1",
        "select nam from Task order by nam",
        "select nam from Tusk",
        "select name from Task where status.nam is 1",
    ],
)
def test_what_is_filtered_or_ordered_by_must_mean_something(production: TinyProduction, text: str) -> None:
    with pytest.raises(QueryError):
        production.query(text)


def test_a_chain_of_links_longer_than_decoders_can_nest_is_cut(production: TinyProduction) -> None:
    model, connection = production.work.model, production.work.connection
    savepoint = connection.begin_nested()
    versions, links = model.table("AssetVersion"), model.table("AssetVersionLink")
    numbers = range(100, 700)
    connection.execute(versions.insert(), [{"id": f"w{n}", "asset_id": "b", "version": n} for n in numbers])
    connection.execute(
        links.insert(), [{"id": f"k{n}", "from_id": f"w{n}", "to_id": f"w{n + 1}"} for n in numbers[:-1]]
    )
    records = production.records("select outgoing_links.to.version from AssetVersion where asset_id is b")
    savepoint.rollback()
    assert len(records) == len(numbers)
    depth, inner = 0, records[0]
    while inner.get("outgoing_links"):
        depth, inner = depth + 1, inner["outgoing_links"][0]["to"]
    assert 10 < depth < 100


@pytest.mark.parametrize(
    ("text", "attribute", "expected"),
    [
        (
            "select thumbnail_url from Shot limit 1",
            "thumbnail_url",
            {"url": "http://here/img/thumbnail2.png", "value": None},
        ),
        (
            "select url from ComponentLocation",
            "url",
            {"url": "http://here/component/get?id=c1", "value": "c1"},
        ),
        ("select is_open from ReviewSession", "is_open", False),
        ("select link from Group", "link", [{"id": "g", "name": "Crew", "type": "Group"}]),
        ("select type_id from Schema", "type_id", TASK),
    ],
)
def test_computed_attributes_are_answered(
    production: TinyProduction, text: str, attribute: str, expected: object
) -> None:
    assert production.records(text)[0][attribute] == expected


def test_what_is_reached_on_two_ways_has_one_picture(production: TinyProduction) -> None:
    record = production.records("select parent.thumbnail_url, project.thumbnail_url from Sequence where id is sq")[0]
    assert record["parent"]["thumbnail_url"] == {"url": "http://here/img/thumbnail2.png", "value": None}


def test_lists_are_open_because_they_say_so(production: TinyProduction) -> None:
    """The same name is a stored attribute of lists and a computed one of review sessions."""
    assert production.ids("List where is_open is True") == ["li"]


def test_thousands_of_alternatives_are_one_query(production: TinyProduction) -> None:
    """Clients populate entities with several keys by one long chain of alternatives."""
    chain = " or ".join(f'(parent_id is "{number}"and key is "colour")' for number in range(3000))
    records = production.records(f'Metadata where {chain} or (parent_id is "s1"and key is "colour")')
    assert [record["parent_id"] for record in records] == ["s1"]


def test_nesting_that_the_database_cannot_hold_is_refused_in_words(production: TinyProduction) -> None:
    text = "name is x"
    for _ in range(15):
        text = f"(name is y or parent.children any ({text} and name is z))"
    with pytest.raises(LimitError, match="Split it into several"):
        production.query(f"Task where {text}")
