"""`trackteroid query`, as somebody at a shell meets it."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.shell import shell
from trackteroid import Query, Shot
from trackteroid.cli import statements
from trackteroid.session import Session

pytestmark = pytest.mark.usefixtures("server")


@pytest.mark.slow
def test_what_is_asked_is_drawn_with_lists_of_what_is_related() -> None:
    done = shell(
        *("query", "Shot", "--by-name", "bc%", "--by-project", "sync", "--select", "name,Task.Status.name", "--table")
    )
    assert done.code == 0
    assert done.printed.splitlines()[0].split() == ["name", "children.status.name"]
    assert "bc0010   In progress, Approved, Pending Review" in done.printed
    assert done.printed.rstrip().endswith("6 Shot")


def test_a_pipe_gets_csv_and_json_is_for_who_asks() -> None:
    question = ("query", "select name, status.name from Shot where name like 'bc%' order by name desc limit 2")
    rows = list(csv.DictReader(io.StringIO(shell(*question).printed)))
    assert rows == [{"name": "bc0060", "status.name": "In progress"}, {"name": "bc0050", "status.name": "On Hold"}]
    assert shell(*question, "--json").data == rows
    assert [row["name"] for row in map(json.loads, shell(*question, "--jsonl").printed.splitlines())] == [
        "bc0060",
        "bc0050",
    ]


@pytest.mark.parametrize("missing", [(), ("rich", "rich.console")])
def test_a_table_is_drawn_with_and_without_rich(missing: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in missing:
        monkeypatch.setitem(sys.modules, name, None)
    lines = shell("query", "Shot", "--select", "name,bid", "--limit", "2", "--table").printed.splitlines()
    assert lines[0].split() == ["name", "bid"]
    assert len({len(line.rstrip()) for line in (lines[2], lines[3])}) == 1, "numbers are flush"
    assert lines[-1] == "2 Shot"


def test_parquet_is_written_to_a_file(tmp_path: Path) -> None:
    path = tmp_path / "shots.parquet"
    assert shell("query", "Shot", "--select", "name", "--parquet", str(path)).code == 0
    assert path.read_bytes()[:4] == b"PAR1"


@pytest.mark.parametrize(
    ("criteria", "count"),
    [
        (("--by-name", "bc0010", "--by-name", "bc0020"), "2"),
        (("--by-name", "bc%", "--not-by-name", "bc0010"), "5"),
        (("--by-task-status", "Revise", "--by-project", "sync", "--by-name", "bc%"), "2"),
        (("--by-name", '" or name like "%'), "0"),
        (("--by-name", "x' or 'a' is 'a"), "0"),
    ],
)
def test_criteria_are_options_and_what_they_are_given_stays_a_value(criteria: tuple[str, ...], count: str) -> None:
    done = shell("query", "Shot", *criteria, "--count")
    assert (done.code, done.printed.strip()) == (0, count)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ('Shot where nmae is "x"', "Shot has no attribute nmae. Did you mean name?"),
        ('Shot where status.nmae is "x"', "Status has no attribute nmae"),
        ("Shot where name is", "Expected a value"),
        ("Shoot", 'Did you mean "Shot"?'),
    ],
)
def test_a_wrong_question_is_wrong_usage(question: str, said: str) -> None:
    done = shell("query", question)
    assert (done.code, done.printed) == (2, "")
    assert said in done.said


def test_what_would_be_asked_is_explained() -> None:
    done = shell("query", "Shot", "--by-project", "sync", "--explain", "--json")
    assert done.data["query"] == 'select id, name from Shot where project has (name is "sync")'
    assert "Shot -> Project" in done.data["explanation"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("Shott",), 'The server has no entity type "Shott". Did you mean "Shot"?'),
        (("Shot", "--by-nmae", "x"), 'Shot has no criterion --by-nmae. Did you mean "--by-name"'),
        (("Shot", "--select", "nmae"), 'Shot has no attribute "nmae". Did you mean "name"'),
        (("Shot where name is 'a",), "quotation mark that is not closed"),
        (("Shot where (name is a",), 'has a "(" that is not closed'),
        (("Shot named sh010",), 'A condition begins with "where"'),
        (("Shot", "--csv", "--json"), "exclude each other"),
        (("Shot", "--by-name"), "--by-name needs a value"),
    ],
)
def test_what_is_misspelt_is_wrong_usage_and_gets_a_suggestion(arguments: tuple[str, ...], said: str) -> None:
    done = shell("query", *arguments)
    assert done.code == 2
    assert said in done.said
    assert done.printed == ""


def test_the_program_that_does_the_same_does_the_same(server: str, capsys: pytest.CaptureFixture[str]) -> None:
    question = ("query", "Shot where status.name is 'On Hold'", "--by-project", "sync", "--select", "name", "--csv")
    program = shell(*question, "--server", server, "--python").printed
    assert "Query(Shot, session).by_name(Project, 'sync').inject(" in program
    capsys.readouterr()
    exec(program, {})
    assert capsys.readouterr().out.splitlines() == shell(*question).printed.splitlines() != []


def test_what_the_server_does_not_let_in_is_told_without_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTRACK_SERVER", "http://127.0.0.1:9")
    path = tmp_path / "key"
    path.write_text("a-secret-that-nobody-sees")
    done = shell("query", "Shot", "--user", "ann", "--key-file", str(path))
    assert done.code == 3
    assert "a-secret-that-nobody-sees" not in done.said + done.printed


_WORDS = st.text(st.characters(blacklist_characters="\"'\\", blacklist_categories=("Cs", "Cc")), max_size=20)


@given(_WORDS, st.integers(0, 999))
def test_what_is_quoted_is_never_taken_for_a_part_of_the_statement(word: str, limit: int) -> None:
    condition = f'name is "{word} order by limit 3 (" and description is "where"'
    found = statements.read(f"Shot where {condition} order by name desc limit {limit}")
    assert (found.where, found.order_by, found.order, found.limit) == (condition, ("name",), "descending", limit)


def test_the_statement_finds_what_the_library_finds(server: str) -> None:
    with Session(server_url=server) as session:
        names = sorted(Query(Shot, session).by_name("bc%").get().name)
    found = shell("query", "Shot where name like 'bc%'", "--select", "name", "--json").data
    assert sorted(row["name"] for row in found) == names


def test_what_is_wrong_is_said_before_there_is_output() -> None:
    for form in ("--csv", "--json", "--jsonl"):
        done = shell("query", "Shot where nmae is 'x'", form)
        assert (done.code, done.printed) == (2, "")
        assert "Did you mean name?" in done.said
