"""`set`, `create` and `delete`: what they show, ask, send and leave alone."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest

from commands.shell import shell
from trackteroid import Query, Sequence, Shot, Task
from trackteroid.cli.delete import going_with
from trackteroid.entities.base import entity_class
from trackteroid.errors import UnreachableServerError
from trackteroid.session import Session


def shots(server: str, name: str = "%") -> list[dict[str, object]]:
    with Session(server_url=server) as session:
        return Query(Shot, session).by_name(name).to_dicts(["name", "status.name", "description", "parent.name"])


@pytest.mark.promise("commands-show-before-they-change")
@pytest.mark.slow
def test_a_dry_run_shows_the_plan_and_sends_nothing(server: str) -> None:
    done = shell("set", "Shot where name is 'bc0010'", "status=Completed", 'description=5" of rain', "--dry-run")
    assert done.code == 0
    assert 'Change Shot "bc0010" of Sequence "bc"' in done.printed
    assert 'status: "In progress" -> "Completed"' in done.printed
    assert done.printed.endswith("Nothing was sent.\n")
    assert shots(server, "bc0010")[0]["status.name"] == "In progress"


@pytest.mark.slow
def test_what_is_set_is_converted_and_found_by_its_name(fresh_server: str) -> None:
    given = ("status=Completed", "description=5\" of 'rain'")
    done = shell("set", "Shot", "--by-name", "bc0010", *given, "--json")
    assert (done.code, done.data["sent"]) == (0, 2)
    (shot,) = shots(fresh_server, "bc0010")
    assert (shot["status.name"], shot["description"]) == ("Completed", "5\" of 'rain'")
    again = shell("set", "Shot", "--by-name", "bc0010", *given)
    assert (again.code, again.printed) == (0, "Nothing to change.\n")
    assert shell("set", "Shot", "--by-name", "bc0010", "description=").code == 0
    assert not shots(fresh_server, "bc0010")[0]["description"]
    identity = shell("get", "Sequence", "sync/st", "--select", "id", "--json").data["id"]
    assert shell("set", "Shot", "--by-name", "bc0010", f"parent.id={identity}").code == 0
    assert shots(fresh_server, "bc0010")[0]["parent.name"] == "st"
    assert shell("set", "Shot", "--by-name", "bc0010", f"parent.id={identity}").printed == "Nothing to change.\n"
    tasks = ("set", "Task where parent.name is 'bc0010' and name like 'C%'", "bid=3.5", "start_date=2026-05-01")
    assert shell(*tasks).code == 0
    with Session(server_url=fresh_server) as session:
        assert 3.5 in Query(Task, session).distinct("bid")


@pytest.mark.promise("commands-ask-before-many-changes")
def test_more_than_ten_changes_are_made_after_a_question(fresh_server: str) -> None:
    many = ("set", "Shot limit 11", "description=all the same")
    refused = shell(*many, answer="n\n")
    assert refused.code == 1
    assert "Make 11 changes?" in refused.said
    assert "Nothing was changed." in refused.said
    unanswered = shell(*many)
    assert unanswered.code == 2
    assert "add --yes" in unanswered.said
    assert not any(shot["description"] == "all the same" for shot in shots(fresh_server))
    assert shell(*many, answer="y\n").code == 0
    assert sum(shot["description"] == "all the same" for shot in shots(fresh_server)) == 11


def test_changes_are_deferred_into_a_file(fresh_server: str, tmp_path: Path) -> None:
    path = str(tmp_path / "later.db")
    done = shell("set", "Shot where name is 'bc0010'", "description=later", "--defer", path)
    assert (done.code, f"operations commit {path}" in done.printed) == (0, True)
    assert shots(fresh_server, "bc0010")[0]["description"] != "later"
    assert "is there already" in shell("delete", "Shot", "--defer", path).said
    assert shell("operations", "commit", path, "--json").data["sent"] == 1
    assert shots(fresh_server, "bc0010")[0]["description"] == "later"


@pytest.mark.slow
def test_something_new_is_created_where_a_path_leads_and_deleted_after_a_question(fresh_server: str) -> None:
    done = shell("create", "Shot", "name=sh777", "status=On Hold", "--parent", "sync/bc")
    assert done.code == 0
    (shot,) = shots(fresh_server, "sh777")
    assert (shot["status.name"], shot["parent.name"]) == ("On Hold", "bc")
    assert shell("create", "Task", "name=comp", "type=Compositing", "--parent", "sync/bc/sh777").code == 0
    assert shell("get", "Task", "sync/bc/sh777/comp", "--select", "type.name", "--json").data == {
        "type.name": "Compositing"
    }
    gone = shell("delete", "Shot", "--by-name", "sh777", answer="y\n")
    assert gone.code == 0
    assert "With it: 1 Task" in gone.printed
    assert shots(fresh_server, "sh777") == []


def test_deleting_says_all_that_goes_and_other_servers_are_asked_for_the_usual(
    fresh_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = shell("delete", "Sequence", "--by-name", "bc", "--dry-run")
    told = {kind: int(count) for count, kind in re.findall(r"With it: (\d+) (\w+)", done.printed)}
    assert {"Task", "Note", "Timelog", "FileComponent", "TypedContextLink", "Metadata"} <= told.keys()
    assert told["Shot"] == 6
    with Session(server_url=fresh_server) as session:
        found = Query(Sequence, session).by_name("bc").get_all()
        monkeypatch.setattr(Session, "server_information", {})
        usual = list(going_with(session, "Sequence", found))
        assert usual[0] == "With it: 25 TypedContext"
        assert usual[-1].startswith("And what belongs to it: notes, time logs, ")
    monkeypatch.undo()
    assert len(shots(fresh_server, "bc%")) == 6


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("set", "Shot", "status=Completd"), 2, 'The server has no Status "Completd". Did you mean "Completed"?'),
        (("set", "Shot", "statu=Completed"), 2, 'Shot has no attribute "statu". Did you mean "status"'),
        (("set", "Shot", "custom_fpz=1"), 2, 'Shot has no custom attribute "fpz". It has '),
        (("set", "Shot", "children=x"), 2, "holds several values"),
        (("set", "Shot", "status"), 2, "NAME=VALUE"),
        (("set", "Task", "bid=lots"), 2, '"bid" takes a number'),
        (("set", "Shot where name is 'nobody'", "status=Completed"), 1, "Nothing was found"),
        (("set", "Shot", "description=x", "--dry-run", "--defer", "x.db"), 2, "exclude each other"),
        (("create", "Shot", "name=a", "--parent", "sync/bcc"), 1, 'There is no "bcc" in sync. Did you mean "bc"?'),
        (("create", "Shot", "name=a", "--parent", "snyc"), 1, 'There is no project "snyc". Did you mean "sync"?'),
        (("create", "Shot", "name=a"), 2, "Nothing tells what the new Shot belongs to. Say so with --parent, a path"),
        (("create", "Shot", "name=a", "parent=sync/bc"), 2, "Write --parent PATH or parent.id=ID."),
        (("set", "Shot", "parent=bc"), 2, "Write parent.id=ID."),
        (("set", "Shot", "status.color=red"), 2, "Write status=NAME or status.id=ID."),
        (("delete", "Shot where"), 2, 'has nothing behind "where"'),
        (("delete", "Sho"), 2, 'Did you mean "Shot"'),
    ],
)
def test_what_does_not_fit_is_told_before_anything_is_changed(
    server: str, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = shell(*arguments)
    assert (done.code, said in done.said) == (code, True), done.said


@pytest.mark.parametrize("what", [("Sequence", "bc"), ("Project", "sync"), ("Asset", "bc0040_comp")])
def test_what_is_said_to_go_with_it_is_what_goes(fresh_server: str, what: tuple[str, str]) -> None:
    kinds = {"Shot", "Task", "Asset", "AssetVersion", "Note", "Timelog", "FileComponent", "Metadata", "ListObject"}

    def counts() -> dict[str, int]:
        with Session(server_url=fresh_server) as session:
            return {kind: Query(entity_class(kind), session).count() for kind in kinds}

    before = counts()
    done = shell("delete", what[0], "--by-name", what[1], "--yes")
    told = re.findall(r"With it: ([\d,]+) (\w+)", done.printed)
    said = {kind: int(count.replace(",", "")) for count, kind in told if kind in kinds}
    gone = {kind: before[kind] - count for kind, count in counts().items()}
    gone["Asset"] -= what[0] == "Asset"
    assert said == {kind: count for kind, count in gone.items() if count} != {}


@pytest.mark.parametrize(
    ("error", "code"), [(UnreachableServerError("The line is cut."), 3), (KeyboardInterrupt(), 130)]
)
def test_what_was_interrupted_while_it_was_sent_can_be_finished(
    fresh_server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: BaseException, code: int
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with monkeypatch.context() as patch:
        patch.setattr(Session, "reconnect_and_commit", lambda *_: (_ for _ in ()).throw(error))
        done = shell("set", "Shot", "--by-name", "bc0010", "description=in the end")
    assert done.code == code
    path = done.said.partition("operations commit ")[2].splitlines()[0]
    assert shell("operations", "commit", path).code == 0
    assert shots(fresh_server, "bc0010")[0]["description"] == "in the end"


def test_what_names_hold_is_not_obeyed_by_terminals(fresh_server: str) -> None:
    with Session(server_url=fresh_server) as session:
        sequence = Query(Sequence, session).by_name("bc").get_one()
        sequence.children[Shot].create(name="ev\x1b[2J\u202eil", description="\x1b]0;mine\x07\nlines stay").commit()
    statement = "Shot where name like 'ev%'"
    for arguments in (
        ("set", statement, "description=x", "--dry-run"),
        ("delete", statement, "--dry-run"),
        ("query", statement, "--select", "name,description", "--table"),
        ("query", "Shot where name is 'ev\x1b[2J\u202eil'", "--explain"),
        ("tree", "sync/bc"),
        ("set", "Shot where name is 'bc0010'", "status=\x1b[2J"),
        ("create", "Task", "name=\x1b[2J", "type=\u202eanim", "--parent", "sync/bc/bc0010"),
    ):
        done = shell(*arguments)
        assert done.printed + done.said
        assert not set("\x1b\x07\u202e") & set(done.printed + done.said), arguments
