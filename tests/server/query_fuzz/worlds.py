"""Small productions at random, written into a database and read back as the dictionaries of the naive evaluator.

No rule of the server is followed: any column may hold anything of its type, so that the two evaluators are compared
where well-kept data would never take them. Keys lead to existing rows of the right type, or nowhere; where they should
lead to tasks, to typed contexts of any kind.
"""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from server.query_fuzz.comparing import Row
from server.query_fuzz.derived import NOW
from server.query_fuzz.naive import Naive
from trackteroid.server.auth.policy import families_of
from trackteroid.server.core.options import STANDARD
from trackteroid.server.core.request import Actor, Request
from trackteroid.server.model import EntityType, Key, Model, Scalar, standard_model
from trackteroid.server.model.folding import with_folded
from trackteroid.server.rules import homes
from trackteroid.server.rules.custom_attributes import search_columns

MODEL = standard_model()


#: A world has one request, for as long as there are tests.
ENDLESS = replace(STANDARD, call_seconds=1e9)

#: How many rows of which types, in an order in which keys mostly find something to lead to.
COUNTS = {
    "State": 2,
    "Status": 4,
    "Type": 2,
    "Priority": 2,
    "ObjectType": 3,
    "User": 3,
    "Group": 2,
    "Project": 2,
    "Sequence": 2,
    "Shot": 4,
    "Task": 5,
    "Folder": 1,
    "Asset": 4,
    "AssetVersion": 7,
    "FileComponent": 4,
    "SequenceComponent": 2,
    "Location": 2,
    "ComponentLocation": 4,
    "Appointment": 5,
    "Timelog": 4,
    "Metadata": 6,
    "Note": 4,
    "Recipient": 3,
    "TypedContextList": 2,
    "AssetVersionList": 2,
    "ListObject": 5,
    "AssetVersionLink": 4,
    "TypedContextLink": 3,
    "Scope": 2,
    "ContextScope": 3,
    "TypedContextStatusChange": 2,
    "AssetVersionStatusChange": 2,
    "ReviewSession": 2,
    "CustomAttributeConfiguration": 9,
    "CustomAttributeValue": 10,
    "CustomAttributeLinkConfiguration": 2,
    "Conversation": 3,
    "Participant": 4,
    "Message": 4,
}
TEXTS = ["", "a", "A", "comp", "Comp", "sh_010", "sh010", "50%", "ä", "Ärger", "ÄRGER", "straße", "10", "9", "10.0",
         "none", "C:\\a\\b", "x\\", 'say "hi"', "it's", "two words", "true", "línea\nnueva", "%", "_",
         "2024-05-01T12:00:00", "ﬁn", "fin", "İstanbul", "i\u0307stanbul", "istanbul",
         "ΑΘΗΝΑΣ", "αθηνας", "STRASSE", "caf\u00e9", "cafe\u0301", "CAFE\u0301", "e\u0301%", "\u0301", "하",
         "\u1112\u1161\u11ab",         "x\u0301_", "\U0001f44b\U0001f3fd", "\u200b", "\u212a"]  # fmt: skip
# From 1e15 on each database writes numbers in its own way, which `like` shows and nothing else.
NUMBERS = [None, 0.0, 1.0, 2.5, -3.0, 10.0, 9.0, 1e14]
WHOLE = [None, 0, 1, 2, 3, 10, 9007199254740993]
MOMENTS = [None, "2024-05-01T12:00:00", "2024-05-01T00:00:00", "2023-12-31T23:59:59", "2024-05-02T00:00:00"]
KEYS = ["fstart", "note", "Ä", "FSTART"]
VALUES: list[Any] = [None, 1, 2.5, 10, "10", "comp", "", "Ärger", True, False, ["a", "b"], [],
                     {"__type__": "datetime", "value": "2024-05-01T12:00:00"}]  # fmt: skip
HOMED = {kind.name: homes.home_of(kind) for family in homes.homed(MODEL) for kind in MODEL.subtypes(family)}
ENTITY_KINDS = ["task", "show", "asset", "assetversion", "user", "list", "listobject", "Task"]


@dataclass
class World:
    """A production twice: in a database and in dictionaries."""

    work: Request
    naive: Naive
    pools: dict[tuple[str, str], list[Any]] = field(default_factory=dict[tuple[str, str], list[Any]])

    @property
    def model(self) -> Model:
        return self.work.model

    def values(self, entity_type: EntityType, name: str) -> list[Any]:
        """What a column holds somewhere."""
        rows = self.naive.tables.get(entity_type.table, [])
        pool = self.pools.get((entity_type.table, name))
        if pool is None:
            found = {repr(row.get(name)): row.get(name) for row in rows if row.get(name) is not None}
            pool = self.pools[entity_type.table, name] = [found[key] for key in sorted(found)]
        return pool


@lru_cache(maxsize=8)
def world(seed: int) -> World:
    """The world number `seed`."""
    engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
    connection = engine.connect()
    MODEL.metadata.create_all(connection)
    writer = _Writer(random.Random(seed), connection)
    writer.write()
    tables = {
        table.name: [dict(row._mapping) for row in connection.execute(sa.select(table))]
        for table in MODEL.metadata.tables.values()
    }
    request = Request(MODEL, connection, Actor("u", "ann"), NOW, strict=True, limits=ENDLESS)
    return World(request, Naive(MODEL, tables))


def id_of(label: str) -> str:
    """An id as servers give them, always the same for a label."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, label))


class _Writer:
    def __init__(self, chance: random.Random, connection: sa.Connection) -> None:
        self.chance = chance
        self.connection = connection
        self.ids: dict[str, list[str]] = {}
        self.types: dict[str, EntityType] = {}

    def write(self) -> None:
        for name, count in COUNTS.items():
            for number in range(count):
                self.add(name, id_of(f"{name.lower()}{number}"))
        for number in range(4):
            to_kind = self.chance.choice(["ContextCustomAttributeLink", "UserCustomAttributeLink"])
            from_kind = self.chance.choice(["ContextCustomAttributeLinkFrom", "AssetCustomAttributeLinkFrom"])
            self.add(to_kind, id_of(f"link{number}"), from_kind=from_kind)
        self.add_ancestors()
        self.pick_latest_versions()
        self.add_parts()
        homes.fill(self.connection, MODEL)

    def add(self, name: str, identity: str, **more: Any) -> None:
        entity_type = MODEL.type(name)
        row: Row = {column: self.value(name, column, found) for column, found in entity_type.stored().items()}
        if "id" in row:
            row["id"] = identity
        if entity_type.discriminator:
            row[entity_type.discriminator] = name
        row |= self.corrected(name, row) | more
        if any(row[key] is None for key in entity_type.primary_key):
            return
        table = MODEL.table(entity_type)
        statement = sa.insert(table).prefix_with("OR IGNORE").values(with_folded(table, row))
        if self.connection.execute(statement).rowcount and "id" in row:
            self.ids.setdefault(entity_type.table, []).append(identity)
            self.types[identity] = entity_type

    def value(self, name: str, column: str, attribute: Scalar) -> Any:
        chance = self.chance
        if isinstance(attribute, Key):
            return self.key(name, column, attribute)
        if attribute.type == "boolean":
            return chance.choice([None, True, False])
        if attribute.type in ("integer", "number"):
            return chance.choice(WHOLE if attribute.type == "integer" else NUMBERS)
        if attribute.is_datetime:
            return chance.choice(MOMENTS)
        if attribute.type == "variable":
            return chance.choice(VALUES)
        return None if chance.random() < 0.15 else chance.choice(KEYS if column == "key" else TEXTS)

    def key(self, name: str, column: str, attribute: Key) -> str | None:
        tables = [MODEL.type(attribute.target).table] if attribute.target else [
            MODEL.type(kind).table for kind in ("Context", "AssetVersion", "Asset", "User", "List", "ListObject")
        ]  # fmt: skip
        ids = [identity for table in tables for identity in self.ids.get(table, ())]
        if attribute.target:
            wanted = MODEL.type("TypedContext" if attribute.target == "Task" else attribute.target)
            ids = [identity for identity in ids if self.types[identity].is_a(wanted)]
        if not ids or (self.chance.random() < 0.2 and not attribute.required):
            return None
        return self.chance.choice(ids)

    def corrected(self, name: str, row: Row) -> Row:
        """Columns that only make sense together, and names that mostly have to differ."""
        if "default" in row:
            text, number = search_columns(row["default"])
            kind = self.chance.choice(ENTITY_KINDS)
            projects = [None, None, *self.ids.get("context", [])[:2]]
            return {
                "default_text": text,
                "default_number": number,
                "entity_type": kind,
                "project_id": self.chance.choice(projects),
                "is_hierarchical": self.chance.choice([True, False, False]),
            }
        if name == "CustomAttributeValue":
            text, number = search_columns(row["value"])
            return {"text": text, "number": number}
        if name in HOMED:
            return {HOMED[name]: None}
        if name == "Project":
            return {"project_id": row["id"], "parent_id": None}
        if name == "Appointment":
            return {"type": self.chance.choice(["assignment", "allocation", "other"])}
        return {}

    def add_parts(self) -> None:
        """Metadata of everything that may have some, notes of oneself and of others too, and all components at a place.

        One of the components is in no project.
        """
        for number in range(3):
            self.add("CalendarEvent", id_of(f"calendar{number}"))
            self.add("ReviewSessionObject", id_of(f"reviewed{number}"))
        self.add("FileComponent", id_of("loose"), version_id=None, container_id=None)
        for number, parent in enumerate((*self.ids["context"][:6], *self.ids["asset_version"][:4])):
            self.add("Note", id_of(f"said{number}"), parent_id=parent, user_id=id_of(f"user{number % 2}"))
        for family in families_of(MODEL, MODEL.type("Metadata"), "parent_id"):
            for identity in self.ids.get(family.table, ()):
                kind = self.chance.choice([self.types[identity].name, None])
                self.add("Metadata", "", parent_id=identity, parent_type=kind, key="of all")
        for identity in self.ids["component"]:
            self.add("ComponentLocation", id_of(f"place of {identity}"), component_id=identity)

    def add_ancestors(self) -> None:
        context, link = MODEL.table("Context"), MODEL.table("ContextAncestor")
        parents = {
            row.id: row.parent_id for row in self.connection.execute(sa.select(context.c.id, context.c.parent_id))
        }
        for identity in parents:
            above, depth = parents[identity], 1
            while above is not None and above != identity:
                values = {"context_id": identity, "ancestor_id": above, "depth": depth}
                self.connection.execute(sa.insert(link).values(values))
                above, depth = parents.get(above), depth + 1

    def pick_latest_versions(self) -> None:
        asset, versions = MODEL.table("Asset"), self.ids["asset_version"]
        for identity in self.ids["asset"]:
            latest = self.chance.choice([None, *versions])
            self.connection.execute(asset.update().where(asset.c.id == identity).values(latest_version_id=latest))
