"""Creating, changing and deleting in one pass against ftrack_api's own way: the same series leave the same behind."""

import copy
import importlib
import uuid
from itertools import count
from operator import gt
from pathlib import Path
from random import Random
from typing import Any

import ftrack_api
import ftrack_api.attribute
import ftrack_api.cache
import pytest
from client_conversations import Committing, as_caught, describe, patient, pending, read, stored, without_addresses
from client_support import FakeServer, Mounting
from ftrack_api.entity.base import Entity
from ftrack_api.symbol import NOT_SET

from counting import calls_of
from selections import few_fast, some
from trackteroid.client.creating import created
from trackteroid.client.entities import has_local_values, identity_of, is_new, local_value, remote_value, storage_of
from trackteroid.session import Session

TYPES = (
    "Task",
    "Shot",
    "AssetVersion",
    "Asset",
    "Note",
    "Job",
    "Location",
    "User",
    "FileComponent",
    "Metadata",
    "Timer",
)


class Writing(Committing):
    """A conversation that mostly writes: entities of many types, with values of all kinds, some of them wrong."""

    def create(self, random: Random) -> Any:
        self.created += 1
        name = random.choice(TYPES)
        data = self.values(random, name)
        for key in self.session.types[name].primary_key_attributes:
            if random.random() < 0.8:
                data[key] = random.choice((f"new{self.created}", f"\"{self.created}'", self.created))
            elif random.random() < 0.9:
                data.pop(key, None)
        return describe(self.session.create(name, data), self.session)

    def values(self, random: Random, type_name: str) -> dict[str, Any]:
        attributes = [each for each in self.session.types[type_name].attributes if self.assigns(each)]
        chosen = random.sample(attributes, random.randrange(min(6, len(attributes))))
        values = {attribute.name: self.value(random, attribute) for attribute in chosen}
        return {**values, "no such attribute": 1} if random.random() < 0.1 else values

    def value(self, random: Random, attribute: Any) -> Any:
        if hasattr(attribute, "entity_type"):
            target = self.any_target(random)
            return random.choice((None, target, target, target, copy.copy(target)))
        return random.choice(("text", "Ünï", 5, 2.5, True, None, {"a": [1]}, ["b"], {}))

    def assigns(self, attribute: Any) -> bool:
        # After a commit ours shows also what new entities refer to that was not recorded, and ids follow references.
        if hasattr(attribute, "entity_type"):
            return self.session.record_operations
        return super().assigns(attribute) and not attribute.name.endswith("_id")

    def any_entity(self, random: Random) -> Entity:
        # One whose creation was taken back has no key any more, and nobody can do anything with it.
        found = super().any_entity(random)
        return found if identity_of(found) else self.any_entity(random)

    def any_target(self, random: Random) -> Entity:
        found = super().any_target(random)
        return found if identity_of(found) else self.any_target(random)

    def take_back(self, random: Random) -> Any:
        last = list(self.session.recorded_operations)[-1:]
        is_reference = any(isinstance(getattr(each, "new_value", None), Entity) for each in last)
        return None if is_reference else super().take_back(random)

    def unrecorded(self, random: Random) -> Any:
        with self.session.operation_recording(False):
            return self.create(random) if random.random() < 0.5 else self.assign(random)

    def step(self) -> Any:
        kinds = (self.create, self.create, self.create, self.assign, self.assign, self.look, self.delete, self.query)
        more = (self.unrecorded, self.take_back, self.forget, self.commit, self.commit, self.refused, self.rollback)
        kind = self.random.choice((*kinds, *more))
        seed = self.random.random()
        try:
            return kind.__name__, kind(Random(seed))
        except ftrack_api.exception.ServerError as error:
            return kind.__name__, as_caught(error)
        except Exception as error:  # noqa: BLE001 - both have to raise it
            return kind.__name__, as_caught(error), without_addresses(error)


@pytest.fixture
def session() -> Session:
    return Mounting(FakeServer()).ours()


@pytest.fixture
def ids(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let two sessions make up the same ids: calling this begins anew."""
    numbers = count()

    def begin(at: int) -> None:
        nonlocal numbers
        numbers = count(at)

    monkeypatch.setattr(uuid, "uuid4", lambda: uuid.UUID(int=next(numbers)))
    return begin


@pytest.mark.parametrize("seed", few_fast(some(range(700, 760), 3), 3))
@pytest.mark.slow
def test_what_is_left_is_what_ftrack_api_leaves(seed: int, ids: Any) -> None:
    servers = FakeServer(), FakeServer()
    stock = Writing(patient(servers[0]), servers[0], seed)
    ours = Writing(Mounting(servers[1]).ours(), servers[1], seed)
    for conversation in (stock, ours):
        conversation.query(Random(seed))
    for number in range(40):
        ids(number * 1000)
        expected = stock.step()
        ids(number * 1000)
        found = ours.step()
        assert found == expected, f"step {number}"
        assert pending(ours.session) == pending(stock.session), f"after step {number}: {expected}"
        assert stored(ours.session) == stored(stock.session), f"after step {number}: {expected}"
    assert servers[1].requests == servers[0].requests
    assert read(ours.session) == read(stock.session)


# What is left to ftrack_api.


def plugin(folder: Path, method: str) -> list[str]:
    """Write a plugin that gives Task a class with this method, and return the path to pass to a session."""
    (folder / "plugin.py").write_text(
        "import ftrack_api.entity.factory\n"
        "class Base(ftrack_api.entity.base.Entity):\n"
        f"    {method}\n"
        "def construct(event):\n"
        "    if event['data']['schema']['id'] == 'Task':\n"
        "        return ftrack_api.entity.factory.StandardFactory().create(event['data']['schema'], bases=[Base])\n"
        "def register(session):\n"
        "    session.event_hub.subscribe('topic=ftrack.api.session.construct-entity-type', construct)\n",
        encoding="utf-8",
    )
    return [str(folder)]


def made_at_once(session: Session, type_name: str = "Task", **data: Any) -> bool:
    """Return whether an entity is made in one pass, rather than by ftrack_api."""
    before = len(session.recorded_operations)
    found = created(session, type_name, data, session._blueprints, session._local_changes)
    assert found is not None or len(session.recorded_operations) == before
    return found is not None


def test_usual_entities_are_made_at_once(session: Session) -> None:
    status = session.create("Status", {"name": "done"})
    assert made_at_once(session)
    assert made_at_once(session, name="comp", status=status, parent=None)
    assert made_at_once(session, "AssetVersion", comment="a plate", task=None)


@pytest.mark.parametrize(
    "method",
    [
        "def merge(self, entity, merged=None): self.seen = True; return super().merge(entity, merged)",
        "def _construct(self, data): self.seen = True; super()._construct(data)",
        "def __init__(self, *args, **named): self.seen = True; super().__init__(*args, **named)",
    ],
)
def test_a_class_with_ways_of_its_own_is_left_to_ftrack_api(method: str, tmp_path: Path) -> None:
    session = Mounting(FakeServer()).ours(plugin_paths=plugin(tmp_path, method))
    assert session.types
    assert not made_at_once(session)
    assert session.create("Task", {"name": "comp"})["name"] == "comp"
    assert made_at_once(session, "Status")


class OwnKeys(ftrack_api.cache.StringKeyMaker):
    pass


@pytest.mark.parametrize("arguments", [{"cache": ftrack_api.cache.MemoryCache()}, {"cache_key_maker": OwnKeys()}])
def test_another_cache_is_left_to_ftrack_api(arguments: dict[str, Any]) -> None:
    session = Mounting(FakeServer()).ours(**arguments)
    assert session.types
    assert not made_at_once(session)
    assert session.create("Task", {"name": "comp"})["name"] == "comp"


def test_a_session_that_merges_in_its_own_way_does_so_with_new_entities(session: Session) -> None:
    seen: list[Any] = []
    merge = session.merge
    session.merge = lambda value, merged=None: seen.append(value) or merge(value, merged)
    session.create("Task", {"name": "comp"})
    assert seen


def test_a_value_that_was_not_set_is_left_to_ftrack_api(session: Session) -> None:
    assert session.create("Task", {"name": NOT_SET})["name"] is NOT_SET
    assert not made_at_once(session, name=NOT_SET)


def test_an_entity_with_a_key_that_is_there_is_left_to_ftrack_api(session: Session) -> None:
    task = session.create("Task", {"id": "t", "name": "comp"})
    assert not made_at_once(session, id="t")
    assert made_at_once(session, id="T")
    assert session.create("Task", {"id": "t", "name": "anim"}) is task


def test_lists_are_left_to_ftrack_api(session: Session) -> None:
    task = session.create("Task", {"name": "comp"})
    assert not made_at_once(session, "Shot", children=[task])
    assert session.create("Shot", {"children": [task]})["children"][:] == [task]


def test_entities_of_elsewhere_are_left_to_ftrack_api(session: Session) -> None:
    elsewhere = Mounting(FakeServer()).ours().create("Status", {"id": "s", "name": "done"})
    assert not made_at_once(session, status=elsewhere)
    status = session.create("Task", {"name": "comp", "status": elsewhere})["status"]
    assert status["name"] == "done"
    assert status is session.get("Status", "s")


def test_jobs_of_other_types_are_refused_as_by_ftrack_api(session: Session) -> None:
    with pytest.raises(ValueError, match="Invalid job type"):
        session.create("Job", {"type": "render"})
    assert not session.recorded_operations


def test_what_plugins_add_to_a_type_is_created_too(session: Session) -> None:
    session.create("Task", {"name": "comp"})
    attribute = ftrack_api.attribute.ScalarAttribute("added", data_type="string", default_value="by a plugin")
    session.types["Task"].attributes.add(attribute)
    try:
        assert session.create("Task", {"name": "anim"})["added"] == "by a plugin"
    finally:
        session.types["Task"].attributes.remove(attribute)


def test_changing_what_was_given_changes_no_operation(session: Session) -> None:
    session.create("Job", {"data": (data := {"a": 1})})
    data["a"] = 2
    (operation,) = session.recorded_operations
    assert operation.entity_data["data"] == {"a": 1}


def test_a_session_that_decodes_in_its_own_way_does_so_with_answers_to_changes() -> None:
    seen: list[str] = []
    answers = FakeServer(lambda operation: {"action": "create", "data": operation["entity_data"]})
    session = Mounting(answers).ours()
    assert session.types  # connected
    decode, session.decode = session.decode, lambda text: seen.append(text) or decode(text)
    task = session.create("Task", {"name": "comp"})
    session.commit()
    assert len(seen) == 1
    assert task["name"] == "comp"
    assert not session.created


@pytest.mark.parametrize("strange", [{"a": 1}, ["s"], 5])
def test_ids_that_are_no_texts_lead_nowhere(strange: Any) -> None:
    def answer(operation: dict[str, Any]) -> Any:
        data = {"__entity_type__": "Task", "id": operation["entity_key"][0], "status_id": strange}
        return {"action": operation["action"], "data": data}

    session = Mounting(FakeServer(answer)).ours()
    task = session.create("Task", {"name": "comp"})
    session.commit()
    assert task["status_id"] == strange
    assert task["status"] is NOT_SET


def test_what_is_created_keeps_its_values_in_a_row() -> None:
    server = FakeServer(lambda operation: {"action": "create", "data": operation["entity_data"]})
    session = Mounting(server).ours()
    task = session.create("Task", {"id": "t", "name": "comp"})
    assert is_new(task)
    assert not storage_of(task).pairs
    assert (local_value(task, "name"), remote_value(task, "name")) == ("comp", NOT_SET)
    session.commit()
    assert not is_new(task)
    assert not storage_of(task).pairs
    assert (local_value(task, "name"), remote_value(task, "name")) == (NOT_SET, "comp")
    assert task["id"] == "t"


def test_what_was_read_and_set_before_the_commit_is_the_servers_after_it() -> None:
    server = FakeServer(lambda operation: {"action": "create", "data": operation["entity_data"]})
    session = Mounting(server).ours()
    task = session.create("Task", {"id": "t", "name": "comp", "bid": 2.0})
    assert task["id"] == "t"
    task["name"] = "anim"
    session.commit()
    assert not has_local_values(task)
    assert [remote_value(task, name) for name in ("id", "name", "bid")] == ["t", "anim", 2.0]


def test_a_value_that_is_taken_back_is_none(session: Session) -> None:
    task = session.create("Task", {"id": "t", "name": "comp"})
    del task["name"]
    assert (local_value(task, "name"), remote_value(task, "name")) == (NOT_SET, NOT_SET)
    assert local_value(task, "id") == "t"


# How much work it is.


LARGE, SMALL = 60, 20
CHANGES = ("create", "update", "delete")


@pytest.mark.parametrize(
    ("kind", "at_most"),
    [
        ("Work", {"create": (140, 266), "update": (31, 128), "delete": (33, 36)}),
        ("CollectionWork", {"create": (210, 266), "update": (67, 128), "delete": (27, 38)}),
    ],
)
def test_how_many_calls_an_entity_takes(
    kind: str, at_most: dict[str, tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2]))
    benchmark = importlib.import_module("benchmarks.writing")
    found: dict[int, dict[str, tuple[int, int]]] = {}
    for size in (SMALL, LARGE):
        work = getattr(benchmark, kind)()
        work.create(1)
        work.commit()
        found[size] = {
            change: (
                calls_of(lambda change=change, work=work, size=size: getattr(work, change)(size)),
                calls_of(work.commit),
            )
            for change in CHANGES
        }
    growth = {
        change: tuple((found[LARGE][change][part] - found[SMALL][change][part]) / (LARGE - SMALL) for part in (0, 1))
        for change in CHANGES
    }
    # The change and its commit; the fake server's own calls are among the latter.
    assert {change: each for change, each in growth.items() if any(map(gt, each, at_most[change]))} == {}
