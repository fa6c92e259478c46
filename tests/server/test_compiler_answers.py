"""What clients make of answers: nothing that was asked for is lost when entities are told in full only where needed.

The Python client merges the occurrence of an entity that it meets first and ignores all others; which one it meets
first depends on what it knows already. Answers to queries at random are given to its own code, one after the other, and
every attribute that was asked for must be there afterwards.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from functools import cache
from typing import Any

import ftrack_api
import pytest
import requests
from ftrack_api.symbol import NOT_SET
from hypothesis import given, note, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from requests.adapters import BaseAdapter

from selections import FUZZ
from server.query_fuzz.queries import paths
from server.query_fuzz.worlds import COUNTS, MODEL, World, world
from server.tiny_production import TinyProduction, tiny_production
from trackteroid.server import EmbeddedServer
from trackteroid.server.compiler import run
from trackteroid.server.compiler.emitter import Emitter, RepeatingEmitter
from trackteroid.server.compiler.readers import Shared
from trackteroid.server.core.failures import LimitError, QueryError
from trackteroid.server.language import Path, Projection, Query, Step, parse, render
from trackteroid.server.model import Collection, Reference, Scalar

WORLDS = 100 if FUZZ else 4
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
        if attribute is None or declared is None or _leads_elsewhere(declared, step.cast):
            continue
        value = attribute.get_remote_value(entity)
        here = f"{way}{entity.entity_type} {ftrack_api.inspection.identity(entity)[1]}.{step.name}"
        if value is NOT_SET:
            yield here
        elif value is not None and rest and isinstance(declared, Reference | Collection):
            found = [value] if isinstance(declared, Reference) else list(getattr(value, "collection", value))
            # Made-up lists hold what no list of their type could; what leads there asks for nothing of theirs.
            yield from lost(_cast(found, step.cast or declared.target), rest, f"{here} > ")


def _leads_elsewhere(declared: Any, cast: str | None) -> bool:
    """Whether a cast means another relation of this name: the items of lists of contexts, or of lists of versions."""
    is_relation = cast is not None and isinstance(declared, Reference | Collection)
    return is_relation and MODEL.type(declared.target).root is not MODEL.type(cast).root


def _cast(entities: Iterable[Any], cast: str | None) -> list[Any]:
    """Entities of the type of a cast; others need not have what was asked for behind it."""
    if cast is None:
        return list(entities)
    wanted = MODEL.type(cast)
    return [entity for entity in entities if MODEL.type(entity.entity_type).is_a(wanted)]


TRYING = settings(
    max_examples=FUZZ or 30,
    derandomize=not FUZZ,
)


@TRYING
@given(st.integers(0, WORLDS - 1), st.sampled_from(TYPES), st.data())
@pytest.mark.slow
def test_no_attribute_is_lost_on_the_way_into_the_client(seed: int, name: str, data: DataObject) -> None:
    client = session()
    client.server.world = world(seed)
    client.cache.clear()
    ask(client, name, data)


@TRYING
@given(st.integers(0, WORLDS - 1), st.lists(st.sampled_from(TYPES), min_size=2, max_size=5), st.data())
@pytest.mark.slow
def test_no_attribute_is_lost_whatever_the_client_knows_already(seed: int, names: list[str], data: DataObject) -> None:
    client = session()
    client.server.world = world(seed)
    client.cache.clear()
    for name in names:
        ask(client, name, data)


def ask(client: Session, name: str, data: DataObject) -> None:
    """Ask for something at random, and check that the client has all of it then."""
    tried = client.server.world
    assert tried is not None
    asked: list[Path] = data.draw(
        st.lists(paths(tried, MODEL.type(name), ends=(Scalar, Reference, Collection)), min_size=1, max_size=5)
    )
    query = Query(name, tuple(Projection(path) for path in asked))
    note(render(query))
    try:
        run(tried.work, query)
    except QueryError:  # not everything can be projected
        return
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


def test_what_rows_share_is_told_once(production: TinyProduction) -> None:
    first, *others = production.query("select status.name from AssetVersion").records
    assert first["status"] == STATUS
    assert [record["status"] for record in others] == [{"__entity_type__": "Status", "id": "n"}] * len(others)


def test_what_members_share_is_told_with_each_as_far_as_it_was_asked_for(production: TinyProduction) -> None:
    text = "select versions.status.state.name, versions.asset.parent.name, versions.asset.name from Asset limit 1"
    first, second, _ = production.records(text)[0]["versions"]
    state = {"__entity_type__": "State", "id": "st1", "name": "Not started"}
    assert first["status"] == second["status"] == {"__entity_type__": "Status", "id": "n", "state": state}
    assert first["asset"] == {"__entity_type__": "Asset", "id": "a"}, "it is around"


def test_who_merges_every_copy_is_told_once(production: TinyProduction) -> None:
    text = "select versions.status.name, versions.asset.parent.name, versions.asset.name from Asset limit 1"
    first, second, third = production.query(text, merges_copies=True).records[0]["versions"]
    assert first["status"] == STATUS
    assert second["status"] == third["status"] == {"__entity_type__": "Status", "id": "n"}


def test_who_merges_every_copy_says_so_in_a_header() -> None:
    text = "select children[Folder].object_type.name from Project"
    operation = json.dumps([{"action": "query", "expression": text}]).encode()
    with closing(EmbeddedServer("sqlite://")) as server:
        headers = {"ftrack-user": server.username, "ftrack-api-key": server.api_key}
        create = [{"action": "create", "entity_type": "Project", "entity_data": {"name": "show", "id": "p"}}]
        create += [
            {"action": "create", "entity_type": "Folder", "entity_data": {"name": name, "parent_id": "p"}}
            for name in "ab"
        ]
        assert b"exception" not in server.api.respond(headers, json.dumps(create).encode(), "").body
        several = server.api.respond(headers, operation, "").body
        once = server.api.respond(headers | {"trackteroid-merges-copies": "true"}, operation, "").body
    assert len(once) < len(several)


def test_what_is_told_again_lacks_what_nobody_asked_for() -> None:
    task = shared("Task", "t", project_id="p", context_type="task")
    versions = [shared("AssetVersion", f"v{number}", task=task, asset_id="a") for number in range(2)]
    (asset,) = RepeatingEmitter(MODEL).emit([shared("Asset", "a", versions=versions)])
    first, second = asset["versions"]
    assert first["task"] == {
        "__entity_type__": "Task",
        "id": "t",
        "name": "t",
        "project_id": "p",
        "context_type": "task",
    }
    assert second["task"] == {"__entity_type__": "Task", "id": "t", "name": "t"}
    task.asked = frozenset()
    (asset,) = RepeatingEmitter(MODEL).emit([shared("Asset", "a", versions=versions)])
    assert asset["versions"][1]["task"] == {"__entity_type__": "Task", "id": "t"}


def test_what_is_around_or_before_is_not_told_again(production: TinyProduction) -> None:
    first, second = production.records("select parent.children.name, name from Task")
    around, after = first["parent"]["children"]
    assert around == {"__entity_type__": "Task", "id": "t1"}
    assert after["name"] == "anim"
    assert second == {"__entity_type__": "Task", "id": "t2"}, "it was told with the first"


def shared(name: str, identity: str, **values: Any) -> Shared:
    record = Shared({"__entity_type__": name, "id": identity, "name": identity, **values})
    record.asked = frozenset({"name"})
    record.links = {name: None for name, value in values.items() if isinstance(value, list | Shared)}
    return record


def count(value: Any) -> int:
    """How many records there are in an answer."""
    if isinstance(value, list):
        return sum(map(count, value))
    return 1 + sum(map(count, value.values())) if isinstance(value, dict) else 0


def test_answers_do_not_blow_up_with_what_is_told_again() -> None:
    project = shared("Project", "p", children=[shared("Sequence", f"q{number}") for number in range(1_000)])
    status = shared("Status", "s")
    shots = [shared("Shot", f"s{number}", project=project, status=status) for number in range(1_000)]
    answer = RepeatingEmitter(MODEL).emit([shared("Sequence", "row", children=shots)])
    once = 1 + 1_000 * 3 + 1_000
    assert count(answer) - once <= RepeatingEmitter.SPARE + RepeatingEmitter.SPARE_EACH * once
    assert sum("name" in shot["status"] for shot in answer[0]["children"]) == 1_000, "what is small has its place"


def test_who_is_told_once_is_told_all() -> None:
    status = shared("Status", "s")
    shots = [shared("Shot", f"s{number}", status=status) for number in range(3)]
    (answer,) = Emitter(MODEL).emit([shared("Sequence", "row", children=shots)])
    assert [shot["name"] for shot in answer["children"]] == ["s0", "s1", "s2"]
    assert ["name" in shot["status"] for shot in answer["children"]] == [True, False, False]


def test_answers_with_entities_in_circles_end() -> None:
    versions = [shared("AssetVersion", f"v{number}") for number in range(60)]
    for version in versions:
        version["uses_versions"] = [other for other in versions if other is not version]
        version.links = {"uses_versions": None}
    once = 60 * 60
    assert (
        count(RepeatingEmitter(MODEL).emit(versions)) - once
        <= RepeatingEmitter.SPARE + RepeatingEmitter.SPARE_EACH * once
    )
