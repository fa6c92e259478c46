"""Commits and rollbacks whose cost follows what changed, and that leave what ftrack_api's own leave."""

import importlib
from pathlib import Path
from random import Random
from typing import Any

import ftrack_api
import ftrack_api.cache
import pytest
from client_conversations import Committing, patient, pending, stored
from client_support import FakeServer, Mounting, in_threads
from ftrack_api.entity.base import Entity
from ftrack_api.symbol import NOT_SET

from selections import few_fast, some
from trackteroid.client import entities, local_changes
from trackteroid.session import Session


@pytest.mark.parametrize("seed", few_fast(some(range(500, 540), 3), 3))
def test_what_is_left_is_what_ftrack_api_leaves(seed: int) -> None:
    servers = FakeServer(), FakeServer()
    stock = Committing(patient(servers[0]), servers[0], seed)
    ours = Committing(Mounting(servers[1]).ours(), servers[1], seed)
    for conversation in (stock, ours):
        conversation.query(Random(seed))
    for number in range(30):
        expected, found = stock.step(), ours.step()
        assert found == expected, f"step {number}"
        assert stored(ours.session) == stored(stock.session), f"after step {number}: {expected}"
        assert pending(ours.session) == pending(stock.session)
    assert servers[1].requests == servers[0].requests
    assert local_changes.can_tell(ours.session)


# What is walked over.


def tasks(count: int) -> FakeServer:
    rows = [{"__entity_type__": "Task", "id": f"t{number}", "name": "comp", "notes": []} for number in range(count)]

    def answer(operation: dict[str, Any]) -> Any:
        if operation["action"] == "query":
            return {"action": "query", "data": rows, "metadata": {"next": {"offset": None}}}
        data = {"__entity_type__": "Task", "id": operation["entity_key"][0], **operation.get("entity_data", {})}
        return {"action": operation["action"], "data": data}

    return FakeServer(answer)


@pytest.fixture
def session() -> Session:
    session = Mounting(tasks(50)).ours()
    session.query("Task").all()
    return session


@pytest.fixture
def cleared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the entities that are reset as a whole."""
    seen: list[str] = []
    clear = Entity.clear

    def noting(self: Entity) -> None:
        seen.append(self["id"])
        clear(self)

    monkeypatch.setattr(Entity, "clear", noting)
    return seen


@pytest.fixture
def walked(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The ids of the entities that a commit or a rollback walks over."""
    seen: set[str] = set()
    within = local_changes.LocalChanges.within

    def noting(self: local_changes.LocalChanges, cache: dict[str, Any]) -> list[Entity]:
        found = within(self, cache)
        seen.update(entity["id"] for entity in found)
        return found

    monkeypatch.setattr(local_changes.LocalChanges, "within", noting)
    return seen


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda task: task.__setitem__("name", "anim"), ["t7"]),
        (lambda task: task["notes"], ["t7"]),
        (lambda task: setattr(task.session, "record_operations", False) or task.__setitem__("name", "x"), ["t7"]),
        (lambda task: None, []),
    ],
    ids=["an assignment", "a collection that was read", "an unrecorded assignment", "nothing"],
)
@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_only_entities_with_local_values_are_reset(
    change: Any, expected: list[str], end: str, session: Session, walked: set[str]
) -> None:
    change(session.get("Task", "t7"))
    session.record_operations = True
    session.get("Task", "t3")["bid"] = 5
    getattr(session, end)()
    assert walked == {*expected, "t3"}
    assert len(session._local_changes) == 0


def test_a_value_that_could_not_be_recorded_is_reset_too(session: Session) -> None:
    class Refusing(type(session.recorded_operations)):  # type: ignore[misc]
        def push(self, operation: Any) -> None:
            raise TypeError("not this one")

    task = session.get("Task", "t7")
    assert task is not None
    pending, session.recorded_operations = session.recorded_operations, Refusing()
    with pytest.raises(TypeError):
        task["name"] = "anim"
    session.recorded_operations = pending
    session.rollback()
    assert task["name"] == "comp"


def test_entities_that_are_not_in_the_cache_keep_their_values(session: Session) -> None:
    detached = session._create("Task", {"id": "t7", "name": "not attached"}, reconstructing=False)
    unknown = session._create("Task", {"id": "unknown", "name": "not attached"}, reconstructing=False)
    session.recorded_operations.clear()
    session.get("Task", "t1")["name"] = "anim"
    session.commit()
    assert [detached["name"], unknown["name"]] == ["not attached", "not attached"]


def test_an_entity_under_another_key_is_found_all_the_same(session: Session) -> None:
    task = session._create("Task", {"id": "t7", "name": "put there by hand"}, reconstructing=False)
    session.cache.set("my own key", task)
    session.cache.remove("('Task', ['t7'])")
    session.rollback()
    assert task.attributes.get("name").get_local_value(task) is NOT_SET


def test_noting_changes_keeps_no_entity_alive() -> None:
    session = Mounting(FakeServer()).ours()
    for number in range(20):
        session._create("Task", {"id": str(number), "name": "comp"}, reconstructing=True)["name"] = "x"
    session.recorded_operations.clear()
    assert len(session._local_changes) == 0


# What goes ftrack_api's own way.


def plugin(folder: Path, method: str) -> list[str]:
    (folder / "plugin.py").write_text(
        "import ftrack_api.entity.factory\n"
        "class Base(ftrack_api.entity.base.Entity):\n"
        f"    {method}\n"
        "def construct(event):\n"
        "    if event['data']['schema']['id'] == 'Task':\n"
        "        factory = ftrack_api.entity.factory.StandardFactory()\n"
        "        return factory.create(event['data']['schema'], bases=[Base])\n"
        "def register(session):\n"
        "    session.event_hub.subscribe('topic=ftrack.api.session.construct-entity-type', construct)\n",
        encoding="utf-8",
    )
    return [str(folder)]


def test_entities_that_reset_themselves_in_their_own_way_all_do(tmp_path: Path) -> None:
    method = "def clear(self): self.cleared = True; super().clear()"
    session = Mounting(tasks(3)).ours(plugin_paths=plugin(tmp_path, method))
    found = session.query("Task").all()
    session.rollback()
    assert [task.cleared for task in found] == [True] * 3


def test_an_attribute_that_is_not_watched_makes_every_entity_count(session: Session, cleared: list[str]) -> None:
    task = session.get("Task", "t7")
    assert task is not None
    vars(task.attributes.get("name")).pop("set_local_value")
    task["name"] = "anim"
    session.commit()
    assert len(cleared) == len(session._local_cache._cache) > 50


def test_another_cache_is_walked_over_as_a_whole(cleared: list[str]) -> None:
    session = Mounting(tasks(5)).ours(cache=ftrack_api.cache.MemoryCache())
    session.query("Task").all()
    session.rollback()
    assert len(cleared) == len(session._local_cache._cache) > 5


def test_classes_shared_with_a_stock_session_work_in_both(session: Session) -> None:
    stock = Mounting(tasks(1)).stock()
    stock.types = session.types
    task = stock.create("Task", {"id": "s", "name": "mine"})
    assert task["name"] == "mine"
    assert len(session._local_changes) == 0


def test_threads_that_read_collections_while_another_commits_lose_none(session: Session) -> None:
    def work() -> None:
        for number in range(50):
            assert len(session.get("Task", f"t{number}")["notes"]) == 0

    def commit() -> None:
        for number in range(10):
            session.get("Task", "t0")["bid"] = number
            session.commit()

    works = iter([commit, work, work, work])
    assert in_threads(4, lambda: next(works)()) == [None] * 4
    held = {id(entity) for entity in session._local_cache._cache.values() if entities.has_local_values(entity)}
    assert held <= {id(entity) for entity in local_changes.changed_entities(session)}


# How fast.


@pytest.mark.slow
def test_a_commit_of_one_change_does_not_depend_on_what_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2]))
    benchmark = importlib.import_module("benchmarks.commit")
    stock, ours, factor = benchmark.ratio(3_000)
    assert factor >= 20, f"ftrack_api {stock * 1e3:.1f} ms, ours {ours * 1e3:.1f} ms"
