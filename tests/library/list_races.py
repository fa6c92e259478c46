"""Two and three sessions, ours and the official client's, that change the same lists, and a model of what comes of it.

This is a state machine of Hypothesis: it chooses who does what, and shows the shortest story that goes wrong.

The model adds and removes. Sessions of ours send what they added and removed. The official client sends whole lists as
it sees them: where members hold the key of their owner, leaving one out removes nothing; where they are linked, it
replaces what was there.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import ftrack_api
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from trackteroid.server import EmbeddedServer
from trackteroid.session import Session

#: Lists whose members hold the key of their owner, and lists whose members are linked: attribute -> owner, member.
OWNED = {
    "notes": ("Shot", "Note"),
    "replies": ("Note", "Note"),
    "components": ("AssetVersion", "FileComponent"),
    "outgoing_links": ("Shot", "TypedContextLink"),
}
LINKED = {
    "items": ("AssetVersionList", "AssetVersion"),
    "uses_versions": ("AssetVersion", "AssetVersion"),
    "scopes": ("Project", "Scope"),
}
LISTS = {**OWNED, **LINKED}
#: What nobody can take out of its list, because it belongs to somebody; it can be deleted.
ALWAYS_OWNED = {"outgoing_links"}
KINDS = ("ours", "ours, populating", "stock")


@dataclass
class Person:
    """One session, and what it has changed and not sent."""

    kind: str
    session: Any
    added: dict[str, set[str]] = field(default_factory=lambda: {name: set() for name in LISTS})
    removed: dict[str, set[str]] = field(default_factory=lambda: {name: set() for name in LISTS})
    metadata: dict[str, str | None] = field(default_factory=dict)
    #: Entries that were set here first: to remove one before it was sent is to have done nothing.
    new: set[str] = field(default_factory=set)
    #: Entries that were removed in this session: the official client fails to set them again.
    gone: set[str] = field(default_factory=set)

    def forget(self) -> None:
        """Forget what was changed."""
        for name in LISTS:
            self.added[name].clear()
            self.removed[name].clear()
        self.metadata.clear()
        self.new.clear()


def connect(server: EmbeddedServer, url: Any, kind: str) -> Any:
    arguments = {"plugin_paths": [], "schema_cache_path": False, "auto_populate": kind != "ours"}
    if kind == "stock":
        return ftrack_api.Session(server_url=url, api_user=server.username, api_key=server.api_key, **arguments)
    return Session(server_url=url, api_user=server.username, api_key=server.api_key, **arguments)


PEOPLE = st.integers(0, 2)
PLACES = st.sampled_from(sorted(LISTS))
KEYS = st.sampled_from("abc")
NUMBERS = st.integers(0, 11)


class Race(RuleBasedStateMachine):
    """Changes in any order, and the lists as they have to be."""

    #: The sessions that race, and one that looks at what comes of it. See `race_of`.
    people: ClassVar[list[Person]]
    look: ClassVar[Any]

    @initialize()
    def prepare(self) -> None:
        """Make what has lists, and what may become a member of some."""
        for person in self.people:
            person.forget()
            person.gone.clear()
            person.session.reset()
        look, name = self.look, uuid.uuid4().hex
        look.reset()
        schema = look.query('ProjectSchema where name is "VFX"').one()
        project = look.create("Project", {"name": name, "full_name": name, "project_schema": schema})
        shot = look.create("Shot", {"name": "shot", "parent": project})
        asset = look.create("Asset", {"name": "asset", "parent": shot, "type": look.query("AssetType").first()})
        versions = [look.create("AssetVersion", {"asset": asset}) for _ in range(5)]
        category = look.query("ListCategory").first()
        values = {"name": name, "project": project, "category": category}
        listed = look.create("AssetVersionList", values)
        user = look.query("User").first()
        note = look.create("Note", {"content": "root", "author": user})
        scopes = [look.create("Scope", {"name": f"{name} {number}"}) for number in range(4)]
        look.commit()
        self.user = user["id"]
        holders = {"Shot": shot, "Note": note, "AssetVersion": versions[0], "AssetVersionList": listed}
        holders["Project"] = project
        self.owners = {each: (owner, holders[owner]["id"]) for each, (owner, _) in LISTS.items()}
        self.linked_to = project["id"]
        self.choices: dict[str, list[str]] = {each: [version["id"] for version in versions[1:]] for each in LINKED}
        self.choices["scopes"] = [each["id"] for each in scopes]
        self.alive = {*self.choices["items"], *self.choices["scopes"]}
        self.lists: dict[str, set[str]] = {each: set() for each in LISTS}
        looking = Person("ours, populating", look)
        for each in LISTS:
            for number in range(2):
                member = self._member(looking, each, number)
                look.get(*self.owners[each])[each].append(member)
                self.lists[each].add(member["id"])
        shot["metadata"]["a"] = "before"
        look.commit()
        self.metadata = {"a": "before"}
        self.alive |= set().union(*self.lists.values())
        self.everything = set(self.alive)

    # What people do.

    @rule(number=PEOPLE, name=PLACES)
    def load(self, number: int, name: str) -> None:
        """Read a list."""
        kind, key = self.owners[name]
        self._person(number).session.query(f"select {name} from {kind} where id is {key}").one()

    @rule(number=PEOPLE, name=PLACES, choice=NUMBERS)
    def add(self, number: int, name: str, choice: int) -> None:
        """Add a member to a list."""
        person = self._person(number)
        owner, member = self._owner(person, name), self._member(person, name, choice)
        if member is None or member in owner[name]:
            return
        owner[name].append(member)
        key = member["id"]
        person.removed[name].discard(key) if key in person.removed[name] else person.added[name].add(key)

    @rule(number=PEOPLE, name=PLACES.filter(lambda name: name not in ALWAYS_OWNED), choice=NUMBERS)
    def remove(self, number: int, name: str, choice: int) -> None:
        """Take out of a list what the server has in it."""
        person = self._person(number)
        members = self._owner(person, name)[name]
        found = [each for each in members if each["id"] in self.alive and each["id"] not in person.added[name]]
        if found:
            member = found[choice % len(found)]
            members.remove(member)
            person.removed[name].add(member["id"])

    @rule(number=PEOPLE, key=KEYS)
    def set_entry(self, number: int, key: str) -> None:
        """Set an entry of metadata."""
        person = self._person(number)
        if person.kind == "stock" and key in person.gone:
            return
        value, entries = uuid.uuid4().hex, self._entries(person)
        if key not in entries and key not in person.metadata:
            person.new.add(key)
        entries[key] = value
        person.metadata[key] = value

    @rule(number=PEOPLE, key=KEYS)
    def remove_entry(self, number: int, key: str) -> None:
        """Remove an entry of metadata, which somebody else may have removed already."""
        person = self._person(number)
        entries = self._entries(person)
        if key in entries:
            del entries[key]
            person.gone.add(key)
            if key in person.new:
                person.new.discard(key)
                del person.metadata[key]
            else:
                person.metadata[key] = None

    @rule(name=PLACES, choice=NUMBERS)
    def see_deleted(self, name: str, choice: int) -> None:
        """Let somebody delete a member that is there, at once."""
        found = sorted(self.alive & self.lists[name])
        if found:
            key = found[choice % len(found)]
            self.look.delete(self.look.get(LISTS[name][1], key))
            self.look.commit()
            self.alive.discard(key)
            self.check()

    @rule(number=PEOPLE)
    def commit(self, number: int) -> None:
        """Send what somebody has changed."""
        person = self._person(number)
        sent = {name: {each["id"] for each in self._owner(person, name)[name]} for name in LISTS}
        new = set().union(*person.added.values())
        person.session.commit()
        self.alive |= {key for key in new if key not in self.everything}
        self.everything |= new
        for name, members in self.lists.items():
            changed = person.added[name] | person.removed[name]
            if person.kind != "stock":
                members -= person.removed[name]
                members |= person.added[name] & self.alive
            elif changed and name in LINKED:
                members.clear()
                members |= sent[name] & self.alive
            elif changed:
                members |= sent[name] & self.alive
        for key, value in person.metadata.items():
            if value is None:
                self.metadata.pop(key, None)
            else:
                self.metadata[key] = value
        person.forget()
        self.check()

    def teardown(self) -> None:
        """Send what is left."""
        if hasattr(self, "lists"):
            for number in range(len(self.people)):
                self.commit(number)

    def check(self) -> None:
        """Compare the server with the model."""
        for name, members in self.lists.items():
            members &= self.alive
            stored = self._stored(name)
            assert stored == members, f"{name}: missing {members - stored}, too many {stored - members}"
        rows = self.look.query(f"select key, value from Metadata where parent_id is {self.owners['notes'][1]}").all()
        assert {row["key"]: row["value"] for row in rows} == self.metadata

    # What they need.

    def _person(self, number: int) -> Person:
        return self.people[number % len(self.people)]

    def _owner(self, person: Person, name: str) -> Any:
        return person.session.get(*self.owners[name])

    def _entries(self, person: Person) -> Any:
        with person.session.auto_populating(True):
            return self._owner(person, "notes")["metadata"]

    def _member(self, person: Person, name: str, choice: int) -> Any:
        session, kind = person.session, LISTS[name][1]
        if name in LINKED:
            found = self.choices[name]
            return session.get(kind, found[choice % len(found)])
        if kind == "Note":
            return session.create("Note", {"content": "look", "author": session.get("User", self.user)})
        if kind == "TypedContextLink":
            return session.create(kind, {"to_id": self.linked_to})
        return session.create(kind, {"name": uuid.uuid4().hex})

    def _stored(self, name: str) -> set[str]:
        kind, key = self.owners[name]
        with self.look.auto_populating(False):
            self.look.reset()
            found = self.look.query(f"select {name} from {kind} where id is {key}").one()
            return {each["id"] for each in found[name]}


def race_of(look: Any, people: list[Person]) -> Callable[[], Race]:
    """Return the race of these *people*."""
    return type(
        "RaceOf" + "And".join(person.kind.title().replace(", ", "") for person in people),
        (Race,),
        {
            "look": look,
            "people": people,
        },
    )
