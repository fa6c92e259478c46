"""What a server does on PostgreSQL: transactions side by side, refusals in words, and databases that cannot be used."""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from postgres.cluster import Cluster, without_permissions
from trackteroid.server import Database, DatabaseError, EmbeddedServer
from trackteroid.server.core.asking import ask
from trackteroid.server.storage import migrations
from trackteroid.server.storage.migrations import __main__ as new_revision
from trackteroid.session import Session

Operation = dict[str, Any]

#: Indexes that the third revision adds and drops.
ADDED = (
    *(
        "ix_context_project",
        "ix_entity_setting_parent_id",
        "ix_job_status",
        "ix_metadata_parent_id",
        "ix_note_label_link_note_id",
    ),
    *("ix_resource_last_name", "ix_schema_status_status_id", "ix_schema_type_type_id", "ix_scope_name"),
    *("ix_setting_component_component_id", "ix_timelog_start", "ix_user_application_state_user_id"),
    "ix_workflow_schema_status_workflow_schema_id",
)
DROPPED = {
    "ix_note_label_link_label_id": "note_label_link (label_id)",
    "ix_schema_status_schema_id": "schema_status (schema_id)",
    "ix_schema_type_schema_id": "schema_type (schema_id)",
    "ix_workflow_schema_status_status_id": "workflow_schema_status (status_id)",
}

#: What the sixth revision adds, and what was there instead.
FINDABLE = (
    *("ix_context_parent_id_name", "ix_context_project_name", "ix_component_location_component_id_location_id"),
    *("ix_resource_email", "ix_resource_username", "ix_timer_user_id", "ix_location_name", "ix_resource_group"),
    "ix_resource_group_name_parent_id",
)
UNIQUE = (
    "create unique index uq_context_parent_id_name on context (parent_id, lower(name))",
    "create unique index uq_context_name on context (lower(name)) where concrete_type = 'Project'",
    "create unique index uq_component_location_component_id_location_id "
    "on component_location (component_id, location_id)",
    "create unique index uq_resource_email_caseless on resource (lower(email))",
    "create unique index uq_resource_username_caseless on resource (lower(username))",
    "alter table timer add constraint uq_timer_user_id unique (user_id)",
)


@pytest.fixture(scope="module")
def url(cluster: Cluster) -> str:
    return cluster.new_database()


@pytest.fixture(scope="module")
def server(url: str) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(url)
    yield server
    server.close()


def create(entity_type: str, **values: Any) -> Operation:
    return {"action": "create", "entity_type": entity_type, "entity_data": values}


def query(server: EmbeddedServer, expression: str) -> list[dict[str, Any]]:
    return server.call([{"action": "query", "expression": expression}])[0]["data"]


def publish(server: EmbeddedServer) -> str:
    """The id of a fresh asset of a fresh project."""
    project, asset = str(uuid.uuid4()), str(uuid.uuid4())
    schema = query(server, "ProjectSchema limit 1")[0]["id"]
    server.call(
        [
            create("Project", id=project, name=project, full_name=project, project_schema_id=schema),
            create("Asset", id=asset, name="plate", context_id=project),
        ]
    )
    return asset


def together(calls: list[Callable[[], Any]]) -> list[Any]:
    """The results, or errors, of calls that start at the same moment."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return call()
        except DatabaseError as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_the_tables_are_what_the_model_declares(url: str, server: EmbeddedServer) -> None:
    with server.database.begin(write=False) as connection:
        assert new_revision.differences(connection) == []
        assert migrations.revision_of(connection) == migrations.HEAD


def test_a_database_made_on_postgresql_takes_nothing_from_the_next_one_on_sqlite(server: EmbeddedServer) -> None:
    other = Database("sqlite://")
    with other.begin(write=False) as connection:
        assert new_revision.differences(connection) == []
    other.close()


def test_versions_published_at_the_same_time_get_numbers_of_their_own(server: EmbeddedServer) -> None:
    asset = publish(server)
    answers = together([lambda: server.call([create("AssetVersion", asset_id=asset)]) for _ in range(8)])
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    numbers = sorted(answer[0]["data"]["version"] for answer in answers)
    assert numbers == list(range(1, 9))
    latest = query(server, f'select latest_version.version from Asset where id is "{asset}"')[0]
    assert latest["latest_version"]["version"] == 8


def test_of_timers_started_at_the_same_time_one_runs(server: EmbeddedServer) -> None:
    answers = together([lambda: server.call([create("Timer", name="t")]) for _ in range(4)])
    refusals = [str(answer) for answer in answers if isinstance(answer, Exception)]
    assert len(refusals) == 3
    assert all("DuplicateEntryError" in refusal for refusal in refusals), refusals
    assert len(query(server, "Timer")) == 1


def test_links_that_are_made_first_at_the_same_time_all_work(cluster: Cluster) -> None:
    address = cluster.new_database()
    servers = [EmbeddedServer(address) for _ in range(4)]
    make = [{"action": "get_widget_url", "name": "tasks"}]
    links = together([partial(server.call, make) for server in servers])
    tokens = [parse_qs(urlsplit(answer[0]["widget_url"]).query)["token"][0] for answer in links]
    assert [server.api.page(token, "").status for server in servers for token in tokens] == [200] * 16
    for server in servers:
        server.close()


def test_a_batch_that_others_get_in_the_way_of_starts_again(server: EmbeddedServer) -> None:
    seen: list[str] = []
    scope = str(uuid.uuid4())
    server.call([create("Scope", id=scope, name=f"first {scope}")])
    name, rename = (
        sa.text(text).bindparams(scope=scope)
        for text in (
            "select name from scope where id = :scope",
            "update scope set name = name || '!' where id = :scope",
        )
    )

    def work(connection: sa.Connection) -> str:
        seen.append(connection.execute(name).scalar_one())
        if len(seen) == 1:
            data = {"entity_type": "Scope", "entity_key": [scope], "entity_data": {"name": f"second {scope}"}}
            server.call([{"action": "update", **data}])
        connection.execute(rename)
        return connection.execute(name).scalar_one()

    assert server.database.run(work, write=True) == f"second {scope}!"
    assert seen == [f"first {scope}", f"second {scope}"]


def test_a_batch_that_never_gets_through_beside_others_is_left_alone_in_the_end(server: EmbeddedServer) -> None:
    modes: list[str] = []
    held = sa.text(
        "select mode from pg_locks where relation = 'server_information'::regclass and pid = pg_backend_pid()"
    )

    def work(connection: sa.Connection) -> str:
        modes.extend(connection.execute(held).scalars())
        if "ExclusiveLock" in modes:
            return "done"
        raise sa.exc.OperationalError("", {}, psycopg.errors.SerializationFailure())

    assert server.database.run(work, write=True) == "done"
    assert modes == ["RowShareLock"] * 3 + ["ExclusiveLock"]


def test_reading_sees_one_moment_and_changes_nothing(server: EmbeddedServer) -> None:
    count = sa.text("select count(*) from scope")
    with server.database.begin(write=False) as connection:
        before = connection.execute(count).scalar_one()
        server.call([create("Scope", name=str(uuid.uuid4()))])
        assert connection.execute(count).scalar_one() == before
        with pytest.raises(sa.exc.InternalError, match="read-only"):
            connection.execute(sa.text("delete from scope"))


@pytest.mark.parametrize(
    ("operations", "message"),
    [
        (
            [create("User", username="Grace"), create("User", username="gRACE")],
            'There is a User with username "gRACE" already',
        ),
        ([create("Scope", id="s1", name="a"), create("Scope", id="s1", name="b")], 'Scope "b" \\(id s1\\) exists'),
        ([create("Asset", name="a", context_id="nowhere")], "nowhere"),
        ([create("Scope", name="a\0b")], "ValidationError: The database cannot hold"),
    ],
    ids=["unique text in another case", "primary key", "reference", "a character that PostgreSQL has no text for"],
)
def test_what_the_database_refuses_is_told_in_words(
    server: EmbeddedServer, operations: list[Operation], message: str
) -> None:
    before = len(query(server, "Scope"))
    with pytest.raises(DatabaseError, match=message):
        server.call(operations)
    assert len(query(server, "Scope")) == before


def test_text_compares_without_regard_to_case_in_all_scripts(server: EmbeddedServer) -> None:
    server.call([create("Scope", name="Ärger Łódź")])
    for criterion in ('name is "ärger łódź"', 'name like "%ŁÓDŹ"', 'name in ("x", "ÄRGER ŁÓDŹ")'):
        assert [record["name"] for record in query(server, f"select name from Scope where {criterion}")] == [
            "Ärger Łódź"
        ], criterion


def test_an_object_type_is_known_to_every_server_of_the_database(url: str, server: EmbeddedServer) -> None:
    other = EmbeddedServer(url)
    with pytest.raises(DatabaseError, match="There is no entity type Turntable"):
        query(other, "Turntable")
    server.call([create("ObjectType", name="Turntable", is_typeable=True)])
    assert query(other, "Turntable") == []
    with pytest.raises(DatabaseError, match="needs another name"):
        other.call([create("ObjectType", name="Turn table")])
    assert query(server, "Turntable") == []
    other.close()


def test_a_session_may_live_on_a_database_directly(url: str, server: EmbeddedServer) -> None:
    with Session(server_url=url, plugin_paths=[], schema_cache_path=False) as session:
        scope = session.create("Scope", {"name": "direct"})
        session.commit()
        assert session.query(f'Scope where id is "{scope["id"]}"').one()["name"] == "direct"
    assert [record["id"] for record in query(server, 'Scope where name is "DIRECT"')] == [scope["id"]]


def unusable(cluster: Cluster) -> dict[str, tuple[str, str]]:
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        connection.execute("create database latin encoding latin1 template template0 locale 'C'")
        connection.execute("create database foreign_tables")
    with psycopg.connect(cluster.url_of("foreign_tables")) as connection:
        connection.execute("create table things (name text)")
    good = cluster.url_of("x")
    return {
        "no such database": (good, "createdb --encoding=UTF8 --template=template0 x"),
        "wrong password": (good.replace(cluster.password, "sesame"), "Check the user and password"),
        "nobody listens": ("postgresql://ann:sesame@127.0.0.1:1/x", "Check that PostgreSQL runs there"),
        "another encoding": (cluster.url_of("latin"), "has the encoding LATIN1"),
        "another program's": (cluster.url_of("foreign_tables"), "another program"),
    }


def test_a_database_that_cannot_be_used_is_named_without_its_password(cluster: Cluster) -> None:
    for case, (address, expected) in unusable(cluster).items():
        with pytest.raises(DatabaseError) as caught:
            Database(address)
        assert expected in str(caught.value), case
        for secret in ("sesame", cluster.password):
            assert secret not in str(caught.value), case


def test_a_database_of_a_newer_version_is_left_alone(cluster: Cluster) -> None:
    address = cluster.new_database()
    Database(address).close()
    with psycopg.connect(address) as connection:
        connection.execute("update alembic_version set version_num = '0999'")
    with pytest.raises(DatabaseError, match="newer version of Trackteroid"):
        Database(address)


def test_servers_that_start_at_the_same_time_make_the_database_once(cluster: Cluster) -> None:
    address = cluster.new_database()
    servers = together([lambda: EmbeddedServer(address) for _ in range(4)])
    assert sorted(server.database.is_fresh for server in servers) == [False, False, False, True]
    assert [record["username"] for record in query(servers[0], "select username from User")] == ["demo"]
    for server in servers:
        server.close()


def test_an_old_database_gets_the_indexes_of_a_fresh_one(cluster: Cluster) -> None:
    address = cluster.new_database()
    Database(address).close()
    with psycopg.connect(address) as connection:
        fresh = indexes(connection)
        without_permissions(connection)
        connection.execute("update alembic_version set version_num = '0002'")
        for name in (*ADDED, *FINDABLE):
            connection.execute(f"drop index {name}")
        for statement in UNIQUE:
            connection.execute(statement)
        for name, place in DROPPED.items():
            connection.execute(f"create index {name} on {place}")
    Database(address).close()
    with psycopg.connect(address) as connection:
        assert indexes(connection) == fresh


def test_two_swap_their_names_and_two_at_the_same_time_do_not_get_one(server: EmbeddedServer) -> None:
    for kind, name in (("Location", "name"), ("Scope", "name"), ("Group", "name"), ("User", "username")):
        one, two = (str(uuid.uuid4()) for _ in range(2))
        server.call([create(kind, id=each, **{name: each}) for each in (one, two)])
        swap = [{"action": "update", "entity_type": kind, "entity_key": [each]} for each in (one, two)]
        server.call([{**swap[0], "entity_data": {name: two}}, {**swap[1], "entity_data": {name: one}}])

        def make(kind: str = kind, name: str = name, one: str = one) -> str:
            try:
                server.call([create(kind, **{name: f"new {one}"})])
            except DatabaseError as error:
                return str(error)
            return "made"

        made = together([make] * 6)
        assert made.count("made") == 1
        assert all(f'There is a {kind} with {name} "new {one}"' in told for told in made if told != "made")


def indexes(connection: psycopg.Connection[Any]) -> dict[str, str]:
    return dict(connection.execute("select indexname, indexdef from pg_indexes where schemaname = 'public'").fetchall())


def test_one_more_revision_is_applied_to_what_is_there(
    cluster: Cluster, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = cluster.new_database()
    server = EmbeddedServer(address)
    asset = publish(server)
    server.close()
    (tmp_path / "9001_more.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision, down_revision = '9001', '{migrations.HEAD}'\n"
        "def upgrade():\n"
        "    with op.batch_alter_table('asset') as table:\n"
        "        table.add_column(sa.Column('colour', sa.Text(), server_default='green'))\n"
    )
    monkeypatch.setattr(migrations, "FOLDERS", (*migrations.FOLDERS, tmp_path))
    monkeypatch.setattr(migrations, "HEAD", "9001")
    database = Database(address)
    with database.begin(write=False) as connection:
        assert connection.execute(sa.text("select id, colour from asset")).all() == [(asset, "green")]
    database.close()


@pytest.mark.skipif(os.name == "nt", reason="the server of the tests is stopped by a signal")
def test_a_lost_connection_is_an_error_object_and_the_next_call_works(url: str, server: EmbeddedServer) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where application_name = 'trackteroid' and pid <> pg_backend_pid()"
        )
    assert query(server, "User")


def test_a_connection_that_is_gone_is_not_used_again(cluster: Cluster) -> None:
    database = Database(cluster.new_database())

    def lose() -> None:
        with database.begin(write=False) as connection:
            backend = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
            with psycopg.connect(cluster.url, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", (backend,))
            ask(connection, "SELECT 1", {}, 1)

    try:
        with pytest.raises(OperationalError) as caught:
            lose()
        assert caught.value.connection_invalidated
        with database.begin(write=False) as connection:
            assert ask(connection, "SELECT 1", {}, 1)[0] == [(1,)]
    finally:
        database.close()
