"""Configurations of custom attributes at random, clients that write values, and a small model of what is then read.

All configurations of a world have one key. Each world is a project of its own on one server, with an entity of every
kind that has custom attributes; users belong to no project.
"""

from __future__ import annotations

import datetime
import json
import uuid
from dataclasses import dataclass, field, replace
from typing import Any

import arrow
import ftrack_api
import ftrack_api.exception
from hypothesis import strategies as st

import trackteroid
from trackteroid import Query, Session
from trackteroid.errors import AssignmentError, UnknownAttributeError

#: The kinds of entities, and what configurations call them.
KINDS = {
    "Project": "show",
    "Sequence": "task",
    "Shot": "task",
    "Asset": "asset",
    "AssetVersion": "assetversion",
    "TypedContextList": "list",
    "User": "user",
}
HIERARCHICAL = ("Project", "Sequence", "Shot", "Asset", "AssetVersion")
VIEWS = dict.fromkeys(("Project", "Sequence", "Shot"), "ContextCustomAttributeValue") | {
    "Asset": "AssetCustomAttributeValue",
    "AssetVersion": "AssetVersionCustomAttributeValue",
    "TypedContextList": "ListCustomAttributeValue",
    "User": "UserCustomAttributeValue",
}

CHOICES = ("final", "wip", "on hold, client", "Ärger")
ENUMERATOR = json.dumps(
    {"multiSelect": True, "data": json.dumps([{"menu": choice, "value": choice} for choice in CHOICES])}
)
CONFIGS = {"enumerator": ENUMERATOR}
NOON = datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.timezone.utc)
VALUES: dict[str, list[Any]] = {
    "number": [0, 1, -2.5, 1001],
    "text": ["", "a", "10", "50%", 'say "hi"', "x\\y"],
    "url": ["http://x"],
    "boolean": [True, False],
    "date": [NOON, NOON + datetime.timedelta(days=1)],
    "enumerator": [["final"], ["final", "wip"], ["on hold, client"], ["Ärger"], []],
    "dynamic enumerator": [["x, y"], ["z"]],
}
WRONG: dict[str, list[Any]] = {
    "number": ["1", True],
    "text": [5],
    "url": [5],
    "boolean": ["true", 1],
    "date": ["soon"],
    "enumerator": ["finall", ["final", "x"]],
    "dynamic enumerator": [5],
}


@dataclass(frozen=True)
class Configured:
    """One configuration; `of` is the kind of entities that it is made for. Ids only begin as drawn."""

    id: str
    of: str
    type: str
    default: Any
    is_hierarchical: bool
    is_of_project: bool

    @property
    def scope(self) -> tuple[Any, ...]:
        return (self.is_of_project, self.of)

    def applies_to(self, kind: str) -> bool:
        if self.is_of_project and kind == "User":
            return False
        return self.of == kind or (self.is_hierarchical and kind in HIERARCHICAL)

    def is_twin_of(self, other: Configured) -> bool:
        both = self.is_hierarchical and other.is_hierarchical
        return self.is_of_project == other.is_of_project and (both or self.of == other.of)


@st.composite
def configured(draw: st.DrawFn) -> Configured:
    is_hierarchical = draw(st.booleans())
    type_name = draw(st.sampled_from(sorted(VALUES)))
    return Configured(
        id=draw(st.text(st.sampled_from("0123456789abcdef"), min_size=2, max_size=2)),
        of="Project" if is_hierarchical else draw(st.sampled_from(sorted(KINDS))),
        type=type_name,
        default=draw(st.none() | st.sampled_from(VALUES[type_name])),
        is_hierarchical=is_hierarchical,
        is_of_project=draw(st.booleans()),
    )


@dataclass
class Model:
    """What entities have, as said in the documentation."""

    configurations: list[Configured] = field(default_factory=list[Configured])
    stored: dict[tuple[str, str], Any] = field(default_factory=dict[tuple[str, str], Any])

    def counting(self, kind: str) -> Configured | None:
        found = [each for each in self.configurations if each.applies_to(kind)]
        found.sort(key=lambda each: (not each.is_of_project, each.is_hierarchical, each.id))
        return found[0] if found else None

    def value(self, kind: str, entity_id: str) -> Any:
        one = self.counting(kind)
        if one is None:
            return None
        return self.stored.get((one.id, entity_id), one.default if one.default is not None else unset(one.type))


def unset(type_name: str) -> Any:
    """What an attribute without a default has: nothing, unless it is a text."""
    return "" if type_name in ("text", "url") else None


def is_right(one: Configured, value: Any) -> bool:
    return value is None or any(value is right for right in VALUES[one.type])


def is_missing(value: Any) -> bool:
    return value is None or value == []


def searched(value: Any) -> str:
    """How a value is written in a query."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, list):
        return ",".join(value)
    return value.isoformat() if isinstance(value, datetime.datetime) else str(value)


def is_met(value: Any, asked: Any) -> bool:
    """Whether `value is asked` holds, when asked is written in a query; numbers and dates know what they are."""
    if is_missing(value):
        return False
    text = searched(asked)
    if isinstance(value, bool):
        return text.lower() in (str(value).lower(), str(int(value)))
    if isinstance(value, int | float):
        try:
            return float(text) == value
        except ValueError:
            return False
    return searched(value).lower() == text.lower()


def shown(value: Any) -> Any:
    """A value that was read, with moments as plain ones."""
    return value.datetime if isinstance(value, arrow.Arrow) else value


class World:
    """A project on a server, and the clients that write to it."""

    def __init__(self, stock: ftrack_api.Session, ours: Session) -> None:
        self.stock, self.ours = stock, ours
        for session in (stock, ours):
            session.rollback()  # what a world before has left when it failed
        self.model = Model()
        self.key = f"k{uuid.uuid4().hex[:12]}"
        self.ids: dict[str, str] = {}
        self._make()

    def _make(self) -> None:
        stock, name = self.stock, self.key
        schema = stock.query('ProjectSchema where name is "VFX"').one()
        project = stock.create("Project", {"name": name, "full_name": name, "project_schema": schema})
        sequence = stock.create("Sequence", {"name": "sq", "parent": project})
        shot = stock.create("Shot", {"name": "sh", "parent": sequence})
        asset = stock.create("Asset", {"name": "a", "parent": shot})
        version = stock.create("AssetVersion", {"asset": asset})
        category = stock.query("ListCategory").first()
        picks = stock.create("TypedContextList", {"name": name, "project": project, "category": category})
        user = stock.create("User", {"username": name})
        stock.commit()
        for each in (project, sequence, shot, asset, version, picks, user):
            self.ids[each.entity_type] = each["id"]

    # Configurations

    def configure(self, one: Configured) -> None:
        """Make a configuration; a second one for the same entities is refused."""
        one = replace(one, id=f"{one.id}-{len(self.model.configurations)}-{self.key}")
        twins = [other for other in self.model.configurations if one.is_twin_of(other)]
        values = {
            "id": one.id,
            "key": self.key,
            "label": self.key,
            "entity_type": KINDS[one.of],
            "type": self.stock.query(f'CustomAttributeType where name is "{one.type}"').one(),
            "config": CONFIGS.get(one.type, "{}"),
            "is_hierarchical": one.is_hierarchical,
            "project_id": self.ids["Project"] if one.is_of_project else None,
        }
        if one.default is not None:
            values["default"] = one.default
        if KINDS[one.of] == "task":
            values["object_type"] = self.stock.query(f'ObjectType where name is "{one.of}"').one()
        self.stock.create("CustomAttributeConfiguration", values)
        if twins:
            refusal = self.refusal(self.stock.commit)
            assert any(twin.id in refusal for twin in twins), refusal
        else:
            self.stock.commit()
            self.model.configurations.append(one)

    def refusal(self, write: Any) -> str:
        """The message with which the server refuses."""
        try:
            write()
        except ftrack_api.exception.ServerError as error:
            self.stock.rollback()
            self.ours.rollback()
            return str(error)
        raise AssertionError("it was not refused")

    # Writing

    def write_by_library(self, kind: str, value: Any) -> None:
        found = Query(getattr(trackteroid, kind), session=self.ours).by_id(self.ids[kind]).get_one()
        self._expect(kind, value, lambda: setattr(found, f"custom_{self.key}", [value]), self.ours.commit)

    def write_by_stock(self, kind: str, value: Any) -> None:
        self.stock.reset()
        attributes = self.stock.get(kind, self.ids[kind])["custom_attributes"]
        if self.model.counting(kind) is None:
            assert self.key not in attributes
            return
        attributes[self.key] = value
        self._expect(kind, value, self.stock.commit)

    def write_row(self, kind: str, one: Configured, value: Any) -> None:
        """Make or change the row of a value; that of a configuration that does not count is refused."""
        self.stock.reset()
        key = {"configuration_id": one.id, "entity_id": self.ids[kind]}
        self.stock.create("CustomAttributeValue", key | {"value": value})
        counting = self.model.counting(kind)
        if counting == one:
            self.stock.commit()
            self.model.stored[one.id, self.ids[kind]] = value
            return
        refusal = self.refusal(self.stock.commit)
        assert one.id in refusal
        assert counting is None or counting.id in refusal

    def delete_row(self, kind: str) -> None:
        """Delete the row of a value, which is the default again."""
        one = self.model.counting(kind)
        if one is not None and (one.id, self.ids[kind]) in self.model.stored:
            self.stock.reset()
            self.stock.delete(self.stock.get("CustomAttributeValue", [one.id, self.ids[kind]]))
            self.stock.commit()
            del self.model.stored[one.id, self.ids[kind]]

    def make_shot(self, value: Any, *, by_library: bool) -> None:
        """Make a shot that has the value from its beginning; from then on it is the shot of this world."""
        one, name = self.model.counting("Shot"), uuid.uuid4().hex
        if by_library:
            parent = Query(trackteroid.Sequence, session=self.ours).by_id(self.ids["Sequence"]).get_one()
            try:
                shot = parent.children[trackteroid.Shot].create(name=name, **{f"custom_{self.key}": value})
            except UnknownAttributeError:
                assert one is None
                assert not self.ours.recorded_operations
                return
            self.ours.commit()
            self.ids["Shot"] = shot.id[0]
        else:
            # ftrack_api knows neither new attributes nor projects where it makes something.
            with ftrack_api.Session(self.stock.server_url, self.stock.api_key, self.stock.api_user) as fresh:
                parent = fresh.get("Sequence", self.ids["Sequence"])
                data = {"name": name, "parent": parent, "project_id": self.ids["Project"]}
                try:
                    made = fresh.create("Shot", data | {"custom_attributes": {self.key: value}})
                except (ValueError, KeyError):
                    assert one is None
                    fresh.rollback()
                    return
                fresh.commit()
                self.ids["Shot"] = made["id"]
        assert one is not None
        self.model.stored[one.id, self.ids["Shot"]] = value

    def _expect(self, kind: str, value: Any, *steps: Any) -> None:
        """Do what writes a value of the right type, or a wrong one."""
        one = self.model.counting(kind)
        try:
            for step in steps:
                step()
        except UnknownAttributeError:
            assert one is None
            self.ours.rollback()
            return
        except (AssignmentError, ftrack_api.exception.ServerError):
            assert one is not None
            assert not is_right(one, value), (one, value)
            self.stock.rollback()
            self.ours.rollback()
            return
        assert one is not None
        assert is_right(one, value), (one, value)
        self.model.stored[one.id, self.ids[kind]] = value

    # Reading

    def check(self, kind: str) -> None:
        """Read, filter and project the value of an entity in all ways."""
        one, expected = self.model.counting(kind), self.model.value(kind, self.ids[kind])
        if isinstance(expected, datetime.datetime):
            expected = expected.replace(microsecond=0)
        self._check_reading(kind, one, expected)
        self._check_filters(kind, one, expected)

    def _check_reading(self, kind: str, one: Configured | None, expected: Any) -> None:
        entity_id = self.ids[kind]
        query = Query(getattr(trackteroid, kind), session=self.ours).by_id(entity_id)
        (ours,) = getattr(query.get_one(projections=["custom_attributes"]), f"custom_{self.key}")
        self.stock.reset()
        stock = dict(self.stock.get(kind, entity_id)["custom_attributes"])
        assert shown(ours) == shown(stock.get(self.key)) == expected, (one, ours, stock)
        assert (self.key in stock) == (one is not None)
        asked = f'entity_id is "{entity_id}" and configuration.key is "{self.key}"'
        dense = self.stock.query(f"select value from {VIEWS[kind]} where {asked}").all()
        assert [(row["configuration_id"], shown(row["value"])) for row in dense] == (
            [] if one is None else [(one.id, expected)]
        )
        sparse = self.stock.query(f"select value from CustomAttributeValue where {asked}").all()
        stored = {key[0]: value for key, value in self.model.stored.items() if key[1] == entity_id}
        assert {row["configuration_id"]: shown(row["value"]) for row in sparse} == stored

    def _check_filters(self, kind: str, one: Configured | None, expected: Any) -> None:
        asked: dict[str, bool] = {
            "value is none": one is not None and is_missing(expected),
            "value is_not none": not is_missing(expected),
            "value like '%'": not is_missing(expected),
            "value is ''": expected == "",
            "value < 1000000000": isinstance(expected, int | float) and expected < 1000000000,
        }
        if not isinstance(expected, int | float):
            del asked["value < 1000000000"]  # which compares as text then
        for value in VALUES[one.type if one else "number"]:
            quoted = searched(value).replace("\\", "\\\\").replace('"', '\\"')
            asked[f'value is "{quoted}"'] = is_met(expected, value)
        has = f'{kind} where id is {self.ids[kind]} and custom_attributes any (key is "{self.key}" and '
        answers = self.stock.call([{"action": "query", "expression": f"{has} {each})"} for each in asked])
        for (condition, is_found), answer in zip(asked.items(), answers, strict=True):
            assert bool(answer["data"]) == is_found, (condition, one, expected)
        if one is not None and not is_missing(expected) and not isinstance(expected, list):
            entity_type = getattr(trackteroid, kind)
            found = Query(entity_type, session=self.ours).where(getattr(entity_type, f"custom_{self.key}") == expected)
            assert self.ids[kind] in found.get_all().id
