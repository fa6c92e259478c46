"""Requests that nobody should send, made up from a seed and a number: the same two make the same request."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from trackteroid.server.actions import ACTIONS
from trackteroid.server.model import standard_model

MODEL = standard_model()
TYPES = [entity_type for entity_type in MODEL if entity_type.served]
NAMES = sorted({name for entity_type in TYPES for name in entity_type.attributes})

#: What is in each project, by the end of its id.
ENDS = ["", "-shot", "-task", "-asset", "-version", "-component", "-note", "-list", "-item", "-review", "-object"]
IDS = [project + end for project in ("p", "q", "secret") for end in ENDS] + ["user-member", "user-boss", "nothing"]

HOSTILE: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    1,
    2**31,
    2**63 - 1,
    2**63,
    -(2**63) - 1,
    10**40,
    0.1,
    -0.0,
    1e308,
    1e-320,
    "",
    " ",
    "%",
    "_",
    "\\",
    "'",
    '"',
    "'; drop table context; --",
    "\x00",
    "\x7f",
    "\ud800",
    "\u202e",
    "é",
    "e\u0301",
    "ﬁ",
    "İ",
    "😀",
    "a" * 300,
    "{uid}",
    "{}",
    "[]",
    "null",
    "none",
    "NaN",
    "Infinity",
    "2024-02-30",
    "2024-05-01T12:00:00",
    "9999-12-31T23:59:59",
    "0000-00-00",
    [],
    {},
    [[]],
    [None],
    [{}],
    {"": ""},
    {"__type__": "datetime", "value": "x"},
    {"__type__": "datetime"},
    {"__type__": "list_changes", "add": [{}]},
    {"__type__": "list_changes", "add": None, "remove": 3},
    {"__type__": "x"},
    {"__entity_type__": "Task", "id": None},
    {"__entity_type__": [], "id": "p"},
    {"__entity_type__": "Nope", "id": "p-task"},
]

TOKENS = [
    "select",
    "from",
    "where",
    "and",
    "or",
    "not",
    "any",
    "has",
    "in",
    "not_in",
    "is",
    "is_not",
    "like",
    "not_like",
    "before",
    "after",
    "order",
    "by",
    "order by",
    "descending",
    "ascending",
    "limit",
    "offset",
    "group by",
    "count",
    "sum",
    "max",
    "(",
    ")",
    "[",
    "]",
    ",",
    ".",
    "=",
    "!=",
    ">",
    "<",
    ">=",
    "<=",
    "none",
    "True",
    "false",
    '"',
    "'",
    "\\",
    "0",
    "-1",
    "1.5",
    "1e5",
    "9" * 25,
    '"%"',
    '"a_b"',
    '"2024-05-01"',
    "*",
    ";",
    "\n",
    "\t",
    "é",
]

PATHS = [
    "/",
    "/api",
    "/widget",
    "/entity",
    "/entity?type=task&id=x",
    "/entity?type=%00&id=%ff",
    "/healthz",
    "/readyz",
    "/metrics",
    "/component/get",
    "/component/thumbnail",
    "/img/thumbnail2.png",
    "/upload",
    "/socket.io/1/",
    "/socket.io/1/websocket/nobody",
    "/../etc/passwd",
    "/api/",
    "//api",
    "/api?x=1",
    "/%2e%2e/%00",
    "/\u00e9",
]
METHODS = ["GET", "GET", "GET", "POST", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE", "X", "get"]


FILES = [
    ("/component/get", "GET"),
    ("/component/thumbnail", "GET"),
    ("/component/upload", "PUT"),
    ("/component/remove", "DELETE"),
    ("/img/thumbnail2.png", "GET"),
    ("/img/../../x", "GET"),
]


#: Moments and numbers of events, as questions about the past and the log have them.
MOMENTS: list[Any] = [0, 1, 5, 10**6, "2024-05-01T12:00:00", "9999-12-31T23:59:59", "0001-01-01T00:00:00"]
EXPRESSIONS = [
    "topic=*",
    "topic=ftrack.update",
    "topic=ftrack.* and data.entities.entityType=task",
    'source.user.username!="member"',
    "topic",
    "((((",
    "topic=" + "*" * 300,
]
#: What newer actions know, with what may be told of it.
TOLD: dict[str, list[Any]] = {
    "after": MOMENTS,
    "where": EXPRESSIONS,
    "subscriber": [{"id": "x"}, {"id": "x", "applicationId": "y"}],
    "most": [1, 10, 1000],
    "wait": [0, 1, 60, 10**12],
    "group": ["g", "h", "x" * 300],
    "consumer": ["c", "d"],
    "at_most_once": [True, False],
    "lease": [0, 1, 10**9],
    "done": [[1], [1, 2, 3], [10**30]],
    "give_back": [[1], [2, 2]],
    "renew": [[1], [3]],
    "delete": [True, False],
    "url": ["http://127.0.0.1:9/x", "https://[::1]:9", "file:///etc/passwd", "http://169.254.169.254/latest"],
    "webhook": ["w", "p"],
    "secret": ["s" * 40, "s"],
    "paused": [True, False],
    "component_id": IDS,
    "upload_id": ["u", "p-component"],
    "part_number": [0, 1, 10_001],
    "parts": [1, 3, 10**9, [{"part_number": 1, "e_tag": "x"}]],
    "file_name": ["x.mov", "../x", "x" * 300],
    "file_size": [0, 7, 10**15],
    "checksum": ["1B2M2Y8AsgTpgAmY7PhCfg==", "x"],
    "version_id": IDS,
    "keep_original": [True, False],
    "entity_types": [["Task"], ["Task", "Shot"], ["Note"]],
    "attributes": [["name"], ["name", "status_id"], ["content"]],
    "ids": [["p-task"], ["secret-task"], IDS],
}


@dataclass(frozen=True, slots=True)
class Sent:
    """One request."""

    method: str
    path: str
    query: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


class Inputs:
    """Makes requests.

    Args:
        seed: Another one makes others.
        users: The names and keys of those who ask.
        tokens: What signed links to pages have behind ``token=``.
        uploads: What those for files have.
    """

    def __init__(self, seed: int, users: dict[str, str], tokens: list[str], uploads: list[str]) -> None:
        self.seed = seed
        self.uploads = uploads
        self.users = sorted(users.items())
        self.tokens = tokens
        self.chance = random.Random()

    def make(self, number: int) -> Sent:
        """Return the request of a number."""
        self.chance.seed(f"{self.seed}:{number}")
        kinds: list[Callable[[], Sent]] = [*[self.call] * 7, self.page, self.file, self.file, self.elsewhere]
        return self.pick(kinds)()

    def pick(self, values: Any) -> Any:
        """Return one of some values."""
        return values[int(self.chance.random() * len(values))]

    # Requests

    def call(self) -> Sent:
        """A call of the API."""
        operations = [self.operation() for _ in range(self.pick([1, 1, 1, 2, 5]))]
        content: Any = operations
        if self.chance.random() < 0.3:
            content = self.mutated(content)
        try:
            body = json.dumps(content, ensure_ascii=self.chance.random() < 0.5).encode()
        except UnicodeEncodeError:
            body = json.dumps(content).encode()
        except RecursionError:
            body = b"[" * 100_000
        if self.chance.random() < 0.08:
            body = self.spoilt(body)
        return Sent("POST", "/api", b"", self.headers(), body)

    def page(self) -> Sent:
        """A page behind a link, more or less as it was signed."""
        token = self.pick(self.tokens).encode()
        query = b"token=" + (token if self.chance.random() < 0.5 else self.spoilt(token))
        return Sent(
            self.pick(METHODS), "/widget", self.pick([query, query, query, b"", self.noise()]), self.headers(), b""
        )

    def file(self) -> Sent:
        """The data of a component: to be sent, shown, put there or taken away."""
        name, key = self.pick(self.users)
        told = {
            "id": self.pick(IDS),
            "username": name,
            "apiKey": key,
            "size": self.pick(["", "64", "-1", "9" * 30, "x"]),
        }
        for gone in ("id", "username", "apiKey", "size"):
            if self.chance.random() < 0.2:
                del told[gone]
        if self.chance.random() < 0.3:
            told["token"] = self.pick(self.uploads if self.chance.random() < 0.7 else self.tokens)
        query = urlencode(told).encode()
        if self.chance.random() < 0.2:
            query = self.spoilt(query)
        deed, method = self.pick(FILES)
        headers = self.headers() if self.chance.random() < 0.3 else ()
        if self.chance.random() < 0.4:
            ranges = [
                b"bytes=0-3",
                b"bytes=-1",
                b"bytes=5-2",
                b"bytes=0-,1-",
                b"bytes=" + b"9" * 30,
                b"lines=1",
                self.noise(),
            ]
            headers = (*headers, (b"range", self.pick(ranges)))
        if self.chance.random() < 0.2:
            names = [b"if-none-match", b"if-range", b"content-md5", b"content-length", b"if-modified-since"]
            headers = (*headers, (self.pick(names), self.pick([self.noise(), b"*", b'"x"', b"-1"])))
        body = self.noise() if method == "PUT" else b""
        return Sent(method if self.chance.random() < 0.9 else self.pick(METHODS), deed, query, headers, body)

    def elsewhere(self) -> Sent:
        """Any address."""
        body = self.noise() if self.chance.random() < 0.3 else b""
        return Sent(
            self.pick(METHODS),
            self.pick(PATHS),
            self.pick([b"", b"id=p-component", self.noise()]),
            self.headers(),
            body,
        )

    def headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """Those of a known caller, mostly."""
        name, key = self.pick(self.users)
        found = [
            (b"ftrack-user", name.encode()),
            (b"ftrack-api-key", key.encode()),
            (b"content-type", b"application/json"),
        ]
        if self.chance.random() < 0.7:
            found.append((b"ftrack-strict-api", b"true"))
        if self.chance.random() < 0.2:
            found.append(
                (b"ftrack-api-options", self.pick([b"denormalize:1", b"strict:1;denormalize:1", b"\xff", b""]))
            )
        if self.chance.random() < 0.1:
            found.append((b"trackteroid-merges-copies", b"1"))
        if self.chance.random() < 0.05:
            found.append(
                (self.pick([b"content-length", b"origin", b"host", b"content-encoding", b"x-\xff"]), self.noise())
            )
        if self.chance.random() < 0.03:
            found[int(self.chance.random() * 2)] = (b"ftrack-user", self.noise())
        return tuple(found)

    # Operations

    def operation(self) -> Any:
        """Something that is to be done."""
        chance = self.chance.random()
        if chance < 0.5:
            made: Any = {"action": "query", "expression": self.query()}
            if self.chance.random() < 0.15:
                made["as_of"] = self.pick(MOMENTS)
            if self.chance.random() < 0.1:
                made["answer"] = self.pick(["columns", "records"])
        elif chance < 0.85:
            made = self.change()
        else:
            made = self.action()
        return self.mutated(made) if self.chance.random() < 0.35 else made

    def change(self) -> dict[str, Any]:
        """A change of an entity, which may be there."""
        entity_type = self.pick(TYPES)
        action = self.pick(["create", "update", "update", "delete"])
        attributes = list(entity_type.attributes)
        data = {self.pick(attributes): self.value() for _ in range(self.pick([0, 1, 2, 4]))}
        made: dict[str, Any] = {"action": action, "entity_type": entity_type.name}
        if action != "create":
            made["entity_key"] = [self.pick(IDS) for _ in entity_type.primary_key]
        if action != "delete":
            made["entity_data"] = {"__entity_type__": entity_type.name, **data}
        return made

    def action(self) -> dict[str, Any]:
        """Another action, with arguments that it may know."""
        words = [
            "entity_type",
            "entity_key",
            "entity_types",
            "ids",
            "attributes",
            "terms",
            "expression",
            "name",
            "operation",
            "user_id",
            "role_id",
            "project_id",
            "job_id",
            "reset_type",
            "grant",
            "revoke",
            "contextId",
            "theme",
            "key",
        ]
        made: dict[str, Any] = {"action": self.pick(sorted(ACTIONS))}
        for _ in range(self.pick([0, 2, 4])):
            made[self.pick(words)] = self.value()
        for name in self.pick([(), *[list(TOLD)] * 3]):
            if self.chance.random() < 0.5:
                made[name] = self.pick(TOLD[name]) if self.chance.random() < 0.8 else self.value()
        if made["action"] == "_authorize_operation":
            made["operation"] = self.change()
        if made["action"] == "get_widget_url":
            made |= {"name": "info", "entity_type": "Task", "entity_key": [self.pick(IDS)]}
        return made

    def value(self) -> Any:
        """Any value."""
        chance = self.chance.random()
        if chance < 0.35:
            return self.pick(IDS)
        if chance < 0.5:
            return {"__entity_type__": self.pick(TYPES).name, "id": self.pick(IDS)}
        if chance < 0.6:
            return [
                {"__entity_type__": self.pick(TYPES).name, "id": self.pick(IDS)} for _ in range(self.pick([0, 1, 3]))
            ]
        if chance < 0.7:
            members = [{"__entity_type__": self.pick(TYPES).name, "id": self.pick(IDS)}]
            return {"__type__": "list_changes", self.pick(["add", "remove", "x"]): members}
        return self.pick(HOSTILE)

    # Queries

    def query(self) -> str:
        """Text of a query, which may make sense."""
        chance = self.chance.random()
        if chance < 0.15:
            return " ".join(self.pick(TOKENS + NAMES) for _ in range(self.pick([1, 3, 8, 20])))
        text = self.sensible(2)
        if chance < 0.4:
            words = text.split(" ")
            for _ in range(self.pick([1, 1, 3])):
                words[int(self.chance.random() * len(words))] = self.pick(TOKENS + NAMES)
            return " ".join(words)
        return text

    def sensible(self, depth: int) -> str:
        """A query by the grammar."""
        entity_type = self.pick(TYPES)
        text = entity_type.name
        if self.chance.random() < 0.7:
            text = f"select {', '.join(self.path(entity_type) for _ in range(self.pick([1, 2, 5])))} from {text}"
        if self.chance.random() < 0.7:
            text += f" where {self.condition(entity_type, depth)}"
        if self.chance.random() < 0.3:
            text += f" order by {self.path(entity_type)} {self.pick(['', 'descending'])}"
        if self.chance.random() < 0.5:
            text += f" limit {self.pick([0, 1, 10, 100])} offset {self.pick([0, 1, 1000])}"
        return text

    def path(self, entity_type: Any) -> str:
        """A way from a type, over relations."""
        steps: list[str] = []
        for _ in range(self.pick([1, 1, 2, 3, 5])):
            name = self.pick(list(entity_type.attributes)) if entity_type is not None else self.pick(NAMES)
            steps.append(name)
            target = getattr(entity_type.attributes[name], "target", None) if entity_type is not None else None
            if not isinstance(target, str):
                break
            entity_type = MODEL.type(target)
        return ".".join(steps)

    def condition(self, entity_type: Any, depth: int) -> str:
        """What is asked of entities."""
        chance = self.chance.random()
        if depth and chance < 0.2:
            first, second = (self.condition(entity_type, depth - 1) for _ in range(2))
            return f"({first} {self.pick(['and', 'or'])} {second})"
        if depth and chance < 0.27:
            return f"not ({self.condition(entity_type, depth - 1)})"
        if depth and chance < 0.37:
            return (
                f"{self.path(entity_type)} {self.pick(['any', 'has'])} ({self.condition(self.pick(TYPES), depth - 1)})"
            )
        if depth and chance < 0.42:
            return f"{self.path(entity_type)} in ({self.sensible(depth - 1)})"
        if chance < 0.5:
            return f"{self.path(entity_type)} in ({', '.join(self.literal() for _ in range(self.pick([1, 3])))})"
        operator = self.pick(["is", "is_not", "like", "not_like", ">", "<", ">=", "<=", "before", "after", "=", "!="])
        return f"{self.path(entity_type)} {operator} {self.literal()}"

    def literal(self) -> str:
        """A value in a query."""
        value = self.pick([*IDS, *HOSTILE])
        text = value if isinstance(value, str) else json.dumps(value)
        return text if self.chance.random() < 0.2 else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    # Damage

    def mutated(self, value: Any) -> Any:
        """The same with one part of it made into something else."""
        if isinstance(value, dict) and value and self.chance.random() < 0.85:
            key = self.pick(list(value))
            changed = dict(value)
            if self.chance.random() < 0.15:
                del changed[key]
            else:
                changed[key] = self.mutated(value[key])
            return changed
        if isinstance(value, list) and value and self.chance.random() < 0.85:
            place = int(self.chance.random() * len(value))
            return [*value[:place], self.mutated(value[place]), *value[place + 1 :]]
        if self.chance.random() < 0.02:
            nested: Any = value
            for _ in range(self.pick([5, 100, 900])):
                nested = [nested]
            return nested
        return self.pick(HOSTILE)

    def spoilt(self, data: bytes) -> bytes:
        """The same with some bytes changed, lost or doubled."""
        changed = bytearray(data)
        for _ in range(self.pick([1, 1, 4])):
            if not changed:
                break
            place = int(self.chance.random() * len(changed))
            deed = self.pick(["change", "cut", "double", "insert"])
            if deed == "change":
                changed[place] = self.pick(range(256))
            elif deed == "cut":
                del changed[place : place + self.pick([1, 10, 1000])]
            elif deed == "double":
                changed[place:place] = changed[place : place + 20]
            else:
                changed[place:place] = self.noise()
        return bytes(changed)

    def noise(self) -> bytes:
        """Any bytes."""
        return bytes(self.pick(range(256)) for _ in range(self.pick([0, 1, 5, 30])))
