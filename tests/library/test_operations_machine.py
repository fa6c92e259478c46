"""A session that queries, changes, defers, fails, replays and reconnects in any order, against plain dictionaries."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from ftrack_api.exception import ServerError
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from trackteroid.operations import replay
from trackteroid.operations.replaying import Step
from trackteroid.server import EmbeddedServer
from trackteroid.session import Session

pytestmark = pytest.mark.slow

INTERRUPTIBLE = [step for step in Step if step is not Step.MARKED_COMMITTED]
#: The server has taken the operations by then.
ARRIVED = {Step.ANSWERED, Step.REVIEWED, Step.MARKED_ARRIVED}


class Interruption(BaseException):
    """The process ends here."""


@dataclass
class Change:
    """One operation of the model; without a name it deletes."""

    identity: str
    name: str | None
    is_new: bool = False


@dataclass
class Recorded:
    """What the model knows of a file."""

    path: Path
    changes: list[Change]
    is_committed: bool = False
    has_arrived: bool = field(default=False)


def applied(scopes, changes):
    """Return the scopes after the changes, None where the server refuses them."""
    result = dict(scopes)
    for change in changes:
        if change.is_new == (change.identity in result):
            return None
        if change.name is None:
            del result[change.identity]
        else:
            result[change.identity] = change.name
    return result


class SessionMachine(RuleBasedStateMachine):
    """Scopes are all there is: they have a name, can be made and deleted by anyone, and nothing depends on them."""

    def __init__(self):
        super().__init__()
        self.server = EmbeddedServer("sqlite://")
        self.folder = tempfile.TemporaryDirectory()
        self.session = Session(server_url=self.server)
        self.scopes = {}
        self.pending = []
        self.files = []
        self.count = 0
        # Kept by all, so that what is left of an interrupted file can be recognised.
        self.kept = set()

    def teardown(self):
        self.session.recorded_operations.clear()
        self.session.close()
        self.server.close()
        self.folder.cleanup()

    def unique(self):
        self.count += 1
        return f"{self.count:04d}"

    def create(self):
        change = Change(f"00000000-0000-4000-8000-00000000{self.unique()}", f"made {self.unique()}", is_new=True)
        self.session.create("Scope", {"id": change.identity, "name": change.name})
        return change

    def existing(self, data, taken):
        candidates = sorted(self.scopes.keys() - {change.identity for change in taken if change.name is None})
        return data.draw(st.sampled_from(candidates)) if candidates else None

    def change(self, data, taken):
        """Change something that exists on the server, for the model and in the session."""
        kind = data.draw(st.sampled_from(["create", "rename", "rename new", "delete"]))
        new = [change for change in taken if change.is_new]
        if kind == "rename new" and new:
            identity = data.draw(st.sampled_from([change.identity for change in new]))
        else:
            identity = self.existing(data, taken)
        touched = {change.identity for change in taken}
        if kind == "create" or identity is None or (kind == "delete" and identity in self.kept | touched):
            return self.create()
        scope = self.session.get("Scope", identity)
        if scope is None:
            return self.create()
        if kind == "delete":
            self.session.delete(scope)
            return Change(identity, None)
        name = f"renamed {self.unique()}"
        scope["name"] = name
        assert self.session.get("Scope", identity)["name"] == name
        return Change(identity, name)

    @rule(data=st.data())
    def change_something(self, data):
        self.pending.append(self.change(data, self.pending))

    @rule()
    def commit(self):
        result = applied(self.scopes, self.pending)
        if result is None:
            with pytest.raises(ServerError):
                self.session.commit()
            self.session.rollback()
        else:
            self.session.commit()
            self.scopes = result
        self.pending = []
        self.session.reset()

    @rule()
    def rollback(self):
        self.session.rollback()
        self.session.reset()
        self.pending = []

    @rule()
    def reconnect(self):
        self.session.reconnect()
        self.pending = []

    @rule(data=st.data(), size=st.integers(0, 4))
    def defer(self, data, size):
        path = Path(self.folder.name) / f"{self.unique()}.dbm"
        changes = []
        with self.session.deferred_operations(path):
            changes.append(self.create())
            for _ in range(size):
                changes.append(self.change(data, [*self.pending, *changes]))
        self.kept.add(changes[0].identity)
        self.files.append(Recorded(path, changes))
        self.forget()

    @rule(data=st.data(), size=st.integers(0, 4))
    def fail_inside_a_block(self, data, size):
        path = Path(self.folder.name) / f"{self.unique()}.dbm"
        with pytest.raises(Interruption):
            self.fail(path, data, size)
        assert not path.exists()

    def fail(self, path, data, size):
        with self.session.deferred_operations(path):
            taken = list(self.pending)
            for _ in range(size):
                taken.append(self.change(data, taken))
            raise Interruption

    def forget(self):
        """Forget what the session holds of its own, so that the next read is the server's; pending things stay."""
        if not self.pending:
            self.session.reset()

    @precondition(lambda self: self.files)
    @rule(data=st.data(), step=st.sampled_from([None] * len(INTERRUPTIBLE) + INTERRUPTIBLE))
    def replay(self, data, step):
        chosen = data.draw(st.lists(st.sampled_from(range(len(self.files))), min_size=1, max_size=2, unique=True))
        files = [self.files[index] for index in chosen]
        waiting = [item for item in files if not item.is_committed]
        fresh = [item for item in waiting if not item.has_arrived]
        result = applied(self.scopes, [change for item in fresh for change in item.changes])

        def follow(done):
            if done is step:
                raise Interruption

        self.rollback()
        try:
            outcome = replay(self.session, [item.path for item in files], on_step=follow)
        except Interruption:
            if result is not None and step in ARRIVED:
                self.scopes = result
                for item in fresh:
                    item.has_arrived = True
        except ServerError:
            assert result is None, "the server refused what it should have taken"
            # What was refused is looked at operation by operation from now on, beyond this model.
            self.files = [item for item in self.files if item not in waiting]
        else:
            assert result is not None, "the server took what it should have refused"
            assert len(outcome.committed) == len(waiting)
            self.scopes = result
            for item in waiting:
                item.is_committed = True
        assert not self.session.recorded_operations
        self.session.reset()

    @invariant()
    def the_server_holds_what_the_dictionary_says(self):
        expression = "select id, name from Scope"
        (answer,) = self.server.call([{"action": "query", "expression": expression}])
        assert {row["id"]: row["name"] for row in answer["data"]} == self.scopes

    @invariant()
    def as_many_operations_are_pending_as_were_made(self):
        assert len(self.session.recorded_operations) == len(self.pending) if self.session.connected else True


SessionMachine.TestCase.settings = settings(max_examples=10, stateful_step_count=15)
TestSession = SessionMachine.TestCase
