"""Files that were written by other tools, other Pythons and earlier versions, as they are kept beside these tests."""

import dbm
import importlib.util
import os
import shutil
import struct
from pathlib import Path

import pytest
from ftrack_api.symbol import NOT_SET
from hypothesis import given
from hypothesis import strategies as st

from trackteroid.errors import OperationsFileError
from trackteroid.operations.format import container, file, legacy
from trackteroid.operations.plan import PlannedFile, plan
from trackteroid.operations.record import CreateRecord, DeleteRecord, UpdateRecord
from trackteroid.operations.values import EntityReference, References

DATA = Path(__file__).parent / "data"
FLAVOURS = ["dumb", "sqlite", "gdbm"]


def identity(number):
    return f"00000000-0000-4000-8000-{number:012d}"


def reference(entity_type, number):
    return EntityReference(entity_type, (("id", identity(number)),))


TASK, ASSET, VERSION = reference("Task", 1), reference("Asset", 2), reference("AssetVersion", 3)


def copied(name, folder):
    """Copy the file, or the files of a flavour that has several, into *folder*."""
    for path in DATA.glob(f"{name}*"):
        shutil.copyfile(path, folder / path.name)
    return folder / name


@pytest.mark.promise("files-of-older-tools-are-read")
@pytest.mark.parametrize("flavour", FLAVOURS)
def test_files_of_older_tools_are_read_on_every_python(flavour, tmp_path):
    content = file.read(copied(f"older_{flavour}.dbm", tmp_path))
    assert content.header is None
    assert content.operations == (
        UpdateRecord(TASK, "name", NOT_SET, "animation"),
        CreateRecord(VERSION, {"id": identity(3), "comment": ""}),
        UpdateRecord(VERSION, "task", NOT_SET, TASK),
        UpdateRecord(VERSION, "asset", NOT_SET, ASSET),
        UpdateRecord(VERSION, "version", NOT_SET, 7),
    )
    known = {entity.entity: entity.values for entity in content.entities}
    assert known[ASSET]["name"] == "bc0040_comp"
    assert str(known[TASK]["start_date"]) == "2024-05-06T07:08:09+00:00"
    if flavour == "gdbm":
        assert known[reference("Status", 39)]["name"] == "status 39 é"
        assert len(known) == 33, "records of several buckets"


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_reading_changes_nothing(flavour, tmp_path):
    path = copied(f"older_{flavour}.dbm", tmp_path)
    before = {item.name: item.read_bytes() for item in tmp_path.iterdir()}
    file.read(path)
    if flavour != "sqlite":  # whose claim is SQLite's own lock, which ends its write-ahead log
        with container.claim(path) as claim:
            assert claim.read()
    assert {item.name: item.read_bytes() for item in tmp_path.iterdir()} == before


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_marking_an_older_file_makes_it_one_of_the_sqlite_layout_with_the_same_content(flavour, tmp_path):
    path = copied(f"older_{flavour}.dbm", tmp_path)
    before = file.read(path)
    with container.claim(path) as claim:
        file.store_state(claim, file.State(sending="2024-01-02T03:04:05+00:00"))
        assert file.parse(path, claim.read()).state.sending is not None
        file.store_state(claim, file.State(committed="2024-01-02T03:04:06+00:00"))
    after = file.read(path)
    assert path.read_bytes().startswith(b"SQLite format 3")
    assert after.state.committed == "2024-01-02T03:04:06+00:00"
    assert (after.operations, set(map(repr, after.entities))) == (before.operations, set(map(repr, before.entities)))


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_an_older_file_that_is_marked_is_refused_to_others(flavour, tmp_path, monkeypatch):
    monkeypatch.setattr(container, "_SECONDS_TO_WAIT_FOR_A_CLAIM", 0.0)
    path = copied(f"older_{flavour}.dbm", tmp_path)
    with container.claim(path) as claim:
        file.store_state(claim, file.State(sending=file.now()))
        with pytest.raises(OperationsFileError, match="in use"), container.claim(path):
            raise AssertionError("claimed twice")


def test_a_file_of_the_first_format_is_read(tmp_path):
    content = file.read(copied("format_1.dbm", tmp_path))
    assert content.header is not None
    assert (content.header.format, content.header.user, content.header.count) == (1, "artist", 10)
    kinds = [type(operation).__name__[0] for operation in content.operations]
    assert "".join(kinds) == "UUCUUCLCUD"
    assert content.operations[2] == CreateRecord(VERSION, {"id": identity(3), "comment": "NOT SET"})
    assert content.operations[6].added == References((reference("Note", 5),))
    assert content.operations[6].removed == References(())
    assert content.operations[9] == DeleteRecord(reference("AssetVersion", 4))
    assert str(content.operations[1].new_value) == "2024-05-06T07:08:09+02:00"


@pytest.mark.skipif(
    importlib.util.find_spec("dbm.sqlite3") is None, reason="dbm knows the SQLite layout since Python 3.13"
)
def test_a_file_of_the_first_format_is_read_by_dbm(tmp_path):
    with dbm.open(os.fspath(copied("format_1.dbm", tmp_path))) as database:
        assert b'"artist"' in database[b"__header__"]
        assert b'"delete"' in database[b"__operations__"]


def test_the_plan_of_a_file_of_the_first_format(tmp_path):
    path = copied("format_1.dbm", tmp_path)
    (described,) = plan(None, path).files
    assert isinstance(described, PlannedFile)
    assert str(described).splitlines()[1:] == [
        "for the server at https://studio.example.",
        "It was not committed yet.",
        'Change Task "comp"',
        '    name: "comp" -> "animation"',
        "    start_date: (nothing) -> 2024-05-06 05:08 UTC",
        '    notes: add "as discussed é 🎬"',
        '    status: (nothing) -> "Approved"',
        'Create AssetVersion "bc0040_comp new version"',
        '    comment: "NOT SET"',
        '    task: "comp"',
        '    asset: "bc0040_comp"',
        'Create Note "as discussed é 🎬"',
        '    content: "as discussed é 🎬"',
        'Create Metadata "farm" of Task "comp"',
        '    value: "yes"',
        'Delete AssetVersion "bc0040_comp v001"',
    ]


# GNU dbm files by hand: every byte order and size of addresses that the library has ever written.


def gdbm_file(records, order, address, magic):
    """Write a GNU dbm file of one bucket by the description of the format."""
    number, place = f"{order}i", f"{order}{'q' if address == 8 else 'i'}"
    elements, size = max(len(records), 1) + 1, 2048
    directory, bucket, data = 512, 1024, 1024 + size
    head = struct.pack(f"{order}Ii", magic, 512) + struct.pack(place, directory)
    head += struct.pack(f"{order}4i", address * 2, 1, size, elements)
    table, blob = b"", b""
    for key, value in records.items():
        table += struct.pack(number, 7) + key[:4].ljust(4, b"\0") + struct.pack(place, data + len(blob))
        table += struct.pack(f"{order}2i", len(key), len(value))
        blob += key + value
    table += struct.pack(number, -1) + b"gone" + struct.pack(place, 0) + struct.pack(f"{order}2i", 4, 9)
    free = b"\0" * (address + 12 * address)
    content = free + struct.pack(f"{order}2i", 0, len(records)) + table
    pages = head.ljust(directory, b"\0") + struct.pack(place, bucket) * 2
    return pages.ljust(bucket, b"\0") + content.ljust(size, b"\0") + blob


LAYOUTS = [
    ("<", 8, 0x13579ACF),
    (">", 8, 0x13579ACF),
    ("<", 4, 0x13579ACD),
    (">", 4, 0x13579ACE),
    ("<", 8, 0x13579AD1),
    ("<", 4, 0x13579AD0),
]
LAYOUT_NAMES = [f"{'little' if order == '<' else 'big'}-{address * 8}-{magic:x}" for order, address, magic in LAYOUTS]
RECORDS = {b"key": b"value", b"k": b"", b"a longer key": bytes(range(256)), b"": b"no key"}


@pytest.mark.parametrize("layout", LAYOUTS, ids=LAYOUT_NAMES)
def test_gdbm_files_of_every_machine_are_read(layout):
    data = gdbm_file(RECORDS, *layout)
    assert legacy.read_gdbm(data) == RECORDS


def test_a_gdbm_file_has_its_removed_records_no_more():
    records = legacy.read_gdbm((DATA / "older_gdbm.dbm").read_bytes())
    assert len(records) == 34
    assert b"removed" not in records


@pytest.mark.parametrize("size", [0, 3, 4, 40, 600, 5000, 8000])
def test_cut_off_gdbm_files_are_noticed(tmp_path, size):
    path = tmp_path / "cut.dbm"
    path.write_bytes((DATA / "older_gdbm.dbm").read_bytes()[:size])
    with pytest.raises(OperationsFileError):
        file.read(path)


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_gdbm_files_of_less_than_no_size_are_damaged(layout):
    damaged = bytearray(gdbm_file(RECORDS, *layout))
    size_at = 8 + layout[1]
    damaged[size_at : size_at + 4] = b"\xf0" * 4
    with pytest.raises(legacy.DamagedGdbmError):
        legacy.read_gdbm(bytes(damaged))


@given(data=st.data())
def test_damaged_gdbm_files_raise_nothing_else(data):
    layout = data.draw(st.sampled_from(LAYOUTS))
    damaged = bytearray(gdbm_file(RECORDS, *layout))
    for position in data.draw(st.lists(st.integers(0, len(damaged) - 1), min_size=1, max_size=5)):
        damaged[position] = data.draw(st.integers(0, 255))
    try:
        records = legacy.read_gdbm(bytes(damaged))
    except legacy.DamagedGdbmError:
        return
    assert all(isinstance(key, bytes) and isinstance(value, bytes) for key, value in records.items())


HOSTILE_KEYS = {
    "cut off": "('Task', ['7",
    "not written by Python": "{Task: 7}",
    "an escape that means nothing": r"('Task', ['\x7'])",
    "deep": "(" * 5_000 + ")" * 5_000,
    "deeper than a parser goes": "[" * 500_000,
    "a sum": "('Task', [" + "+".join(["'7'"] * 3_000) + "])",
    "long": f"('Task', ['{'7' * 1_000_000}'])",
    "quotes without end": "('Task', [" + "\\'" * 4_000,
    "a number": "('Task', [7])",
}


@pytest.mark.parametrize("key", HOSTILE_KEYS.values(), ids=list(HOSTILE_KEYS))
def test_keys_that_no_tool_has_written_are_damage(key, tmp_path):
    path = tmp_path / "older.dbm"
    with pytest.raises(OperationsFileError, match="no key of an entity"):
        file.parse(path, {b"__operations__": b"[]", key.encode(): b"{}"})


def crafted_gdbm(buckets, elements, size):
    """Bytes whose buckets, and the values in them, all are the same ones."""
    data = bytearray(size)
    bucket_size = 8 + 6 * 16 + 8 + elements * 24
    struct.pack_into("<IIqiiii", data, 0, 0x13579ACF, 0, 4096, buckets * 8, 0, bucket_size, elements)
    struct.pack_into(f"<{buckets}q", data, 4096, *range(8192, 8192 + buckets))
    struct.pack_into("<i", data, 8192 + 8 + 6 * 16 + 4, elements)
    for index in range(elements):
        at = 8192 + 8 + 6 * 16 + 8 + index * 24
        struct.pack_into("<i4sqii", data, at, 1, data[:4], 0, 4, size - 4)
    return bytes(data)


@pytest.mark.parametrize(("buckets", "message"), [(400, "buckets overlap"), (1, "records overlap")])
def test_small_gdbm_files_cannot_amount_to_large_ones(buckets, message):
    with pytest.raises(legacy.DamagedGdbmError, match=message):
        legacy.read_gdbm(crafted_gdbm(buckets, 1000, 100_000))
