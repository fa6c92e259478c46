"""Random conversations with a server over the real schema: answers of every shape, changes and commits in between."""

import json
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


def record(random: Random, type_name: str, depth: int) -> dict[str, Any]:
    """Return a record with some attributes, and records in its relations, down to *depth* levels."""
    result = reference(random, type_name)
    properties = SCHEMAS[type_name]["properties"]
    for name in random.sample(sorted(properties), min(len(properties), random.randrange(7))):
        fragment = properties[name]
        if name in result:
            continue
        if fragment.get("type") in ("array", "mapped_array"):
            result[name] = _collection(random, fragment["items"]["$ref"], depth)
        elif "$ref" in fragment:
            result[name] = _related(random, fragment["$ref"], depth)
        else:
            result[name] = value(random, fragment)
    if random.random() < 0.2:
        result["an attribute of a newer server"] = {"any": "thing"}
    items = list(result.items())
    random.shuffle(items)
    return dict(items)


def _related(random: Random, target: str, depth: int) -> Any:
    if random.random() < 0.2 or target not in SCHEMAS:
        return None
    target = concrete(random, target)
    return record(random, target, depth - 1) if depth > 0 else reference(random, target)


def _collection(random: Random, target: str, depth: int) -> Any:
    if random.random() < 0.1:
        return None
    if target not in SCHEMAS:
        return []
    found = {}
    for _ in range(random.randrange(4)):
        child = _related(random, target, depth)
        if child is not None:
            if random.random() < 0.7:
                child |= {name: value(random, {"type": "string"}) for name in ("key", "value") if name not in child}
            found[identity(child)] = child
    return list(found.values())


def identity(child: dict[str, Any]) -> tuple[str, ...]:
    name = child["__entity_type__"]
    return (name, *(str(child[key]) for key in SCHEMAS[name]["primary_key"]))


def answer(random: Random) -> bytes:
    """Return the body of the answer to one query."""
    type_name = random.choice(ROOTS)
    rows = [record(random, type_name, 3) for _ in range(random.randrange(1, 6))]
    return json.dumps([{"action": "query", "data": rows, "metadata": {"next": {"offset": None}}}]).encode()
