"""Files with more operations than are sent at once: several transactions, of which none is lost or sent twice."""

import json
import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from ftrack_api.symbol import NOT_SET
from hypothesis import given
from hypothesis import strategies as st

from trackteroid.errors import ConflictError, RefusedError
from trackteroid.operations import deferred_operations, recording, replay
from trackteroid.operations.batches import batches_of
from trackteroid.operations.format import file
from trackteroid.operations.record import CreateRecord, DeleteRecord, EntityRecord, ListRecord, UpdateRecord
from trackteroid.operations.replaying import Step
from trackteroid.operations.values import EntityReference, References
from trackteroid.server import EmbeddedServer, Limits
from trackteroid.session import Session

PROGRAM = Path(__file__).parent / "interrupted.py"


class Interrupted(BaseException):
    """What ends a replay here, as Ctrl-C would."""


@pytest.fixture
def address(tmp_path):
    database = f"sqlite:///{(tmp_path / 'studio.db').as_posix()}"
    EmbeddedServer(database, with_demo=True).close()
    return database


def connected(address, **options):
    return Session(server_url=address, schema_cache_path=False, plugin_paths=[], **options)


@pytest.fixture
def session(address):
    with connected(address) as session:
        yield session


@pytest.fixture
def path(tmp_path):
    return tmp_path / "large.dbm"


def record(session, path, name, count=4):
    """Record changes of every kind, two of them for each number besides the list."""
    task = session.query("select notes, bid, name from Task").first()
    user = session.query(f'User where username is "{session.api_user}"').one()
    with deferred_operations(session, path):
        for number in range(count):
            note = session.create("Note", {"content": f"{name} {number}", "author": user})
            task["notes"].append(note)
            task["bid"] = 100.0 + number
            note["content"] = f"{name} {number}!"
        doomed = session.create("Scope", {"name": f"{name} doomed"})
        session.delete(doomed)
        session.create("Scope", {"name": name})
    session.rollback()
    session.reset()
    return task["id"]


def found(address, name, task):
    """What the server holds, by fresh eyes."""
    with connected(address) as session:
        entity = session.query(f'select bid, notes.content from Task where id is "{task}"').one()
        notes = sorted(note["content"] for note in entity["notes"] if note["content"].startswith(name))
        scopes = sorted(scope["name"] for scope in session.query(f'select name from Scope where name like "{name}%"'))
        left = session.query('select key from Metadata where key like "trackteroid replay%"').all()
        return notes, scopes, entity["bid"], len(left)


def wanted(name, count=4):
    return [f"{name} {number}!" for number in range(count)], [name], 99.0 + count, 0


SCOPE = [EntityReference("Scope", (("id", f"s{number}"),)) for number in range(9)]
TASK = EntityReference("Task", (("id", "t"),))


def shapes(batches):
    return [[(part.file, part.start, part.stop) for part in batch] for batch in batches]


def test_what_fits_is_one_batch_and_the_rest_is_cut_where_nothing_is_torn():
    operations = []
    for scope in SCOPE[:4]:
        operations += [CreateRecord(scope, {}), UpdateRecord(scope, "name", None, "x"), UpdateRecord(TASK, "bid", 1, 2)]
    assert shapes(batches_of([operations], [0], 12)) == [[(0, 0, 12)]]
    assert shapes(batches_of([operations], [0], 7)) == [[(0, 0, 6)], [(0, 6, 12)]]
    assert shapes(batches_of([operations], [0], 4)) == [[(0, 0, 3)], [(0, 3, 6)], [(0, 6, 9)], [(0, 9, 12)]]
    assert shapes(batches_of([operations], [6], 4)) == [[(0, 6, 9)], [(0, 9, 12)]]
    assert shapes(batches_of([operations, operations], [9, 10], 4)) == [
        [(0, 9, 12), (1, 10, 11)],
        [(1, 11, 12)],
    ]
    assert shapes(batches_of([operations, [], operations], [9, 0, 12], 2)) == [
        [(0, 9, 11), (1, 0, 0), (2, 12, 12)],
        [(0, 11, 12)],
    ]


def test_changes_of_lists_count_as_many_as_their_members():
    notes = tuple(EntityReference("Note", (("id", f"n{number}"),)) for number in range(5))
    change = ListRecord(TASK, "notes", References(notes), References(()))
    assert shapes(batches_of([[change, DeleteRecord(SCOPE[0]), change]], [0], 6)) == [[(0, 0, 2)], [(0, 2, 3)]]
    assert shapes(batches_of([[change, change]], [0], 3)) == [[(0, 0, 1)], [(0, 1, 2)]]


def test_what_is_taken_out_of_a_list_and_what_becomes_of_it_are_not_torn():
    taken_out = [ListRecord(TASK, "scopes", References(()), References((scope,))) for scope in SCOPE]
    pairs = [each for pair in zip(taken_out, map(DeleteRecord, SCOPE), strict=True) for each in pair]
    assert shapes(batches_of([pairs[:8]], [0], 3)) == [[(0, start, start + 2)] for start in (0, 2, 4, 6)]
    moved = [(each, ListRecord(SCOPE[8], "scopes", each.removed, References(()))) for each in taken_out]
    set_right = [(each, UpdateRecord(each.removed.items[0], "parent", None, TASK)) for each in taken_out]
    for pairs in (moved, set_right):
        operations = [each for pair in pairs for each in pair]
        assert shapes(batches_of([operations[:8]], [0], 3)) == [[(0, start, start + 2)] for start in (0, 2, 4, 6)]
    replaced = ListRecord(TASK, "scopes", References(tuple(SCOPE[:2])), References((SCOPE[2],)))
    new = [CreateRecord(SCOPE[0], {}), CreateRecord(SCOPE[1], {}), replaced, DeleteRecord(SCOPE[2])]
    assert shapes(batches_of([new], [0], 5)) == [[(0, 0, 2)], [(0, 2, 4)]], "the new ones are torn rather than these"


CHANGES = st.tuples(st.sampled_from("cudl"), st.integers(0, 8))


@given(
    files=st.lists(
        st.lists(st.tuples(st.sampled_from("cudl"), st.integers(0, 8)), max_size=12), min_size=1, max_size=3
    ),
    most=st.integers(1, 9),
    data=st.data(),
)
def test_batches_hold_everything_once_and_in_order(files, most, data):
    make = {
        "c": lambda scope: CreateRecord(scope, {}),
        "u": lambda scope: UpdateRecord(scope, "name", None, "x"),
        "d": DeleteRecord,
        "l": lambda scope: ListRecord(TASK, "scopes", References((scope, TASK)), References(())),
    }
    operations = [[make[kind](SCOPE[number]) for kind, number in each] for each in files]
    arrived = [data.draw(st.integers(0, len(each))) for each in operations]
    batches = batches_of(operations, arrived, most)
    sent = [[] for _ in files]
    for batch in batches:
        assert [part.file for part in batch] == sorted(part.file for part in batch)
        for part in batch:
            sent[part.file] += range(part.start, part.stop)
        weight = sum(
            2 if isinstance(each, ListRecord) else 1
            for part in batch
            for each in operations[part.file][part.start : part.stop]
        )
        assert weight <= most or sum(part.stop - part.start for part in batch) == 1
    assert sent == [list(range(start, len(each))) for start, each in zip(arrived, operations, strict=True)]
    assert {part.file for batch in batches for part in batch} == set(range(len(files))), "each file is marked"


@pytest.mark.slow
@pytest.mark.promise("long-files-are-sent-in-transactions")
def test_a_file_is_sent_in_several_transactions_and_tells_how_far(address, session, path, monkeypatch):
    task = record(session, path, "steps")
    count = len(file.read(path).operations)
    progress, states, store = [], [], file.store_state
    monkeypatch.setattr(file, "store_state", lambda claim, state: states.append(state) or store(claim, state))
    before = len(session.cache.keys())
    result = replay(session, path, at_once=5, on_progress=lambda *each: progress.append(each))
    assert found(address, "steps", task) == wanted("steps")
    assert progress[0] == (0, count)
    assert progress[-1] == (count, count)
    told = [state.arrived for state in states if state.arrived == state.count]
    assert list(dict.fromkeys(told)) == [done for done, _ in progress[1:-1]]
    assert len(told) >= 2
    assert (result.sent, result.committed) == (count, (path,))
    assert len(session.cache.keys()) == before, "what was sent fills the session"
    assert replay(session, path, at_once=5).already_committed == (path,)


@pytest.mark.promise("long-files-are-sent-in-transactions")
@pytest.mark.parametrize("at_once", [3, 5])
def test_removed_metadata_is_sent_in_several_transactions(session, path, at_once):
    task = session.query("select id, metadata from Task").first()
    task["metadata"].update({f"key {number}": "1" for number in range(6)})
    session.commit()
    with deferred_operations(session, path):
        for number in range(6):
            del task["metadata"][f"key {number}"]
    session.rollback()
    session.reset()
    replay(session, path, at_once=at_once)
    assert session.query(f'select key from Metadata where parent_id is "{task["id"]}" and key like "key %"').all() == []


@pytest.mark.promise("long-files-are-sent-in-transactions")
@pytest.mark.parametrize("at_once", [3, 5])
def test_what_moves_from_one_parent_to_another_is_sent_in_several_transactions(session, path, at_once):
    shot = session.query("Shot").first()
    for number in range(6):
        session.create("Task", {"name": f"moved {number}", "parent": shot})
    session.commit()
    session.reset()
    old = session.query(f'select children from Shot where id is "{shot["id"]}"').one()
    new = session.query(f'select children from Shot where id is_not "{shot["id"]}"').first()
    with deferred_operations(session, path):
        for task in session.query('Task where name like "moved %"').all():
            old["children"].remove(task)
            new["children"].append(task)
    session.rollback()
    session.reset()
    replay(session, path, at_once=at_once)
    found = session.query('select parent_id from Task where name like "moved %"').all()
    assert {task["parent_id"] for task in found} == {new["id"]}


@pytest.mark.slow
@pytest.mark.promise("long-files-are-sent-in-transactions")
def test_a_file_beyond_the_limit_of_the_server_is_sent(address, path, caplog, monkeypatch):
    server = EmbeddedServer(address, limits=Limits(call_operations=5))
    monkeypatch.setattr(recording, "AT_ONCE", 10)
    with server.listening() as url:
        options = {"api_user": server.username, "api_key": server.api_key}
        with connected(url, **options) as session:
            task = record(session, path, "limited")
            (warning,) = [each.getMessage() for each in caplog.records if "in one transaction" in each.getMessage()]
            assert "large.dbm holds 23 operations, which is more than the 10 that are sent in one" in warning
            assert session.reconnect_and_commit(path).sent == 23
    server.close()
    assert found(address, "limited", task) == wanted("limited")


def moments(session, path, at_once):
    """Every step of a replay, and how often it has come by then."""
    seen = []
    replay(session, path, at_once=at_once, on_step=lambda step: seen.append((step, seen_of(seen, step) + 1)))
    return seen


def seen_of(seen, step):
    return sum(each is step for each, _ in seen)


@pytest.mark.promise("long-files-are-sent-in-transactions", "sending-again-duplicates-nothing")
@pytest.mark.slow
@pytest.mark.parametrize("again", [5, 10_000], ids="then {} at once".format)
def test_a_replay_in_batches_can_be_interrupted_at_every_step(address, session, path, again):
    record(session, path, "measured")
    for number, (wanted_step, count) in enumerate(moments(session, path, 5)):
        name = f"broken {number:02} {again}"
        task = record(session, path, name)
        seen = []

        def stop(step, seen=seen, until=(wanted_step, count)):
            seen.append((step, seen_of(seen, step) + 1))
            if seen[-1] == until:
                raise Interrupted

        with pytest.raises(Interrupted):
            replay(session, path, at_once=5, on_step=stop)
        session.reset()
        replay(session, path, at_once=again)
        session.reset()
        assert replay(session, path).already_committed == (path,)
        assert found(address, name, task) == wanted(name), f"interrupted at {wanted_step} {count}"


@pytest.mark.slow
@pytest.mark.promise("long-files-are-sent-in-transactions")
def test_what_was_corrected_between_two_attempts_is_not_undone(address, session, path):
    tasks = [task["id"] for task in session.query("select id, bid from Task limit 6")]
    with deferred_operations(session, path):
        for task in tasks:
            session.get("Task", task)["bid"] = 555.0
    session.rollback()

    def stop(step):
        if step is Step.MARKED_ARRIVED:
            raise Interrupted

    with pytest.raises(Interrupted):
        replay(session, path, at_once=2, on_step=stop)
    with connected(address) as supervisor:
        supervisor.get("Task", tasks[0])["bid"] = 777.0
        supervisor.commit()
    replay(session, path, at_once=2)
    with connected(address) as fresh:
        bids = {task["id"]: task["bid"] for task in fresh.query("select bid from Task")}
        assert [bids[task] for task in tasks] == [777.0, *[555.0] * 5]


@pytest.mark.slow
def test_a_conflict_is_raised_before_the_first_batch_and_not_for_what_arrived(address, session, path):
    task = session.query("select id, bid, name from Task").first()
    names = [f"conflict {number}" for number in range(4)]
    with deferred_operations(session, path):
        for number, name in enumerate(names):
            session.create("Scope", {"name": name})
            task["bid"] = 10.0 + number
    session.rollback()

    def stop(step):
        if step is Step.MARKED_ARRIVED:
            raise Interrupted

    with pytest.raises(Interrupted):
        replay(session, path, "raise", at_once=3, on_step=stop)
    session.reset()
    assert replay(session, path, "skip", at_once=3).skipped == (), "the bid is what the file has set itself"
    session.reset()
    assert session.query("select bid from Task where id is " + task["id"]).one()["bid"] == 13.0

    with deferred_operations(session, path):
        session.create("Scope", {"name": "too early"})
        session.create("Scope", {"name": "too early as well"})
        session.get("Task", task["id"])["bid"] = 20.0
    session.rollback()
    with connected(address) as other:
        other.get("Task", task["id"])["bid"] = 30.0
        other.commit()
    with pytest.raises(ConflictError):
        replay(session, path, "raise", at_once=1)
    assert session.query('Scope where name like "too early%"').all() == []


@pytest.mark.promise("long-files-are-sent-in-transactions")
@pytest.mark.slow
def test_a_batch_that_is_refused_leaves_those_before_it_and_says_so(address, session, path, caplog):
    session.create("Scope", {"name": "taken"})
    session.commit()
    with deferred_operations(session, path):
        for name in ("free 1", "free 2", "taken", "free 3"):
            session.create("Scope", {"name": name})
    session.rollback()
    session.reset()
    with pytest.raises(RefusedError, match="taken"):
        replay(session, path, at_once=2)
    assert "2 of 4 operations have arrived, and the files say so. Replay them again" in caplog.text
    assert file.read(path).state.arrived == 2
    with connected(address) as other:
        other.query('Scope where name is "taken"').one()["name"] = "renamed"
        other.commit()
    assert replay(session, path, at_once=2).sent == 2
    assert len(session.query('Scope where name like "free%"').all()) == 3


@pytest.mark.slow
def test_what_is_appended_between_two_attempts_is_sent_too(address, session, path):
    task = record(session, path, "longer")

    def stop(step):
        if step is Step.MARKED_ARRIVED:
            raise Interrupted

    with pytest.raises(Interrupted):
        replay(session, path, at_once=5, on_step=stop)
    with deferred_operations(session, path, clear=False):
        session.create("Scope", {"name": "longer still"})
    session.rollback()
    replay(session, path, at_once=5)
    notes, scopes, bid, left = wanted("longer")
    assert found(address, "longer", task) == (notes, [*scopes, "longer still"], bid, left)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the processes to kill are forks")
@pytest.mark.promise("long-files-are-sent-in-transactions", "sending-again-duplicates-nothing")
def test_a_process_that_is_killed_between_batches_can_be_repeated(address, session, tmp_path):
    steps = [step for step in Step if step is not Step.MARKED_COMMITTED]
    cases, tasks = [], {}
    for step in steps:
        for time in (1, 2, 3) if step is not Step.CLAIMED else (1,):
            name = f"killed {step.name} {time}"
            path = tmp_path / f"{name}.dbm"
            tasks[name] = record(session, path, name)
            cases.append({"kind": "replay", "path": os.fspath(path), "moment": f"{step.name} {time}", "at_once": 5})
    order = {"session": {"server_url": address, "retries": 0}, "measures": [], "cases": cases}
    finished = subprocess.run(
        [sys.executable, os.fspath(PROGRAM)], input=json.dumps(order), capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr[-2000:]
    assert set(json.loads(finished.stdout)["outcomes"]) == {"killed"}
    for name, task in tasks.items():
        replay(session, tmp_path / f"{name}.dbm", at_once=5)
        session.reset()
        assert found(address, name, task) == wanted(name), name


@pytest.mark.slow
@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="only Linux tells what a process alone has had")
@pytest.mark.promise("long-files-are-sent-in-transactions")
def test_a_hundred_thousand_operations_take_less_than_200_megabytes(address, path):
    operations, entities = [], []
    for number in range(20_000):
        key = str(uuid4())
        reference = EntityReference("Scope", (("id", key),))
        values = {"id": key, "name": f"{number} of many {key}"}
        operations.append(CreateRecord(reference, values))
        operations += [UpdateRecord(reference, "name", NOT_SET, f"{number} {each} {key}") for each in range(4)]
        entities.append(EntityRecord(reference, values, created=True))
    file.write(path, file.Origin(address, None, "demo"), operations, entities)
    program = (
        "import re, sys\n"
        "from trackteroid.session import Session\n"
        "url, user, key, path = sys.argv[1:]\n"
        "with Session(url, key, user, schema_cache_path=False, plugin_paths=[]) as session:\n"
        "    sent = session.reconnect_and_commit(path).sent\n"
        # What else is told of a process counts what its parent had.
        "peak = re.search(r'VmHWM:\\s+(\\d+) kB', open('/proc/self/status').read())\n"
        "print(sent, int(peak[1]) // 1024)\n"
    )
    server = EmbeddedServer(address)
    with server.listening() as url:
        command = [sys.executable, "-c", program, url, server.username, server.api_key, os.fspath(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    server.close()
    assert done.returncode == 0, done.stderr[-2000:]
    sent, megabytes = map(int, done.stdout.split())
    assert sent == 100_000
    assert megabytes < 200
