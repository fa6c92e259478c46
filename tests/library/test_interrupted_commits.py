"""Ctrl-C at any line of a commit, a transaction or a replay: nothing is lost, nothing is there twice.

A model of what the server should hold is compared with what a fresh session finds there, after the interrupted session
went on in one of the ways in which people do.
"""

import logging
import os
import uuid

import pytest
from ctrl_c import Lines, count, interrupting

from trackteroid.operations.format import file
from trackteroid.server import EmbeddedServer
from trackteroid.session import Session

#: How many moments of each way of going on are tried; all of them when the number is 0.
MOMENTS = int(os.environ.get("TRACKTEROID_INTERRUPTIONS", "3"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.usefixtures("nothing_left_open"),
]


@pytest.fixture(scope="module", params=["in process", "http"])
def address(request, tmp_path_factory):
    database = f"sqlite:///{(tmp_path_factory.mktemp('server') / 'studio.db').as_posix()}"
    server = EmbeddedServer(database, with_demo=True)
    if request.param == "in process":
        yield {"server_url": server}
    else:
        with server.listening() as url:
            yield {"server_url": url, "api_user": server.username, "api_key": server.api_key}
    server.close()


@pytest.fixture(scope="module")
def other(address):
    with Session(**address, schema_cache_path=False, plugin_paths=[], missing="not_set") as session:
        yield session


@pytest.fixture(scope="module")
def session(address):
    with Session(**address, schema_cache_path=False, plugin_paths=[], missing="not_set") as session:
        yield session


class Case:
    """A task on the server, what a program does to it, and what should be there afterwards."""

    def __init__(self, session, other, tmp_path):
        self.session, self.other = session, other
        self.name = uuid.uuid4().hex
        shot = other.query("Shot").first()
        task = other.create("Task", {"name": self.name, "parent": shot})
        task["metadata"]["frames"] = "1"
        other.create("Note", {"content": f"{self.name} doomed", "parent_id": task["id"], "parent_type": "Task"})
        other.commit()
        self.identity = task["id"]
        other.reset()
        session.rollback()
        session.reset()
        session.attempts.forget()
        self.path = tmp_path / f"{self.name}.db"

    def task(self):
        fields = "name, bid, description, metadata.key, metadata.value"
        return self.session.query(f"select {fields} from Task where id is {self.identity}").one()

    def work(self):
        """Create two notes, one an answer to the other, a metadata entry, change two values, and delete a note."""
        task = self.task()
        values = {"content": f"{self.name} new", "parent_id": self.identity, "parent_type": "Task"}
        note = self.session.create("Note", values)
        self.session.create("Note", {"content": f"{self.name} reply", "in_reply_to_id": note["id"]})
        task["bid"] = 3600.0
        task["metadata"]["frames"] = "2"
        task["metadata"]["codec"] = "exr"
        doomed = self.session.query(f'select id from Note where content is "{self.name} doomed"').first()
        if doomed is not None:
            self.session.delete(doomed)
        return note

    def stored(self):
        """What the server holds, by fresh eyes."""
        self.other.reset()
        fields = "bid, description, metadata.key, metadata.value"
        task = self.other.query(f"select {fields} from Task where id is {self.identity}").one()
        notes = self.other.query(f'select content from Note where content like "{self.name}%"').all()
        replies = self.other.query(f'select id from Note where in_reply_to.content is "{self.name} new"').all()
        return {
            "bid": task["bid"],
            "metadata": dict(task["metadata"]),
            "notes": sorted(note["content"].split()[1] for note in notes),
            "replies": len(replies),
        }

    def shown(self):
        """What the session shows of the task without asking, and how much is pending."""
        task = self.session.get("Task", self.identity)
        return task["bid"], dict(task["metadata"]), len(self.session.recorded_operations)


BEFORE = {"bid": 0.0, "metadata": {"frames": "1"}, "notes": ["doomed"], "replies": 0}
AFTER = {"bid": 3600.0, "metadata": {"frames": "2", "codec": "exr"}, "notes": ["new", "reply"], "replies": 1}
SHOWN_AFTER = (3600.0, {"frames": "2", "codec": "exr"}, 0)


def plain(case):
    case.work()
    return case.session.commit


def block(case):
    def run():
        with case.session.transaction():
            case.work()

    return run


def nested(case):
    def run():
        with case.session.transaction():
            with case.session.transaction():
                case.task()["description"] = "inner"
            with case.session.transaction():
                case.work()

    return run


def commit_again(case):
    case.session.commit()


def run_again(case):
    with case.session.transaction():
        case.work()


def run_plain_again(case):
    case.work()
    case.session.commit()


def roll_back_and_run_again(case):
    case.session.rollback()
    case.work()
    case.session.commit()


def ask(case):
    """The session says what is true, and goes on from there."""
    has_arrived = case.session.confirm_commit()
    assert case.stored() == (AFTER if has_arrived else BEFORE)
    if not has_arrived:
        if not case.session.recorded_operations:
            case.work()
        case.session.commit()


def change_more(case):
    task = case.session.get("Task", case.identity)
    task["description"] = "later"
    case.session.commit()
    case.other.reset()
    assert case.other.query(f"select description from Task where id is {case.identity}").one()["description"] == "later"
    assert task["description"] == "later"


def reconnect_and_run_again(case):
    case.session.reconnect()
    run_again(case)


WAYS = [
    (plain, commit_again),
    (plain, run_plain_again),
    (plain, roll_back_and_run_again),
    (plain, ask),
    (plain, change_more),
    (plain, reconnect_and_run_again),
    (block, run_again),
    (block, run_plain_again),
    (block, ask),
    (nested, run_again),
]


def moments(total):
    if not MOMENTS:
        return range(1, total + 1)
    # Never the same ones in two runs of the programs that are under test, and the same ones in two of these.
    return sorted({max(1, total * (2 * number + 1) // (2 * MOMENTS)) for number in range(MOMENTS)})


@pytest.mark.parametrize(("begin", "go_on"), WAYS, ids=[f"{one.__name__}, {two.__name__}" for one, two in WAYS])
def test_whatever_is_interrupted_happens_once(session, other, tmp_path, begin, go_on, caplog):
    caplog.set_level(logging.ERROR)
    measured = Case(session, other, tmp_path)
    total = count(begin(measured))
    assert measured.stored() == AFTER
    assert measured.shown() == SHOWN_AFTER
    wrong = {}
    for moment in moments(total):
        case, lines = Case(session, other, tmp_path), Lines(moment)
        run = begin(case)
        with interrupting(lines):
            run()
        try:
            if lines.where or go_on is ask:
                go_on(case)
            outcome = case.stored(), case.shown()
        except Exception as error:  # noqa: BLE001 - it is told with the others
            outcome = f"{type(error).__name__}: {error}"[:600]
        if outcome != (AFTER, SHOWN_AFTER):
            wrong[f"{moment} of {total}, {lines.where}"] = outcome
    assert wrong == {}


def test_an_interrupted_replay_can_be_repeated(session, other, tmp_path):
    def recorded():
        case = Case(session, other, tmp_path)
        with session.deferred_operations(case.path):
            case.work()
        return case

    measured = recorded()
    total = count(lambda: session.reconnect_and_commit(measured.path))
    assert measured.stored() == AFTER
    wrong = {}
    for moment in moments(total):
        case, lines = recorded(), Lines(moment)
        with interrupting(lines):
            session.reconnect_and_commit(case.path)
        try:
            session.reconnect_and_commit(case.path)
            outcome = case.stored(), file.read(case.path).state.committed is not None
        except Exception as error:  # noqa: BLE001 - it is told with the others
            outcome = f"{type(error).__name__}: {error}"[:600]
        if outcome != (AFTER, True):
            wrong[f"{moment} of {total}, {lines.where}"] = outcome
    assert wrong == {}


def test_a_correction_made_after_an_interrupted_replay_of_changes_stays(session, other, tmp_path):
    def recorded():
        case = Case(session, other, tmp_path)
        with session.deferred_operations(case.path):
            case.task()["bid"] = 3600.0
        return case

    measured = recorded()
    total = count(lambda: session.reconnect_and_commit(measured.path))
    wrong = {}
    for moment in moments(total):
        case, lines = recorded(), Lines(moment)
        with interrupting(lines):
            session.reconnect_and_commit(case.path)
        has_arrived = case.stored()["bid"] == 3600.0
        if has_arrived:
            other.query(f"select bid from Task where id is {case.identity}").one()["bid"] = 0.0
            other.commit()
        try:
            session.reconnect_and_commit(case.path)
            outcome = case.stored()["bid"], len(other.query('Metadata where key like "trackteroid replay%"').all())
        except Exception as error:  # noqa: BLE001 - it is told with the others
            outcome = f"{type(error).__name__}: {error}"[:600]
        if outcome != (0.0 if has_arrived else 3600.0, 0):
            wrong[f"{moment} of {total}, {lines.where}"] = outcome
            left = other.query('Metadata where key like "trackteroid replay%"').all()
            for entry in left:
                other.delete(entry)
            other.commit()
    assert wrong == {}
