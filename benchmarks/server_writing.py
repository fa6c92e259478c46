"""How fast the server takes writes in bulk: creates, updates and deletes of one call, against SQL written by hand.

The hand-written SQL puts the same rows into the same tables with `executemany`, and checks nothing. Both run in turns
on a database of their own, without a transport; what counts are the ratios of processor time. On PostgreSQL the
database works in other processes, so the time on the clock is told too.

    python -m benchmarks server_writing
    TRACKTEROID_BENCH=s python -m benchmarks server_writing     # a quick look, with fewer rows
"""

from __future__ import annotations

import statistics
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa

from benchmarks._production import SCALE, databases, empty
from trackteroid.server.embedded import EmbeddedServer
from trackteroid.server.model import standard_model

Operation = dict[str, Any]
Row = dict[str, Any]
Statement = tuple[str, Sequence[tuple[Any, ...]]]

#: Entities of one call.
ROWS = {"s": 1_000, "m": 10_000}.get(SCALE, 10_000)
MODEL = standard_model()


def create(entity_type: str, **data: Any) -> Operation:
    return {"action": "create", "entity_type": entity_type, "entity_data": {"__entity_type__": entity_type, **data}}


def update(entity_type: str, key: str, **data: Any) -> Operation:
    content = {"__entity_type__": entity_type, **data}
    return {"action": "update", "entity_type": entity_type, "entity_key": [key], "entity_data": content}


def delete(entity_type: str, key: str) -> Operation:
    return {"action": "delete", "entity_type": entity_type, "entity_key": [key]}


def new_ids(count: int) -> list[str]:
    return [str(uuid.uuid4()) for _ in range(count)]


class Seconds(NamedTuple):
    """What something has taken: of this process, and on the clock."""

    processor: float
    clock: float


def taken(work: Callable[[], object]) -> Seconds:
    """What *work* takes."""
    begin = time.process_time(), time.perf_counter()
    work()
    return Seconds(time.process_time() - begin[0], time.perf_counter() - begin[1])


class Studio:
    """A server with a project, and the same database for SQL written by hand."""

    def __init__(self, url: str) -> None:
        self.server = EmbeddedServer(url)
        self.engine = self.server.database.engine
        self.project = str(uuid.uuid4())
        self.call([create("Project", id=self.project, name="writing", full_name="writing")])

    def call(self, operations: Sequence[Operation]) -> Seconds:
        """Send one call; the time without what the client does."""
        headers = {"ftrack-user": self.server.username, "ftrack-api-key": self.server.api_key}
        body = orjson.dumps(operations)
        reply: Any = None

        def send() -> None:
            nonlocal reply
            reply = self.server.api.respond(headers, body, "http://benchmark.invalid")

        seconds = taken(send)
        if reply.error is not None:
            raise RuntimeError(str(reply.error))
        return seconds

    def rows(self, table: str, column: str, keys: Iterable[str]) -> list[Row]:
        """The rows of a table, as the server has made them."""
        found = MODEL.metadata.tables[table]
        wanted = set(keys)
        with self.server.database.begin(write=False) as connection:
            return [dict(row) for row in connection.execute(sa.select(found)).mappings() if row[column] in wanted]

    def by_hand(self, statements: Sequence[Statement]) -> Seconds:
        """Run statements for many rows each, in one transaction and without anything between them and the driver."""
        place = "?" if self.engine.dialect.name == "sqlite" else "%s"

        def write() -> None:
            with self.server.database.begin(write=True) as connection:
                for statement, rows in statements:
                    connection.exec_driver_sql(statement.replace("?", place), list(rows))

        return taken(write)


def inserted(table: str, rows: Sequence[Row]) -> Statement:
    """The statement that inserts rows, with the columns that have a value in any of them."""
    names = [name for name in rows[0] if any(row[name] is not None for row in rows)]
    quoted, places = ", ".join(f'"{name}"' for name in names), ", ".join("?" for _ in names)
    return f"INSERT INTO {table} ({quoted}) VALUES ({places})", [tuple(row[name] for name in names) for row in rows]


def deleted(table: str, column: str, keys: Iterable[str]) -> Statement:
    """The statement that deletes the rows of a table by a column."""
    return f"DELETE FROM {table} WHERE {column} = ?", [(key,) for key in keys]


#: What belongs to a context besides its own row: the table, the column with its id, and the key of the rows.
PARTS = (("status_change", "parent_id", "id"), ("context_ancestor", "context_id", ""))


class Round:
    """The same work in both ways, on rows of their own."""

    def __init__(self, studio: Studio, count: int) -> None:
        self.studio = studio
        self.shots, self.tasks = new_ids(count), new_ids(count)

    def run(self) -> Iterator[tuple[str, Seconds, Seconds]]:
        """Yield what was done, and the time of the server and of SQL by hand."""
        yield from self._created(
            "create shots of a project", "Shot", self.shots, [self.studio.project] * len(self.shots)
        )
        yield from self._created("create a task of each shot", "Task", self.tasks, self.shots)
        yield "update descriptions", *self._updated("Shot", self.shots, "description")
        yield "update names", *self._updated("Task", self.tasks, "name")
        yield "delete tasks", *self._deleted("Task", self.tasks)
        yield "delete shots", *self._deleted("Shot", self.shots)

    def _created(
        self, title: str, entity_type: str, ids: Sequence[str], parents: Sequence[str]
    ) -> Iterator[tuple[str, Seconds, Seconds]]:
        mark = uuid.uuid4().hex[:6]
        named = enumerate(zip(ids, parents, strict=True))
        server = self.studio.call(
            [create(entity_type, id=key, name=f"{mark}{number}", parent_id=parent) for number, (key, parent) in named]
        )
        again = dict(zip(ids, new_ids(len(ids)), strict=True))
        tables = [("context", "id", "id"), *PARTS]
        statements = []
        for table, column, key in tables:
            rows = [row | {column: again[row[column]]} for row in self.studio.rows(table, column, ids)]
            fresh = new_ids(len(rows)) if key != column and key else [None] * len(rows)
            rows = [row if new is None else row | {key: new} for row, new in zip(rows, fresh, strict=True)]
            rows = [row | {"name": f"h{row['name']}"} if "name" in row else row for row in rows]
            statements.append(inserted(table, rows))
        by_hand = self.studio.by_hand(statements)
        self.studio.by_hand([deleted(table, column, again.values()) for table, column, _ in tables[::-1]])
        yield title, server, by_hand

    def _updated(self, entity_type: str, ids: Sequence[str], column: str) -> tuple[Seconds, Seconds]:
        server = self.studio.call([update(entity_type, key, **{column: f"u{key}"}) for key in ids])
        statement = f"UPDATE context SET {column} = ?, {column}_folded = NULL WHERE id = ?"
        return server, self.studio.by_hand([(statement, [(f"v{key}", key) for key in ids])])

    def _deleted(self, entity_type: str, ids: Sequence[str]) -> tuple[Seconds, Seconds]:
        tables = [("context", "id"), *((table, column) for table, column, _ in PARTS)]
        kept = [(table, self.studio.rows(table, column, ids)) for table, column in tables]
        by_hand = self.studio.by_hand([deleted(table, column, ids) for table, column in tables[::-1]])
        self.studio.by_hand([inserted(table, rows) for table, rows in kept if rows])
        return self.studio.call([delete(entity_type, key) for key in ids]), by_hand


#: What is done -> how many times as long as SQL by hand it may take.
LIMITS = {"create": 4.0, "update": 12.0, "delete": 6.0}


def measure(studio: Studio, count: int, rounds: int) -> dict[str, list[tuple[Seconds, Seconds]]]:
    """The times of each kind of work, by its title; the first round does not count."""
    times: dict[str, list[tuple[Seconds, Seconds]]] = {}
    for number in range(rounds + 1):
        for title, server, by_hand in Round(studio, count).run():
            if number:
                times.setdefault(title, []).append((server, by_hand))
    return times


def report(times: Mapping[str, Sequence[tuple[Seconds, Seconds]]], count: int) -> Iterator[str]:
    """The lines about one database."""
    for title, taken_by in times.items():
        server = statistics.median(server.processor for server, _ in taken_by)
        clock = statistics.median(server.clock for server, _ in taken_by)
        ratio = statistics.median(server.processor / by_hand.processor for server, by_hand in taken_by)
        limit = LIMITS[title.split()[0]]
        met = "met" if ratio <= limit else "NOT MET"
        yield (
            f"  {title:28} {count / server:8,.0f} rows/s of processor   {count / clock:8,.0f} rows/s   "
            f"{ratio:5.2f} times SQL by hand (at most {limit:g}: {met})"
        )


def run(count: int = ROWS, rounds: int = 3) -> Iterator[str]:
    """Yield the lines of the report."""
    yield f"{count:,} entities in one call; medians of {rounds} rounds"
    for name in databases():
        with empty(name) as url:
            studio = Studio(url)
            try:
                yield f"{name}:"
                yield from report(measure(studio, count, rounds), count)
            finally:
                studio.server.close()


if __name__ == "__main__":
    for line in run():
        print(line)
