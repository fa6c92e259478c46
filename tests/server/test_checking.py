"""Looking at all of a database: whatever breaks a rule is found, and what follows from the rest is repaired."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from demo_servers import demo_database
from trackteroid.cli import main
from trackteroid.server import Database, EmbeddedServer
from trackteroid.server.core.failures import PermissionError_
from trackteroid.server.storage.checking import Report, check

#: What breaks a rule, which one, and whether that can be repaired.
BROKEN = [
    ("UPDATE asset SET latest_version_id = NULL WHERE latest_version_id IS NOT NULL", "latest versions", True),
    ("UPDATE asset SET latest_version_id = (SELECT min(id) FROM asset_version)", "latest versions", True),
    ("DELETE FROM context_ancestor WHERE depth = 2", "ancestors", True),
    ("UPDATE context_ancestor SET depth = depth + 1", "ancestors", True),
    (
        "INSERT INTO context_ancestor (context_id, ancestor_id, depth) SELECT parent_id, id, 1 FROM context "
        "WHERE parent_id IS NOT NULL LIMIT 3",
        "ancestors",
        True,
    ),
    ("UPDATE context SET project_id = NULL WHERE parent_id IS NOT NULL", "hierarchy", True),
    ("UPDATE asset_version SET project_id = NULL", "projects", True),
    ("UPDATE component SET home_id = 'elsewhere'", "projects", True),
    ("UPDATE component_location SET home_id = NULL", "projects", True),
    ("UPDATE metadata SET home_id = 'elsewhere'", "projects", True),
    ("UPDATE context SET name = 'Wände' WHERE id = (SELECT min(id) FROM context)", "folded text", True),
    ("UPDATE context SET name_folded = 'else' WHERE id = (SELECT min(id) FROM context)", "folded text", True),
    ("UPDATE context SET status_id = 'nowhere' WHERE status_id IS NOT NULL", "references", False),
    ("DELETE FROM resource", "references", False),
    ("UPDATE note SET parent_id = 'nowhere'", "owners", False),
    ("UPDATE metadata SET parent_id = 'nowhere' || parent_id", "owners", False),
    ("UPDATE list_object SET entity_id = 'nowhere' || id", "owners", False),
    ("UPDATE custom_attribute_value SET entity_id = 'nowhere' || entity_id", "owners", False),
    ("UPDATE custom_attribute_value SET text = 'else', text_folded = NULL", "search columns", True),
    ("UPDATE custom_configuration_base SET default_number = 7 WHERE default_text IS NOT NULL", "search columns", True),
    ("UPDATE scope SET name = 'twice'", "uniqueness", False),
]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(Database(f"sqlite:///{demo_database(tmp_path).as_posix()}")) as database:
        yield database


def rules(report: Report) -> set[str]:
    return {finding.rule for finding in report.findings}


def content(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.begin(write=False) as connection:
        # What was repaired is kept as any other change is.
        names = {*sa.inspect(connection).get_table_names()} - {"row_history", "history_moment"}
        found = {name: connection.exec_driver_sql(f"SELECT * FROM {name}").all() for name in names}
    return {name: sorted(map(tuple, rows), key=repr) for name, rows in found.items()}


def damage(database: Database, statement: str) -> None:
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys=OFF")
        assert driver.execute(statement).rowcount, "nothing was damaged"
        driver.execute("PRAGMA foreign_keys=ON")


def test_the_demo_production_keeps_all_rules(database: Database) -> None:
    before = content(database)
    report = check(database, repair=True)
    assert report.findings == ()
    assert report.is_sound
    assert content(database) == before


@pytest.mark.slow
@pytest.mark.parametrize(("statement", "rule", "is_derived"), BROKEN)
def test_what_breaks_a_rule_is_found_and_what_is_derived_repaired(
    database: Database, statement: str, rule: str, is_derived: bool
) -> None:
    before = content(database) if is_derived else {}
    damage(database, statement)
    report = check(database, repair=True)
    assert rule in rules(report)
    assert report.is_sound == is_derived
    assert check(database).is_sound == is_derived
    if is_derived and "Wände" not in statement:
        assert content(database) == before


@pytest.mark.slow
@pytest.mark.parametrize("statement", [statement for statement, _, _ in BROKEN[::6]])
def test_who_only_looks_changes_nothing(database: Database, statement: str) -> None:
    damage(database, statement)
    damaged = content(database)
    assert not check(database).is_sound
    assert content(database) == damaged


def test_a_circle_is_found_and_ends(database: Database) -> None:
    damage(database, "UPDATE context SET parent_id = id WHERE id = (SELECT min(id) FROM context)")
    assert "hierarchy" in rules(check(database, repair=True))


@pytest.mark.slow
def test_a_database_that_is_only_read_is_looked_at_and_not_repaired(database: Database, tmp_path: Path) -> None:
    with closing(Database(f"sqlite:///{(tmp_path / 'demo.db').as_posix()}?mode=ro")) as reading:
        assert check(reading).is_sound
        with pytest.raises(PermissionError_, match="open for reading only"):
            check(reading, repair=True)


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(map(str, arguments)))
    assert result.exception is None or isinstance(result.exception, SystemExit), "a traceback reached the shell"
    return result.exit_code, result.output


@pytest.mark.slow
def test_the_commands(tmp_path: Path) -> None:
    url = f"sqlite:///{demo_database(tmp_path).as_posix()}"
    assert run("check", "--database", url) == (0, f"{url}: all rules hold.\n")
    with closing(Database(url)) as database:
        damage(database, "UPDATE asset SET latest_version_id = NULL WHERE latest_version_id IS NOT NULL")
    code, text = run("check", "--database", url)
    assert code == 1
    assert "latest versions: " in text
    assert "Can be repaired with --repair." in text
    code, text = run("check", "--database", url, "--json")
    report = json.loads(text)
    assert (code, report["is_sound"], report["findings"][0]["is_derived"]) == (1, False, True)
    code, text = run("check", "--database", url, "--repair")
    assert code == 0
    assert text.endswith(f"{url}: repaired; all rules hold.\n")
    assert "Repaired." in text

    file = tmp_path / "show.backup"
    code, text = run("backup", file, "--database", url)
    assert code == 0
    assert text.startswith(f"{file}: ")
    assert text.endswith(", compared with the database.\n")
    code, text = run("backup", file, "--database", url)
    assert (code, "--force" in text) == (1, True)
    code, text = run("restore", file, "--database", f"sqlite:///{tmp_path.as_posix()}/new.db")
    assert code == 0
    assert "tables restored, compared with" in text
    code, text = run("check", "--database", f"sqlite:///{tmp_path.as_posix()}/missing.db")
    assert code == 1
    assert "There is no database" in text
    assert not (tmp_path / "missing.db").exists()
    with closing(EmbeddedServer(f"sqlite:///{tmp_path.as_posix()}/new.db")) as server:
        assert server.call([{"action": "query", "expression": "select id from Project limit 1"}])[0]["data"]
