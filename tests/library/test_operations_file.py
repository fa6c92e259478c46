"""The operations file: complete or absent, readable everywhere, and never silently wrong."""

import contextlib
import datetime
import dbm
import dbm.dumb
import importlib.util
import itertools
import json
import os
import sqlite3
from pathlib import Path

import pytest
from ftrack_api.symbol import NOT_SET
from hypothesis import given, settings
from hypothesis import strategies as st

from trackteroid.errors import OperationsFileError
from trackteroid.operations.format import container, file
from trackteroid.operations.record import CreateRecord, DeleteRecord, EntityRecord, ListRecord, UpdateRecord
from trackteroid.operations.values import EntityReference, References

TASK = EntityReference("Task", (("id", "t1"),))
NOTE = EntityReference("Note", (("id", "n1"),))
ORIGIN = file.Origin("https://studio.example", "server-1", "artist")
OPERATIONS = (
    CreateRecord(NOTE, {"content": "NOT SET", "is_todo": False}),
    ListRecord(TASK, "notes", References((NOTE,)), References(())),
    UpdateRecord(TASK, "name", NOT_SET, "comp", "anim"),
    DeleteRecord(TASK),
)
ENTITIES = (EntityRecord(TASK, {"id": "t1", "name": "comp"}), EntityRecord(NOTE, {"id": "n1"}, created=True))


@pytest.fixture
def written(path):
    file.write(path, ORIGIN, OPERATIONS, ENTITIES)
    return path


@pytest.mark.promise("deferred-work-is-one-file")
def test_a_file_is_read_as_it_was_written(written):
    content = file.read(written)
    assert content.operations == OPERATIONS
    assert set(map(repr, content.entities)) == set(map(repr, ENTITIES))
    assert content.state == file.State()
    assert content.header is not None
    assert (content.header.format, content.header.count) == (file.USUAL_FORMAT, 4)
    created = datetime.datetime.fromisoformat(content.header.created)
    assert abs(datetime.datetime.now(datetime.timezone.utc) - created) < datetime.timedelta(minutes=5)
    assert (content.header.server_url, content.header.server_id, content.header.user) == (
        "https://studio.example",
        "server-1",
        "artist",
    )


@pytest.mark.promise("deferred-work-is-one-file")
def test_a_file_is_one_file_and_nothing_else(written):
    assert os.listdir(written.parent) == [written.name]
    file.read(written)
    with container.claim(written) as claim:
        file.store_state(claim, file.State(sending=file.now()))
    assert os.listdir(written.parent) == [written.name]


@pytest.mark.promise("deferred-file-is-readable-by-others")
def test_a_file_is_a_plain_sqlite_dictionary(written):
    with sqlite3.connect(written) as connection:
        rows = dict(connection.execute("SELECT key, value FROM Dict").fetchall())
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    connection.close()
    entities = {b"('Task', ['t1'])", b"('Note', ['n1'])"}
    assert set(rows) == {b"__header__", b"__operations__", b"__checks__", *entities}
    assert [item["operation"] for item in json.loads(rows[b"__operations__"])] == ["create", "list", "update", "delete"]
    assert json.loads(rows[b"('Task', ['t1'])"])["name"] == "comp"


@pytest.mark.promise("deferred-file-is-readable-by-others")
@pytest.mark.skipif(
    importlib.util.find_spec("dbm.sqlite3") is None,
    reason="dbm knows the SQLite layout since Python 3.13; elsewhere the test above describes the layout itself",
)
def test_dbm_reads_the_file_where_it_knows_the_layout(written):
    assert dbm.whichdb(os.fspath(written)) == "dbm.sqlite3"
    with dbm.open(os.fspath(written)) as database:
        assert set(database.keys()) >= {b"__header__", b"__operations__"}
    with dbm.open(os.fspath(written), "w") as database:
        assert database[b"__operations__"]
    assert file.read(written).operations == OPERATIONS, "opening it for writing changed the file"


@pytest.mark.promise("deferred-work-is-one-file")
def test_every_file_has_its_own_id(written, tmp_path):
    other = tmp_path / "other.dbm"
    file.write(other, ORIGIN, OPERATIONS, ENTITIES)
    assert file.read(other).header.id != file.read(written).header.id


@pytest.mark.promise("deferred-work-is-one-file")
@pytest.mark.parametrize(
    ("url", "recorded"),
    [
        ("https://studio.example", "https://studio.example"),
        ("https://user:word@studio.example:8080/path?key=1#x", "https://studio.example:8080/path"),
        ("postgresql://me:secret@db/ftrack", "postgresql://db/ftrack"),
        ("postgresql://me:se/c@ret@db/ftrack", "postgresql://db/ftrack"),
        ("postgresql://db/ftrack?user=me&password=secret", "postgresql://db/ftrack"),
        ("sqlite:////home/a@b/studio.db", "sqlite:////home/a@b/studio.db"),
        ("sqlite://", "sqlite://"),
    ],
)
def test_the_recorded_address_holds_no_credentials(url, recorded):
    class Connected:
        server_url = url
        server_information = {}
        api_user = "artist"

    class Embedded(Connected):
        server_url = "http://inside-of-this-process"
        database_url = url

    assert file.Origin.of(Connected()) == file.Origin(recorded, None, "artist")
    assert file.Origin.of(Embedded()) == file.Origin(recorded, None, "artist")


def test_the_state_is_kept_beside_the_verified_content(written):
    with container.claim(written) as claim:
        file.store_state(claim, file.State(committed="2024-01-02T03:04:05+00:00"))
    content = file.read(written)
    assert content.state == file.State(committed="2024-01-02T03:04:05+00:00")
    assert content.operations == OPERATIONS


def test_a_damaged_state_is_noticed(written):
    state = file.State(sending="2024-01-02T03:04:05+00:00", count=30, witness=NOTE, arrived=10)
    with container.claim(written) as claim:
        file.store_state(claim, state)
        records = claim.read()
    text = records[file.STATE]
    for place in range(len(text)):
        for other in b"0a ":
            damaged = text[:place] + bytes([other]) + text[place + 1 :]
            with contextlib.suppress(OperationsFileError):
                assert file.parse(written, {**records, file.STATE: damaged}).state == state, damaged


@pytest.mark.promise("deferred-file-is-on-disk")
def test_how_far_a_file_was_sent_is_on_disk_before_anything_else_happens(written):
    with container.claim(written) as claim:
        waits = [claim._connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "journal_mode")]
    assert waits == [3, "delete"], "also for the folder, from which the journal is removed"


def test_a_claimed_file_is_refused_to_others(written, monkeypatch):
    monkeypatch.setattr(container, "_SECONDS_TO_WAIT_FOR_A_CLAIM", 0.0)
    with container.claim(written) as claim:
        file.store_state(claim, file.State(sending="now"))
        with pytest.raises(OperationsFileError, match="in use by another process"), container.claim(written):
            pytest.fail("two processes would have sent the file")
    with container.claim(written) as claim:
        assert file.parse(written, claim.read()).state == file.State(sending="now")


def test_a_file_in_use_by_another_database_program_can_still_be_read(written):
    connection = sqlite3.connect(written)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("INSERT INTO Dict VALUES (?, ?)", (b"__state__", b'{"sending": null, "committed": "then"}'))
    connection.commit()
    assert (written.parent / f"{written.name}-wal").exists()
    assert file.read(written).state.committed == "then"
    connection.close()
    assert file.read(written).state.committed == "then"


def test_an_unfinished_change_of_the_old_file_does_not_meet_the_new_one(written):
    journal = written.with_name(f"{written.name}-journal")
    connection = sqlite3.connect(written, isolation_level=None)
    connection.execute("PRAGMA cache_size = 1")
    connection.execute("BEGIN")
    rows = [(b"junk%d" % number, os.urandom(3000)) for number in range(50)]
    connection.executemany("INSERT INTO Dict VALUES (?, ?)", rows)
    interrupted = {name: name.read_bytes() for name in (written, journal)}
    connection.close()
    for name, content in interrupted.items():
        name.write_bytes(content)
    assert file.read(written).operations == OPERATIONS
    for name, content in interrupted.items():
        name.write_bytes(content)
    with container.claim(written) as claim:
        assert file.parse(written, claim.read()).operations == OPERATIONS
    for name, content in interrupted.items():
        name.write_bytes(content)
    file.write(written, ORIGIN, OPERATIONS[:1], ())
    assert not journal.exists()
    assert file.read(written).operations == OPERATIONS[:1]


@pytest.mark.promise("deferred-work-is-one-file")
def test_the_journal_of_a_process_that_was_killed_after_its_last_change_goes_with_the_next_claim(written):
    journal = written.with_name(f"{written.name}-journal")
    with container.claim(written) as claim:
        file.store_state(claim, file.State(committed="then"))
        left = {name: name.read_bytes() for name in (written, journal)}
    for name, content in left.items():
        name.write_bytes(content)
    with container.claim(written) as claim:
        assert file.parse(written, claim.read()).state.committed == "then"
    assert os.listdir(written.parent) == [written.name]


@pytest.mark.promise("deferred-file-is-on-disk")
def test_a_file_is_on_disk_before_it_takes_its_name_and_its_name_before_the_call_returns(path, monkeypatch):
    events = []
    replace, synchronise = os.replace, os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: events.append("synchronised") or synchronise(descriptor))
    monkeypatch.setattr(os, "replace", lambda *names: events.append("renamed") or replace(*names))
    file.write(path, ORIGIN, OPERATIONS, ENTITIES)
    folder = ["synchronised"] if hasattr(os, "O_DIRECTORY") else []
    assert events == ["synchronised", "renamed", *folder]


@pytest.mark.promise("deferred-file-is-on-disk")
@pytest.mark.parametrize("step", ["_build", "_synchronise", "_settle", "_synchronise_folder"])
def test_a_failing_step_leaves_the_old_file(written, monkeypatch, step):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(container, step, fail)
    with pytest.raises(OperationsFileError, match="No space left on device"):
        file.write(written, ORIGIN, OPERATIONS[:1], ())
    monkeypatch.undo()
    complete = OPERATIONS[:1] if step == "_synchronise_folder" else OPERATIONS
    assert file.read(written).operations == complete
    assert os.listdir(written.parent) == [written.name]


def test_writing_through_a_link_replaces_what_it_points_to(written, tmp_path):
    link = tmp_path / "link.dbm"
    try:
        link.symlink_to(written)
    except OSError:
        pytest.skip("this platform lets ordinary users make no links")
    file.write(link, ORIGIN, OPERATIONS[:1], ())
    assert link.is_symlink()
    assert file.read(written).operations == OPERATIONS[:1]


def test_every_truncation_is_noticed(written):
    content = written.read_bytes()
    for size in range(0, len(content), 97):
        written.write_bytes(content[:size])
        with pytest.raises(OperationsFileError):
            file.read(written)
        with pytest.raises(OperationsFileError), container.claim(written) as claim:
            file.parse(written, claim.read())


@settings(max_examples=100)
@given(data=st.data())
def test_flipped_bits_are_noticed_or_harmless(written, tmp_path, data):
    content = bytearray(written.read_bytes())
    position = data.draw(st.integers(0, len(content) - 1))
    content[position] ^= 1 << data.draw(st.integers(0, 7))
    damaged = tmp_path / "damaged.dbm"
    damaged.write_bytes(content)
    try:
        read = file.read(damaged)
    except OperationsFileError:
        return
    assert read.operations == OPERATIONS
    assert read.state == file.State()


def damage(path: Path, key: bytes, value: bytes) -> None:
    with container.claim(path) as claim:
        claim.store(key, value)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        (b"__header__", b"[]", "damaged"),
        (b"__header__", b"{}", "damaged"),
        (b"__header__", b"\xff", "damaged"),
        (b"__header__", b'{"format": 4}', "format 4.*Update Trackteroid"),
        (b"__operations__", b"[]", "checksum"),
        (b"__state__", b"{}", "damaged"),
        (b"('Task', ['t1'])", b"{}", "checksum"),
        (b"another key", b"{}", "checksum"),
    ],
)
def test_changed_records_are_noticed(written, key, value, message):
    damage(written, key, value)
    with pytest.raises(OperationsFileError, match=message):
        file.read(written)


def test_foreign_files_are_told_apart(tmp_path):
    text = tmp_path / "scene.ma"
    text.write_text("//Maya ASCII scene, which is no operations file at all")
    with pytest.raises(OperationsFileError, match="Check the path"):
        file.read(text)
    database = tmp_path / "other.db"
    connection = sqlite3.connect(database)
    connection.execute("CREATE TABLE other (x)")
    connection.close()
    with pytest.raises(OperationsFileError, match="not a file of operations"):
        file.read(database)
    container.write(tmp_path / "empty.dbm", {})
    with pytest.raises(OperationsFileError, match="holds no operations"):
        file.read(tmp_path / "empty.dbm")


_ENDLESS = "WITH RECURSIVE n(key) AS (VALUES (1) UNION ALL SELECT key + 1 FROM n) SELECT key, key AS value FROM n"
_TABLE = "CREATE TABLE Dict (key BLOB UNIQUE NOT NULL, value BLOB NOT NULL)"
PROGRAMS = {
    "an endless view": [f"CREATE VIEW Dict AS {_ENDLESS}"],
    "an endless trigger": [
        _TABLE,
        f"CREATE TRIGGER t BEFORE INSERT ON Dict BEGIN SELECT count(*) FROM ({_ENDLESS}); END",
    ],
    "a value that is made up": ["CREATE TABLE Dict (key BLOB UNIQUE, value BLOB AS (zeroblob(900000000)))"],
    "a check that takes long": ["CREATE TABLE Dict (key BLOB UNIQUE, value CHECK (hex(zeroblob(400000000)) > ''))"],
    "an index that takes long": [_TABLE, "CREATE INDEX i ON Dict (hex(zeroblob(400000000)))"],
    "a virtual table": ["CREATE VIRTUAL TABLE Dict USING fts5(key, value)"],
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_file_from_a_stranger_runs_nothing(tmp_path, program, monkeypatch):
    steps, connect = itertools.count(), sqlite3.connect

    def bounded(*arguments, **options):
        connection = connect(*arguments, **options)
        connection.set_progress_handler(lambda: next(steps) > 1000, 1000)
        return connection

    crafted = tmp_path / "mail.dbm"
    with contextlib.closing(sqlite3.connect(crafted)) as connection:
        for statement in PROGRAMS[program]:
            connection.execute(statement)
        connection.commit()
    monkeypatch.setattr(sqlite3, "connect", bounded)  # what it runs all the same ends with an error
    with pytest.raises(OperationsFileError, match="not a file of operations"):
        file.read(crafted)
    with pytest.raises(OperationsFileError, match="not a file of operations"), container.claim(crafted) as claim:
        claim.store(b"key", b"value")


@pytest.mark.promise("missing-file-is-an-os-error")
def test_a_missing_file_is_an_oserror_that_names_the_next_step(path):
    with pytest.raises(OSError, match=r"no operations file at .*deferred_operations\(\)") as caught:
        file.read(path)
    assert isinstance(caught.value, OperationsFileError)
    with pytest.raises(OperationsFileError, match="no operations file"), container.claim(path):
        pytest.fail("there is nothing to claim")
    assert not path.exists()


def test_places_that_cannot_be_written_are_named(tmp_path):
    with pytest.raises(OperationsFileError, match="is a folder"):
        container.check_writable(tmp_path)
    with pytest.raises(OperationsFileError, match="does not exist"):
        container.check_writable(tmp_path / "missing" / "file.dbm")
    container.check_writable(tmp_path / "file.dbm")
    assert os.listdir(tmp_path) == []


def test_a_folder_without_permission_is_named(tmp_path, monkeypatch):
    def refuse(*_args, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "touch", refuse)
    with pytest.raises(OperationsFileError, match=r"Permission denied.*Check the permissions"):
        container.check_writable(tmp_path / "file.dbm")


def older_file(records, path):
    with dbm.dumb.open(os.fspath(path), "n") as database:
        for key, value in records.items():
            database[key] = value


OLDER_RECORDS = {
    "('AssetVersion', ['v1'])": json.dumps(
        {
            "__entity_type__": "AssetVersion",
            "asset": {"__entity_type__": "Asset", "id": "a1"},
            "components": [{"__entity_type__": "FileComponent", "id": "c1"}],
            "date": {"__type__": "datetime", "value": "2023-02-03T04:05:06+00:00"},
            "id": "v1",
        }
    ),
    "('Task', ['t1'])": json.dumps({"__entity_type__": "Task", "id": "t1", "name": "comp"}),
    "('Metadata', ['t1', 'k'])": json.dumps({"__entity_type__": "Metadata", "key": "k", "parent_id": "t1"}),
    "__operations__": json.dumps(
        json.dumps(
            [
                {
                    "operation": "create",
                    "entity_type": "AssetVersion",
                    "entity_key": {"id": "v1"},
                    "entity_data": {"id": "v1", "comment": "NOT SET"},
                },
                {
                    "operation": "update",
                    "entity_type": "AssetVersion",
                    "entity_key": {"id": "v1"},
                    "attribute_name": "task",
                    "old_value": "NOT SET",
                    "new_value": "('Task', ['t1'])",
                },
            ]
        )
    ),
}


@pytest.mark.promise("files-of-older-tools-are-read")
@pytest.mark.parametrize("flavour", ["dumb", "sqlite"])
def test_files_of_older_tools_are_read(path, flavour):
    if flavour == "dumb":
        older_file(OLDER_RECORDS, path)
    else:
        container.write(path, {key.encode(): value.encode() for key, value in OLDER_RECORDS.items()})
    assert container.exists(path)
    content = file.read(path)
    version = EntityReference("AssetVersion", (("id", "v1"),))
    assert content.header is None
    assert content.operations == (
        CreateRecord(version, {"id": "v1", "comment": "NOT SET"}),
        UpdateRecord(version, "task", NOT_SET, TASK),
    )
    entities = {record.entity.entity_type: record for record in content.entities}
    assert entities["AssetVersion"].created
    assert not entities["Task"].created
    assert entities["AssetVersion"].values["asset"] == EntityReference("Asset", (("id", "a1"),))
    assert entities["AssetVersion"].values["components"] == References(
        (EntityReference("FileComponent", (("id", "c1"),)),)
    )
    assert entities["Metadata"].entity.key == (("parent_id", "t1"), ("key", "k"))


def test_the_state_of_older_files_is_kept_in_them(path):
    older_file(OLDER_RECORDS, path)
    with container.claim(path) as claim:
        file.store_state(claim, file.State(committed="then"))
        assert file.parse(path, claim.read()).state.committed == "then"
    assert file.read(path).state == file.State(committed="then")


@pytest.mark.parametrize(
    ("key", "value"),
    [("__operations__", "{"), ("__operations__", "{}"), ("__operations__", '[{"operation": "x"}]'), ("x", "[]")],
)
def test_damaged_files_of_older_tools_are_noticed(path, key, value):
    older_file({**OLDER_RECORDS, key: value}, path)
    with pytest.raises(OperationsFileError, match="damaged"):
        file.read(path)
