"""Every entity type and every attribute of the schema can be asked for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from demo_servers import demo_server
from trackteroid.server import EmbeddedServer
from trackteroid.server.model import EntityType, Key, Scalar, standard_model

pytestmark = pytest.mark.slow

TYPES = [entity_type for entity_type in standard_model() if entity_type.served]


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    server = demo_server()
    yield server
    server.close()


def query(server: EmbeddedServer, text: str) -> list[dict[str, object]]:
    return server.call([{"action": "query", "expression": text}])[0]["data"]


@pytest.mark.parametrize("entity_type", TYPES, ids=lambda entity_type: entity_type.name)
def test_all_attributes_can_be_projected(server: EmbeddedServer, entity_type: EntityType) -> None:
    names = [
        name
        for name, attribute in entity_type.attributes.items()
        if not attribute.hidden and attribute.listed and not attribute.restricted
    ]
    # Only the first record is sure to be in full: the others may have been inside of it.
    for record in query(server, f"select {', '.join(names)} from {entity_type.name} limit 3")[:1]:
        missing = set(names) - record.keys()
        concrete = standard_model().type(str(record["__entity_type__"]))
        assert not {name for name in missing if name in concrete.attributes}


@pytest.mark.parametrize("entity_type", TYPES, ids=lambda entity_type: entity_type.name)
def test_all_stored_attributes_can_be_compared_and_ordered_by(server: EmbeddedServer, entity_type: EntityType) -> None:
    sample = {"boolean": "true", "integer": "1", "number": "1.5"}
    for name, attribute in entity_type.stored().items():
        if attribute.hidden or not attribute.listed or attribute.type in ("object", "variable"):
            continue
        value = '"2024-01-01"' if attribute.is_datetime else sample.get(str(attribute.type), '"x"')
        query(server, f"{entity_type.name} where {name} is {value} or {name} is_not none order by {name} limit 1")


@pytest.mark.parametrize("entity_type", TYPES, ids=lambda entity_type: entity_type.name)
def test_all_relations_can_be_followed(server: EmbeddedServer, entity_type: EntityType) -> None:
    for name, attribute in entity_type.attributes.items():
        if attribute.hidden or not attribute.listed or isinstance(attribute, Scalar | Key):
            continue
        query(server, f"{entity_type.name} where {name} any () limit 1")
        query(server, f"{entity_type.name} where not {name} any () limit 1")
