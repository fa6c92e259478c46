"""What pages cost somebody who may see half of the projects, beside what they cost an administrator.

In one process and without a transport, in turns; what is compared is the processor time that each takes (on PostgreSQL,
which works in processes of its own, the time). Everything is asked for twice: in a project that both see, so that both
get the same rows, and of everything, where every other row is invisible.

    python -m benchmarks restricted
    TRACKTEROID_BENCH=s python -m benchmarks restricted     # a quick look, at a smaller scale
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import sqlalchemy as sa

from benchmarks._production import SCALE, Production, databases, named, production
from trackteroid.server.api import Api
from trackteroid.server.auth.access import add_user, store_key
from trackteroid.server.auth.permissions import make_administrator
from trackteroid.server.core.pending import insert_all
from trackteroid.server.model import Model, standard_model
from trackteroid.server.rules import homes
from trackteroid.server.storage.builtin import find_id
from trackteroid.server.storage.database import Database

NOW = "2024-05-01T12:00:00"

#: How many times as long as an administrator's a page may take.
LIMIT = 1.5

#: Pages by what they show. `{project}` is the name of a project that both see, `{id}` the id of one of its tasks.
PAGES = {
    "one by id": 'select name, status.name from Task where id is "{id}"',
    "a name": 'select id from Shot where name is "sh0001" and project.name is "{project}"',
    "tasks of a project": 'select name from Task where project.name is "{project}" limit 500',
    "tasks": "select name from Task limit 500",
    "tasks with references": "select name, status.name, type.name, parent.name, project.name from Task"
    ' where project.name is "{project}" limit 500',
    "versions of a project": "select version, asset.name, status.name, task.name, user.username from AssetVersion"
    ' where asset.parent.project.name is "{project}" order by date descending limit 500',
    "latest versions": "select version, asset.name from AssetVersion where is_latest_version is True limit 500",
    "versions": "select version, asset.name, status.name, task.name from AssetVersion limit 500",
    "the newest versions": "select version, asset.name, task.name from AssetVersion order by date descending limit 500",
    "assets with versions": "select name, versions.version, versions.comment from Asset"
    ' where parent.project.name is "{project}" limit 100',
    "shots with tasks": "select name, children.name, children.status.name from Shot"
    ' where project.name is "{project}" limit 50',
    "assignments": 'select name, assignments.resource.username from Task where project.name is "{project}" limit 500',
    "tasks of somebody": 'select name from Task where project.name is "{project}" and assignments any'
    ' (resource.username is "{artist}") limit 100',
    "metadata": 'select name, metadata from Task where project.name is "{project}" limit 500',
    "metadata of all": "select name, metadata from Task limit 500",
    "by metadata": 'select name from Task where metadata any (key is "k1" and value is "7") limit 100',
    "entries": "select key, value from Metadata limit 500",
    "custom attributes": 'select name, custom_attributes from Task where project.name is "{project}" limit 500',
    "custom attributes of all": "select name, custom_attributes from Task limit 500",
    "by a custom attribute": 'select name from Task where project.name is "{project}"'
    ' and custom_attributes any (key is "frames" and value > 150) limit 100',
    "notes of tasks": "select name, notes.content, notes.author.username from Task"
    ' where project.name is "{project}" limit 200',
    "the newest notes": "select content, author.username from Note order by date descending limit 200",
    "notes": "select content from Note limit 500",
    "components of versions": "select version, components.name, components.component_locations.resource_identifier"
    ' from AssetVersion where asset.parent.project.name is "{project}" limit 200',
    "components": "select name, file_type, size from Component limit 500",
    "components in pages": "select name from FileComponent order by id limit 500 offset 2000",
    "components with versions": "select name, version.version, version.asset.name from FileComponent limit 500",
    "where components are": "select resource_identifier, component.name from ComponentLocation limit 500",
    "the number of tasks": "select count(id) from Task",
    "the number of a project": 'select count(id) from Task where project.name is "{project}"',
    "tasks by status": 'select status.name, count(id) from Task where project.name is "{project}" group by status.name',
    "the number of versions": "select count(id) from AssetVersion",
    "the number of components": "select count(id), sum(size) from Component",
    "projects": "select name, full_name from Project",
    "links": 'select name, link from Task where project.name is "{project}" limit 200',
    "lists": "select name, items.name from TypedContextList limit 50",
    "users": "select username, first_name from User limit 200",
    "a search": "search:comp",
}


class Caller(NamedTuple):
    """Somebody who asks, and their headers."""

    name: str
    headers: dict[str, str]


class Server:
    """A production with notes, metadata and attributes, and people who see different parts of it."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self.model = standard_model()
        self._ids: dict[str, str] = {}
        with self.database.begin(write=True) as connection:
            _furnish(connection, self.model)
            homes.fill(connection, self.model)
            contexts, users = self.model.table("Context"), self.model.table("Resource")
            found = sa.select(contexts.c.id, contexts.c.name).where(contexts.c.concrete_type == "Project")
            self.projects = connection.execute(found.order_by(contexts.c.name)).all()
            first = self.projects[0]
            task = sa.select(contexts.c.id).where(contexts.c.concrete_type == "Task", contexts.c.project_id == first.id)
            self.names = {
                "project": first.name,
                "id": connection.execute(task.limit(1)).scalar_one(),
                "artist": connection.execute(
                    sa.select(users.c.username).where(users.c.username.like("artist%")).order_by(users.c.username)
                )
                .scalars()
                .first(),
            }
            self.administrator = self._caller(connection, "administrator")
            make_administrator(connection, self.model, self._ids["administrator"])
            self.member = self._caller(connection, "member")
            self._grant(connection, "member", [project.id for project in self.projects[::2]])
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("ANALYZE")
        self.api = Api(self.database)

    def _caller(self, connection: sa.Connection, name: str) -> Caller:
        user = add_user(connection, self.model, name)
        self._ids[name] = user.id
        key = store_key(connection, self.model, user.id, now=NOW, label="benchmark")
        return Caller(name, {"ftrack-user": name, "ftrack-api-key": key, "ftrack-strict-api": "true"})

    def _grant(self, connection: sa.Connection, name: str, projects: list[str]) -> None:
        held = self.model.table("UserSecurityRole")
        values = {"id": name, "user_id": self._ids[name], "security_role_id": find_id("SecurityRole", "User")}
        connection.execute(sa.insert(held).values(**values, is_all_open_projects=False))
        rows = [{"id": project, "user_security_role_id": name, "project_id": project} for project in projects]
        insert_all(connection, self.model.table("UserSecurityRoleProject"), rows)

    def body(self, text: str) -> bytes:
        """The call that asks for a page."""
        if text.startswith("search:"):
            expression = "select id, name from Task limit 100"
            return json.dumps([{"action": "search", "expression": expression, "terms": [text[7:]]}]).encode()
        return json.dumps([{"action": "query", "expression": text.format(**self.names)}]).encode()

    def ask(self, caller: Caller, body: bytes) -> bytes:
        """The answer to a call."""
        reply = self.api.respond(caller.headers, body, "http://benchmark.invalid")
        if reply.error is not None:
            raise RuntimeError(reply.body.decode())
        return reply.body

    def close(self) -> None:
        """Close the database."""
        self.database.close()


def _furnish(connection: sa.Connection, model: Model) -> None:
    """Add what generated productions lack: metadata, notes, custom attributes and lists."""
    contexts, versions = model.table("Context"), model.table("AssetVersion")
    found = sa.select(contexts.c.id, contexts.c.project_id, contexts.c.created_by_id, contexts.c.created_at)
    tasks = connection.execute(found.where(contexts.c.concrete_type == "Task").order_by(contexts.c.id)).all()
    made = connection.execute(sa.select(versions.c.id, versions.c.user_id, versions.c.date).limit(len(tasks))).all()

    def add(kind: str, rows: Iterator[dict[str, Any]]) -> None:
        insert_all(connection, model.table(kind), list(rows))

    add(
        "Metadata",
        (
            {"key": f"k{place}", "parent_id": task.id, "parent_type": "Task", "value": str(number % 50)}
            for number, task in enumerate(tasks)
            for place in range(3)
        ),
    )
    owners = [("Task", *task) for task in tasks] + [("AssetVersion", id_, None, *rest) for id_, *rest in made]
    add(
        "Note",
        (
            {
                "id": f"note-{number}", "content": f"Note {number}", "parent_id": id_, "parent_type": kind,
                "user_id": user, "date": date, "is_todo": False,
            }
            for number, (kind, id_, _, user, date) in enumerate(owners)
        ),
    )  # fmt: skip
    projects = sorted({task.project_id for task in tasks})
    add(
        "TypedContextList",
        (
            {
                "id": f"list-{project}-{number}", "name": f"list {number}", "project_id": project, "is_open": True,
                "category_id": find_id("ListCategory", "Default"), "system_type": "task",
                "concrete_type": "TypedContextList",
            }
            for project in projects
            for number in range(10)
        ),
    )  # fmt: skip
    add(
        "ListObject",
        (
            {"id": f"item-{number}", "list_id": f"list-{task.project_id}-{number % 10}", "entity_id": task.id}
            for number, task in enumerate(tasks[::20])
        ),
    )
    add(
        "CustomAttributeConfiguration",
        (
            {
                "id": key, "key": key, "label": key, "entity_type": "task", "config": "{}", "core": False, "sort": 0,
                "type_id": find_id("CustomAttributeType", "number"), "object_type_id": find_id("ObjectType", "Task"),
                "concrete_type": "CustomAttributeConfiguration", "is_hierarchical": False,
            }
            for key in ("frames", "handles")
        ),
    )  # fmt: skip
    add(
        "CustomAttributeValue",
        (
            {
                "configuration_id": "frames", "entity_id": task.id, "value": number % 200, "text": str(number % 200),
                "number": float(number % 200),
            }
            for number, task in enumerate(tasks)
        ),
    )  # fmt: skip


def measure(server: Server, body: bytes, rounds: int, clock: Callable[[], float]) -> tuple[float, float]:
    """The median milliseconds that a page takes an administrator and a member, in turns."""
    callers = (server.administrator, server.member)
    taken: dict[str, list[float]] = {caller.name: [] for caller in callers}
    began = time.perf_counter()
    for caller in callers * 2:
        server.ask(caller, body)
    repeat = max(1, min(20, int(0.02 / max(1e-4, (time.perf_counter() - began) / 4))))
    for number in range(rounds):
        for caller in callers if number % 2 else reversed(callers):
            begin = clock()
            for _ in range(repeat):
                server.ask(caller, body)
            taken[caller.name].append((clock() - begin) * 1000 / repeat)
    administrator, member = (statistics.median(taken[caller.name]) for caller in callers)
    return administrator, member


def report(name: str, made: Production, rounds: int) -> Iterator[str]:
    """The lines about one database."""
    server = Server(made.url)
    clock = time.process_time if name == "SQLite" else time.perf_counter
    ratios: list[float] = []
    try:
        yield f"{name}: {made.rows:,} rows; milliseconds of an administrator, of a member of every other project"
        for title, text in PAGES.items():
            administrator, member = measure(server, server.body(text), rounds, clock)
            ratios.append(member / administrator)
            verdict = "" if ratios[-1] <= LIMIT else f"   (at most {LIMIT:g}: NOT MET)"
            yield f"  {title:28} {administrator:9.2f} {member:9.2f}   ratio {ratios[-1]:4.2f}{verdict}"
    finally:
        server.close()
    met = sum(ratio <= LIMIT for ratio in ratios)
    yield f"  {met} of {len(ratios)} pages at most {LIMIT:g}; the median is {statistics.median(ratios):4.2f}"


def run(rounds: int = 11, scale: str = SCALE) -> Iterator[str]:
    """Yield the lines of the report. Productions have at least four projects, of which a member sees two."""
    size = named(scale)
    shots = 60 if scale == "s" else size.shots
    size = replace(size, projects=max(4, size.projects // 4), shots=shots)
    yield f"{size.projects} projects of {size.shots} shots; medians of {rounds} rounds"
    for name in databases():
        with production(name, size) as made:
            yield from report(name, made, rounds)


if __name__ == "__main__":
    for line in run():
        print(line, flush=True)
