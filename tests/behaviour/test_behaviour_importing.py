"""Entities are created and changed from the rows of a table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas
import polars
import pyarrow
import pytest

from trackteroid import Folder, Project, Query, Session, Shot, Task
from trackteroid.errors import InvalidArgumentsError, TableError, UnknownAttributeError


@pytest.fixture
def shots(author: Session, project: Any) -> Any:
    """Two shots, and a query for the shots of the project."""
    folder = Query(Folder, author).by_id(Project, *project.id).get_one()
    folder.children[Shot].create_batch(
        {"name": "sh010", "description": "first"}, {"name": "sh020", "description": "second"}
    )
    author.commit()
    return Query(Folder, author).by_id(*folder.id).get_one()


def query(shots: Any) -> Query:
    return Query(Shot, shots.as_query().session).by_id(Folder, *shots.id)


def stored(other: Session, shots: Any) -> dict[str, tuple[str, str]]:
    found = Query(Shot, other).by_id(Folder, *shots.id).rows(["name", "description", "status.name"])
    return {name: (description, status) for name, description, status in found}


ROWS = [
    {"name": "sh010", "description": "changed", "status": "On Hold"},
    {"name": "sh020", "description": "second"},
    {"name": "sh030", "description": "new", "status": "Completed"},
]


@pytest.mark.promise("rows-are-planned-first")
def test_a_plan_says_what_is_new_changed_and_gone_and_changes_nothing(other: Session, shots: Any) -> None:
    before = stored(other, shots)
    plan = Query(Shot, shots.as_query().session).from_rows([ROWS[0], ROWS[2]], parent=shots)
    assert [change.name for change in plan.new] == ['"sh030"']
    assert plan.changed[0].values["description"] == ("first", "changed")
    assert [change.name for change in plan.gone] == ['"sh020"']
    assert str(plan).splitlines()[:4] == [
        "Shot: 1 new, 1 changed, 0 unchanged, 1 not in the table, which stay",
        'Change Shot "sh010"',
        "    description: first -> changed",
        "    status: Not started -> On Hold",
    ]
    assert stored(other, shots) == before


@pytest.mark.promise("rows-are-planned-first")
@pytest.mark.parametrize(
    "framed",
    [list, pandas.DataFrame, polars.DataFrame, pyarrow.Table.from_pylist, lambda rows: polars.DataFrame(rows).lazy()],
    ids=["dictionaries", "pandas", "polars", "arrow", "lazy"],
)
def test_any_table_is_committed_and_a_second_run_plans_nothing(
    other: Session, shots: Any, framed: Callable[[Any], Any]
) -> None:
    plan = query(shots).from_rows(framed(ROWS), parent=shots)
    assert (len(plan.new), len(plan.changed), plan.unchanged) == (1, 1, 1)
    plan.commit()
    assert stored(other, shots) == {
        "sh010": ("changed", "On Hold"),
        "sh020": ("second", "Not started"),
        "sh030": ("new", "Completed"),
    }
    again = query(shots).from_rows(framed(ROWS), parent=shots)
    assert not again
    assert again.unchanged == 3


@pytest.mark.promise("exported-is-imported-unchanged")
@pytest.mark.parametrize("ending", ["csv", "json", "parquet"])
def test_what_was_exported_is_imported_without_a_change(shots: Any, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"shots.{ending}"
    columns = ["id", "name", "description", "status.name", "created_at", "custom_fps", "sort", "custom_attributes"]
    getattr(query(shots).get_all(columns), f"to_{ending}")(path, columns)
    for key in ("name", "id"):
        plan = query(shots).from_rows(path, key)
        assert not plan, str(plan)
        assert plan.unchanged == 2


@pytest.mark.promise("rows-become-values")
def test_text_of_a_file_becomes_what_the_attribute_is(author: Session, shots: Any, tmp_path: Path) -> None:
    path = tmp_path / "tasks.csv"
    path.write_text(
        "name,type,bid,start_date,custom_x\ncomp,Compositing,3600,2026-02-01T10:00:00+02:00,\n", encoding="utf-8"
    )
    shot = query(shots).by_name("sh010").get_one()
    plan = Query(Task, author).from_rows(path, parent=shot, columns={"custom_x": None})
    plan.commit()
    found = Query(Task, author).by_id(Shot, *shot.id).to_dicts(["name", "type.name", "bid", "start_date"])
    assert [(row["name"], row["type.name"], row["bid"], row["start_date"].isoformat()) for row in found] == [
        ("comp", "Compositing", 3600.0, "2026-02-01T08:00:00+00:00")
    ]


@pytest.mark.promise("rows-become-values")
def test_empty_cells_change_nothing_unless_they_clear(other: Session, shots: Any) -> None:
    rows = pandas.DataFrame({"name": ["sh010"], "description": [None], "status": [""]})
    assert not query(shots).from_rows(rows)
    plan = query(shots).from_rows(rows.drop(columns="status"), empty="clear")
    plan.commit()
    assert stored(other, shots)["sh010"][0] in (None, "")


@pytest.mark.promise("rows-delete-nothing-unasked")
def test_what_is_gone_is_deleted_only_if_asked(other: Session, shots: Any) -> None:
    query(shots).from_rows(ROWS[:1], parent=shots).commit()
    assert set(stored(other, shots)) == {"sh010", "sh020"}
    plan = query(shots).from_rows(ROWS[:1], parent=shots, delete=True)
    assert 'Delete Shot "sh020"' in str(plan)
    plan.commit()
    assert set(stored(other, shots)) == {"sh010"}


@pytest.mark.promise("rows-have-parents")
def test_a_column_names_the_parent_of_each_row(author: Session, other: Session, project: Any) -> None:
    below = project.children[Folder]
    below.create(name="second folder")
    author.commit()
    folders = Query(Folder, author).by_id(Project, *project.id).get_all()
    rows = [{"parent": "folder", "name": "same"}, {"parent": "second folder", "name": "same"}]
    Query(Shot, author).from_rows(rows, parent=folders).commit()
    assert not Query(Shot, author).from_rows(rows, parent=folders)
    found = Query(Shot, other).by_id(Project, *project.id).rows(["name", "parent.name"])
    assert sorted(found) == [("same", "folder"), ("same", "second folder")]
    with pytest.raises(TableError, match=r"none of the parents is called 'secnd folder'. Did you mean"):
        Query(Shot, author).from_rows([{"parent": "secnd folder", "name": "x"}], parent=folders)


@pytest.mark.promise("rows-problems-at-once")
def test_everything_that_is_wrong_is_told_at_once(shots: Any) -> None:
    rows = [
        {"name": "sh010", "status": "On Hol"},
        {"name": "sh010", "status": None},
        {"name": None, "status": None},
        {"name": "sh020", "status": "Completed", "created_at": "2020-01-01"},
    ]
    with pytest.raises(TableError) as raised:
        query(shots).from_rows(rows)
    assert [problem.partition(".")[0] for problem in raised.value.problems] == [
        'Row 1, column "status": The server has no Status "On Hol"',
        'Rows 1 and 2 are both "sh010"',
        'Row 3 has nothing in "name", by which rows are known',
        raised.value.problems[3].partition(".")[0],
    ]
    assert raised.value.problems[3].startswith('Row 4: "created_at" cannot be set')


@pytest.mark.promise("rows-problems-at-once")
def test_unknown_columns_keys_and_tables_are_explained(shots: Any) -> None:
    with pytest.raises(UnknownAttributeError, match=r'for the column "descripton". Did you mean "description"'):
        query(shots).from_rows([{"name": "x", "descripton": "y"}])
    with pytest.raises(InvalidArgumentsError, match='no column "code" to know rows by'):
        query(shots).from_rows([{"name": "x"}], key="code")
    with pytest.raises(InvalidArgumentsError, match="Put it into a list"):
        query(shots).from_rows({"name": "x"})
    with pytest.raises(InvalidArgumentsError, match=r"ends with '.xlsx'"):
        query(shots).from_rows("shots.xlsx")
    with pytest.raises(InvalidArgumentsError, match='columns names "Nam"'):
        query(shots).from_rows([{"Name": "x"}], columns={"Nam": "name"})


@pytest.mark.promise("rows-become-values")
def test_columns_may_be_called_differently(shots: Any) -> None:
    rows = [{"Code": "sh010", "Notes": "changed", "Extra": 1}]
    plan = query(shots).from_rows(rows, "name", columns={"Code": "name", "Notes": "description", "Extra": None})
    assert plan.changed[0].values == {"description": ("first", "changed")}


@pytest.mark.promise("rows-have-parents")
def test_names_that_several_have_are_not_guessed_at(author: Session, shots: Any, project: Any) -> None:
    project.children[Folder].create(name="other")
    author.commit()
    folders = Query(Folder, author).by_id(Project, *project.id).get_all()
    Query(Shot, author).from_rows([{"parent": "other", "name": "sh010"}], parent=folders).commit()
    with pytest.raises(TableError, match=r'Row 1: 2 Shot entities are "sh010"\. Narrow the query, give their parent'):
        Query(Shot, author).by_id(Project, *project.id).from_rows([{"name": "sh010", "description": "x"}])


@pytest.mark.promise("rows-are-planned-first")
def test_a_plan_is_committed_once(shots: Any) -> None:
    plan = query(shots).from_rows(ROWS, parent=shots)
    plan.commit()
    with pytest.raises(TableError, match="were committed already"):
        plan.commit()


@pytest.mark.promise("rows-are-planned-first")
def test_in_a_deferred_block_it_goes_to_the_file(author: Session, other: Session, shots: Any, tmp_path: Path) -> None:
    before = stored(other, shots)
    with author.deferred_operations(tmp_path / "shots.db"):
        query(shots).from_rows(ROWS, parent=shots).commit()
    assert stored(other, shots) == before
    assert 'Create Shot "sh030"' in str(author.plan(tmp_path / "shots.db"))
    other.reconnect_and_commit(tmp_path / "shots.db")
    assert stored(other, shots)["sh030"] == ("new", "Completed")


@pytest.mark.promise("rows-are-planned-first")
def test_what_the_server_refuses_leaves_everything_as_it_was(author: Session, other: Session, shots: Any) -> None:
    plan = query(shots).from_rows([*ROWS, {"name": "sh040"}], parent=shots)
    other_folder = Query(Folder, other).by_id(*shots.id).get_one()
    other_folder.fetch_attributes("children").children[Shot].create(name="sh040")
    other.commit()
    with pytest.raises(Exception, match="sh040"):
        plan.commit()
    assert not author.recorded_operations
    assert set(stored(other, shots)) == {"sh010", "sh020", "sh040"}


FILES = {
    "semicolons": (b"name;description\r\nsh010;changed\r\n", {"sh010": "changed"}),
    "tabs": (b"name\tdescription\nsh010\tchanged, indeed\n", {"sh010": "changed, indeed"}),
    "mark of Excel": (b"\xef\xbb\xbfname,description\nsh010,changed\n", {"sh010": "changed"}),
    "empty cells at the end": (b"name,description,,\nsh010,changed,,\n,,,\n", {"sh010": "changed"}),
}


@pytest.mark.promise("rows-lose-nothing")
@pytest.mark.parametrize(("content", "changed"), FILES.values(), ids=FILES)
def test_files_are_read_as_spreadsheets_write_them(
    shots: Any, tmp_path: Path, content: bytes, changed: dict[str, str]
) -> None:
    (tmp_path / "shots.csv").write_bytes(content)
    plan = query(shots).from_rows(tmp_path / "shots.csv", parent=shots)
    assert {each.name.strip('"'): each.values["description"][1] for each in plan.changed} == changed


BROKEN = {
    "another encoding": ("name,description\nsh010,\xe4\n".encode("latin-1"), "is not in UTF-8.*Save it as CSV UTF-8"),
    "one column twice": (b"name,description,name\nsh010,x,sh020\n", 'has two columns "name"'),
    "too many cells": (b"name,description\nsh010,x,y\n", "Row 1 has 3 cells, and the table 2 columns"),
    "no name for a column": (b"name,description,\nsh010,x,y\n", "Column 3 has values and no name"),
}


@pytest.mark.promise("rows-lose-nothing")
@pytest.mark.parametrize(("content", "message"), BROKEN.values(), ids=BROKEN)
def test_files_of_which_something_would_be_lost_are_refused(
    shots: Any, tmp_path: Path, content: bytes, message: str
) -> None:
    (tmp_path / "shots.csv").write_bytes(content)
    with pytest.raises(TableError, match=message):
        query(shots).from_rows(tmp_path / "shots.csv", parent=shots)


@pytest.mark.promise("rows-lose-nothing")
@pytest.mark.parametrize(
    "frame",
    [
        pandas.DataFrame([["sh010", "sh020"]], columns=["name", "name"]),
        pyarrow.Table.from_arrays([pyarrow.array(["sh010"]), pyarrow.array(["sh020"])], names=["name", "name"]),
    ],
    ids=["pandas", "arrow"],
)
def test_frames_with_one_column_twice_are_refused(shots: Any, frame: Any) -> None:
    with pytest.raises(TableError, match='has two columns "name"'):
        query(shots).from_rows(frame, parent=shots)


@pytest.mark.promise("rows-are-what-the-server-takes-them-for")
def test_names_are_the_same_however_they_are_written(other: Session, shots: Any) -> None:
    plan = query(shots).from_rows([{"name": "SH010", "description": "changed"}], parent=shots)
    assert (len(plan.new), plan.changed[0].values) == (
        0,
        {"name": ("sh010", "SH010"), "description": ("first", "changed")},
    )
    plan.commit()
    assert stored(other, shots)["SH010"][0] == "changed"
    with pytest.raises(TableError, match='Rows 1 and 2 are both "Sh030"'):
        query(shots).from_rows([{"name": "sh030"}, {"name": "Sh030"}], parent=shots)


@pytest.mark.promise("rows-are-what-the-server-takes-them-for")
def test_moments_without_a_zone_are_in_utc_whatever_brings_them(shots: Any) -> None:
    noon = pandas.Timestamp("2026-02-01 12:00")
    rows = [{"name": "anim", "type": "Animation", "start_date": noon}]
    for frame in (rows, pandas.DataFrame(rows), [{**rows[0], "start_date": each} for each in (noon.to_pydatetime(),)]):
        (new,) = Query(Task, shots.as_query().session).from_rows(frame, parent=shots).new
        assert new.values["start_date"][1].isoformat() == "2026-02-01T12:00:00+00:00"
