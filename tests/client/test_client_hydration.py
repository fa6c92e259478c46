"""Our one-pass hydration against ftrack_api's own: the same answers must leave the same entities behind.

With one exception: of several copies of an entity in one answer ftrack_api merges only the first it meets, ours each.
So the comparison is twofold. What ours leaves is exactly what ftrack_api leaves that is given each copy by itself
(`patient`). And from ftrack_api as it is, it differs only where that kept an older value, or none, although the answer
held one (`test_a_session_has_all_that_ftrack_api_has_and_what_it_lost`).
"""

import gc
import importlib.util
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import client_worlds
import ftrack_api.cache
import ftrack_api.inspection
import pytest
from client_conversations import (
    Conversation,
    as_caught,
    both,
    describe,
    patient,
    pending,
    read,
    stored,
    without_addresses,
)
from client_support import CREDENTIALS, FakeServer, Mounting, in_threads
from ftrack_api.entity.base import Entity
from ftrack_api.symbol import NOT_SET

from selections import few_fast, some
from trackteroid.client.hydration.answers import can_hydrate, decode, is_record
from trackteroid.client.local_lists import rows_of


def page(*rows: Any, offset: int | None = None) -> bytes:
    return json.dumps([{"action": "query", "data": rows, "metadata": {"next": {"offset": offset}}}]).encode()


def task(identity: str = "t", **values: Any) -> dict[str, Any]:
    return {"__entity_type__": "Task", "id": identity, **values}


def status(identity: str = "s", **values: Any) -> dict[str, Any]:
    return {"__entity_type__": "Status", "id": identity, **values}


@pytest.mark.parametrize("seed", few_fast(some(range(60), 3), 3))
def test_what_is_left_is_what_ftrack_api_leaves(seed: int) -> None:
    stock, ours = (Conversation(session, server, seed) for session, server in both())
    for number in range(25):
        expected, found = stock.step(), ours.step()
        assert found == expected, f"step {number}"
        assert stored(ours.session) == stored(stock.session), f"after step {number}: {expected}"
        assert pending(ours.session) == pending(stock.session)
    assert read(ours.session) == read(stock.session)
    assert stored(ours.session) == stored(stock.session)


def held(session: Any) -> dict[tuple[str, str], Any]:
    """Return what each attribute of each entity has from the server."""
    return {
        (key, attribute.name): plain(attribute.get_remote_value(entity))
        for key, entity in session._local_cache._cache.items()
        for attribute in entity.attributes
        if attribute.get_remote_value(entity) is not NOT_SET
    }


def plain(value: Any) -> Any:
    rows = rows_of(value)
    if rows is not None:
        return [key_of(row) for row in rows]
    return key_of(value) if isinstance(value, Entity) else value


def key_of(entity: Entity) -> str:
    return str(ftrack_api.inspection.identity(entity))


def told(session: Any, record: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Iterate over what a record and all in it say: key, attribute and value; the key alone for each copy."""
    names = session.types[record["__entity_type__"]].primary_key_attributes
    key = str((record["__entity_type__"], [str(record[name]) for name in names]))
    yield key, "", None
    for attribute in session.types[record["__entity_type__"]].attributes:
        if attribute.name in record:
            value = record[attribute.name]
            children = [value] if is_record(value) else value if hasattr(attribute, "collection_class") else []
            keys = [next(told(session, child))[0] for child in children or ()]
            if hasattr(attribute, "collection_class"):
                yield key, attribute.name, keys
            else:
                yield key, attribute.name, keys[0] if is_record(value) else decode(value)
            for child in children or ():
                yield from told(session, child)


@pytest.mark.parametrize("seed", few_fast(some(range(100, 130), 3), 3))
def test_a_session_has_all_that_ftrack_api_has_and_what_it_lost(seed: int) -> None:
    (stock, stock_server), (ours, our_server) = as_it_is(), as_ours()
    random = Random(seed)
    for _ in range(8):
        rows = client_worlds.rows(random)
        stock_server.answer = our_server.answer = lambda _, rows=rows: client_worlds.page(rows)
        before, stock_before = held(ours), held(stock)
        for session in (stock, ours):
            session.query("select id from Task").all()
        found, stock_found = held(ours), held(stock)
        said = [each for row in rows for each in told(ours, row)]
        assert found == before | {(key, name): value for key, name, value in said if name}
        copies = Counter(key for key, name, _ in said if not name)
        lost = {place for place, value in found.items() if stock_found.get(place) != value}
        assert stock_found.keys() <= found.keys()
        for place in lost:
            assert stock_found.get(place) == stock_before.get(place), "it has an older value, or none"
            assert copies[place[0]] > 1 or stock_before.get(place) != before.get(place), "among several copies, if new"


def as_it_is() -> tuple[Any, FakeServer]:
    server = FakeServer()
    return Mounting(server).stock(), server


def as_ours(**arguments: Any) -> tuple[Any, FakeServer]:
    server = FakeServer()
    return Mounting(server).ours(**arguments), server


# Copies.


class OwnKeys(ftrack_api.cache.StringKeyMaker):
    pass


@pytest.fixture(params=["one pass", "another cache", "other keys", "a class of its own"])
def warm(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Any, FakeServer]:
    """A session that knows a task and its status, without their names; also such as merge in ftrack_api's way."""
    method = "def merge(self, entity, merged=None): return super().merge(entity, merged)"
    arguments: dict[str, Any] = {
        "another cache": {"cache": ftrack_api.cache.MemoryCache()},
        "other keys": {"cache_key_maker": OwnKeys()},
        "a class of its own": {"plugin_paths": plugin(tmp_path, "Base", method)},
    }.get(request.param, {})
    session, server = as_ours(**arguments)
    server.answer = lambda _: page(task(status=status(), parent={"__entity_type__": "Shot", "id": "x"}))
    session.query("select status, parent from Task").all()
    return session, server


FULL = status(name="done", state={"__entity_type__": "State", "id": "z", "short": "DONE"})

ORDERS: dict[str, list[dict[str, Any]]] = {
    "full, then bare": [task(status=FULL), task("t2", status=status())],
    "bare, then full": [task("t2", status=status()), task(status=FULL)],
    "bare where a relation is new": [task(status=FULL, children=[task("t2", status=status())])],
    "full where a relation is known": [task(children=[task("t2", status=status())], status=FULL)],
    "full below, bare above": [task(status=status(), children=[task("t2", status=FULL)])],
    "in two halves": [task(status=status(name="done")), task("t2", status={**FULL, "name": "done"})],
    "full everywhere": [task(status=FULL), task("t2", status=FULL), task("t3", status=FULL)],
    "full, bare and full again": [task(status=FULL), task("t2", status=status()), task("t3", status=FULL)],
    "bare, full, bare": [task("t2", status=status()), task(status=FULL), task("t3", status=status())],
}


@pytest.mark.parametrize("rows", ORDERS.values(), ids=list(ORDERS))
def test_every_copy_counts_in_whatever_order(rows: list[Any], warm: tuple[Any, FakeServer]) -> None:
    session, server = warm
    server.answer = lambda _: page(*rows)
    found = session.query("select status.name, status.state.short from Task").all()
    assert [each["status"]["name"] for each in found] == ["done"] * len(rows)
    assert {each["status"]["state"]["short"] for each in found} == {"DONE"}
    server.answer = lambda _: page(task(status=status()))
    session.query("select status from Task").all()
    assert found[0]["status"]["name"] == "done", "a bare copy takes nothing away"


def test_references_alone_say_what_is_related(warm: tuple[Any, FakeServer]) -> None:
    session, server = warm
    server.answer = lambda _: page(status("s2", name="done"), status(name="open"))
    session.query("select name from Status").all()
    server.answer = lambda _: page(task(status=status("s2"), parent=None))
    found = session.query("select status, parent from Task").one()
    assert found["status"]["name"] == "done"
    assert found["parent"] is None


def test_lists_have_the_order_of_the_latest_answer() -> None:
    session, server = as_ours()
    for order in ("abc", "cab", "bca"):
        server.answer = lambda _, order=order: page(
            task(managers=[{"__entity_type__": "User", "id": i} for i in order])
        )
        found = session.query("select managers from Task").one()
        assert [each["id"] for each in found["managers"]] == list(order)


# What goes through ftrack_api's own code, in part or as a whole.


TWICE = [{"__entity_type__": "User", "id": "u"}] * 2

UNUSUAL = {
    "an entity type the schema does not have": [task(status={"__entity_type__": "Stotus", "id": "s"})],
    "an unknown type as a row": [{"__entity_type__": "Tusk", "id": "t"}],
    "a row without its key": [{"__entity_type__": "Task", "name": "comp"}],
    "a reference without its key": [task(status={"__entity_type__": "Status", "name": "s"})],
    "a collection item without its key": [task(assignments=[{"__entity_type__": "Appointment"}])],
    "an item twice in a collection": [task(managers=TWICE)],
    "a number as a reference": [task(status=5)],
    "a list as a reference": [task(status=[{"__entity_type__": "Status", "id": "s", "name": "n"}])],
    "a record as a collection": [task(assignments={"__entity_type__": "Appointment", "id": "a"})],
    "numbers in a collection": [task(assignments=[1, 2])],
    "a mapping as metadata": [task(metadata={"a": "b"})],
    "a record as a scalar": [task(name={"__entity_type__": "Status", "id": "s", "name": "n"})],
    "a list of records as a scalar": [task(name=[{"__entity_type__": "Status", "id": "s", "name": "n"}])],
    "a broken date": [task(start_date={"__type__": "datetime", "value": "yesterday"})],
    "a date without a value": [task(start_date={"__type__": "datetime"})],
    "a null as a row": [None],
    "a number as a row": [7],
    "a plain object as a row": [{"count": 3}],
    "a date as a row": [{"__type__": "date", "value": "2022-10-10"}],
    "a key that is a number": [{"__entity_type__": "Task", "id": 5, "name": "comp"}],
    "a key that is null": [{"__entity_type__": "Task", "id": None, "name": "comp"}],
    "a key with quotes": [{"__entity_type__": "Task", "id": 'it\'s "quoted" \\', "name": "comp"}],
    "something unusual in a copy": [task(name="a"), task(parent={"__entity_type__": "Shot", "id": "x", "status": 5})],
    "no rows": [],
}


def outcome(session: Any, server: FakeServer, *pages: bytes) -> Any:
    answers = iter(pages)
    server.answer = lambda operation: next(answers)
    return [_outcome(session) for _ in pages]


def _outcome(session: Any) -> Any:
    try:
        return [describe(entity, session) for entity in session.query("select id from Task").all()]
    except ftrack_api.exception.ServerError as error:
        return as_caught(error)  # ftrack_api puts the whole answer in its text, and cannot even show it then
    except Exception as error:  # noqa: BLE001 - both have to raise it
        return as_caught(error), without_addresses(error)


@pytest.mark.parametrize("rows", UNUSUAL.values(), ids=list(UNUSUAL))
@pytest.mark.parametrize("before", [[], [task(name="old", status={"__entity_type__": "Status", "id": "old"})]])
@pytest.mark.slow
def test_unusual_answers_end_as_with_ftrack_api(rows: list[Any], before: list[Any]) -> None:
    pages = [page(*before), page(*rows), page(task(name="afterwards"))]
    expected, found = (outcome(session, server, *pages) for session, server in both())
    assert found == expected


@pytest.mark.parametrize("rows", UNUSUAL.values(), ids=list(UNUSUAL))
def test_unusual_answers_that_are_accepted_leave_what_ftrack_api_leaves(rows: list[Any]) -> None:
    (stock, stock_server), (ours, our_server) = both()
    accepted = isinstance(outcome(stock, stock_server, page(*rows))[0], list)
    assert isinstance(outcome(ours, our_server, page(*rows))[0], list) is accepted
    if accepted:
        assert stored(ours) == stored(stock)


def plugin(folder: Path, base: str, method: str) -> list[str]:
    """Write a plugin that gives Task a class of its own, and return the path to pass to a session."""
    (folder / "plugin.py").write_text(
        "import ftrack_api.entity.factory\n"
        "class Factory(ftrack_api.entity.factory.StandardFactory):\n"
        "    pass\n"
        "class Base(ftrack_api.entity.base.Entity):\n"
        f"    {method}\n"
        "def construct(event):\n"
        "    if event['data']['schema']['id'] == 'Task':\n"
        f"        return Factory().create(event['data']['schema'], bases=[{base}])\n"
        "def register(session):\n"
        "    session.event_hub.subscribe('topic=ftrack.api.session.construct-entity-type', construct)\n",
        encoding="utf-8",
    )
    return [str(folder)]


@pytest.mark.parametrize(
    "method",
    [
        "def merge(self, entity, merged=None): self.seen = True; return super().merge(entity, merged)",
        "def _reconstruct(self, data): self.seen = True; super()._reconstruct(data)",
        "def __init__(self, *args, **named): self.seen = True; super().__init__(*args, **named)",
    ],
)
def test_a_class_with_its_own_reconstruction_is_left_to_ftrack_api(method: str, tmp_path: Path) -> None:
    server = FakeServer(lambda operation: page(asset_version(1), asset_version(2)))
    session = Mounting(server).ours(plugin_paths=plugin(tmp_path, "Base", method))
    versions = session.query("AssetVersion").all()
    assert [version["task"]["name"] for version in versions] == ["comp", "comp"]
    assert all(version["task"].seen for version in versions)


def asset_version(number: int) -> dict[str, Any]:
    related = {"__entity_type__": "Task", "id": f"t{number}", "name": "comp"}
    return {"__entity_type__": "AssetVersion", "id": f"v{number}", "version": number, "task": related}


def test_conversations_go_on_as_with_ftrack_api_when_a_class_is_unusual(tmp_path: Path) -> None:
    paths = plugin(tmp_path, "Base", "def merge(self, entity, merged=None): return super().merge(entity, merged)")
    servers = FakeServer(), FakeServer()
    sessions = patient(servers[0], plugin_paths=paths), Mounting(servers[1]).ours(plugin_paths=paths)
    for seed in range(200, 206):
        stock, ours = (Conversation(*pair, seed) for pair in zip(sessions, servers, strict=True))
        for number in range(10):
            assert ours.step() == stock.step(), f"seed {seed}, step {number}"
            assert stored(ours.session) == stored(stock.session), f"seed {seed}, step {number}"


@pytest.mark.parametrize("arguments", [{"cache": ftrack_api.cache.MemoryCache()}, {"cache_key_maker": OwnKeys()}])
def test_another_cache_takes_ftrack_apis_own_way(arguments: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("trackteroid.client.hydration.answers.Hydration")
    session = Mounting(FakeServer(lambda operation: page(task(name="comp")))).ours(**arguments)
    assert not can_hydrate(session)
    assert session.query("Task").one()["name"] == "comp"


def test_a_session_with_its_own_merging_merges_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Mounting(FakeServer(lambda operation: page(task(name="comp")))).ours()
    assert can_hydrate(session)
    seen: list[Any] = []
    merge = session.merge
    session.merge = lambda value, merged=None: seen.append(value) or merge(value, merged)
    assert session.query("Task").one()["name"] == "comp"
    assert seen


def test_a_session_tells_the_server_that_it_merges_every_copy() -> None:
    ours, server = as_ours()
    ours.query("Task").all()
    assert {headers["trackteroid-merges-copies"] for headers in server.headers} == {"true"}


def test_a_session_with_its_own_merging_does_not_say_so() -> None:
    server = FakeServer()

    class Own(type(Mounting(server).ours())):
        def _merge_entity(self, entity: Any, merged: Any = None) -> Any:
            return super()._merge_entity(entity, merged)

    Own(**CREDENTIALS, plugin_paths=[], schema_cache_path=False).query("Task").all()
    assert not any("trackteroid-merges-copies" in headers for headers in server.headers)


# The surroundings of a pass.


def test_auto_population_works_as_before() -> None:
    server = FakeServer(lambda operation: page(task(name="comp") if "name" in operation["expression"] else task()))
    session = Mounting(server).ours(auto_populate=True)
    found = session.query("select id from Task").one()
    assert found["name"] == "comp"
    assert server.requests[-1][0]["expression"].startswith("select name from Task where id is t")
    assert session.auto_populate


def test_reading_a_fetched_relation_sends_nothing() -> None:
    server = FakeServer(lambda operation: page(asset_version(1)))
    session = Mounting(server).ours()
    version = session.query("AssetVersion").one()
    count = len(server.requests)
    assert version["task"] is session.get("Task", "t1")
    assert len(server.requests) == count


def test_an_error_from_the_server_is_ftrack_apis_error() -> None:
    server = FakeServer(lambda operation: b'{"exception": "ParseError", "content": "no"}')
    session = Mounting(server).ours()
    with pytest.raises(ftrack_api.exception.ServerError, match=r"ParseError\(no\)"):
        session.query("Task").all()
    assert session.record_operations


@pytest.mark.parametrize("enabled", [True, False])
def test_the_garbage_collector_is_left_as_it_was(enabled: bool) -> None:
    session = Mounting(FakeServer(lambda operation: page({"__entity_type__": "Tusk"}))).ours()
    assert session.types
    (gc.enable if enabled else gc.disable)()
    try:
        with pytest.raises(ftrack_api.exception.UnrecognisedEntityTypeError):
            session.query("Task").all()
        assert gc.isenabled() is enabled
    finally:
        gc.enable()


def test_the_garbage_collector_works_while_the_server_does() -> None:
    seen: list[bool] = []
    server = FakeServer(lambda operation: seen.append(gc.isenabled()) or page(task(name="comp")))
    Mounting(server).ours().query("Task").all()
    assert seen == [True]


def test_a_broken_date_is_told_even_with_braces_in_it() -> None:
    row = task(start_date={"__type__": "datetime", "value": "{yesterday}"})
    with pytest.raises(ftrack_api.exception.ServerError) as caught:
        Mounting(FakeServer(lambda operation: page(row))).ours().query("Task").all()
    assert "{yesterday}" in str(caught.value)


@pytest.fixture
def switching_often() -> Iterator[None]:
    """Let Python change between threads as often as it can, so that what they do to each other shows."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.promise("threads-can-share-a-session")
@pytest.mark.usefixtures("switching_often")
@pytest.mark.slow
def test_threads_can_query_at_once() -> None:
    def answer(operation: dict[str, Any]) -> Any:
        first = int(operation["expression"].partition("sort is ")[2].split()[0])
        return page(*(asset_version(number) for number in range(first, first + 200)))

    session = Mounting(FakeServer(answer)).ours()
    assert session.types  # connected, so that all of them really begin at once
    for first in range(0, 4_000, 200):
        results = in_threads(6, lambda text=f"AssetVersion where sort is {first}": session.query(text).all())
        assert all(len(result) == 200 for result in results)
        assert all(found is one for result in results for found, one in zip(result, results[0], strict=True))


@pytest.mark.slow
def test_hydration_is_several_times_faster_than_ftrack_api() -> None:
    _, _, factor = benchmark_hydration().ratio(2_000, 3)
    assert factor >= 5, f"only {factor:.1f} times faster"


def benchmark_hydration() -> Any:
    path = Path(__file__).parent.parent.parent / "benchmarks" / "hydration.py"
    spec = importlib.util.spec_from_file_location("benchmark_hydration", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
