"""What holds for every command of the whole program."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
import pytest
import requests
from click.testing import CliRunner

from commands.shell import shell
from trackteroid import AssetVersion, Project, Shot
from trackteroid.cli import main
from trackteroid.cli.ending import CODES
from trackteroid.query import Query
from trackteroid.server import EmbeddedServer
from trackteroid.session import Session


def commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from commands(found, (*path, name))


EVERY = dict(commands(main))

#: What each command has to be given.
NEEDED: dict[tuple[str, ...], tuple[str, ...]] = {
    ("backup",): ("copy.db", "--database", "postgresql://ann:secret@db/show"),
    ("check",): ("--database", "sqlite:///x.db"),
    ("completion",): ("bash",),
    ("create",): ("Shot", "name=sh010", "status=On Hold", "--parent", "sync/bc"),
    ("delete",): ("Shot", "--by-name", "bc0010"),
    ("download",): ("files", "--id", "1"),
    ("generate",): ("--database", "sqlite:///x.db"),
    ("get",): ("Shot", "sync/bc/bc0010", "--select", "name,Task.Status.name"),
    ("operations", "commit"): ("a.db", "--dry-run"),
    ("operations", "repair"): ("a.db",),
    ("operations", "show"): ("a.db",),
    ("operations", "verify"): ("a.db",),
    ("listen",): ("a.py",),
    ("publish",): ("a.exr", "--context", "sync/bc", "--asset", "comp"),
    ("query",): ("Shot", "--by-project", "sync"),
    ("restore",): ("copy.db", "--database", "sqlite:///x.db"),
    ("run",): ("--server", "sqlite:///x.db", "tool.py"),
    ("schema",): ("Shot",),
    ("serve",): ("--key", "secret"),
    ("set",): ("Shot where name is 'bc0010'", "status=Completed", "custom_fps=24"),
    ("stubs",): ("typings",),
    ("tree",): ("sync/bc",),
    ("users", "add"): ("ann", "--database", "sqlite:///x.db"),
    ("users", "deactivate"): ("ann", "--database", "sqlite:///x.db"),
    ("users", "list"): ("--database", "sqlite:///x.db"),
    ("users", "key", "list"): ("ann", "--database", "sqlite:///x.db"),
    ("users", "key", "new"): ("ann", "--database", "sqlite:///x.db"),
    ("users", "key", "revoke"): ("ann", "--database", "sqlite:///x.db"),
    ("users", "role", "add"): ("ann", "API", "--database", "sqlite:///x.db"),
    ("users", "role", "allow"): ("API", "tasks", "read", "--database", "sqlite:///x.db"),
    ("users", "role", "deny"): ("API", "tasks", "read", "--database", "sqlite:///x.db"),
    ("users", "role", "list"): ("--database", "sqlite:///x.db"),
    ("users", "role", "remove"): ("ann", "API", "--database", "sqlite:///x.db"),
    ("webhooks", "add"): ("https://tools.example", "--database", "sqlite:///x.db"),
    ("webhooks", "failed"): ("1", "--database", "sqlite:///x.db"),
    ("webhooks", "list"): ("--database", "sqlite:///x.db"),
    ("webhooks", "pause"): ("1", "--database", "sqlite:///x.db"),
    ("webhooks", "remove"): ("1", "--database", "sqlite:///x.db"),
    ("webhooks", "resume"): ("1", "--database", "sqlite:///x.db"),
    ("webhooks", "send-again"): ("1", "--database", "sqlite:///x.db"),
}


@pytest.mark.promise("every-command-prints-json-and-its-program")
def test_every_command_has_json_a_program_and_stated_exit_codes() -> None:
    for path, command in EVERY.items():
        options = {option for parameter in command.params for option in parameter.opts}
        assert {"--json", "--python"} <= options, path
        epilog = command.epilog or ""
        assert all(f"  {code}  " in epilog for code in CODES if code < 100), path


@pytest.mark.promise("every-command-prints-json-and-its-program")
@pytest.mark.usefixtures("server")
def test_the_program_of_every_command_is_a_program_and_has_no_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for path in EVERY:
        done = shell(*path, "--python", *NEEDED.get(path, ()))
        assert done.code == 0, (path, done.said)
        compile(done.printed, " ".join(path), "exec")
        assert "secret" not in done.printed, path
        assert "main(" not in done.printed, "what a command does is told by calls of the library"
    assert list(tmp_path.iterdir()) == [], "something was done"


@pytest.mark.slow
def test_programs_of_changes_do_the_same(fresh_server: str) -> None:
    given = ("Shot", "--by-name", "bc0010", "status=Completed", "description=it's done")
    exec(shell("set", *given, "--server", fresh_server, "--python").printed, {})
    assert shell("set", *given).printed == "Nothing to change.\n"
    exec(shell("create", "Shot", "name=new", "--parent", "sync/bc", "--server", fresh_server, "--python").printed, {})
    assert shell("get", "Shot", "sync/bc/new", "--select", "name", "--json").data == {"name": "new"}
    exec(shell("delete", "Shot", "--by-name", "new", "--server", fresh_server, "--python").printed, {})
    assert shell("get", "Shot", "sync/bc/new").code == 1


def test_commands_that_are_misspelt_get_a_suggestion() -> None:
    for words, meant in ((("qurey",), "'query'"), (("operations", "comit"), "'commit'")):
        done = shell(*words)
        assert (done.code, f"Did you mean {meant}?" in done.said) == (2, True), done.said


@pytest.mark.usefixtures("server")
def test_ctrl_c_ends_with_a_code_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(Query, "count", interrupt)
    done = shell("query", "Shot", "--count")
    assert (done.code, done.printed, done.said) == (130, "", "Interrupted.\n")


def completed(shell_name: str, *words: str) -> list[str]:
    """Return what a shell offers for the last of these words."""
    if shell_name == "powershell":
        given = {"COMP_WORDS": "\n".join(["trackteroid", *words[:-1]]), "COMP_CWORD": words[-1]}
    else:
        given = {"COMP_LINE": " ".join(["trackteroid", *words])}
    given["_TRACKTEROID_COMPLETE"] = f"{shell_name}_complete"
    return CliRunner().invoke(main, [], env=given, prog_name="trackteroid").output.splitlines()


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("query", "AssetVers"), "AssetVersion"),
        (("query", "Shot", "--by-sta"), "--by-status"),
        (("query", "Shot", "--not-by-na"), "--not-by-name"),
        (("query", "Shot", "--select", "name,descr"), "name,description"),
        (("set", "Shot", "descr"), "description="),
        (("oper",), "operations"),
    ],
)
def test_shells_complete_types_criteria_and_attributes(words: tuple[str, ...], offered: str) -> None:
    for name in ("bash", "zsh", "fish", "powershell"):
        assert any(offered in line for line in completed(name, *words)), (name, completed(name, *words))


def test_nothing_is_completed_and_nothing_is_said_where_no_server_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTRACK_SERVER", "http://127.0.0.1:9")
    monkeypatch.setenv("FTRACK_API_KEY", "x")
    assert completed("bash", "query", "Shot", "--select", "descr") == [""]


@pytest.mark.parametrize("name", ["bash", "zsh", "fish", "powershell"])
def test_the_scripts_for_shells_are_printed(name: str) -> None:
    done = shell("completion", name, "--json")
    assert "_TRACKTEROID_COMPLETE" in done.data["script"]
    assert done.data["script"] + "\n" == shell("completion", name).printed


@pytest.mark.usefixtures("server")
def test_who_where_and_what_there_is() -> None:
    who = shell("whoami", "--json").data
    assert (who["user"], who["roles"]) == ("demo", ["Administrator"])
    types = [row["type"] for row in shell("schema", "--json").data]
    assert types == sorted(types)
    assert "AssetVersion" in types
    attributes = {row["attribute"]: row for row in shell("schema", "Shot", "--json").data}
    assert (attributes["status"]["of"], "custom_fps" in attributes) == ("Status", True)
    assert shell("tree", "sync/bc", "--depth", "1").printed.splitlines()[:2] == [
        "bc Sequence",
        "├── bc0010 Shot (In progress)",
    ]
    (drawn,) = shell("tree", "sync/bc", "--json").data
    assert {child["type"] for child in drawn["children"]} == {"Shot", "Task"}


@pytest.mark.usefixtures("server")
def test_one_entity_is_got_by_its_id_its_name_or_its_path() -> None:
    by_path = shell("get", "Shot", "sync/bc/bc0010", "--json").data
    assert by_path == shell("get", "Shot", "bc0010", "--project", "sync", "--json").data
    assert by_path == shell("get", "Shot", by_path["id"].upper(), "--json").data
    assert "status.name          In progress" in shell("get", "Shot", by_path["id"]).printed
    several = shell("get", "Task", "Compositing")
    assert several.code == 1
    assert "Give an id, a path or --project NAME:" in several.said
    assert shell("get", "Shot", "nobody").code == 1
    assert shell("get", "User", "mira", "--select", "username", "--json").data == {"username": "mira"}


@pytest.mark.usefixtures("server")
def test_the_console_has_everything_imported() -> None:
    assert shell("console", "-c", "print(Query(Shot).by_name(Project, 'sync').get(limit=1))").printed == (
        "EntityCollection[Shot]{1}\n"
    )
    assert json.loads(shell("console", "--json", "-c", "print(1 + 1)").printed) == {"output": "2\n"}
    assert shell("console", "--json").code == 2
    assert shell("console", "-c", "Query(Shot).by_nmae('x')").code == 2


@pytest.mark.slow
def test_where_links_lead_on_our_server_it_says_how_to_look_at_what_they_mean(server: str) -> None:
    embedded = EmbeddedServer("sqlite://?demo")
    with closing(embedded), embedded.listening() as url:
        session = Session(server_url=url, api_user=embedded.username, api_key=embedded.api_key, plugin_paths=[])
        with session:
            for kind in (Shot, Project, AssetVersion):
                html = Query(kind, session).get_first()._repr_html_()
                link = re.search(r'href="([^"#]*)#slideEntityId=([^&]+)&amp;slideEntityType=(\w+)', html)
                assert link is not None
                told = requests.get(link[1], timeout=60).text
                (words,) = re.findall(rf"trackteroid (get \w+) ID +\({link[3]}\)", told)
                found = shell(*words.split(), link[2], "--server", server, "--json")
                assert found.data["id"] == link[2]
