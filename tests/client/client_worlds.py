"""Random conversations with a server over the real schema: answers of every shape, changes and commits in between."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

import ftrack_api
from client_support import schemas

#: Types that stand in for base types, as a real server only ever reports concrete ones.
CONCRETE = {
    "Context": ("Task", "Shot", "Project"),
    "TypedContext": ("Task", "Shot", "Sequence"),
    "Component": ("FileComponent", "SequenceComponent"),
    "Resource": ("User", "Group"),
}
ROOTS = (
    "AssetVersion", "Asset", "Task", "Shot", "Project", "User", "Note", "Status", "FileComponent", "Job", "Location",
    "ComponentLocation", "TypedContextList", "ReviewSession", "Metadata", "ContextCustomAttributeValue", "Timer",
)  # fmt: skip
TEXTS = ("", "a", "b", "Ünï \\ \"quoted\" 'text'", "日本", None)
#: ftrack_api reads dates without a time since its release 3.0.6.
NEWEST_DATE = "date" if ftrack_api.__version__ not in ("3.0.0", "3.0.5") else "datetime"
SCHEMAS = {schema["id"]: schema for schema in schemas()}


def value(random: Random, fragment: dict[str, Any]) -> Any:
    """Return a JSON value for a scalar attribute."""
    kind = fragment.get("type")
    if random.random() < 0.15:
        return None
    if fragment.get("format") == "date-time":
        return date(random)
    if kind == "boolean":
        return random.random() < 0.5
    if kind in ("integer", "number"):
        return random.choice((0, 1, -7, 1.0, 2.5))
    if kind in ("object", "variable"):
        return random.choice((1, "x", True, ["a", date(random)], {"k": [1, {"d": date(random)}]}, {}, date(random)))
    return random.choice(TEXTS)


def date(random: Random) -> dict[str, str]:
    kind = random.choice(("datetime", "datetime", NEWEST_DATE))
    text = random.choice(("2022-10-10T10:12:09", "1999-12-31T23:59:59", "2022-10-10T10:12:09+02:00"))
    return {"__type__": kind, "value": text[:10] if kind == "date" else text}


def reference(random: Random, type_name: str) -> dict[str, Any]:
    """Return a bare record of one of a few entities of this type."""
    keys = {name: f"{name[:2]}{random.randrange(3)}" for name in SCHEMAS[type_name]["primary_key"]}
    return {"__entity_type__": type_name, **keys}


def concrete(random: Random, type_name: str) -> str:
    return random.choice(CONCRETE.get(type_name, (type_name,)))


class Moment:
    """What a server answers at one moment: however often an answer tells of an entity, it says the same of it."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self._values: dict[tuple[str, ...], Any] = {}

    def record(self, type_name: str, depth: int) -> dict[str, Any]:
        """Return a record with some attributes, and records in its relations, down to *depth* levels."""
        return self._fill(reference(self.random, type_name), depth)

    def _fill(self, bare: dict[str, Any], depth: int) -> dict[str, Any]:
        result, random = dict(bare), self.random
        properties = SCHEMAS[bare["__entity_type__"]]["properties"]
        for name in random.sample(sorted(properties), min(len(properties), random.randrange(7))):
            if name not in result:
                result[name] = self._value(bare, name, properties[name], depth)
        if random.random() < 0.2:
            result["an attribute of a newer server"] = {"any": "thing"}
        items = list(result.items())
        random.shuffle(items)
        return dict(items)

    def _value(self, bare: dict[str, Any], name: str, fragment: dict[str, Any], depth: int) -> Any:
        if fragment.get("type") in ("array", "mapped_array"):
            members = self._once(bare, name, lambda: self._members(fragment["items"]["$ref"]))
            return members and [self._told(member, depth, "key", "value") for member in members]
        if "$ref" in fragment:
            target = self._once(bare, name, lambda: self._target(fragment["$ref"]))
            return target and self._told(target, depth)
        return self._once(bare, name, lambda: value(self.random, fragment))

    def _once(self, bare: dict[str, Any], name: str, make: Callable[[], Any]) -> Any:
        key = (*identity(bare), name)
        if key not in self._values:
            self._values[key] = make()
        return self._values[key]

    def _told(self, bare: dict[str, Any], depth: int, *more: str) -> dict[str, Any]:
        child = self._fill(bare, depth - 1) if depth > 0 else dict(bare)
        names = [name for name in more if name not in child] if self.random.random() < 0.7 else []
        return child | {name: self._once(bare, name, lambda: value(self.random, {"type": "string"})) for name in names}

    def _target(self, target: str) -> Any:
        if self.random.random() < 0.2 or target not in SCHEMAS:
            return None
        return reference(self.random, concrete(self.random, target))

    def _members(self, target: str) -> list[dict[str, Any]] | None:
        if self.random.random() < 0.1:
            return None
        found = [self._target(target) for _ in range(self.random.randrange(4))]
        # In the same order each time, because ftrack_api takes lists that differ in it for equal.
        return [member for _, member in sorted({identity(member): member for member in found if member}.items())]


def identity(child: dict[str, Any]) -> tuple[str, ...]:
    name = child["__entity_type__"]
    return (name, *(str(child[key]) for key in SCHEMAS[name]["primary_key"]))


def page(rows: list[dict[str, Any]]) -> bytes:
    return json.dumps([{"action": "query", "data": rows, "metadata": {"next": {"offset": None}}}]).encode()


def rows(random: Random) -> list[dict[str, Any]]:
    """Return the rows of the answer to one query."""
    moment, type_name = Moment(random), random.choice(ROOTS)
    return [moment.record(type_name, 3) for _ in range(random.randrange(1, 6))]


def answer(random: Random) -> bytes:
    """Return the body of the answer to one query."""
    return page(rows(random))
