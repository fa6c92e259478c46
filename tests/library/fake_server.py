"""A small ftrack server in memory, over HTTP on the loopback interface, that can lose requests and answers.

It knows just enough of the protocol for the tests of deferred operations: batches that apply completely or not at all,
creates that insist on new keys, deletes and updates that insist on existing ones, and queries by key or plain values.
"""

import copy
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import ftrack_api

SCHEMAS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent.parent / "recorded" / "schemas.json").read_text(encoding="utf-8")
)
PRIMARY_KEYS = {schema["id"]: tuple(schema["primary_key"]) for schema in SCHEMAS}

Row = dict[str, Any]
Key = tuple[str, tuple[str, ...]]


class RefusedError(Exception):
    """The server refuses a batch; nothing of it is kept."""


class FakeServer:
    """The rows of the server, and what it was asked."""

    def __init__(self, server_id: str | None = "fake-server") -> None:
        self.rows: dict[Key, Row] = {}
        self.batches: list[list[Row]] = []
        self.server_id = server_id
        self.fault = None
        self.url = ""

    @property
    def fault(self) -> str | None:
        """What happens to the next request that writes, and to all that follow until it is None again."""
        return self._fault

    @fault.setter
    def fault(self, fault: str | None) -> None:
        self._fault = fault
        self.is_down = False

    def add(self, entity_type: str, **values: Any) -> Row:
        """Store a row as if somebody else had created it, and return it."""
        self.rows[self._key(entity_type, values)] = row = {"__entity_type__": entity_type, **values}
        return row

    def row(self, entity_type: str, *key: str) -> Row | None:
        """Return the stored row, None when there is none."""
        return self.rows.get((entity_type, key))

    def of_type(self, entity_type: str) -> list[Row]:
        """Return all rows of one type."""
        return [row for (name, _), row in self.rows.items() if name == entity_type]

    def writes(self) -> list[list[str]]:
        """Return, per batch that wrote, the actions of the batch."""
        batches = [[operation["action"] for operation in batch] for batch in self.batches]
        return [actions for actions in batches if {"create", "update", "delete"} & set(actions)]

    def answer(self, batch: list[Row]) -> Any:
        """Apply *batch* completely or not at all and return the answer."""
        self.batches.append(copy.deepcopy(batch))
        before = copy.deepcopy(self.rows)
        try:
            return [getattr(self, f"_{operation['action']}")(operation) for operation in batch]
        except RefusedError as error:
            self.rows = before
            return {"exception": "ServerError", "content": str(error), "error_code": None}

    def _query_server_information(self, _: Row) -> Row:
        information = {"version": "dev", "schema_hash": "fake", "is_timezone_support_enabled": True}
        return information if self.server_id is None else {**information, "server_id": self.server_id}

    def _query_schemas(self, _: Row) -> list[Row]:
        return SCHEMAS

    def _create(self, operation: Row) -> Row:
        data = operation["entity_data"]
        key = self._key(operation["entity_type"], data)
        if key in self.rows:
            raise RefusedError(f"IntegrityError: {key} exists already")
        self.rows[key] = dict(data)
        return {"action": "create", "data": dict(data)}

    def _update(self, operation: Row) -> Row:
        key = (operation["entity_type"], tuple(operation["entity_key"]))
        names = PRIMARY_KEYS[operation["entity_type"]]
        identity = dict(zip(names, operation["entity_key"], strict=True))
        if key not in self.rows:
            if not operation["entity_type"].endswith("CustomAttributeValue"):
                raise RefusedError(f"ValueError: Could not find entity {key}")
            self.rows[key] = {"__entity_type__": operation["entity_type"], **identity}
        self.rows[key].update(operation["entity_data"])
        return {"action": "update", "data": {**operation["entity_data"], **identity}}

    def _delete(self, operation: Row) -> Row:
        key = (operation["entity_type"], tuple(operation["entity_key"]))
        if self.rows.pop(key, None) is None:
            raise RefusedError(f"ValueError: Could not find entity {key}")
        return {"action": "delete", "data": True}

    def _query(self, operation: Row) -> Row:
        text = re.sub(r"\s+(offset|limit) \d+", "", operation["expression"])
        parsed = re.fullmatch(r"select (.+?) from (\w+)(?: where (.+))?", text, re.DOTALL)
        assert parsed, f"The fake server does not understand {text!r}"
        projections, entity_type, criterion = parsed.groups()
        names = [name.strip() for name in projections.split(",")]
        rows = [row for row in self.of_type(entity_type) if criterion is None or _matches(row, criterion)]
        data = [self._projected(row, names) for row in rows]
        return {"action": "query", "data": data, "metadata": {"next": {"offset": None}}}

    def _projected(self, row: Row, names: list[str]) -> Row:
        result = {name: row[name] for name in ("__entity_type__", *PRIMARY_KEYS[row["__entity_type__"]])}
        for name in names:
            first, _, rest = name.partition(".")
            value = row.get(first)
            if first == "metadata":
                value = [item for item in self.of_type("Metadata") if item["parent_id"] == row["id"]]
            if rest and isinstance(value, dict):
                known = self.rows[self._key(value["__entity_type__"], value)]
                value = {**result.get(first, {}), **self._projected(known, [rest])}
            result[first] = value
        return result

    def _key(self, entity_type: str, values: Row) -> Key:
        return entity_type, tuple(str(values[name]) for name in PRIMARY_KEYS[entity_type])


def _matches(row: Row, criterion: str) -> bool:
    listed = re.fullmatch(r"\(?(\w+) in \((.*)\)\)?", criterion)
    if listed and " or " not in criterion:
        return str(row.get(listed[1])) in [_unquoted(item) for item in re.findall(_VALUE, listed[2])]
    groups = re.split(r"\)\s*or\s*\(", criterion)
    return any(
        all(str(row.get(name)) == _unquoted(value) for name, value in re.findall(rf"(\w+) is ({_VALUE})", group))
        for group in groups
    )


_VALUE = r'"(?:[^"\\]|\\.)*"|[^\s,()"]+'


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith('"') else text


@contextmanager
def serving(server: FakeServer) -> Iterator[FakeServer]:
    """Serve *server* on a free port of the loopback interface; its ``url`` is valid inside of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            batch = json.loads(self.rfile.read(int(self.headers["content-length"])))
            writes = any(operation["action"] in ("create", "update", "delete") for operation in batch)
            fault = server.fault if writes or server.is_down else None
            server.is_down = fault is not None
            if fault == "request lost":
                self.close_connection = True
                return
            answer = json.dumps(server.answer(batch)).encode()
            if fault == "answer lost":
                self.close_connection = True
                return
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:
            """Keep the output of the tests clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        server.url = f"http://127.0.0.1:{http.server_address[1]}"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


@contextmanager
def connected(
    server: FakeServer, kind: type[ftrack_api.Session] = ftrack_api.Session, **options: Any
) -> Iterator[ftrack_api.Session]:
    """Return a new session of *server*, as another process would have it."""
    session = kind(
        server_url=server.url,
        api_user="artist",
        api_key="secret",
        schema_cache_path=False,
        plugin_paths=[],
        **{"auto_populate": False, **({} if kind is ftrack_api.Session else {"retries": 0}), **options},
    )
    with session:
        assert session.types, "a session that connects lazily does so now"
        yield session
        session.recorded_operations.clear()
