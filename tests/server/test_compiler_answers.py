"""What clients make of answers: nothing that was asked for is lost when entities are told in full only once.

The Python client merges the first occurrence of an entity and ignores all others. Answers to queries at random are
given to its own code, and every attribute that was asked for must be there afterwards.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import ftrack_api
import pytest
import requests
from ftrack_api.symbol import NOT_SET
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from requests.adapters import BaseAdapter

from server.query_fuzz.queries import paths
from server.query_fuzz.worlds import COUNTS, MODEL, World, world
from server.tiny_production import TinyProduction, tiny_production
from trackteroid.server.compiler import run
from trackteroid.server.failures import LimitError, QueryError
from trackteroid.server.language import Path, Projection, Query, Step, parse, render
from trackteroid.server.model import Collection, Reference, Scalar

BUDGET = int(os.environ.get("TRACKTEROID_FUZZ", "0"))
WORLDS = 100 if BUDGET else 4
URL = "http://answers.invalid"
TYPES = sorted({*COUNTS, "TypedContext", "Context", "Component"} - {"ContextScope"})


class Answering(BaseAdapter):
    """Stands in for the server: answers queries from a world."""

    def __init__(self) -> None:
        super().__init__()
        self.world: World | None = None

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        response = requests.Response()
        response.status_code, response.encoding, response.url = 200, "utf-8", URL
        operations = json.loads(request.body or b"[]")
        response.raw = io.BytesIO(json.dumps([self._answer(operation) for operation in operations]).encode())
        return response

    def close(self) -> None:
        pass

    def _answer(self, operation: dict[str, Any]) -> Any:
        if operation["action"] == "query_server_information":
            return {"version": "dev", "schema_hash": MODEL.schema_hash, "storage_scenario": None}
        if operation["action"] == "query_schemas":
            return MODEL.schemas
        assert operation["action"] == "query"
        assert self.world is not None
        data = run(self.world.work, parse(operation["expression"])).records
        return {"action": "query", "data": data, "metadata": {"next": {"offset": None}}}


class Session(ftrack_api.Session):
    """The client's own session, with its requests going to `Answering`."""

    server = Answering()

    @property
    def _request(self) -> Any:
        return self.__dict__["_request"]

    @_request.setter
    def _request(self, value: Any) -> None:
        if value is not None:
            value.mount(URL, self.server)
        self.__dict__["_request"] = value


@cache
def session() -> Session:
    return Session(URL, "key", "user", auto_populate=False, plugin_paths=[], schema_cache_path=False)


def lost(entities: Iterable[Any], steps: Sequence[Step], way: str = "") -> Iterator[str]:
    """The places along a path where an attribute was asked for that the client does not have."""
    step, rest = steps[0], steps[1:]
    for entity in entities:
        attribute = entity.attributes.get(step.name)
        declared = MODEL.type(entity.entity_type).attributes.get(step.name)
        if attribute is None or declared is None:
            continue
        value = attribute.get_remote_value(entity)
        here = f"{way}{entity.entity_type} {ftrack_api.inspection.identity(entity)[1]}.{step.name}"
        if value is NOT_SET:
            yield here
        elif value is not None and rest and isinstance(declared, Reference | Collection):
            found = [value] if isinstance(declared, Reference) else list(getattr(value, "collection", value))
            yield from lost(_cast(found, step.cast), rest, f"{here} > ")


def _cast(entities: Iterable[Any], cast: str | None) -> list[Any]:
    """Entities of the type of a cast; others need not have what was asked for behind it."""
    if cast is None:
        return list(entities)
    wanted = MODEL.type(cast)
    return [entity for entity in entities if MODEL.type(entity.entity_type).is_a(wanted)]


@settings(
    max_examples=BUDGET or 60,
    deadline=None,
    derandomize=not BUDGET,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.integers(0, WORLDS - 1), st.sampled_from(TYPES), st.data())
def test_no_attribute_is_lost_on_the_way_into_the_client(seed: int, name: str, data: DataObject) -> None:
    tried = world(seed)
    ends = (Scalar, Reference, Collection)
    asked: list[Path] = data.draw(st.lists(paths(tried, MODEL.type(name), ends=ends), min_size=1, max_size=5))
    query = Query(name, tuple(Projection(path) for path in asked))
    note(render(query))
    try:
        run(tried.work, query)
    except QueryError:  # not everything can be projected
        return
    client = session()
    client.server.world = tried
    client.cache.clear()
    entities = client.query(render(query)).all()
    missing = [place for path in asked for place in lost(entities, path.steps)]
    assert not missing, "\n".join(missing)


@pytest.fixture(scope="module")
def production() -> Iterator[TinyProduction]:
    with tiny_production() as production:
        yield production


def version(identity: str, **more: Any) -> dict[str, Any]:
    return {"__entity_type__": "AssetVersion", "id": identity, "asset_id": "a"} | more


STATUS = {"__entity_type__": "Status", "id": "n", "name": "Not started"}

ASSET = {
    "__entity_type__": "Asset",
    "id": "a",
    "context_id": "s1",
    "versions": [version(f"v{number}", version=number) for number in (1, 2, 3)],
}

FULL: list[tuple[str, list[dict[str, Any]]]] = [
    # the same status for each version
    (
        "select status.name from AssetVersion limit 2",
        [version("v1", status=STATUS), version("v2", status=STATUS)],
    ),
    # an entity inside itself, as far as is asked for there
    (
        "select asset.versions.version from AssetVersion limit 2",
        [version("v1", asset=ASSET), version("v2", asset=ASSET)],
    ),
]


@pytest.mark.parametrize(("text", "expected"), FULL, ids=[text for text, _ in FULL])
def test_denormalised_answers_tell_every_entity_in_full(
    production: TinyProduction, text: str, expected: list[dict[str, Any]]
) -> None:
    assert production.query(text, denormalize=True).records == expected


def test_denormalised_answers_do_not_explode(production: TinyProduction) -> None:
    text = f"select {'versions.asset.' * 20}name from Asset"
    with pytest.raises(LimitError, match="more than 1000000 rows"):
        production.query(text, denormalize=True)
    assert production.records(text), "told once, they are few"


def test_denormalised_answers_repeat_what_they_share(production: TinyProduction) -> None:
    records = production.query("select status.state.name from AssetVersion", denormalize=True).records
    assert [record["status"]["state"]["name"] for record in records] == ["Not started"] * 3
