"""Stock clients that change the same lists at once, each by what it saw last: nobody's work disappears.

Several sessions load, add, remove, delete and commit in any order. What each commit sends is applied to a model: a list
gives its members to their owner where they have one, and never takes any away; where they may be in several places it
replaces what was there. What is gone is ignored. After each commit the server has what the model has. ``make fuzz``
tries some hundred times as many.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import ftrack_api
import ftrack_api.exception
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from conformance.conftest import Running
from selections import FUZZ
from trackteroid.server.model import standard_model

#: Lists of members that hold the key of their owner: attribute, type and key of members.
OWNED = {
    "Shot": {"notes": ("Note", "parent_id"), "children": ("Task", "parent_id"), "timelogs": ("Timelog", "context_id")},
    "Note": {"replies": ("Note", "in_reply_to_id"), "note_label_links": ("NoteLabelLink", "note_id")},
    "AssetVersion": {"components": ("FileComponent", "version_id")},
    "SequenceComponent": {"members": ("FileComponent", "container_id")},
    "FileComponent": {"component_locations": ("ComponentLocation", "component_id")},
}
#: Lists of members that may be in several.
LINKED = {"TypedContextList": {"items": "Task"}, "Project": {"scopes": "Scope"}, "Shot": {"scopes": "Scope"}}
PLACES = [
    *((kind, name) for kind, lists in OWNED.items() for name in lists),
    *((kind, name) for kind, lists in LINKED.items() for name in lists),
]
SESSIONS = 3
MODEL = standard_model()
Batch = list[dict[str, Any]]

#: Deleting what somebody else has deleted, changing something of it, and a component twice in one location.
MISTAKES = re.compile("Could not find entity|There is a ComponentLocation|which does not exist")


def id_of(value: Any) -> str:
    """What tells an entity of a batch from others of its type."""
    return " ".join(str(value[name]) for name in MODEL.type(value["__entity_type__"]).primary_key)


@dataclass
class Model:
    """What the server is to hold."""

    owners: dict[tuple[str, str], dict[str, str | None]] = field(default_factory=dict)
    links: dict[tuple[str, str, str], set[str]] = field(default_factory=dict)
    alive: set[str] = field(default_factory=set)
    metadata: dict[str, str] = field(default_factory=dict)

    def apply(self, batch: Batch) -> None:
        for operation in batch:
            getattr(self, f"_{operation['action']}")(operation)

    def members(self, kind: str, name: str, owner: str) -> set[str]:
        if name in LINKED.get(kind, {}):
            return {member for member in self.links.get((kind, name, owner), ()) if member in self.alive}
        held = self.owners.get(OWNED[kind][name], {})
        return {member for member, found in held.items() if found == owner and member in self.alive}

    def _create(self, operation: dict[str, Any]) -> None:
        kind, data = operation["entity_type"], operation["entity_data"]
        if kind == "Metadata":
            self.metadata[data["key"]] = data["value"]
            return
        key = " ".join(operation["entity_key"])
        self.alive.add(key)
        for member, by in {found for lists in OWNED.values() for found in lists.values()}:
            if member == kind and data.get(by) is not None:
                self.owners.setdefault((member, by), {})[key] = data[by]
        self._update(operation)

    def _update(self, operation: dict[str, Any]) -> None:
        kind, (owner, *_) = operation["entity_type"], operation["entity_key"]
        for name, value in operation["entity_data"].items():
            listed = [id_of(member) for member in value if id_of(member) in self.alive] if is_list(value) else []
            if name in OWNED.get(kind, {}) and is_list(value):
                self.owners.setdefault(OWNED[kind][name], {}).update(dict.fromkeys(listed, owner))
            elif name in LINKED.get(kind, {}) and is_list(value):
                self.links[kind, name, owner] = set(listed)
            elif kind == "Metadata" and name == "value":
                self.metadata[operation["entity_key"][1]] = value

    def _delete(self, operation: dict[str, Any]) -> None:
        if operation["entity_type"] == "Metadata":
            self.metadata.pop(operation["entity_key"][1], None)
        self.alive.discard(" ".join(operation["entity_key"]))


def is_list(value: Any) -> bool:
    return not isinstance(value, str | dict) and hasattr(value, "__iter__")


class Race:
    """Sessions side by side, their server and the model of it."""

    def __init__(self, sessions: list[ftrack_api.Session], look: ftrack_api.Session) -> None:
        self.sessions = sessions
        self.look = look
        self.model = Model()
        self.batches: list[Batch] = []
        self.ids: dict[str, str] = {}
        self.spare: dict[str, list[str]] = {}
        self._build()

    def _build(self) -> None:
        look, name = self.look, f"race-{uuid.uuid4().hex}"
        schema = look.query('ProjectSchema where name is "VFX"').one()
        project = look.create("Project", {"name": name, "full_name": name, "project_schema": schema})
        shot = look.create("Shot", {"name": "shot", "parent": project})
        asset = look.create("Asset", {"name": "asset", "parent": shot, "type": look.query("AssetType").first()})
        version = look.create("AssetVersion", {"asset": asset})
        note = look.create("Note", {"content": "root", "author": look.query("User").first()})
        sequence = look.create("SequenceComponent", {"name": "sequence"})
        file = look.create("FileComponent", {"name": "file"})
        category = look.query("ListCategory").first()
        kept = look.create("TypedContextList", {"name": name, "project": project, "category": category})
        tasks = [look.create("Task", {"name": f"item {number}", "parent": project}) for number in range(3)]
        scopes = [look.create("Scope", {"name": f"{name} {number}"}) for number in range(3)]
        labels = [look.create("NoteLabel", {"name": f"{name} {number}"}) for number in range(3)]
        look.commit()
        for entity in (project, shot, version, note, sequence, file, kept):
            self.ids[entity.entity_type] = entity["id"]
        self.spare = {
            "Task": [task["id"] for task in tasks],
            "Scope": [scope["id"] for scope in scopes],
            "NoteLabel": [label["id"] for label in labels],
        }
        self.model.alive.update(self.spare["Task"], self.spare["Scope"])
        self.locations = [found["id"] for found in look.query("Location")]

    def owner(self, session: ftrack_api.Session, kind: str) -> Any:
        return session.get(kind, self.ids[kind])

    def load(self, session: ftrack_api.Session, kind: str, name: str) -> None:
        session.query(f"select {name} from {kind} where id is {self.ids[kind]}").one()

    def add(self, session: ftrack_api.Session, kind: str, name: str, number: int) -> None:
        content = self.owner(session, kind)[name]
        member = self._member(session, kind, name, number)
        if member is not None and member not in content:
            content.append(member)

    def _member(self, session: ftrack_api.Session, kind: str, name: str, number: int) -> Any:
        if name in LINKED.get(kind, {}):
            target = LINKED[kind][name]
            return session.get(target, self.spare[target][number % 3])
        member, _ = OWNED[kind][name]
        values: dict[str, Any] = {"name": uuid.uuid4().hex}
        if member == "NoteLabelLink":
            values = {"note_id": self.ids["Note"], "label_id": self.spare["NoteLabel"][number % 3]}
            if session.get(member, [values["note_id"], values["label_id"]]) is not None:
                return None
        elif member == "ComponentLocation":
            values = {"location_id": self.locations[number % len(self.locations)]}
            if any(found["location_id"] == values["location_id"] for found in self.owner(session, kind)[name]):
                return None
        elif member == "Note":
            values = {"content": uuid.uuid4().hex, "author": session.query("User").first()}
        elif member == "Task":
            values["parent_id"] = self.ids["Project"]
        return session.create(member, values)

    def leave_out(self, session: ftrack_api.Session, kind: str, name: str, number: int) -> None:
        content = self.owner(session, kind)[name]
        if len(content):
            content.remove(content[number % len(content)])

    def delete(self, session: ftrack_api.Session, kind: str, name: str, number: int) -> None:
        content = self.owner(session, kind)[name]
        if len(content) and name not in LINKED.get(kind, {}):
            session.delete(content[number % len(content)])

    def set_metadata(self, session: ftrack_api.Session, _kind: str, _name: str, number: int) -> None:
        self.owner(session, "Shot")["metadata"][f"k{number % 3}"] = uuid.uuid4().hex

    def remove_metadata(self, session: ftrack_api.Session, _kind: str, _name: str, number: int) -> None:
        pairs = self.owner(session, "Shot")["metadata"]
        if f"k{number % 3}" in pairs:
            del pairs[f"k{number % 3}"]

    def commit(self, session: ftrack_api.Session) -> None:
        self.batches.clear()
        try:
            session.commit()
        except ftrack_api.exception.ServerError as error:
            if not MISTAKES.search(str(error)):
                raise
            session.rollback()
            session.cache.clear()
        else:
            for batch in self.batches:
                self.model.apply(batch)
        self.compare()

    def compare(self) -> None:
        for kind, name in PLACES:
            expected = self.model.members(kind, name, self.ids[kind])
            assert self._stored(kind, name) == expected, f"{kind}.{name}"
        pairs = self._ask(f"select key, value from Metadata where parent_id is {self.ids['Shot']}")
        assert {pair["key"]: pair["value"] for pair in pairs} == self.model.metadata

    def _stored(self, kind: str, name: str) -> set[str]:
        (record,) = self._ask(f"select {name} from {kind} where id is {self.ids[kind]}")
        return {id_of(member) for member in record[name]}

    def _ask(self, expression: str) -> list[dict[str, Any]]:
        (answer,) = self.ask([{"action": "query", "expression": expression}])
        return answer["data"]

    ask: Callable[[Batch], Any]


@pytest.fixture(scope="module")
def make_race(running: Running) -> Iterator[Callable[[], Race]]:
    with pytest.MonkeyPatch.context() as patch:
        sessions = [running.connect("stock", patch, auto_populate=True) for _ in range(SESSIONS + 1)]

        def make() -> Race:
            for session in sessions:
                session.rollback()
                session.cache.clear()
            race = Race(sessions[:SESSIONS], sessions[SESSIONS])
            race.ask = running.server.call
            for session in race.sessions:
                _watch(patch, session, race)
            return race

        yield make
        for session in sessions:
            session.close()


def _watch(patch: pytest.MonkeyPatch, session: ftrack_api.Session, race: Race) -> None:
    """Let a race know what a session sends."""
    call = type(session).call

    def calling(data: Batch) -> Any:
        answer = call(session, data)
        if any(operation["action"] in ("create", "update", "delete") for operation in data):
            race.batches.append(json.loads(session.encode(data)))
        return answer

    patch.setattr(session, "call", calling)


DEEDS = ["load", "add", "add", "leave_out", "delete", "set_metadata", "remove_metadata", "commit", "commit"]
STEPS = st.lists(
    st.tuples(st.integers(0, SESSIONS - 1), st.sampled_from(DEEDS), st.sampled_from(PLACES), st.integers(0, 11)),
    min_size=4,
    max_size=24,
)


@settings(
    max_examples=FUZZ // 10 or 3,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # each try takes a server some seconds
)
@given(STEPS)
def test_lists_of_several_sessions_are_what_was_added(
    make_race: Callable[[], Race], steps: list[tuple[int, str, tuple[str, str], int]]
) -> None:
    race = make_race()
    for number, deed, (kind, name), choice in steps:
        session = race.sessions[number]
        if deed == "commit":
            race.commit(session)
        elif deed == "load":
            race.load(session, kind, name)
        else:
            getattr(race, deed)(session, kind, name, choice)
    for session in race.sessions:
        race.commit(session)


@pytest.mark.parametrize(("kind", "name"), [place for place in PLACES if place[1] in OWNED.get(place[0], {})])
def test_two_who_add_to_one_list_keep_both(make_race: Callable[[], Race], kind: str, name: str) -> None:
    race = make_race()
    for session in race.sessions:
        len(race.owner(session, kind)[name])
    for number, session in enumerate(race.sessions):
        race.add(session, kind, name, number)
    for session in race.sessions:
        race.commit(session)
    assert len(race.model.members(kind, name, race.ids[kind])) == SESSIONS


@pytest.mark.parametrize(("kind", "name"), [place for place in PLACES if place[1] in OWNED.get(place[0], {})])
def test_one_who_knows_what_another_has_deleted_goes_on_adding(
    make_race: Callable[[], Race], kind: str, name: str
) -> None:
    race = make_race()
    one, other = race.sessions[:2]
    race.add(one, kind, name, 0)
    race.commit(one)
    race.load(other, kind, name)
    race.delete(other, kind, name, 0)
    race.commit(other)
    race.add(one, kind, name, 1)
    race.commit(one)
    assert len(race.model.members(kind, name, race.ids[kind])) == 1
