"""Collections and queries are seen in terminals and notebooks, and taken along as tables."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas
import polars
import pyarrow
import pytest
from ftrack_api.symbol import NOT_SET
from IPython.core.formatters import DisplayFormatter

from trackteroid import SCHEMA, Asset, AssetVersion, Project, Query, Session, Shot, Status, Task
from trackteroid.display.tables import html_of
from trackteroid.errors import (
    EntityCollectionOperationError,
    InvalidArgumentsError,
    MissingValueWarning,
    UnknownAttributeError,
    UnloadedAttributeError,
)

Listen = Callable[[Session], AbstractContextManager[list[str]]]


def shots(session: Session, *wanted: object, **options: Any) -> Any:
    return Query(Shot, session).by_name(Project, "sync").get_all(wanted, order_by="name", **options)


def drawn(shown: Any, *arguments: Any, **options: Any) -> list[str]:
    text = io.StringIO()
    shown.show(*arguments, file=text, width=100, **options)
    return [line.rstrip() for line in text.getvalue().splitlines()]


# Which columns there are


@pytest.mark.promise("table-columns")
def test_the_columns_are_what_was_asked_for(session: Session) -> None:
    found = shots(session, "status.name", Project, Task.Status.name, "custom_fps")
    assert found.table().names[:5] == ["id", "name", "status.name", "project.id", "children.status.name"]
    assert {"custom_fps", "custom_fend"} <= set(found.table().names)
    assert found.table(["name", Task.Status.name, "custom_fps"]).names == ["name", "children.status.name", "custom_fps"]


@pytest.mark.promise("table-columns")
def test_columns_with_the_same_last_part_stay_apart(session: Session) -> None:
    found = shots(session, "status.name", "project.name", "parent.name")
    row = found.to_dicts()[0]
    assert [row["name"], row["project.name"], row["parent.name"]] == ["bc0010", "sync", "bc"]
    assert row["status.name"] == found.status.name[0]


@pytest.mark.promise("table-columns")
def test_what_is_read_from_a_collection_has_what_was_asked_of_it(session: Session) -> None:
    found = shots(session, "children.status.name", "children.bid")
    assert found.children.table().names == ["id", "status.name", "bid"]
    assert found.children.status.table().names == ["id", "name"]
    assert found[2:4].table().names == found.table().names


@pytest.mark.promise("table-columns")
def test_what_was_fetched_later_is_a_column_too(fresh: Session) -> None:
    found = shots(fresh)
    assert "description" not in found.table().names
    assert "description" in found.fetch_attributes("description").table().names


@pytest.mark.promise("table-columns")
def test_collections_of_no_query_have_what_is_loaded(session: Session) -> None:
    entities = session.query("select name, description from Shot limit 2").all()
    found = shots(session).from_entities(entities)
    assert {"id", "name"} <= set(found.table().names)


@pytest.mark.promise("table-columns")
def test_unknown_columns_are_suggested(session: Session) -> None:
    for source in (shots(session), Query(Shot, session)):
        with pytest.raises(UnknownAttributeError, match='Did you mean "description"'):
            source.to_dicts(["descriptoin"])
        with pytest.raises(InvalidArgumentsError, match="Columns are given as a list"):
            source.to_dicts("name")


# Taking along


@pytest.mark.promise("queries-and-collections-are-the-same-tables")
def test_queries_and_collections_tell_the_same(session: Session) -> None:
    columns = ["id", "name", "status.name", "project", "custom_fps", "created_at"]
    query = Query(Shot, session).by_name(Project, "sync")
    by_query, by_collection = query.to_dicts(columns), query.get_all(columns).to_dicts(columns)
    assert sorted(by_query, key=lambda row: row["id"]) == sorted(by_collection, key=lambda row: row["id"])
    assert query.to_arrow(columns).sort_by("id").to_pylist() == sorted(by_query, key=lambda row: row["id"])


@pytest.mark.promise("queries-and-collections-are-the-same-tables")
def test_queries_make_no_entities(fresh: Session, requests_of: Listen) -> None:
    query = Query(Task, fresh)
    fresh.server_information  # noqa: B018  # connects
    with requests_of(fresh) as asked:
        query.to_arrow(["name", "bid"])
        query.to_csv(columns=["name"])
    assert asked == ["query", "query"]
    assert not [key for key in fresh._local_cache.keys() if "Task" in key]  # noqa: SIM118  # a cache of ftrack_api


@pytest.mark.promise("tables-keep-their-values")
def test_ids_are_text_and_moments_are_in_utc(session: Session) -> None:
    row = Query(Task, session).to_dicts(["project", "created_at"])[0]
    assert isinstance(row["project.id"], str)
    assert row["created_at"].utcoffset() == timedelta(0)


@pytest.mark.promise("table-columns")
def test_lists_are_lists(session: Session) -> None:
    found = shots(session, "children.name", "children.assignments.resource.username")
    row = found.to_dicts()[0]
    assert isinstance(row["children.name"], list)
    assert len(row["children.name"]) > 1
    field = found.to_arrow().schema.field("children.name")
    assert pyarrow.types.is_list(field.type)
    assert json.loads(found.to_json())[0]["children.name"] == row["children.name"]


#: Lists of every kind: of what has nothing, of lists, behind references, of one kind only, of custom attributes.
LISTS = [
    "children.name",
    "children.assignments.resource.username",
    "children.status.name",
    "children.created_at",
    "children",
    "children[Task].bid",
    "parent.children.name",
    "parent.children[Shot].custom_fps",
    "assets.versions.is_published",
]


@pytest.mark.promise("queries-and-collections-are-the-same-tables")
def test_lists_of_queries_are_those_of_collections(session: Session) -> None:
    query = Query(Shot, session).by_name(Project, "sync")
    columns = ["id", *LISTS]
    collection = query.get_all([*LISTS, "parent.children[Shot].custom_attributes"])

    def told(source: Any) -> list[dict[str, Any]]:
        rows = source.to_arrow(columns).sort_by("id").to_pylist()
        return [
            {name: sorted(cell, key=str) if isinstance(cell, list) else cell for name, cell in row.items()}
            for row in rows
        ]

    assert told(query) == told(collection)
    schema = query.to_arrow(columns).schema
    assert schema.names == collection.to_arrow(columns).schema.names
    assert {schema.field(name).type for name in ("children.id", "children.name")} == {pyarrow.list_(pyarrow.string())}
    assert schema.field("children.created_at").type == pyarrow.list_(pyarrow.timestamp("us", "UTC"))
    numbers = pyarrow.list_(pyarrow.float64())
    assert [schema.field(name).type for name in ("children.bid", "parent.children.custom_fps")] == [numbers, numbers]


@pytest.mark.promise("arrow-streams")
def test_pandas_polars_and_duckdb_read_the_lists_of_queries(session: Session) -> None:
    found = Query(Shot, session).by_name(Project, "sync").table(["name", "children", "children.created_at"])
    names = ["name", "children.id", "children.created_at"]
    if hasattr(pandas.DataFrame, "from_arrow"):  # from version 3 on, which needs Python 3.11
        assert list(pandas.DataFrame.from_arrow(found)) == names
    assert list(found.to_pandas()) == names
    frame = polars.DataFrame(found)
    assert frame.schema == {
        "name": polars.String,
        "children.id": polars.List(polars.String),
        "children.created_at": polars.List(polars.Datetime("us", "UTC")),
    }
    counted = 'select sum(len("children.id")) as many, max(typeof("children.created_at")) as kind from found'
    assert duckdb.sql(counted).fetchall()[0] == (
        frame["children.id"].list.len().sum(),
        "TIMESTAMP WITH TIME ZONE[]",
    )


@pytest.mark.promise("arrow-streams")
def test_lists_are_streamed_in_smaller_pages(fresh: Session, requests_of: Listen) -> None:
    fresh.server_information  # noqa: B018  # connects
    with requests_of(fresh) as asked:
        stream = Query(AssetVersion, fresh).table(["version", "components.name"]).__arrow_c_stream__()
        reader = pyarrow.RecordBatchReader._import_from_c_capsule(stream)
        assert asked == []
        assert reader.read_next_batch().num_rows == 250
        assert asked == ["query"]
    assert not [key for key in fresh._local_cache.keys() if "Component" in key]  # noqa: SIM118  # a cache of ftrack_api


@pytest.mark.promise("arrow-streams")
def test_pandas_polars_and_duckdb_read_queries_and_collections(session: Session) -> None:
    found = shots(session, "status.name")
    for source in (found, found.as_query(), found.table()):
        names = sorted(found.name)
        assert sorted(source.to_pandas()["name"]) == names
        if hasattr(pandas.DataFrame, "from_arrow"):  # since pandas 3
            assert sorted(pandas.DataFrame.from_arrow(source)["name"]) == names
        assert sorted(polars.DataFrame(source)["name"]) == names
        reader = pyarrow.RecordBatchReader.from_stream(source)
        assert sorted(name for (name,) in duckdb.from_arrow(reader).project("name").fetchall()) == names
    assert list(found.to_pandas(["name"]).columns) == list(found.to_polars(["name"]).columns) == ["name"]


@pytest.mark.promise("tables-in-files")
def test_empty_collections_have_their_columns(session: Session) -> None:
    found = Query(Shot, session).by_name("no such shot").get_all(["status.name", "created_at"])
    names = ["id", "name", "status.name", "created_at"]
    assert found.to_csv() == ",".join(names) + "\r\n"
    assert json.loads(found.to_json()) == found.to_dicts() == []
    assert found.to_arrow().schema.names == list(found.to_pandas().columns) == names
    assert str(found.to_arrow().schema.field("created_at").type) == "timestamp[us, tz=UTC]"
    assert drawn(found)[0].split() == names[1:]


@pytest.mark.promise("not-loaded-is-not-null")
def test_what_was_not_loaded_is_neither_null_nor_silent(fresh: Session) -> None:
    found = shots(fresh, limit=2)
    with pytest.warns(MissingValueWarning, match=r'projections=\["description"\]'):
        assert found.to_dicts(["name", "description"])[0].keys() == {"name"}
    with fresh.reading_missing("not_set"):
        assert found.to_csv(columns=["description"]).splitlines()[1:] == ["#N/A", "#N/A"]
        assert found.to_arrow(["description"]).column(0).null_count == 2
    with fresh.reading_missing("raise"), pytest.raises(UnloadedAttributeError):
        found.to_json(columns=["status.name"])
    with fresh.reading_missing("fetch"):
        assert NOT_SET not in found.to_dicts(["description"])[0].values()
        assert found.to_dicts(["description"])[0]["description"]


@pytest.mark.promise("queries-and-collections-are-the-same-tables")
def test_a_query_is_a_window_of_what_it_finds(session: Session) -> None:
    query = Query(Shot, session).by_name(Project, "sync")
    table = query.table(["name"], limit=3, offset=1, order_by="name", order="descending")
    assert [row["name"] for row in table.to_dicts()] == sorted(query.get_all().name)[::-1][1:4]
    assert len(drawn(table, rows=2)) == 5


@pytest.mark.promise("tables-in-files")
def test_files_hold_what_the_table_says(session: Session, tmp_path: Path) -> None:
    query = Query(Shot, session)
    query.to_csv(tmp_path / "x.csv", ["name"])
    query.to_json(tmp_path / "x.jsonl", ["name"], lines=True)
    query.to_parquet(tmp_path / "x.parquet", ["name"])
    names = sorted(row["name"] for row in query.to_dicts(["name"]))
    assert sorted((tmp_path / "x.csv").read_text(encoding="utf-8").split()[1:]) == names
    lines = (tmp_path / "x.jsonl").read_text(encoding="utf-8").splitlines()
    assert sorted(json.loads(line)["name"] for line in lines) == names
    assert sorted(pandas.read_parquet(tmp_path / "x.parquet")["name"]) == names


# Seeing


@pytest.mark.promise("seeing-tables")
def test_repr_and_print_stay_short(session: Session) -> None:
    found = shots(session)
    assert repr(found) == str(found) == f"EntityCollection[Shot]{{{len(found)}}}"


@pytest.mark.promise("seeing-tables")
def test_a_collection_shows_its_rows(session: Session) -> None:
    lines = drawn(shots(session, "status.name"), rows=4)
    assert lines[0].split() == ["name", "status.name"]
    assert lines[4].split() == ["...", "..."]
    assert lines[-1] == "10 Shot, 6 of them not shown"


@pytest.mark.promise("seeing-asks-nothing")
def test_seeing_asks_for_nothing_and_says_what_is_missing(fresh: Session, requests_of: Listen) -> None:
    found = shots(fresh, limit=3)
    with requests_of(fresh) as asked:
        assert drawn(found, ["name", "description"])[-1] == "Not loaded: description"
        found._repr_html_()
        found.children._repr_html_()
    assert asked == []


@pytest.mark.promise("seeing-tables")
def test_notebooks_get_a_page_and_terminals_a_table(session: Session) -> None:
    found, show = shots(session, "status.name"), DisplayFormatter().format
    data, _ = show(found)
    assert data["text/html"].startswith("<div><table>")
    assert "<script" not in data["text/html"]
    assert "status.name" in data["text/plain"]
    data, _ = show(Query(Shot, session).by_name("bc%"))
    assert "by_name(&#x27;bc%&#x27;)" in data["text/html"]
    assert show(SCHEMA)[0]["text/plain"] == "<SCHEMA: default>"
    with session.profile() as profile:
        Query(Shot, session).count()
    assert "count" in show(profile)[0]["text/html"]
    error = UnknownAttributeError("No <b>nam</b>.", name="nam", near=["name"])
    assert show(error)[0]["text/html"] == "<p>No &lt;b&gt;nam&lt;/b&gt;.</p><ul><li><code>name</code></li></ul>"


@pytest.mark.promise("seeing-tables")
def test_thumbnails_are_pictures_where_they_were_loaded(session: Session) -> None:
    found = shots(session, "thumbnail_url")
    address = "https://studio.ftrackapp.com/thumbnail?id=1"
    page = html_of(replace(found.table(), pictures=lambda _: address), 10)
    assert page.count(f'<img src="{address}"') == len(found)
    assert "thumbnail_url" not in page
    has_port = not str(session.server_url).endswith(".invalid")
    assert ("<img" in found._repr_html_()) == has_port, "no browser reaches a server without a port"


@pytest.mark.promise("seeing-asks-nothing")
def test_a_table_that_was_not_loaded_says_so(fresh: Session) -> None:
    found = shots(fresh, limit=1)
    assert drawn(found.children)[-1] == "The TypedContext entities were not loaded."


@pytest.mark.promise("hierarchies-and-graphs")
def test_a_project_shows_its_hierarchy(session: Session) -> None:
    project = Query(Project, session).by_name("sync").get_one()
    tree = project.tree(1)
    assert str(tree).splitlines()[:3] == ["sync Project", "├── Assets Folder", "│   └── ... 4 more"]
    assert len(tree) == 1 + Query(Task.__mro__[1], session).by_name(Project, "sync").count()
    assert "<details open" in tree._repr_html_()
    shot = Query(Shot, session).by_name("bc0010").get_one()
    assert str(shot.tree()).splitlines()[0] == "bc0010 Shot"
    assert len(str(shot.tree()).splitlines()) == 1 + len(shot.fetch_attributes("children").children)
    with pytest.raises(EntityCollectionOperationError, match="has no hierarchy"):
        Query(Asset, session).get_first().tree()


@pytest.mark.promise("hierarchies-and-graphs")
def test_types_and_paths_are_drawn(session: Session) -> None:
    graph = session.graph(Asset, AssetVersion, Task)
    assert '"AssetVersion" -> "Task" [label="task"];' in graph.dot()
    assert graph._repr_svg_().startswith("<svg")
    explained = Query(AssetVersion, session).by_name(Project, "sync").explain()
    assert [(edge.start, edge.end) for edge in explained.graph.edges] == [("AssetVersion", "Task"), ("Task", "Project")]
    assert "task.project" in explained
    assert "<svg" in explained._repr_html_()
    assert [edge.name for edge in shots(session).explain(Status).graph.edges] == ["status"]
