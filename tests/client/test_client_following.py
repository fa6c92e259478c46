"""Local lists follow the server: what was added and removed here stays so, beside what others did."""

import copy
import itertools
from pathlib import Path
from typing import Any

import ftrack_api.cache
import pytest
from client_support import FakeServer, Mounting, start_up
from ftrack_api.collection import Collection
from ftrack_api.symbol import NOT_SET

from trackteroid.client.local_lists import follow
from trackteroid.session import Session


def note(identity: str) -> dict[str, Any]:
    return {"__entity_type__": "Note", "id": identity}


def metadata(key: str, value: str) -> dict[str, Any]:
    return {"__entity_type__": "Metadata", "parent_id": "t", "key": key, "value": value}


def custom(key: str, value: Any, kind: str = "ContextCustomAttributeValue") -> dict[str, Any]:
    return {"__entity_type__": kind, "configuration_id": f"c{key}", "entity_id": "t", "key": key, "value": value}


CONFIGURATIONS = [
    {
        "__entity_type__": "CustomAttributeConfiguration",
        "id": f"c{key}",
        "key": key,
        "project_id": None,
        "object_type_id": "o",
        "entity_type": "task",
        "is_hierarchical": False,
        "default": "default",
    }
    for key in "abcd"
]


class Desk:
    """A session with one task, and what the server tells of it."""

    def __init__(self, *, starting: Any = start_up, **arguments: Any) -> None:
        self.server = FakeServer(self._answer)
        self.server.starting = starting
        self.session: Session = Mounting(self.server).ours(**arguments)
        self.told: dict[str, Any] = {}
        self.task = self.tell()

    def _answer(self, operation: dict[str, Any]) -> Any:
        data: Any = {"__entity_type__": operation.get("entity_type"), "id": "t"}
        if operation["action"] == "query":
            known = "CustomAttributeConfiguration" in operation["expression"]
            data = CONFIGURATIONS if known else [{"__entity_type__": "Task", "id": "t"} | self.told]
        return {"action": operation["action"], "data": data, "metadata": {"next": {"offset": None}}}

    def tell(self, **values: Any) -> Any:
        """Let the server tell these values of the task, as the answer to a query."""
        self.told = values
        return self.session.query("select id from Task").one()

    def note(self, identity: str) -> Any:
        """A note that was created in this session, or that the session knows."""
        known = self.session._local_cache._cache.get(f"('Note', ['{identity}'])")
        return known or self.session.create("Note", {"id": identity, "content": "look"})


def ids(rows: Any) -> list[str]:
    return [row["id"] for row in rows]


def plugin(folder: Path) -> list[str]:
    """Write a plugin that makes tasks unusual, so that they are merged by ftrack_api's own code."""
    (folder / "plugin.py").write_text(
        "import ftrack_api.entity.factory\n"
        "class Base(ftrack_api.entity.base.Entity):\n"
        "    def merge(self, entity, merged=None): return super().merge(entity, merged)\n"
        "def construct(event):\n"
        "    if event['data']['schema']['id'] == 'Task':\n"
        "        factory = ftrack_api.entity.factory.StandardFactory()\n"
        "        return factory.create(event['data']['schema'], bases=[Base])\n"
        "def register(session):\n"
        "    session.event_hub.subscribe('topic=ftrack.api.session.construct-entity-type', construct)\n",
        encoding="utf-8",
    )
    return [str(folder)]


@pytest.fixture(params=["one pass", "another cache", "a class of its own"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Desk:
    arguments: dict[str, Any] = {
        "another cache": {"cache": ftrack_api.cache.MemoryCache()},
        "a class of its own": {"plugin_paths": plugin(tmp_path)},
    }.get(request.param, {})
    return Desk(**arguments)


def test_a_list_that_was_read_before_it_was_loaded_does_not_stay_empty(desk: Desk) -> None:
    assert ids(desk.task["notes"]) == []
    desk.tell(notes=[note("a"), note("b")])
    assert ids(desk.task["notes"]) == ["a", "b"]


def test_a_note_of_a_colleague_shows_beside_the_one_i_added(desk: Desk) -> None:
    desk.tell(notes=[note("a")])
    desk.task["notes"].append(desk.note("mine"))
    desk.tell(notes=[note("a"), note("theirs")])
    assert ids(desk.task["notes"]) == ["a", "theirs", "mine"]


def test_a_note_that_i_added_before_the_list_was_loaded_stays(desk: Desk) -> None:
    desk.task["notes"].append(desk.note("mine"))
    desk.tell(notes=[note("a")])
    assert ids(desk.task["notes"]) == ["a", "mine"]


def test_what_i_removed_stays_removed(desk: Desk) -> None:
    desk.tell(notes=[note("a"), note("b")])
    desk.task["notes"].pop(0)
    desk.tell(notes=[note("a"), note("b"), note("c")])
    assert ids(desk.task["notes"]) == ["b", "c"]


def test_what_a_colleague_removed_is_gone(desk: Desk) -> None:
    desk.tell(notes=[note("a"), note("b")])
    desk.task["notes"].append(desk.note("mine"))
    desk.tell(notes=[note("b")])
    assert ids(desk.task["notes"]) == ["b", "mine"]


def test_a_list_that_was_only_read_is_what_the_server_has(desk: Desk) -> None:
    desk.tell(notes=[note("a"), note("b")])
    assert ids(desk.task["notes"]) == ["a", "b"]
    desk.tell(notes=[note("c"), note("a")])
    assert ids(desk.task["notes"]) == ["c", "a"]


def test_the_list_that_somebody_holds_stays_the_list(desk: Desk) -> None:
    desk.tell(notes=[note("a")])
    notes = desk.task["notes"]
    desk.tell(notes=[note("a"), note("b")])
    notes.append(desk.note("mine"))
    assert ids(notes) == ids(desk.task["notes"]) == ["a", "b", "mine"]
    assert desk.note("b") in notes


def test_a_change_is_recorded_once_and_following_records_none(desk: Desk) -> None:
    desk.tell(notes=[note("a")])
    desk.task["notes"].append(desk.note("mine"))
    count = len(desk.session.recorded_operations)
    desk.tell(notes=[note("b")])
    assert len(desk.session.recorded_operations) == count


def test_rolling_back_leaves_what_the_server_has(desk: Desk) -> None:
    desk.tell(notes=[note("a")])
    desk.task["notes"].append(desk.note("mine"))
    desk.tell(notes=[note("b")])
    desk.session.rollback()
    assert ids(desk.task["notes"]) == ["b"]


def test_a_list_taken_over_from_another_entity_leaves_that_one_alone(desk: Desk) -> None:
    other = desk.session.create("Task", {"id": "other"})
    other["notes"].append(desk.note("mine"))
    desk.task["notes"] = other["notes"]
    desk.tell(notes=[note("a")])
    assert ids(desk.task["notes"]) == ["a", "mine"]
    assert ids(other["notes"]) == ["mine"]


SETS = [*itertools.chain.from_iterable(itertools.permutations("abc", size) for size in range(4))]


@pytest.mark.parametrize("old", [None, *SETS[:6]], ids=str)
def test_follows_for_all_small_lists(old: tuple[str, ...] | None) -> None:
    desk = Desk()
    session = desk.session
    rows = {each: session._create("Note", {"id": each}, reconstructing=True) for each in "abc"}
    attribute = desk.task.attributes.get("notes")
    slot = attribute.get_entity_storage(desk.task)["notes"]
    for local, new in itertools.product(SETS, SETS):
        for name, content in (("remote", old), ("local", local)):
            data = None if content is None else [rows[each] for each in content]
            slot[name] = NOT_SET if data is None else Collection(desk.task, attribute, data=data)
        follow(attribute, desk.task, Collection(desk.task, attribute, mutable=False, data=[rows[each] for each in new]))
        removed = set(old or ()) - set(local)
        added = [each for each in local if each not in (old or ())]
        expected = [each for each in new if each not in removed] + [each for each in added if each not in new]
        assert ids(slot["local"]) == expected, (old, local, new)
        assert slot["local"]._identities == {f"('Note', ['{each}'])" for each in expected}
        assert ids(slot["remote"]) == list(new)


# Mappings.


def test_a_key_of_a_colleague_shows_beside_the_one_i_set(desk: Desk) -> None:
    desk.tell(metadata=[metadata("a", "1")])
    desk.task["metadata"]["mine"] = "2"
    desk.tell(metadata=[metadata("a", "3"), metadata("theirs", "4")])
    assert dict(desk.task["metadata"]) == {"a": "3", "theirs": "4", "mine": "2"}


def test_a_value_that_i_set_is_the_one_i_read(desk: Desk) -> None:
    desk.tell(metadata=[metadata("a", "1")])
    desk.task["metadata"]["a"] = "mine"
    desk.tell(metadata=[metadata("a", "theirs"), metadata("b", "2")])
    assert dict(desk.task["metadata"]) == {"a": "mine", "b": "2"}


def test_a_value_that_i_set_outlives_the_removal_of_its_key(desk: Desk) -> None:
    desk.tell(metadata=[metadata("a", "1"), metadata("b", "2")])
    desk.task["metadata"]["a"] = "mine"
    desk.tell(metadata=[])
    assert dict(desk.task["metadata"]) == {"a": "mine"}


def test_a_key_that_both_of_us_made_has_my_value(desk: Desk) -> None:
    desk.tell(metadata=[])
    desk.task["metadata"]["a"] = "mine"
    desk.tell(metadata=[metadata("a", "theirs")])
    assert dict(desk.task["metadata"]) == {"a": "mine"}


def test_a_key_that_i_removed_stays_removed(desk: Desk) -> None:
    desk.tell(metadata=[metadata("a", "1"), metadata("b", "2")])
    del desk.task["metadata"]["a"]
    desk.tell(metadata=[metadata("a", "1"), metadata("b", "2"), metadata("c", "3")])
    assert dict(desk.task["metadata"]) == {"b": "2", "c": "3"}


def test_metadata_read_before_it_was_loaded_do_not_stay_empty(desk: Desk) -> None:
    assert dict(desk.task["metadata"]) == {}
    desk.tell(metadata=[metadata("a", "1")])
    assert dict(desk.task["metadata"]) == {"a": "1"}


def test_a_custom_attribute_that_i_set_is_the_one_i_read(desk: Desk) -> None:
    desk.tell(custom_attributes=[custom("a", 1), custom("b", 2)])
    desk.task["custom_attributes"]["a"] = "mine"
    desk.tell(custom_attributes=[custom("a", 3), custom("b", 4), custom("c", 5)])
    assert dict(desk.task["custom_attributes"]) == {"a": "mine", "b": 4, "c": 5}


def test_custom_attributes_read_before_they_were_loaded_do_not_stay_empty(desk: Desk) -> None:
    assert dict(desk.task["custom_attributes"]) == {}
    desk.tell(custom_attributes=[custom("a", 1)])
    assert dict(desk.task["custom_attributes"]) == {"a": 1}


def older(operation: dict[str, Any]) -> Any:
    """Start a session as a server does that tells of set custom attributes only."""
    answer = copy.deepcopy(start_up(operation))
    if isinstance(answer, dict):
        return answer | {"schema_hash": "older"}
    for schema in answer:
        if schema["id"] == "Task":
            schema["properties"]["custom_attributes"]["items"]["$ref"] = "CustomAttributeValue"
    return answer


def test_a_custom_attribute_set_before_it_was_loaded_keeps_its_value_beside_those_of_others() -> None:
    desk = Desk(starting=older)
    desk.tell(object_type_id="o", project_id="p")
    desk.task["custom_attributes"]["a"] = "mine"
    desk.tell(custom_attributes=[custom("a", "theirs"), custom("b", 3)])
    found = desk.task["custom_attributes"]
    assert (found["a"], found["b"], found["c"]) == ("mine", 3, "default")
    assert len(found.collection) == 2, "one row for each name"


# Automatic population.


def test_a_list_that_was_read_without_population_is_loaded_with_it() -> None:
    desk = Desk()
    assert ids(desk.task["notes"]) == []
    desk.told = {"notes": [note("a")]}
    with desk.session.auto_populating(True):
        assert ids(desk.task["notes"]) == ["a"]
        count = len(desk.server.requests)
        assert ids(desk.task["notes"]) == ["a"]
    assert len(desk.server.requests) == count, "it is loaded once"


def test_a_list_that_was_changed_without_population_is_loaded_with_it() -> None:
    desk = Desk()
    desk.task["notes"].append(desk.note("mine"))
    desk.told = {"notes": [note("a")]}
    with desk.session.auto_populating(True):
        assert ids(desk.task["notes"]) == ["a", "mine"]


def test_nothing_is_asked_about_what_exists_only_here() -> None:
    desk = Desk(auto_populate=True)
    task = desk.session.create("Task", {"id": "new"})
    count = len(desk.server.requests)
    for _ in range(3):
        task["notes"].append(desk.session.create("Note", {"content": "look"}))
    assert len(task["notes"]) == 3
    assert len(desk.server.requests) == count
