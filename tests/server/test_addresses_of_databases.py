"""What the address of a database asks for is honoured or refused."""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from trackteroid import Query, Session, Shot
from trackteroid.errors import UnusableDatabaseError
from trackteroid.server import Database, DatabaseError, EmbeddedServer
from trackteroid.server.storage.sqlite_addresses import SqliteAddress, read_address


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("sqlite://", ""),
        ("sqlite:///", ""),
        ("sqlite:///:memory:", ""),
        ("sqlite:///show.db", "show.db"),
        ("sqlite:///a folder/Übung #1.db", "a folder/Übung #1.db"),
        ("sqlite:////shows/show.db", "/shows/show.db"),
        ("sqlite:///who%3F.db", "who?.db"),
        ("sqlite:///%C3%9Cbung%20%231.db", "Übung #1.db"),
        ("sqlite:///50%25.db", "50%.db"),
        ("sqlite:///50%.db", "50%.db"),
        ("sqlite:///C:/show.db", "C:/show.db"),
        ("sqlite:////C:/show.db", "C:/show.db"),
        (r"sqlite:///C:\shows\show.db", r"C:\shows\show.db"),
        ("sqlite:////server/share/show.db", "/server/share/show.db"),
        ("sqlite+pysqlite:///show.db", "show.db"),
        ("sqlite:///file:show.db?uri=true", "show.db"),
        ("sqlite:///file:///shows/show.db?uri=true", "/shows/show.db"),
        ("sqlite:///file://localhost/shows/show.db", "/shows/show.db"),
        ("sqlite:///show.db?", "show.db"),
    ],
)
def test_the_file_that_an_address_means(text: str, path: str) -> None:
    address = read_address(text)
    assert address == SqliteAddress(path)
    assert read_address(str(address)) == address


def test_options_are_read_from_the_address() -> None:
    assert read_address("sqlite:///x.db?mode=ro&timeout=2.5") == SqliteAddress("x.db", "ro", 2.5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sqlite:///who?.db", r'have no option ".db".* A question mark in the name of a file is written %3F'),
        ("sqlite:///x.db?mod=ro", 'no option "mod". Did you mean mode?'),
        ("sqlite:///x.db?cache=shared", 'no option "cache"'),
        ("sqlite:///x.db?mode=or", 'no mode "or"'),
        ("sqlite:///x.db?mode=memory", "use sqlite://"),
        ("sqlite:///x.db?mode=ro&mode=rw", "given twice"),
        ("sqlite:///x.db?timeout=soon", 'not "soon"'),
        ("sqlite:///x.db?timeout=nan", 'not "nan"'),
        ("sqlite://?mode=ro", "in memory takes no mode"),
        ("sqlite:///x.db?mode=ro&demo", "open for reading only cannot be filled"),
        ("sqlite:///x.db?demo=yes", 'takes no value, such as "yes"'),
        ("sqlite:///x.db?dmeo", 'no option "dmeo". Did you mean demo?'),
        ("sqlite://show.db", "2 slashes where three belong: sqlite:///show.db"),
        ("sqlite:show.db", "0 slashes where three belong"),
        ("sqlite3:///show.db", "not an address of a SQLite database"),
        ("sqlite:///a%00b.db", "zero byte"),
        ("sqlite:///a%FFb.db", "not UTF-8"),
        ("mysql://host/x", "not supported"),
        ("show.db", "not a database URL"),
        ("", "not a database URL"),
    ],
)
def test_what_is_not_possible_is_refused_in_words(
    text: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DatabaseError) as refusal:
        Database(text)
    assert message.replace(".*", "") in str(refusal.value) or all(
        part in str(refusal.value) for part in message.split(".*")
    )
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "name", ["who?.db", "a #1.db", "Übung.db", "50%.db", "%41.db", "with blank .db", "'quoted\".db"]
)
def test_any_name_of_a_file_can_be_said(tmp_path: Path, name: str) -> None:
    address = str(SqliteAddress(str(tmp_path / name)))
    Database(address).close()
    Database(f"{address}?mode=rw").close()
    Database(f"{address}?mode=ro").close()
    assert {each.name.removesuffix("-wal").removesuffix("-shm") for each in tmp_path.iterdir()} == {name}


@pytest.mark.slow
def test_a_database_can_be_opened_for_reading_only(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/show.db"
    EmbeddedServer(address, with_demo=True).close()
    before = (tmp_path / "show.db").read_bytes()
    with Session(server_url=f"{address}?mode=ro") as session:
        shot = Query(Shot, session=session).get_first(projections=["name"])
        assert shot.name
        shot.name = "changed"
        with pytest.raises(Exception, match="open for reading only, as mode=ro in its address says"):
            session.commit()
    with pytest.raises(DatabaseError, match="no user"):
        EmbeddedServer(f"{address}?mode=ro", user="nobody")
    database = Database(f"{address}?mode=ro")
    with database.begin(write=False) as connection, pytest.raises(OperationalError, match="readonly"):
        connection.exec_driver_sql("delete from note")
    database.close()
    assert (tmp_path / "show.db").read_bytes() == before
    with Session(server_url=address) as session:
        assert Query(Shot, session=session).get_first(projections=["name"]).name != ["changed"]


def test_a_database_that_somebody_writes_to_can_be_read(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/show.db"
    with Session(server_url=address) as writer, Session(server_url=f"{address}?mode=ro") as reader:
        writer.create("Scope", {"name": "new"})
        assert reader.query("Scope where name is new").first() is None
        writer.commit()
        assert reader.query("select name from Scope where name is new").one()["name"] == "new"


def test_what_is_too_old_or_empty_is_not_made_right_while_reading_only(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/show.db"
    Database(address).close()
    with closing(sqlite3.connect(tmp_path / "show.db")) as connection:
        connection.execute("update alembic_version set version_num = '0004'")
        connection.commit()
    with pytest.raises(DatabaseError, match=r"Open it once without mode=ro\."):
        Database(f"{address}?mode=ro")
    sqlite3.connect(tmp_path / "empty.db").close()
    (tmp_path / "empty.db").touch()
    with pytest.raises(DatabaseError, match=r"is empty, and open for reading only\."):
        Database(f"sqlite:///{tmp_path}/empty.db?mode=ro")


@pytest.mark.parametrize("mode", ["ro", "rw"])
def test_a_typo_makes_no_database(tmp_path: Path, mode: str) -> None:
    Database(f"sqlite:///{tmp_path}/show.db").close()
    with pytest.raises(UnusableDatabaseError, match=r"There is no database .*shwo\.db\. Beside it there is show\.db\."):
        Session(server_url=f"sqlite:///{tmp_path}/shwo.db?mode={mode}").query("Shot").all()
    with pytest.raises(DatabaseError, match=r"The folder .*nowhere does not exist"):
        Database(f"sqlite:///{tmp_path}/nowhere/show.db?mode={mode}")
    with pytest.raises(DatabaseError, match=r"is a folder\. Give the path of a file in it"):
        Database(f"sqlite:///{tmp_path}?mode={mode}")
    assert [each.name for each in tmp_path.iterdir()] == ["show.db"]


def test_a_session_says_that_it_has_made_a_database(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with caplog.at_level(logging.WARNING, "trackteroid.server"):
        for _ in range(2):
            with Session(server_url="sqlite:///typo.db") as session:
                session.query("Shot").all()
        with Session(server_url="sqlite://") as session:
            session.query("Shot").all()
    (message,) = [record.getMessage() for record in caplog.records]
    assert message.startswith(f"Made a new, empty database: {tmp_path / 'typo.db'}. If it should have been there,")


def test_a_relative_path_stays_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    database = Database("sqlite:///show.db")
    database.close()
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    assert database.information()["format"]
    database.close()
    assert os.listdir(tmp_path / "other") == []


def test_how_a_database_is_opened_makes_it_no_other_one(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/show.db"
    with Session(server_url=address) as one:
        one.query("Shot").all()
        with Session(server_url=f"{address}?mode=ro") as other:
            assert other.server_url == one.server_url


def test_passwords_are_never_shown() -> None:
    for address in ("sqlite://me:secret@host/x.db", "mysql://me:secret@host/x", "postgresql://me:secret@127.0.0.1:1/x"):
        with pytest.raises(DatabaseError) as refusal:
            Database(address)
        assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("address", ["sqlite://?demo", "sqlite:///show.db?demo"])
@pytest.mark.slow
def test_the_demo_production_can_be_asked_for_in_the_address(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    with Session(server_url=address) as session:
        count = Query(Shot, session=session).count()
        assert count > 0
    assert "empty" not in caplog.text
    if "show" in address:
        with Session(server_url=address) as again:
            assert Query(Shot, session=again).count() == count


def test_a_misspelt_path_is_asked_about(tmp_path: Path) -> None:
    EmbeddedServer(f"sqlite:///{tmp_path}/show.db").close()
    with pytest.raises(UnusableDatabaseError, match=r"shwo\.db\. Did you mean .*show\.db\? Add \?mode=rwc"):
        Query(Shot, session=Session(server_url=f"sqlite:///{tmp_path}/shwo.db")).get_all()
    assert not (tmp_path / "shwo.db").exists()
    EmbeddedServer(f"sqlite:///{tmp_path}/shwo.db?mode=rwc").close()


@pytest.mark.parametrize("name", ["show2.db", "SHOW_010.db", "other.db", "show.sqlite"])
def test_other_names_make_new_databases(tmp_path: Path, name: str) -> None:
    (tmp_path / "othe.db").write_text("no database")
    EmbeddedServer(f"sqlite:///{tmp_path}/show.db").close()
    EmbeddedServer(f"sqlite:///{tmp_path}/{name}").close()
    assert (tmp_path / name).exists()
