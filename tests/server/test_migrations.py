"""Databases of older versions open, are brought up to date, and lose nothing."""

from __future__ import annotations

import gzip
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from server.newer_schema import answers, fill
from trackteroid.server import Database, DatabaseError, EmbeddedServer
from trackteroid.server.model import folding
from trackteroid.server.storage import migrations
from trackteroid.server.storage.checking import check
from trackteroid.server.storage.migrations import __main__ as new_revision
from trackteroid.spelling import written_id

pytestmark = pytest.mark.slow

DATA = Path(__file__).parent / "data"
REVISION = """
import sqlalchemy as sa
from alembic import op

revision = "9001"
down_revision = "{before}"


def upgrade():
{body}
"""


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """A database of the first format, with the demo production."""
    path = tmp_path / "production.db"
    restore(path)
    return path


def restore(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(gzip.decompress((DATA / "format-1.sql.gz").read_bytes()).decode())


def bring_to(path: Path, revision: str) -> None:
    """Bring a database of the first format to a revision."""
    engine = sa.create_engine(url(path))
    with engine.begin() as connection:
        migrations.mark(connection, migrations.FIRST)
        migrations.upgrade(connection, revision)
    engine.dispose()


def url(path: Path) -> str:
    return f"sqlite:///{path.as_posix()}"


def rows(path: Path) -> dict[str, list[Any]]:
    """All rows by table."""
    with closing(sqlite3.connect(path)) as connection:
        tables = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
        return {name: sorted(connection.execute(f'select * from "{name}"'), key=repr) for name in tables}


def columns(path: Path) -> dict[str, list[str]]:
    with closing(sqlite3.connect(path)) as connection:
        tables = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
        return {name: [row[1] for row in connection.execute(f'pragma table_info("{name}")')] for name in tables}


def indexes(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as connection:
        return dict(connection.execute("select name, sql from sqlite_master where type = 'index'"))


def add_revision(monkeypatch: pytest.MonkeyPatch, folder: Path, body: str) -> None:
    """A newest revision that is not part of the package."""
    text = REVISION.format(before=migrations.HEAD, body="\n".join(f"    {line}" for line in body.splitlines()))
    folder.mkdir()
    (folder / "9001_more.py").write_text(text)
    monkeypatch.setattr(migrations, "FOLDERS", (*migrations.FOLDERS, folder))
    monkeypatch.setattr(migrations, "HEAD", "9001")


def test_the_newest_revision_is_the_one_that_the_code_names() -> None:
    from alembic.script import ScriptDirectory

    assert ScriptDirectory.from_config(migrations.configuration()).get_heads() == [migrations.HEAD]


def test_a_database_of_the_first_format_becomes_current_without_losing_a_row(first: Path) -> None:
    before, names = rows(first), columns(first)
    Database(url(first)).close()
    after = rows(first)
    kept = {table for table in before if columns(first)[table] == names[table]} - {"server_information"}
    assert [table for table in kept if not set(before[table]) <= set(after[table])] == []
    more = {table: len(after[table]) - len(before[table]) for table in before}
    # The object types that every server has by now.
    assert {table: count for table, count in more.items() if count} == {
        "object_type": 2,
        "project_schema_object_type": 2,
    }
    assert after["alembic_version"] == [(migrations.HEAD,)]


def test_what_an_old_database_becomes_is_what_the_model_declares(first: Path) -> None:
    database = Database(url(first))
    with database.begin(write=False) as connection:
        assert new_revision.differences(connection) == []
    database.close()


def test_an_old_database_gets_the_indexes_of_a_fresh_one(first: Path, tmp_path: Path) -> None:
    Database(url(first)).close()
    Database(url(tmp_path / "fresh.db")).close()
    assert indexes(first) == indexes(tmp_path / "fresh.db")


def test_a_fresh_database_is_what_the_model_declares() -> None:
    database = Database("sqlite://")
    with database.begin(write=False) as connection:
        assert new_revision.differences(connection) == []
        assert migrations.revision_of(connection) == migrations.HEAD
    database.close()


def test_the_server_works_on_an_upgraded_database(first: Path) -> None:
    server = EmbeddedServer(url(first))
    (answer,) = server.call([{"action": "query", "expression": 'select name from Project where name is "SHOWROOM"'}])
    assert [record["name"] for record in answer["data"]] == ["showroom"]
    server.close()


def test_everything_in_an_old_database_knows_its_project(first: Path) -> None:
    database = Database(url(first))
    assert [finding for finding in check(database).findings if finding.rule == "projects"] == []
    with database.begin(write=False) as connection:
        for kind in ("asset", "asset_version", "component", "component_location", "metadata", "note"):
            home = "project_id" if kind in ("asset", "asset_version", "note") else "home_id"
            found = connection.exec_driver_sql(f"select count(*), count({home}) from {kind}").one()
            assert found[0] >= found[1] > 0, kind
    database.close()


def test_parts_of_an_older_database_learn_their_project(first: Path) -> None:
    bring_to(first, "0022")
    owners = ("context", "asset", "asset_version", "component", "note", "resource")
    with closing(sqlite3.connect(first)) as connection:
        connection.execute("delete from metadata")
        for table in owners:
            more = " where container_id is not null" if table == "component" else ""
            connection.execute(f"insert into metadata (parent_id, key) select id, '{table}' from {table}{more}")
        connection.commit()
    database = Database(url(first))
    assert [finding for finding in check(database).findings if finding.rule == "projects"] == []
    with database.begin(write=False) as connection:
        told = connection.exec_driver_sql("select key, count(*), count(home_id) from metadata group by key").all()
        places = connection.exec_driver_sql(
            "select count(*), count(place.home_id), count(component.home_id) from component_location as place "
            "join component on component.id = place.component_id"
        ).one()
    known_of = {key: 0 if key in ("note", "resource") else count for key, count, _ in told}
    assert ({key: known for key, _, known in told}, {*known_of}) == (known_of, {*owners})
    assert places[0] >= places[1] == places[2] > 0
    database.close()


def test_a_copy_is_kept_of_a_file_as_it_was(first: Path) -> None:
    before = rows(first)
    database = Database(url(first))
    assert database.backup == first.with_name("production.revision-0001.db")
    assert {name: found for name, found in rows(database.backup).items() if name != "alembic_version"} == before
    database.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_copy_is_for_its_owner_only(first: Path) -> None:
    database = Database(url(first))
    assert database.backup is not None
    assert database.backup.stat().st_mode & 0o777 == 0o600
    database.close()


def test_a_copy_never_replaces_a_file(first: Path) -> None:
    taken = first.with_name("production.revision-0001.db")
    taken.write_text("mine")
    database = Database(url(first))
    assert database.backup == first.with_name("production.revision-00011.db")
    assert taken.read_text() == "mine"
    database.close()


def test_a_current_database_is_opened_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    Database(url(path)).close()
    database = Database(url(path))
    assert (database.is_fresh, database.backup) == (False, None)
    database.close()
    assert [found.name for found in tmp_path.glob("*.db")] == ["new.db"]


def test_one_more_revision_is_applied_to_what_is_there(
    first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows(first)
    body = (
        'with op.batch_alter_table("asset", recreate="always") as table:\n'
        '    table.add_column(sa.Column("colour", sa.Text(), server_default="green"))\n'
        'op.create_table("extra", sa.Column("id", sa.Text(), primary_key=True))'
    )
    add_revision(monkeypatch, tmp_path / "more", body)
    Database(url(first)).close()
    after = rows(first)
    assert {row[-1] for row in after["asset"]} == {"green"}
    assert sorted(row[0] for row in after["asset"]) == sorted(row[0] for row in before["asset"])
    assert [row[: len(old)] for row, old in zip(after["asset_version"], before["asset_version"], strict=True)] == (
        before["asset_version"]
    )
    assert "ix_asset_name" in indexes(first)
    assert (after["extra"], after["alembic_version"]) == ([], [("9001",)])


@pytest.mark.parametrize(
    ("body", "error", "message"),
    [
        ('op.execute("DELETE FROM asset")\nraise RuntimeError("out of luck")', RuntimeError, "out of luck"),
        ('op.execute("DELETE FROM asset")', DatabaseError, "refer to something that does not exist"),
    ],
    ids=["fails", "breaks references"],
)
def test_a_revision_that_fails_changes_nothing(
    first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, error: type[Exception], message: str
) -> None:
    before = rows(first)
    add_revision(monkeypatch, tmp_path / "more", body)
    with pytest.raises(error, match=message):
        Database(url(first))
    assert rows(first) == before


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    Database(url(path)).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("update alembic_version set version_num = '0999'")
        connection.commit()
    before = rows(path)
    with pytest.raises(DatabaseError, match=r"newer version of Trackteroid \(its revision is 0999.*Update"):
        Database(url(path))
    assert rows(path) == before


def test_versions_that_know_only_formats_are_told_not_to_touch_it(first: Path) -> None:
    database = Database(url(first))
    assert database.information()["format"] == "2"
    database.close()


def test_a_revision_can_be_written_from_the_differences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.db"
    Database(url(path)).close()
    with closing(sqlite3.connect(path)) as connection:
        for (trigger,) in connection.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            connection.execute(f"drop trigger {trigger}")  # as bringing it up to date does
        connection.executescript("drop index ix_job_user_id; drop table timer; alter table note drop column content;")
    monkeypatch.setattr(migrations, "FOLDERS", (tmp_path,))
    monkeypatch.setattr(new_revision, "FOLDERS", (tmp_path,))
    written = new_revision.main("Timers, again", url(path))
    text = written.read_text()
    assert written.name == f"{int(migrations.HEAD) + 1:04}_timers_again.py"
    compile(text, written.name, "exec")
    for expected in ("create_table('timer'", "'content', column_types.CASELESS", "'ix_job_user_id'"):
        assert expected in text


def test_what_used_to_be_empty_text_is_no_value(first: Path) -> None:
    path = first
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("delete from custom_attribute_value")
        types = dict(connection.execute("select name, id from custom_attribute_type"))
        for number, (kind, default) in enumerate([("number", '""'), ("text", '""'), ("enumerator", "[]")]):
            connection.execute(
                'insert into custom_configuration_base (id, concrete_type, "key", type_id, "default", default_text) '
                "values (?, 'CustomAttributeConfiguration', ?, ?, ?, '')",
                (f"c{number}", kind, types[kind], default),
            )
        connection.execute("insert into custom_attribute_value values ('c2', 'e', '[]', '', null)")
        connection.commit()
    Database(url(path)).close()
    with closing(sqlite3.connect(path)) as connection:
        found = "select \"default\", default_text from custom_configuration_base where id like 'c_' order by id"
        assert list(connection.execute(found)) == [(None, None), ('""', ""), ("[]", None)]
        assert list(connection.execute("select value, text from custom_attribute_value")) == [("[]", None)]


def test_names_that_occur_twice_are_told_and_go_on_working(first: Path, caplog: pytest.LogCaptureFixture) -> None:
    with closing(sqlite3.connect(first)) as connection:
        for number, name in enumerate(("disk", "DISK", "other")):
            connection.execute("insert into location (id, name) values (?, ?)", (f"l{number}", name))
            connection.execute("insert into scope (id, name) values (?, ?)", (f"s{number}", "same"))
            group = (f"g{number}", "Group", "group", name, "g2" if number == 1 else None)
            connection.execute(
                "insert into resource (id, concrete_type, resource_type, name, parent_id) values (?, ?, ?, ?, ?)", group
            )
        connection.commit()
    server = EmbeddedServer(url(first))
    told = [record.getMessage() for record in caplog.records if record.name == "trackteroid.server"]
    assert [message.partition(" They")[0].replace("DISK", "disk") for message in told] == [
        '2 entities of the type Location are called "disk".',
        '3 entities of the type Scope are called "same".',
    ]
    update = {"action": "update", "entity_type": "Location", "entity_key": ["l0"]}
    server.call([{**update, "entity_data": {"label": "still here"}}, {**update, "entity_data": {"name": "disk"}}])
    with pytest.raises(DatabaseError, match=r'a Location with name "Disk" already\. It is Location ".*" \(id l.\)'):
        server.call([{"action": "create", "entity_type": "Location", "entity_data": {"name": "Disk"}}])
    server.call([{**update, "entity_data": {"name": "renamed"}}])
    server.close()


def test_nothing_but_constraints_is_lost_where_tables_are_made_anew(first: Path, tmp_path: Path) -> None:
    """SQLite keeps the text of declarations: how columns compare, and what they refer to."""

    def declared(path: Path) -> dict[str, list[str]]:
        with closing(sqlite3.connect(path)) as connection:
            found = connection.execute("select name, sql from sqlite_master where type = 'table'")
            return {name: sorted(line.strip(" \n\t)(") for line in sql.split(",")[1:]) for name, sql in found}

    Database(url(first)).close()
    Database(url(tmp_path / "fresh.db")).close()
    for table in ("resource", "timer"):
        assert declared(first)[table] == declared(tmp_path / "fresh.db")[table]


def older(path: Path, *statements: tuple[str, list[tuple[Any, ...]]]) -> None:
    """Make a database of the revision before foldings, without a production, and change its rows."""
    restore(path)
    bring_to(path, "0006")
    with closing(sqlite3.connect(path)) as connection:
        for table in (
            "scope",
            "metadata",
            "asset",
            "asset_version",
            "asset_version_link",
            "review_session_object",
            "context_scope",
        ):
            connection.execute(f"delete from {table}")
        connection.execute("update component set version_id = null")
        connection.execute("delete from review_session_object_status")
        for statement, values in statements:
            connection.executemany(statement, values)
        connection.commit()


FOLDED = [
    ("İstanbul", "i\u0307stanbul"),
    ("STRASSE", None),
    ("Straße", "strasse"),
    ("", None),
    (None, None),
    ("e\u0301", "é"),
]


@pytest.mark.parametrize("count", [1, 2_000, 4_100])
def test_texts_of_an_older_database_are_folded_in_pages(tmp_path: Path, count: int) -> None:
    path = tmp_path / "older.db"
    scopes = [(f"{number:05}-{place}", name) for number in range(count) for place, (name, _) in enumerate(FOLDED)]
    metadata = [("p", f"k{number}", "Ärger") for number in range(count)]
    older(
        path,
        ("insert into scope (id, name) values (?, ?)", scopes),
        ('insert into metadata (parent_id, "key", value) values (?, ?, ?)', metadata),
    )
    Database(url(path)).close()
    with closing(sqlite3.connect(path)) as connection:
        found = list(connection.execute("select name, name_folded from scope where id in (?, ?, ?, ?, ?, ?)",
                                        [identity for identity, _ in scopes[-6:]]))  # fmt: skip
        assert found == FOLDED
        assert connection.execute("select count(*) from scope where name_folded is not null").fetchone() == (3 * count,)
        assert connection.execute("select distinct value_folded from metadata").fetchall() == [("ärger",)]


def test_folding_that_is_interrupted_is_done_again_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "older.db"
    older(path, ("insert into scope (id, name) values (?, ?)", [(f"s{n}", "Äpfel") for n in range(3_000)]))
    before = rows(path)
    folded, beside = iter(range(2_500)), folding.beside

    def interrupted(text: str | None) -> str | None:
        if next(folded, None) is None:
            raise KeyboardInterrupt
        return beside(text)

    with monkeypatch.context() as patch:
        patch.setattr(folding, "beside", interrupted)
        with pytest.raises(KeyboardInterrupt):
            Database(url(path))
    assert rows(path) == before
    Database(url(path)).close()
    assert [row[2] for row in rows(path)["scope"]] == ["äpfel"] * 3_000


def test_ids_of_an_older_database_are_written_alike(tmp_path: Path) -> None:
    path = tmp_path / "older.db"
    one, other = "11C137C0EE7E4F9C91C58C77CEC22B2C", "21C137C0-EE7E-4F9C-91C5-8C77CEC22B2C"
    plain = "21c137c0-ee7e-4f9c-91c5-8c77cec22b2c"
    older(
        path,
        ("insert into asset (id, name) values (?, 'a')", [(one,), ("word",), (other,), (plain,)]),
        ("insert into asset_version (id, asset_id) values (?, ?)", [("v1", one), ("v2", other)]),
    )
    Database(url(path)).close()
    with closing(sqlite3.connect(path)) as connection:
        assert {key for (key,) in connection.execute("select id from asset")} == {written_id(one), "word", other, plain}
        found = connection.execute("select id, asset_id from asset_version order by id").fetchall()
        assert found == [("v1", written_id(one)), ("v2", plain)]


def test_names_that_have_become_one_are_told_and_go_on_working(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "older.db"
    users = [("u1", "Müller", "User"), ("u2", "MÜLLER", "User"), ("u3", "muller", "User")]
    older(path, ("insert into resource (id, username, concrete_type) values (?, ?, ?)", users))
    server = EmbeddedServer(url(path))
    told = [record.getMessage() for record in caplog.records if "go on working" in record.getMessage()]
    assert [message.partition(" They")[0] for message in told] == ['2 entities of the type User are called "MÜLLER".']
    create = {"action": "create", "entity_type": "User", "entity_data": {"username": "mÜller"}}
    with pytest.raises(DatabaseError, match='a User with username "mÜller" already'):
        server.call([create])
    server.close()


def test_an_older_database_learns_what_the_newer_schema_says_more(tmp_path: Path) -> None:
    server = EmbeddedServer(url(tmp_path / "newer.db"))
    fill(server)
    before = answers(server)
    server.close()
    restore(tmp_path / "older.db")
    bring_to(tmp_path / "older.db", "0011")
    take_over(tmp_path / "newer.db", tmp_path / "older.db")
    server = EmbeddedServer(url(tmp_path / "older.db"))
    assert answers(server) == before
    server.close()
    assert indexes(tmp_path / "older.db") == indexes(tmp_path / "newer.db")


def take_over(newer: Path, older: Path) -> None:
    """Fill an older database with the rows of a newer one, as far as it has places for them."""
    kept = {name: names for name, names in columns(older).items() if name not in ("alembic_version",)}
    with closing(sqlite3.connect(older)) as connection:
        connection.execute("attach database ? as newer", (str(newer),))
        for table, names in kept.items():
            listed = ", ".join(f'"{name}"' for name in names)
            found = (
                listed.replace('"home_id"', '"project_id"') if table in ("asset", "asset_version", "note") else listed
            )
            connection.execute(f"delete from main.{table}")
            connection.execute(f"insert into main.{table} ({listed}) select {found} from newer.{table}")
        added = "select id from object_type where name in ('Image', 'Information')"
        connection.execute(f"delete from main.project_schema_object_type where object_type_id in ({added})")
        connection.execute(f"delete from main.object_type where id in ({added})")
        connection.commit()


def test_a_site_with_an_object_type_of_the_same_name_keeps_its_own(first: Path) -> None:
    bring_to(first, "0011")
    with closing(sqlite3.connect(first)) as connection:
        connection.execute("insert into object_type (id, name, is_schedulable) values ('mine', 'IMAGE', 0)")
        connection.commit()
    server = EmbeddedServer(url(first))
    assert {"IMAGE", "Information"} <= {kind.name for kind in server.database.object_types()}
    query = {"action": "query", "expression": "select is_schedulable from ObjectType where name is IMAGE"}
    assert [row["id"] for row in server.call([query])[0]["data"]] == ["mine"]
    assert server.call([query])[0]["data"][0]["is_schedulable"], "dates of its entities can be changed as before"
    server.close()
