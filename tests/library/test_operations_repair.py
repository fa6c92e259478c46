"""Repairing operations files: all before the damage, nothing invented, and the original as it was."""

import shutil
import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackteroid.errors import OperationsFileError
from trackteroid.operations.format import container, file
from trackteroid.operations.format.repair import repair
from trackteroid.operations.record import CreateRecord, EntityRecord, UpdateRecord
from trackteroid.operations.values import EntityReference

COUNT = 120
TASKS = [EntityReference("Task", (("id", f"t{number}"),)) for number in range(COUNT)]
OPERATIONS = tuple(UpdateRecord(task, "name", "old", f"name {task.text} é", "old") for task in TASKS)
ENTITIES = tuple(EntityRecord(task, {"id": task.key[0][1], "name": "old"}) for task in TASKS)
ORIGIN = file.Origin("https://studio.example", "server-1", "artist")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = tmp_path_factory.mktemp("written") / "operations.dbm"
    file.write(path, ORIGIN, OPERATIONS, ENTITIES)
    return path.read_bytes()


@pytest.fixture
def output(tmp_path):
    return tmp_path / "repaired.dbm"


def is_sound(path):
    try:
        file.read(path)
    except OperationsFileError:
        return False
    return True


def recovered(path, output):
    """Repair, compare with what was written, and return how many operations could be recovered."""
    output.unlink(missing_ok=True)
    before = path.read_bytes()
    try:
        done = repair(path, output)
    except OperationsFileError:
        assert not output.exists()
        return 0
    finally:
        assert path.read_bytes() == before, "the original was changed"
    content = file.read(output)
    assert len(content.operations) == done.recovered
    assert content.operations == OPERATIONS[: done.recovered]
    assert all(entity in ENTITIES for entity in content.entities)
    return done.recovered


def test_of_a_file_that_is_cut_off_more_remains_the_later_it_is_cut(written, path, output):
    counts = []
    for size in range(0, len(written), 1500):
        path.write_bytes(written[:size])
        counts.append(recovered(path, output))
    assert counts == sorted(counts)
    assert counts[-1] == COUNT
    assert len({count for count in counts if 0 < count < COUNT}) >= 5, counts


def test_a_repaired_file_says_where_it_comes_from(written, path, output):
    path.write_bytes(written[: len(written) // 2])
    done = repair(path, output)
    assert (done.path, done.output, done.recorded, done.is_verified) == (path, output, COUNT, True)
    header = file.read(output).header
    assert (header.server_url, header.server_id, header.user) == ("https://studio.example", "server-1", "artist")


@settings(max_examples=60)
@given(data=st.data())
@pytest.mark.slow
def test_flipped_bits_and_zeroed_blocks_cost_what_comes_after_them(written, path, output, data):
    damaged = bytearray(written)
    position = data.draw(st.integers(0, len(damaged) - 1))
    if data.draw(st.booleans()):
        damaged[position] ^= 1 << data.draw(st.integers(0, 7))
    else:
        damaged[position : position + 512] = bytes(len(damaged[position : position + 512]))
    path.write_bytes(damaged)
    if not is_sound(path):
        recovered(path, output)


def change(path, key, edit):
    with sqlite3.connect(path) as connection:
        (value,) = connection.execute("SELECT value FROM Dict WHERE key = ?", (key,)).fetchone()
        connection.execute("UPDATE Dict SET value = ? WHERE key = ?", (edit(value), key))
    connection.close()


def test_a_changed_value_is_found_though_it_is_well_formed(written, path, output):
    path.write_bytes(written)
    change(path, b"__operations__", lambda value: value.replace(b"'t50'", b"'t5x'"))
    assert recovered(path, output) == 50


def test_a_changed_record_of_an_entity_is_left_out(written, path, output):
    path.write_bytes(written)
    change(path, b"('Task', ['t7'])", lambda value: value.replace(b"old", b"new"))
    assert recovered(path, output) == COUNT
    assert len(file.read(output).entities) == COUNT - 1


def test_without_its_checks_a_file_is_read_as_far_as_it_is_well_formed(written, path, output):
    path.write_bytes(written)
    change(path, b"__checks__", lambda _: b"{}")
    change(path, b"__operations__", lambda value: value[: len(value) // 2])
    done = repair(path, output)
    assert not done.is_verified
    assert COUNT / 3 < done.recovered < COUNT
    assert file.read(output).operations == OPERATIONS[: done.recovered]


@pytest.mark.parametrize(
    ("state", "committed"),
    [(None, False), (file.State(sending=file.now()), False), (file.State(committed=file.now()), True)],
    ids=["not sent", "interrupted", "committed"],
)
def test_what_may_have_been_sent_is_not_sent_again_blindly(path, output, state, committed):
    file.write(path, ORIGIN, [CreateRecord(TASKS[0], {"id": "t0"})], [], state=state or file.State())
    change(path, b"__header__", lambda value: value.replace(b"artist", b"nobody"))
    repair(path, output)
    repaired = file.read(output).state
    assert (repaired.committed is not None) == committed
    assert committed or repaired.sending is not None


def test_a_journal_beside_the_file_is_left_alone(written, path, output):
    path.write_bytes(written[: len(written) // 2])
    journal = path.with_name(f"{path.name}-journal")
    journal.write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + b"x" * 2000)
    before = journal.read_bytes()
    recovered(path, output)
    assert journal.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"plain text", b"SQLite format 3\x00", bytes(20000)])
def test_where_there_is_nothing_to_recover_it_says_so(path, output, content):
    path.write_bytes(content)
    with pytest.raises(OperationsFileError, match=r"repaired|recovered"):
        repair(path, output)
    assert not output.exists()


def test_nothing_is_overwritten(written, path, output):
    path.write_bytes(written[:20000])
    output.write_bytes(b"precious")
    with pytest.raises(OperationsFileError, match="exists already"):
        repair(path, output)
    assert output.read_bytes() == b"precious"


def test_a_missing_file_is_named(path, output):
    with pytest.raises(OperationsFileError, match="There is no operations file"):
        repair(path, output)


def test_the_new_layout_is_what_sqlite_itself_reads(written, path):
    path.write_bytes(written)
    copy = path.with_name("copy.dbm")
    shutil.copyfile(path, copy)
    with sqlite3.connect(copy) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*) FROM Dict").fetchone() == (COUNT + 3,)
    connection.close()


@settings(max_examples=30)
@given(st.dictionaries(st.binary(max_size=5000), st.binary(max_size=9000), max_size=12))
def test_records_of_every_size_are_stored_as_they_are(tmp_path, records):
    path = tmp_path / "records.dbm"
    container.write(path, records)
    assert container.read(path) == records
