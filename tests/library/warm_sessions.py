"""Random sessions: queries of every kind, changes here and elsewhere, and what everything should read as in the end."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, reduce
from random import Random
from typing import Any

import ftrack_api.exception
import ftrack_api.inspection
from ftrack_api.symbol import NOT_SET

from library.warm_servers import forget
from trackteroid import Query
from trackteroid.collections.context import type_name_of
from trackteroid.entities import entity_class

PATHS = {
    "Shot": """
        name, description, status.name, status.state.short, type.name, priority.name, project.full_name, parent.name,
        parent[Sequence].status.name, parent.children.name, parent[Sequence].children[Shot].status.name,
        children.name, children.status.name, children[Task].type.name, children.timelogs.user.username,
        children[Task].assignments.resource.first_name, children.parent.status.name, children.notes.content,
        assets.name, assets.versions, assets.versions.version, assets.versions.task, assets.versions.task.status.name,
        assets.versions.status.state.name, assets.versions.components.component_locations.location.name,
        assets.parent.name, descendants.name, descendants.metadata, ancestors.name, notes, notes.content,
        notes.author.username, notes.replies.content, metadata, custom_attributes, children.custom_attributes,
        parent[Sequence].custom_attributes, lists.name, lists.items.name
    """,
    "Task": """
        name, description, status.name, type.name, parent.name, parent[Shot].status.name, parent[Shot].assets.name,
        parent[Shot].assets.versions.status.name, parent.children.status.name, assignments.resource.first_name,
        assignments.resource[User].username, timelogs.duration, timelogs.user.username, notes, notes.content,
        metadata, custom_attributes, parent.custom_attributes, parent.metadata, project.name, ancestors.name, link
    """,
    "AssetVersion": """
        version, comment, status.name, user.username, asset.name, asset.versions.version, asset.versions.comment,
        asset.versions.task.name, asset.parent.name, asset.parent[Shot].status.name, asset.latest_version.comment,
        task.name, task.status.name, task.parent[Shot].notes.content, task.parent.metadata, components.name,
        components.component_locations.location.name, uses_versions.comment, used_in_versions.asset.name,
        incoming_links.from.comment, notes, notes.content
    """,
    "Asset": """
        name, type.name, parent.name, parent[Shot].status.name, parent[Shot].custom_attributes, versions.version,
        versions.comment, versions.task.name, versions.task.parent[Shot].status.name, versions.user.first_name,
        versions.status.name, versions.components.name, latest_version.task.status.name, latest_version.comment
    """,
    "Sequence": """
        name, status.name, children.name, children.status.name, children[Shot].children.status.name, metadata,
        children[Shot].assets.versions.comment, children.metadata, descendants.status.name, project.children.name,
        project.children.status.name, children.parent.name, children[Shot].lists.name
    """,
    "TypedContextList": """
        name, items, items.name, items[Shot].status.name, items[Shot].children.name, items.parent.name, project.name,
        project.descendants.name, category.name
    """,
    "User": """
        username, first_name, assignments.context.name, assignments.context[Task].status.name, timelogs.context.name
    """,
}
TYPES = tuple(PATHS)
STEP = re.compile(r"(\w+)(?:\[(\w+)\])?")

#: What is changed: texts, references to something of the same kind that is known, lists and mappings.
TEXTS = {"Shot": "description", "Task": "description", "AssetVersion": "comment", "Note": "content", "Asset": "name"}
REFERENCES = ("Shot", "Task", "AssetVersion")
NOTED = ("Shot", "Task", "AssetVersion")
MAPPINGS = {"Shot": "metadata", "Task": "metadata", "Sequence": "metadata"}

Place = tuple[str, str]


def paths_of(type_name: str) -> list[str]:
    return [path.strip() for path in PATHS[type_name].split(",")]


def key_of(entity: Any) -> str:
    return str(ftrack_api.inspection.identity(entity))


def remote(entity: Any, name: str) -> Any:
    return entity.attributes.get(name).get_remote_value(entity)


@dataclass
class Local:
    """What was changed here and is not committed: values, members added and removed, keys set and removed."""

    values: dict[Place, Any] = field(default_factory=dict)
    added: dict[Place, list[str]] = field(default_factory=dict)
    removed: dict[Place, set[str]] = field(default_factory=dict)
    keys: dict[Place, dict[str, Any]] = field(default_factory=dict)
    removed_keys: dict[Place, set[str]] = field(default_factory=dict)
    #: Lists whose order changed here alone: something was taken out and put back. No server keeps such an order.
    moved: set[Place] = field(default_factory=set)

    def places(self) -> set[Place]:
        return {*self.values, *self.added, *self.removed, *self.keys, *self.removed_keys}


@dataclass(frozen=True)
class Asked:
    """A query that was asked last: for these paths of these entities."""

    type_name: str
    ids: tuple[str, ...]
    paths: tuple[str, ...]

    @property
    def text(self) -> str:
        ids = ", ".join(self.ids)
        return f"select {', '.join(self.paths)} from {self.type_name} where id in ({ids})"


class WarmSession:
    """One session at random, with a colleague who changes things meanwhile, and a fresh session to compare it with."""

    def __init__(self, session: Any, colleague: Any, fresh: Any, seed: int, *, is_stock: bool = False) -> None:
        self.random = Random(seed)
        self.session, self.colleague, self.fresh = session, colleague, fresh
        self.is_stock = is_stock
        self.local = Local()
        self.log: list[str] = []
        self.asked: Asked | None = None
        self.collection: Any = None
        forget(session)

    def run(self, most: int = 8) -> list[str]:
        """Do up to *most* steps, of which the last is a query; return where it does not read as it should."""
        for _ in range(self.random.randrange(most)):
            self._step()
        self._ask()
        return list(self.differences())

    def _step(self) -> None:
        here = (self._look, self._set_text, self._set_status, self._add_note, self._remove_note, self._change_list)
        mapped = (self._set_key, self._remove_key, self._set_custom_attribute)
        asking = [self._ask] * 6
        kinds = [*asking, *here, *mapped, self._commit, self._commit, self._rollback, self._let_colleague_work]
        step = self.random.choice(
            [self._ask, self._ask, self._look_at_asked, self._let_colleague_work] if self.is_stock else kinds
        )
        try:
            step()
        except ftrack_api.exception.ServerError as error:
            self._say(f"refused: {error}")
            self._rollback()

    def _say(self, text: str) -> None:
        self.log.append(text)

    # Asking.

    def _ask(self) -> None:
        asked = self._changed() if self.random.random() < 0.5 else None
        asked = asked or self._anything(self.random.choice(TYPES))
        way = self.random.choice((self._query, self._ours, self._fetch))
        (self._query if self.is_stock else way)(asked)

    def _anything(self, type_name: str) -> Asked:
        known = ids_of(self.fresh, type_name)
        ids = self.random.sample(known, self.random.randint(1, min(4, len(known))))
        paths = self.random.sample(paths_of(type_name), self.random.randint(1, 4))
        return Asked(type_name, tuple(ids), tuple(paths))

    def _changed(self) -> Asked | None:
        """Ask for something that was changed here, or for what is below it."""
        places = sorted(each for each in self.local.places() if STEP.search(each[0])[0] in PATHS)
        if not places:
            return None
        key, name = self.random.choice(places)
        type_name, (identity,) = ast.literal_eval(key)
        other = self._anything(type_name)
        below = [path for path in paths_of(type_name) if re.split(r"[.[]", path)[0] == name]
        paths = dict.fromkeys([self.random.choice(below), *other.paths])
        return Asked(type_name, tuple(dict.fromkeys([identity, *other.ids])), tuple(paths))

    def _query(self, asked: Asked) -> None:
        self._say(f"session.query({asked.text!r})")
        self.session.query(asked.text).all()
        self.asked = asked

    def _ours(self, asked: Asked) -> None:
        self._say(f"Query({asked.type_name}).by_id{asked.ids}.get_all({asked.paths})")
        kind = entity_class(asked.type_name)
        query = Query(kind, session=self.session).by_id(*asked.ids)
        self.collection = query.get_all(projections=list(asked.paths))
        self.asked = asked

    def _fetch(self, asked: Asked) -> None:
        if self.collection is None or not self.collection:
            return self._ours(asked)
        type_name = type_name_of(self.collection)
        paths = tuple(self.random.sample(paths_of(type_name), self.random.randint(1, 4)))
        self._say(f"{type_name} {list(self.collection.keys())}.fetch_attributes{paths}")
        self.collection.fetch_attributes(*paths)
        self.asked = Asked(type_name, tuple(self.collection.keys()), paths)
        return None

    # Looking and changing.

    def _cached(self, *type_names: str) -> list[Any]:
        cache = self.session._local_cache._cache
        return [cache[key] for key in sorted(cache) if cache[key].entity_type in type_names]

    def _any(self, *type_names: str) -> Any:
        found = self._cached(*type_names)
        return self.random.choice(found) if found else None

    def _look(self) -> None:
        entity = self._any(*TYPES, "Note", "Status")
        if entity is not None:
            names = sorted(
                {path.split(".")[0].split("[")[0] for path in PATHS.get(entity.entity_type, "name").split(", ")}
            )
            name = self.random.choice([each.strip() for each in names])
            if name in entity:
                self._say(f"look at {key_of(entity)}[{name!r}]")
                value = entity[name]
                if name in ("metadata", "custom_attributes") and value is not NOT_SET:
                    dict(value)

    def _look_at_asked(self) -> None:
        """Read everything that was asked for last, as a tool does."""
        if self.asked is not None:
            self._say("look at everything")
            list(self.differences())

    def _set_text(self) -> None:
        entity = self._any(*TEXTS)
        if entity is not None:
            name, value = TEXTS[entity.entity_type], f"mine {self.random.randrange(9)}"
            self._say(f"{key_of(entity)}[{name!r}] = {value!r}")
            entity[name] = value
            self.local.values[key_of(entity), name] = value

    def _set_status(self) -> None:
        entity = self._any(*REFERENCES)
        if entity is not None:
            status = self._any("Status")
            if status is not None:
                self._say(f"{key_of(entity)}['status'] = {key_of(status)}")
                entity["status"] = status
                self.local.values[key_of(entity), "status"] = key_of(status)

    def _add_note(self) -> None:
        entity = self._any(*NOTED)
        if entity is not None:
            note = self.session.create("Note", {"content": "mine"})
            self._say(f"{key_of(entity)}['notes'].append({note['id']})")
            entity["notes"].append(note)
            self._note_added((key_of(entity), "notes"), key_of(note))

    def _note_added(self, place: Place, key: str) -> None:
        removed = self.local.removed.get(place, set())
        if key in removed:
            removed.discard(key)
            self.local.moved.add(place)
        else:
            self.local.added.setdefault(place, []).append(key)

    def _remove(self, entity: Any, name: str) -> None:
        rows = entity[name]
        if rows:
            index = self.random.randrange(len(rows))
            place, key = (key_of(entity), name), key_of(rows[index])
            self._say(f"{place[0]}[{name!r}].pop({index})  # {key}")
            rows.pop(index)
            added = self.local.added.get(place, [])
            if key in added:
                added.remove(key)
            else:
                self.local.removed.setdefault(place, set()).add(key)

    def _remove_note(self) -> None:
        entity = self._any(*NOTED)
        if entity is not None:
            self._remove(entity, "notes")

    def _change_list(self) -> None:
        entity, shot = self._any("TypedContextList"), self._any("Shot", "Task")
        if entity is not None and self.random.random() < 0.5:
            self._remove(entity, "items")
        elif entity is not None and shot is not None and shot not in entity["items"]:
            self._say(f"{key_of(entity)}['items'].append({key_of(shot)})")
            entity["items"].append(shot)
            self._note_added((key_of(entity), "items"), key_of(shot))

    def _set_key(self) -> None:
        entity = self._any(*MAPPINGS)
        if entity is not None:
            key, value = self.random.choice("abc"), f"mine {self.random.randrange(9)}"
            self._say(f"{key_of(entity)}['metadata'][{key!r}] = {value!r}")
            entity["metadata"][key] = value
            place = (key_of(entity), "metadata")
            self.local.keys.setdefault(place, {})[key] = value
            self.local.removed_keys.get(place, set()).discard(key)

    def _remove_key(self) -> None:
        entity = self._any(*MAPPINGS)
        held = NOT_SET if entity is None else remote(entity, "metadata")
        # Of what was set here before the rest was loaded, nobody can say whether removing it is all that was meant.
        keys = [] if held is NOT_SET else sorted(set(held) & set(entity["metadata"]))
        if keys:
            key = self.random.choice(keys)
            self._say(f"del {key_of(entity)}['metadata'][{key!r}]")
            del entity["metadata"][key]
            place = (key_of(entity), "metadata")
            self.local.keys.get(place, {}).pop(key, None)
            self.local.removed_keys.setdefault(place, set()).add(key)

    def _set_custom_attribute(self) -> None:
        entity = self._any("Shot", "Task")
        if entity is not None and remote(entity, "custom_attributes") is not NOT_SET:
            keys = sorted(set(entity["custom_attributes"]) & {"fstart", "handles"})
            if keys:
                key, value = self.random.choice(keys), float(self.random.randrange(9))
                self._say(f"{key_of(entity)}['custom_attributes'][{key!r}] = {value}")
                entity["custom_attributes"][key] = value
                self.local.keys.setdefault((key_of(entity), "custom_attributes"), {})[key] = value

    def _commit(self) -> None:
        self._say("commit")
        self.session.commit()
        self.local = Local()

    def _rollback(self) -> None:
        self._say("rollback")
        self.session.rollback()
        self.local = Local()

    # The colleague.

    def _let_colleague_work(self) -> None:
        forget(self.colleague)
        works = (self._their_text, self._their_status, self._their_note, self._their_key, self._their_list)
        self.random.choice(works)()
        try:
            self.colleague.commit()
        except ftrack_api.exception.ServerError as error:
            self._say(f"the colleague is refused: {error}")

    def _theirs(self, text: str) -> Any:
        rows = self.colleague.query(text).all()
        return self.random.choice(sorted(rows, key=key_of)) if rows else None

    def _their_text(self) -> None:
        name = self.random.choice(sorted(TEXTS))
        entity = self._theirs(f"select {TEXTS[name]} from {name}")
        if entity is not None:
            entity[TEXTS[name]] = f"theirs {self.random.randrange(9)}"
            self._say(f"the colleague sets {TEXTS[name]} of {key_of(entity)}")

    def _their_status(self) -> None:
        name = self.random.choice(REFERENCES)
        entity, other = self._theirs(f"select status from {name}"), self._theirs(f"select status from {name}")
        entity["status"] = other["status"]
        self._say(f"the colleague sets the status of {key_of(entity)} to {other['status'] and key_of(other['status'])}")

    def _their_note(self) -> None:
        entity = self._theirs(f"select notes from {self.random.choice(NOTED)}")
        if len(entity["notes"]) > 2:
            self._say(f"the colleague deletes a note of {key_of(entity)}: {key_of(entity['notes'][0])}")
            self.colleague.delete(entity["notes"][0])
        else:
            entity["notes"].append(self.colleague.create("Note", {"content": "theirs"}))
            self._say(f"the colleague adds a note to {key_of(entity)}")

    def _their_key(self) -> None:
        entity = self._theirs(f"select metadata from {self.random.choice(sorted(MAPPINGS))}")
        key = self.random.choice("abc")
        if key in entity["metadata"] and self.random.random() < 0.5:
            self._say(f"the colleague removes {key} of {key_of(entity)}")
            del entity["metadata"][key]
        else:
            self._say(f"the colleague sets {key} of {key_of(entity)}")
            entity["metadata"][key] = f"theirs {self.random.randrange(9)}"

    def _their_list(self) -> None:
        entity, shot = self._theirs("select items from TypedContextList"), self._theirs("Shot")
        # What was removed here must not come back: nobody could say who means what.
        gone = self.local.removed.get((key_of(entity), "items"), set())
        if shot in entity["items"]:
            entity["items"].remove(shot)
            self._say(f"the colleague removes {key_of(shot)} from the list")
        elif key_of(shot) not in gone:
            entity["items"].append(shot)
            self._say(f"the colleague adds {key_of(shot)} to the list")

    # Comparing.

    def differences(self) -> Iterator[str]:
        """Where what was asked for last does not read as in a fresh session with the local changes."""
        asked = self.asked
        assert asked is not None
        forget(self.fresh)
        rows = {key_of(row): row for row in self.fresh.query(asked.text).all()}
        cache = self.session._local_cache._cache
        for path in asked.paths:
            steps = [(found[1], found[2]) for found in map(STEP.fullmatch, path.split(".")) if found]
            for key, row in rows.items():
                yield from self._compare(cache[key], row, steps, f"{key} {path}")
        if self.collection is not None and not self.local.places() and asked.ids == tuple(self.collection.keys()):
            yield from self._compare_collections(asked)

    def _compare_collections(self, asked: Asked) -> Iterator[str]:
        """Where a collection of ours does not read as one of a fresh session."""
        fresh = Query(entity_class(asked.type_name), session=self.fresh).by_id(*asked.ids).get_all(asked.paths)
        for path in asked.paths:
            if "[" not in path and path.split(".")[-1] not in (*MAPPINGS.values(), "custom_attributes"):
                for one, other in zip(sorted(self.collection, key=_id), sorted(fresh, key=_id), strict=True):
                    found, expected = (reduce(_attribute, path.split("."), each) for each in (one, other))
                    if _plain(found) != _plain(expected):
                        yield f"collection {_id(one)} {path}: {_plain(found)}, not {_plain(expected)}"

    def _compare(self, found: Any, expected: Any, steps: list[tuple[str, str | None]], where: str) -> Iterator[str]:
        (name, _), *rest = steps
        # Behind a cast only entities of its type have what was asked for.
        if name not in expected or remote(expected, name) is NOT_SET:
            return
        place, right, value = (key_of(expected), name), expected[name], found[name]
        if hasattr(right, "items") and not hasattr(right, "entity_type"):
            yield from self._compare_mapping(place, value, right, where)
        elif hasattr(right, "insert") and not isinstance(right, list):
            yield from self._compare_list(place, value, right, rest, where)
        elif place in self.local.values:
            held = key_of(value) if hasattr(value, "entity_type") else value
            if held != self.local.values[place]:
                yield f"{where}: {place} is {held}, not {self.local.values[place]} as it was set here"
        elif not hasattr(right, "entity_type"):
            if value != right:
                yield f"{where}: {place} is {value!r}, not {right!r}"
        elif not hasattr(value, "entity_type") or key_of(value) != key_of(right):
            yield f"{where}: {place} is {value}, not {right}"
        elif rest:
            yield from self._compare(value, right, rest, where)

    def _compare_mapping(self, place: Place, value: Any, right: Any, where: str) -> Iterator[str]:
        removed = self.local.removed_keys.get(place, set())
        expected = {key: each for key, each in right.items() if key not in removed} | self.local.keys.get(place, {})
        if value is NOT_SET or dict(value) != expected:
            yield f"{where}: {place} is {value if value is NOT_SET else dict(value)}, not {expected}"

    def _compare_list(self, place: Place, value: Any, right: Any, rest: Any, where: str) -> Iterator[str]:
        removed = self.local.removed.get(place, set())
        members = {key_of(each): each for each in right if key_of(each) not in removed}
        expected = [*members, *(key for key in self.local.added.get(place, []) if key not in members)]
        keys: list[str] = [] if value is NOT_SET else [key_of(each) for each in value]
        in_any_order = self.is_stock or place in self.local.moved
        if value is NOT_SET or (sorted(keys) != sorted(expected) if in_any_order else keys != expected):
            yield f"{where}: {place} is {keys}, not {expected}"
        for each in value if rest and value is not NOT_SET else ():
            if key_of(each) in members:
                yield from self._compare(each, members[key_of(each)], rest, where)


def _id(collection: Any) -> str:
    return collection.id[0]


def _attribute(collection: Any, name: str) -> Any:
    return collection.attribute(name)


def _plain(value: Any) -> Any:
    return list(value.keys()) if hasattr(value, "keys") else value


@cache
def ids_of(session: Any, type_name: str) -> list[str]:
    """The ids of all entities of a type; nobody makes or deletes any of these."""
    return sorted(each["id"] for each in session.query(f"select id from {type_name}").all())
