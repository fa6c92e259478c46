"""Sessions for tests of queries: one that answers from a list, one that must not be used."""

import json
import random
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from trackteroid.query import Query
from trackteroid.schema.relations import SchemaEntry
from trackteroid.schema.types import Schema

RECORDED = Path(__file__).parent.parent / "recorded"

#: The files with the schemas of real servers, by the versions of these.
SCHEMAS = {"4.13.0": "schemas.json", "4.13.8": "4.13.8/schemas.json"}
DEFAULT = SchemaEntry()

#: Any text, and often one of the characters that mean something inside of quotes.
VALUES = st.text() | st.text('"\\%_ab')


@cache
def recorded_schemas(version: str = "4.13.0") -> list[dict[str, Any]]:
    """Return the types of a real server: 116 of the older version, 130 of the newer one."""
    return json.loads((RECORDED / SCHEMAS[version]).read_text(encoding="utf-8"))


@cache
def recorded_schema(version: str = "4.13.0") -> Schema:
    """Return them as a Schema."""
    return Schema.from_schemas(recorded_schemas(version))


def shuffled_schemas(seed: int) -> list[dict[str, Any]]:
    """Return the recorded types with all types and attributes in another order."""
    chance = random.Random(seed)
    types = chance.sample(recorded_schemas(), len(recorded_schemas()))
    return [
        each | {"properties": dict(chance.sample(list(each["properties"].items()), len(each["properties"])))}
        for each in types
    ]


class ListeningSession:
    """Knows the recorded types, remembers the texts it is asked, and finds nothing."""

    def __init__(self) -> None:
        self.schemas = recorded_schemas()
        self.texts: list[str] = []

    def _query(self, text: str) -> tuple[list[Any], dict[str, Any]]:
        self.texts.append(text)
        return [], {"next": {"offset": None}}


class UnreachableSession:
    """Fails as soon as something is asked of the server."""

    @property
    def schemas(self) -> list[dict[str, Any]]:
        raise ConnectionError("the server was asked for its schemas")


def query(entity_type: Any, session: Any = None, entry: SchemaEntry = DEFAULT) -> Any:
    """Return a query in a session that only listens."""
    return Query(entity_type, session if session is not None else ListeningSession(), entry)


def where(built: Any) -> str:
    """Return the conditions of a query as text."""
    return str(built).partition(" where ")[2]
