"""Everything that collections can change, deferred and replayed: the server ends up as after a direct commit."""

import contextlib
import datetime

import pytest

from trackteroid import (
    Asset,
    AssetVersion,
    Component,
    Query,
    Session,
    Shot,
    Status,
    Task,
    User,
)
from trackteroid.operations.format import file
from trackteroid.server import EmbeddedServer

pytestmark = pytest.mark.slow

NAME = "bc0040_comp"


@pytest.fixture(scope="module", params=["in process", "http"])
def transport(request):
    return request.param


@pytest.fixture(scope="module")
def servers(transport):
    """Two servers with the same production: one for direct commits, one for deferred ones."""
    assert transport
    pair = [EmbeddedServer("sqlite://", with_demo=True) for _ in range(2)]
    for server in pair:
        with Session(server_url=server) as session:
            # Enough of them for what links three, also after what deletes one, in whatever order tests run.
            for _ in range(2):
                versions(session)[0].create(task=versions(session)[0].Task)
                session.commit()
    yield pair
    for server in pair:
        server.close()


@pytest.fixture
def connect(transport):
    """Make a session of a server."""
    with contextlib.ExitStack() as stack:

        def connected(server):
            if transport == "in process":
                return Session(server_url=server)
            url = stack.enter_context(server.listening())
            return Session(server_url=url, api_user=server.username, api_key=server.api_key, plugin_paths=[])

        yield connected


def versions(session):
    return Query(AssetVersion, session=session).by_name(Asset, NAME).get_all(projections=["version", Task.name])


def publish(session):
    asset = Query(Asset, session=session).by_name(NAME).get_one(projections=[AssetVersion.Task, Component])
    version = asset.AssetVersion[0].create(task=asset.AssetVersion[0].Task, comment="deferred publish")
    component = version.Component.create(name="deferred main")
    component.ComponentLocation.create(resource_identifier="/deferred/file")
    version.is_published = True
    version.Component.create_batch({"name": "deferred a"}, {"name": "deferred b"})


def note(session):
    version = versions(session)[0]
    author = Query(User, session=session).get_first()
    first = version.Note.create(content="deferred note", author=author)
    reply = session.create("Note", {"content": "deferred reply", "author": author[0]._entities[0]})
    assert first.content == ["deferred note"]
    assert reply


def link(session):
    found = versions(session)
    found[0].link_outputs(found[1])
    found[1].link_inputs(found[2])


def describe(session):
    task = Query(Task, session=session).get_first(projections=["metadata", "custom_attributes", "status.name"])
    task.metadata = {"deferred": "yes", "by": "somebody"}
    task.bid = 7200.0
    task.description = 'a "quoted"\ntext with é and NOT SET'
    task.start_date = datetime.datetime(2024, 5, 6, 7, 8, 9)
    task.Status = Query(Status, session=session).get_all(order_by="name")[-1]


def customise(session):
    shot = Query(Shot, session=session).get_first(projections=["custom_attributes"])
    shot.custom_fstart = 1001


def make_lists(session):
    project = session.query("Project").first()
    category = session.query("ListCategory").first()
    owner = session.query("User").first()
    values = {"name": "deferred list", "project": project, "category": category, "owner": owner}
    made = session.create("AssetVersionList", values)
    for version in session.query(f'AssetVersion where asset.name is "{NAME}"').all():
        made["items"].append(version)


def remove(session):
    versions(session)[0].delete()


WORKS = [publish, note, link, describe, customise, make_lists, remove]
EXPRESSIONS = [
    "select comment, version, is_published, task.name, asset.name, uses_versions.version, used_in_versions.version "
    f'from AssetVersion where asset.name is "{NAME}" order by version',
    'select name, size, version.version from Component where name like "deferred%" order by name',
    'select resource_identifier, component.name from ComponentLocation where resource_identifier like "/deferred%"',
    'select content, author.username, parent_type from Note where content like "deferred%" order by content',
    'select key, value, parent_type from Metadata where key in ("deferred", "by") order by key',
    "select bid, description, start_date, status.name, metadata.key from Task where bid is 7200",
    'select key, value from ContextCustomAttributeValue where key is "fstart" order by entity_id',
    'select name, items.version from AssetVersionList where name is "deferred list"',
]


def plain(value):
    if isinstance(value, list):
        return sorted((plain(item) for item in value), key=str)
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items() if name != "id" and not name.endswith("_id")}
    return value


def state(server):
    """What the server holds, without ids, which clients make."""
    answers = server.call([{"action": "query", "expression": expression} for expression in EXPRESSIONS])
    return [plain(answer["data"]) for answer in answers]


@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.__name__)
def test_deferred_work_ends_as_direct_work_does(servers, connect, path, work):
    direct, deferred = servers
    before = state(deferred)
    with connect(direct) as session:
        work(session)
        session.commit()
    with connect(deferred) as session:
        with session.deferred_operations(path):
            work(session)
        assert state(deferred) == before, "something was sent from inside of the block"
    with connect(deferred) as session:
        assert session.reconnect_and_commit(path).sent > 0
    assert state(deferred) == state(direct)
    assert state(deferred) != before
    assert str(file.read(path).state.committed)[:2] == "20"


def test_values_recorded_in_the_block_are_read_in_the_block(servers, connect, path):
    with connect(servers[0]) as session:
        before = versions(session)[0]
        with session.deferred_operations(path):
            inside = versions(session)[0]
            before.comment = "seen"
            assert inside.comment == ["seen"]
            new = before.create(comment="new", task=before.Task)
            component = new.Component.create(name="x")
            assert (new.comment, component.name) == (["new"], ["x"])
            assert component.AssetVersion.comment == ["new"]


def test_nested_and_repeated_blocks_record_what_is_theirs(servers, connect, tmp_path):
    server = servers[0]
    with connect(server) as session:
        version = versions(session)[0]
        with session.deferred_operations(tmp_path / "outer.dbm"):
            version.comment = "outer"
            with session.deferred_operations(tmp_path / "inner.dbm"):
                version.comment = "inner"
        with session.deferred_operations(tmp_path / "outer.dbm", clear=False):
            version.is_published = True
    counts = {name: len(file.read(tmp_path / f"{name}.dbm").operations) for name in ("outer", "inner")}
    assert counts == {"outer": 2, "inner": 1}
    with connect(server) as session:
        session.reconnect_and_commit([tmp_path / "inner.dbm", tmp_path / "outer.dbm"])
        assert versions(session)[0].comment == ["outer"]


def values_of(entity):
    return {
        attribute.name: (str(attribute.get_local_value(entity)), str(attribute.get_remote_value(entity)))
        for attribute in entity.attributes
    }


def fail_after(session, path, work):
    with session.deferred_operations(path):
        work(session)
        versions(session)[1].comment = "lost"
        raise ZeroDivisionError


def session_state(session):
    """Everything of a session that a block could leave changed."""
    with session.auto_populating(False):
        entities = {key: values_of(session.cache.get(key)) for key in tuple(session.cache.keys())}
    operations = [repr(vars(operation)) for operation in session.recorded_operations]
    return entities, operations, session.record_operations, session.auto_populate, session.cache.caches[:]


@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.__name__)
def test_a_block_that_raises_leaves_the_session_as_it_was(servers, connect, path, work):
    with connect(servers[0]) as session:
        # What a block asks for stays in the session; so it is asked before.
        with session.deferred_operations(path):
            work(session)
        session.rollback()
        session.reset()
        path.unlink()
        pending = versions(session)[0]
        pending.comment = "pending"
        with pytest.raises(ZeroDivisionError):
            fail_after(session, path, work)
        after = session_state(session)
        assert not path.exists()
        assert pending.comment == ["pending"]
        assert len(after[1]) == 1
        local = [value for values in after[0].values() for value, _ in values.values()]
        assert [value for value in local if "deferred" in value or value == "lost"] == []
        with pytest.raises(ZeroDivisionError):
            fail_after(session, path, work)
        assert session_state(session) == after
