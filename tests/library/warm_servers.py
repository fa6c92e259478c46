"""A small production, and servers that tell of it in different manners: they repeat different things, and say the same.

A record that says no more than which entity is meant is *bare*, one that says all that was asked for is *full*.
"""

import json
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from random import Random
from typing import Any

import ftrack_api
import requests
from requests.adapters import BaseAdapter

from trackteroid.server import EmbeddedServer
from trackteroid.session import Session

URL = "http://warm.invalid"
Record = dict[str, Any]
Key = tuple[str, ...]


class Manner:
    """The manner of our own server: once for who merges every copy, else full wherever ftrack_api might need it."""

    options = "strict:1"
    heeds_the_header = True

    def __init__(self, keys: dict[str, tuple[str, ...]]) -> None:
        self._keys = keys

    def tell(self, rows: list[Record]) -> list[Record]:
        """The rows of an answer in this manner."""
        return rows

    def note(self, record: Record) -> None:
        """Take note of what the answer to a commit told."""

    def key(self, record: Record) -> Key:
        return (record["__entity_type__"], *(record[name] for name in self._keys[record["__entity_type__"]]))

    def bare(self, record: Record) -> Record:
        names = ("__entity_type__", *self._keys[record["__entity_type__"]])
        return {name: record[name] for name in names}


class Careful(Manner):
    """The manner of our own server with who does not say that every copy is merged."""

    heeds_the_header = False


class Repeating(Careful):
    """Every entity wherever it is, as far as it was asked for there."""

    options = "strict:1;denormalize:1"


class Normalising(Careful):
    """Every entity in full where it comes first in the text of the answer, and bare from then on."""

    def tell(self, rows: list[Record]) -> list[Record]:
        known: dict[Key, Record] = {}
        for record in _records(rows):
            known.setdefault(self.key(record), {}).update(record)
        told: set[Key] = set()

        def write(value: Any) -> Any:
            if isinstance(value, list):
                return [write(item) for item in value]
            if not _is_record(value):
                return value
            key = self.key(value)
            if key in told:
                return self.bare(value)
            told.add(key)
            return {name: write(item) for name, item in known[key].items()}

        return write(rows)


class Mixing(Careful):
    """Every entity bare, full or anything between, at random, but somewhere everything that was asked for."""

    def __init__(self, keys: dict[str, tuple[str, ...]]) -> None:
        super().__init__(keys)
        self._random = Random(0)

    def tell(self, rows: list[Record]) -> list[Record]:
        copies: dict[Key, list[Record]] = {}
        for record in _records(rows):
            copies.setdefault(self.key(record), []).append(record)
        for several in copies.values():
            for name in {name for record in several for name in record if name not in self.bare(record)}:
                holders = [record for record in several if name in record]
                value = holders[0][name]
                # Relations stay where they are, so that all that is in them stays.
                if len(several) > 1 and not any(
                    _is_record(item) for item in (value if isinstance(value, list) else [value])
                ):
                    chosen = self._random.choice(several)
                    for record in several:
                        record.pop(name, None)
                    chosen[name] = value
        return rows


class Remembering(Careful):
    """Nothing that this client was told before: entities that it knows come bare, or with what is new of them."""

    def __init__(self, keys: dict[str, tuple[str, ...]]) -> None:
        super().__init__(keys)
        self.told: dict[tuple[Key, str], Any] = {}

    def tell(self, rows: list[Record]) -> list[Record]:
        return [self._write(row) for row in rows]

    def note(self, record: Record) -> None:
        self._write(record)

    def _write(self, record: Record) -> Record:
        key, written = self.key(record), self.bare(record)
        for name, value in record.items():
            if name in written:
                continue
            children = [item for item in (value if isinstance(value, list) else [value]) if _is_record(item)]
            said = [self.key(child) for child in children] if children else value
            told = [self._write(child) for child in children]
            is_known = (key, name) in self.told and self.told[key, name] == said
            self.told[key, name] = said
            if not is_known or any(len(each) > len(self.bare(each)) for each in told):
                written[name] = value if not children else told if isinstance(value, list) else told[0]
        return written


MANNERS: dict[str, type[Manner]] = {
    "our server": Manner,
    "our server, as for others": Careful,
    "one that repeats": Repeating,
    "one that normalises": Normalising,
    "one that mixes": Mixing,
    "one that remembers": Remembering,
}


def _is_record(value: Any) -> bool:
    return isinstance(value, dict) and "__entity_type__" in value


def _records(value: Any) -> Iterator[Record]:
    for item in value if isinstance(value, list) else [value]:
        if _is_record(item):
            yield item
            for each in item.values():
                yield from _records(each)


@lru_cache(maxsize=1)
def _keys_of(server: EmbeddedServer) -> dict[str, tuple[str, ...]]:
    return {each["id"]: tuple(each["primary_key"]) for each in server.call([{"action": "query_schemas"}])[0]}


class Telling(BaseAdapter):
    """The production's server, for one client and in one manner."""

    def __init__(self, server: EmbeddedServer, manner: type[Manner]) -> None:
        super().__init__()
        self._server = server
        self._kind = manner
        self._keys = _keys_of(server)
        self.forget()

    def forget(self) -> None:
        """Take the client for a new one."""
        self._manner = self._kind(self._keys)

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        headers = {name.lower(): str(value) for name, value in request.headers.items()}
        headers["ftrack-api-options"] = self._manner.options
        if not self._manner.heeds_the_header:
            headers.pop("trackteroid-merges-copies", None)
        body = request.body if isinstance(request.body, bytes) else (request.body or "").encode()
        answer = json.loads(self._server.api.respond(headers, body, URL).body)
        for operation, result in zip(json.loads(body), answer, strict=False) if isinstance(answer, list) else ():
            if operation["action"] == "query":
                result["data"] = self._manner.tell(result["data"])
            elif operation["action"] in ("create", "update"):
                self._manner.note(result["data"])
        response = requests.Response()
        response.status_code, response.encoding, response.url = 200, "utf-8", str(request.url)
        response._content = json.dumps(answer).encode()
        response.headers["content-type"] = "application/json"
        response.request = request
        return response

    def close(self) -> None:
        pass


def connect(
    server: EmbeddedServer, manner: type[Manner] = Manner, *, stock: bool = False, url: str | None = None
) -> Any:
    """A session of ours, or of the official client, that is told of the production in this manner.

    With the *url* of the server it talks to that, in the server's own manner.
    """
    adapter = Telling(server, manner) if url is None else None
    base: Any = ftrack_api.Session if stock else Session

    class Client(base):
        @property
        def _request(self) -> requests.Session:
            return base._request.fget(self)

        @_request.setter
        def _request(self, value: requests.Session | None) -> None:
            if value is not None and adapter is not None:
                value.mount(URL, adapter)
            base._request.fset(self, value)

    client = Client(
        server_url=url or URL,
        api_key=server.api_key,
        api_user=server.username,
        plugin_paths=[],
        schema_cache_path=False,
        auto_populate=False,
    )
    assert client.types
    client.adapter = adapter
    return client


def forget(session: Any) -> None:
    """Let a session know nothing, like one that was just made."""
    session.rollback()
    session.cache.clear()
    if session.adapter is not None:
        session.adapter.forget()


def small_production(database: str = "sqlite://") -> EmbeddedServer:
    """A server with two sequences of two shots each, and something of every kind in them, on an empty database."""
    server = EmbeddedServer(database)
    with connect(server) as session, session.auto_populating(True):
        schema = session.query('ProjectSchema where name is "VFX"').one()
        statuses = {kind: schema.get_statuses(kind) for kind in ("Shot", "Task", "AssetVersion")}
        me = session.query("User").first()
        bob = session.create("User", {"username": "bob", "first_name": "Bob", "is_active": True})
        project = session.create("Project", {"name": "show", "full_name": "The show", "project_schema": schema})
        category = session.query("ListCategory").first()
        chosen = session.create("TypedContextList", {"name": "chosen", "project": project, "category": category})
        session.commit()
        for number in range(2):
            sequence = session.create("Sequence", {"name": f"sq{number}", "parent": project})
            for place in range(2):
                shot = session.create("Shot", {"name": f"sh{number}{place}", "parent": sequence})
                shot["status"] = statuses["Shot"][place]
                _fill(session, shot, [me, bob], statuses)
                chosen["items"].append(shot)
            session.commit()
        versions = session.query("select id, version from AssetVersion order by id").all()
        for one, other in pairwise(versions):
            session.create("AssetVersionLink", {"from": one, "to": other})
        session.commit()
    return server


def _fill(session: Any, shot: Any, people: list[Any], statuses: dict[str, list[Any]]) -> None:
    shot["metadata"]["camera"] = "a"
    note = session.create("Note", {"content": "first", "author": people[0]})
    shot["notes"].append(note)
    note["replies"].append(session.create("Note", {"content": "reply", "author": people[1]}))
    kinds = session.query("select name from AssetType").all()
    for number, person in enumerate(people):
        task = session.create("Task", {"name": f"task{number}", "parent": shot})
        task["status"] = statuses["Task"][number]
        session.create("Appointment", {"context": task, "resource": person, "type": "assignment"})
        session.create("Timelog", {"user": person, "context": task, "duration": 60.0})
        asset = session.create("Asset", {"name": f"asset{number}", "parent": shot, "type": kinds[number]})
        for _ in range(2):
            version = session.create("AssetVersion", {"asset": asset, "task": task, "user": person, "comment": "x"})
            version["status"] = statuses["AssetVersion"][number]
            component = session.create("FileComponent", {"name": "main", "version": version, "file_type": ".exr"})
            location = session.query('Location where name is "ftrack.unmanaged"').one()
            session.create(
                "ComponentLocation",
                {"component": component, "location": location, "resource_identifier": component["id"]},
            )
