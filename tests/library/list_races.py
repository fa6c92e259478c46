"""Two and three sessions, ours and the official client's, that change the same lists, and a model of what comes of it.

The model adds and removes. Sessions of ours send what they added and removed. The official client sends whole lists as
it sees them: where members hold the key of their owner, leaving one out removes nothing; where they are linked, it
replaces what was there.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from random import Random
from typing import Any

import ftrack_api

from trackteroid.server import EmbeddedServer
from trackteroid.session import Session

#: Lists whose members hold the key of their owner, and lists whose members are linked: attribute -> owner, member.
OWNED = {"notes": ("Shot", "Note"), "replies": ("Note", "Note"), "components": ("AssetVersion", "FileComponent")}
LINKED = {
    "items": ("AssetVersionList", "AssetVersion"),
    "uses_versions": ("AssetVersion", "AssetVersion"),
    "scopes": ("Project", "Scope"),
}
LISTS = {**OWNED, **LINKED}
KINDS = ("ours", "ours, populating", "stock")


@dataclass
class Person:
    """One session, and what it has changed and not sent."""

    kind: str
    session: Any
    added: dict[str, set[str]] = field(default_factory=lambda: {name: set() for name in LISTS})
    removed: dict[str, set[str]] = field(default_factory=lambda: {name: set() for name in LISTS})
    metadata: dict[str, str | None] = field(default_factory=dict)

    def forget(self) -> None:
        """Forget what was changed."""
        for name in LISTS:
            self.added[name].clear()
            self.removed[name].clear()
        self.metadata.clear()


def connect(server: EmbeddedServer, url: Any, kind: str) -> Any:
    arguments = {"plugin_paths": [], "schema_cache_path": False, "auto_populate": kind != "ours"}
    if kind == "stock":
        return ftrack_api.Session(server_url=url, api_user=server.username, api_key=server.api_key, **arguments)
    return Session(server_url=url, api_user=server.username, api_key=server.api_key, **arguments)


class Race:
    """Changes in any order, and the lists as they have to be."""

    def __init__(self, look: Any, people: list[Person], random: Random) -> None:
        self.look, self.people, self.random = look, people, random
        self.log: list[str] = []
        self.lists: dict[str, set[str]] = {name: set() for name in LISTS}
        self.metadata: dict[str, str] = {}
        self.owners: dict[str, tuple[str, str]] = {}
        self.alive: set[str] = set()
        self.choices: dict[str, list[str]] = {name: [] for name in LISTS}
        self._prepare()

    def run(self, steps: int) -> None:
        """Take some steps, send what is left, and compare."""
        for _ in range(steps):
            kind = self.random.choice(("load", "add", "add", "add", "remove", "delete", "entry", "commit", "commit"))
            getattr(self, kind)(self.random.choice(self.people))
        for person in self.people:
            self.commit(person)

    # What people do.

    def load(self, person: Person) -> None:
        name = self.random.choice(list(LISTS))
        owner = self._owner(person, name)
        person.session.query(f"select {name} from {owner.entity_type} where id is {owner['id']}").one()
        self._say(person, f"loads {name}")

    def add(self, person: Person) -> None:
        name = self.random.choice(list(LISTS))
        owner = self._owner(person, name)
        member = self._new(person, name)
        if member is None or member in owner[name]:
            return
        owner[name].append(member)
        key = member["id"]
        person.removed[name].discard(key) if key in person.removed[name] else person.added[name].add(key)
        self._say(person, f"adds {key[:6]} to {name}")

    def remove(self, person: Person) -> None:
        name = self.random.choice(list(LISTS))
        owner = self._owner(person, name)
        found = [each for each in owner[name] if each["id"] in self.alive and each["id"] not in person.added[name]]
        if not found:
            return
        member = self.random.choice(found)
        owner[name].remove(member)
        person.removed[name].add(member["id"])
        self._say(person, f"removes {member['id'][:6]} from {name}")

    def entry(self, person: Person) -> None:
        """Set or change an entry of metadata."""
        owner = self._owner(person, "notes")
        key = self.random.choice("abc")
        value = uuid.uuid4().hex
        with person.session.auto_populating(True):
            owner["metadata"][key] = value
        person.metadata[key] = value
        self._say(person, f"sets {key}")

    def delete(self, person: Person) -> None:
        """Delete a member that is there, at once."""
        found = sorted(self.alive & set().union(*self.lists.values()))
        if not found:
            return
        key = self.random.choice(found)
        name = next(each for each in LISTS if key in self.lists[each])
        self.look.delete(self.look.get(LISTS[name][1], key))
        self.look.commit()
        self.alive.discard(key)
        self._say(person, f"sees {key[:6]} deleted")
        self.check()

    def commit(self, person: Person) -> None:
        sent = {name: {each["id"] for each in self._owner(person, name)[name]} for name in LISTS}
        new = set().union(*person.added.values())
        self._say(person, "commits")
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
        self.metadata.update({key: value for key, value in person.metadata.items() if value is not None})
        person.forget()
        self.check()

    def check(self) -> None:
        """Compare the server with the model."""
        for name, members in self.lists.items():
            members &= self.alive
            assert self._stored(name) == members, f"{name}\n" + "\n".join(self.log)
        rows = self.look.query(f"select key, value from Metadata where parent_id is {self.owners['notes'][1]}").all()
        assert {row["key"]: row["value"] for row in rows} == self.metadata, "\n".join(self.log)

    # What they need.

    def _prepare(self) -> None:
        look, name = self.look, uuid.uuid4().hex
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
        self.choices["items"] = self.choices["uses_versions"] = [each["id"] for each in versions[1:]]
        self.choices["scopes"] = [each["id"] for each in scopes]
        self.alive = {*self.choices["items"], *self.choices["scopes"]}
        self.everything = set(self.alive)

    def _owner(self, person: Person, name: str) -> Any:
        return person.session.get(*self.owners[name])

    def _new(self, person: Person, name: str) -> Any:
        session, kind = person.session, LISTS[name][1]
        if name in LINKED:
            return session.get(kind, self.random.choice(self.choices[name]))
        if kind == "Note":
            return session.create("Note", {"content": "look", "author": session.get("User", self.user)})
        return session.create(kind, {"name": uuid.uuid4().hex})

    def _stored(self, name: str) -> set[str]:
        kind, key = self.owners[name]
        with self.look.auto_populating(False):
            self.look.reset()
            found = self.look.query(f"select {name} from {kind} where id is {key}").one()
            return {each["id"] for each in found[name]}

    def _say(self, person: Person, what: str) -> None:
        self.log.append(f"{self.people.index(person)} ({person.kind}) {what}")
