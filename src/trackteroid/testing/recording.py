"""Recording what a real server answers to a tool, as a file to read, to keep and to replay.

A recording is JSON: what the server says of itself, and one block for each call, what was asked and what came. The
schema of the server is in a file of its own beside, which all recordings of that schema share.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias, cast
from unittest import mock

import ftrack_api
import requests

from trackteroid.client.requests_log import TOO_MANY_REQUESTS, UNAVAILABLE
from trackteroid.client.sending import connection_of

Json: TypeAlias = Any
FORMAT = 1
_UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
_CONNECTING = frozenset({"query_server_information", "query_schemas"})
#: What stands in place of a secret, and of an address of somebody's.
REMOVED, SOMEBODY = "<removed>", "somebody@example.com"
_NAMES = re.compile(
    r"(?i)(?:^|_)(?:api_?key|apikey|key_hash|password|passwd|secret|token|totp|cookie|session_key)(?:$|_)"
)
_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_SIGNED = re.compile(r"(https?://[^\s\"'?]+)\?[^\s\"']+")
#: Values of these names are never secrets, although they look so: the names of entities' keys.
_HARMLESS = frozenset({"entity_key", "primary_key", "key"})


@dataclass(frozen=True, slots=True)
class RemovedFrom:
    """What is removed from a recording, besides what always is.

    Always removed are the values of names such as ``api_key``, ``password`` and ``token``, addresses of e-mail, what
    follows the question mark of URLs, and the key and the address of the session that is recorded.

    Args:
        names: Names whose values are removed, at any depth.
        patterns: Regular expressions by what takes the place of what they match, in texts of all kinds.

    >>> RemovedFrom(names=("bid",), patterns={"<project>": r"secret_show\\w*"})  # doctest: +SKIP
    """

    names: tuple[str, ...] = ()
    patterns: Mapping[str, str] | None = None

    def cleaner(self, literals: Iterable[str] = (), *, by_name: bool = True) -> Callable[[Json], Json]:
        """Return a function that returns a value without what is removed, *literals* included.

        Names say nothing of values in a schema, where ``password`` is an attribute.
        """
        rules = [(re.compile(re.escape(each)), REMOVED) for each in literals if each]
        rules += [(re.compile(pattern), shown) for shown, pattern in (self.patterns or {}).items()]

        def clean(value: Json) -> Json:
            if isinstance(value, dict):
                items = cast("dict[str, Json]", value).items()
                return {
                    name: REMOVED if by_name and self._is_secret(name, each) else clean(each) for name, each in items
                }
            if isinstance(value, list):
                return [clean(each) for each in cast("list[Json]", value)]
            return self._text(value, rules) if isinstance(value, str) else value

        return clean

    def _is_secret(self, name: str, value: Json) -> bool:
        if value is None or value == "":
            return False
        return name in self.names or (name not in _HARMLESS and _NAMES.search(name) is not None)

    def _text(self, text: str, rules: Iterable[tuple[re.Pattern[str], str]]) -> str:
        for pattern, shown in rules:
            text = pattern.sub(lambda _, shown=shown: shown, text)
        return _SIGNED.sub(rf"\1?{REMOVED}", _EMAIL.sub(SOMEBODY, text))


STANDARD = RemovedFrom()


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One call: the operations that were sent, and what was answered; an object if that was an error."""

    ask: Json
    answer: Json

    @property
    def is_reading(self) -> bool:
        """Whether it only asks."""
        return all(str(each.get("action")).startswith(("query", "search")) for each in self.ask)


@dataclass(slots=True)
class Recording:
    """The calls of a tool, with what a server says of itself."""

    information: Json
    schemas: Json
    calls: list[RecordedCall] = field(default_factory=list[RecordedCall])

    def write(self, path: Path) -> None:
        """Write it into a file, and the schema beside that."""
        text = json.dumps(self.schemas, sort_keys=True, separators=(",", ":"))
        schema = path.with_name(f"schema-{hashlib.sha256(text.encode()).hexdigest()[:12]}.json")
        path.parent.mkdir(parents=True, exist_ok=True)
        schema.write_text(text + "\n", encoding="utf-8", newline="\n")
        calls = [{"ask": each.ask, "reply": each.answer} for each in self.calls]
        content = {"format": FORMAT, "schema": schema.name, "server": self.information, "calls": calls}
        shown = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)
        path.write_text(shown + "\n", encoding="utf-8", newline="\n")

    @classmethod
    def read(cls, path: Path) -> Recording:
        """Return what is in a file.

        Raises:
            ValueError: It is no recording, or one of a newer version.
        """
        if not path.exists():
            near = sorted(each.name for each in path.parent.glob("*.json") if not each.name.startswith("schema-"))
            raise FileNotFoundError(f"There is no recording {path}. Beside it there are: {', '.join(near) or 'none'}.")
        content: Json = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(content, dict) or content.get("format") != FORMAT:  # pyright: ignore[reportUnknownMemberType]
            raise ValueError(f"{path} is no recording, or one of another version. Record it again.")
        found = cast("dict[str, Any]", content)
        schemas = json.loads((path.parent / str(found["schema"])).read_text(encoding="utf-8"))
        return cls(found["server"], schemas, [RecordedCall(each["ask"], each["reply"]) for each in found["calls"]])

    def number_ids(self) -> None:
        """Let ids of entities be numbers, in the order in which they come."""
        numbers: dict[str, str] = {}

        def number(found: re.Match[str]) -> str:
            return numbers.setdefault(found[0], f"00000000-0000-4000-8000-{len(numbers) + 1:012}")

        for place, call in enumerate(self.calls):
            ask, answer = (json.loads(_UUID.sub(number, json.dumps(each))) for each in (call.ask, call.answer))
            self.calls[place] = RecordedCall(ask, answer)


class NewIds:
    """The ids that a client makes up, which are others each time: numbered in the order in which they come."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def named(self, ask: Json) -> Json:
        """Return operations, or what answers them, with names in place of ids that were made up."""
        for each in cast("list[dict[str, Any]]", ask):
            data: dict[str, Json] = each.get("entity_data") or {}
            made = data.get("id")
            if each.get("action") == "create" and isinstance(made, str):
                self._names.setdefault(made, f"<new {len(self._names) + 1}>")
        return self.shown(ask)

    def shown(self, value: Json) -> Json:
        """Return a value with names in place of ids that are known."""
        return _replaced(value, self._names)

    def meant(self, value: Json) -> Json:
        """Return a value with ids in place of names."""
        return _replaced(value, {name: made for made, name in self._names.items()})


@contextmanager
def record(
    path: str | Path,
    session: ftrack_api.Session | None = None,
    *,
    removed: RemovedFrom = STANDARD,
    keep_ids: bool = True,
) -> Generator[Recording]:
    """Record what the server answers to sessions, for the time of a block, into a file for `replay`.

    The file is written at the end of a block that does not raise. It is meant to be read, and to be committed.

    Args:
        path: The file.
        session: A session of ours or of the official client. Without one, those that connect in the block are recorded,
            of either client: those that an existing tool makes by itself.
        removed: What is removed besides secrets, see `RemovedFrom`.
        keep_ids: Whether ids of entities stay what they are; else they are numbered.

    >>> with record("tests/recorded/approve.json", session):  # doctest: +SKIP
    ...     tool.approve(session, "sh0010")
    >>> with record("tests/recorded/approve.json"):  # doctest: +SKIP
    ...     tool.main(["--shot", "sh0010"])

    Raises:
        ValueError: There is no session to be recorded, or several of different servers.
    """
    noted: list[tuple[Json, Json]] = []
    recording = Recording({}, [])
    with _made_in_block(_noting(noted)) if session is None else _connected(session, _noting(noted)) as sessions:
        yield recording
    if not sessions:
        raise ValueError(
            "No session has connected in this block, so there is nothing to record. For one that was connected before: "
            "record(path, session)."
        )
    servers = {str(each.server_url).rstrip("/") for each in sessions}
    if len(servers) > 1:
        raise ValueError(
            f"Sessions of several servers have connected in this block: {', '.join(sorted(servers))}. A recording is "
            "of one: record(path, session)."
        )
    own = list(dict.fromkeys(str(each) for made in sessions for each in (made.api_key, made.server_url)))
    clean, clean_schema = removed.cleaner(own), removed.cleaner(own, by_name=False)
    recording.information = clean(sessions[0].server_information)
    recording.schemas = clean_schema(cast("Any", sessions[0]).schemas)
    new = NewIds()
    for ask, answer in noted:
        named = new.named(ask)
        recording.calls.append(RecordedCall(clean(named), clean(new.shown(answer))))
    if not keep_ids:
        recording.number_ids()
    recording.write(Path(path))


@contextmanager
def _connected(session: ftrack_api.Session, hook: Any) -> Generator[list[ftrack_api.Session]]:
    """Call the hook with each response to a session; one that is not connected yet connects."""
    _ = session.server_information  # connects
    connection: Any = connection_of(session)
    connection.hooks["response"].insert(0, hook)
    try:
        yield [session]
    finally:
        connection.hooks["response"].remove(hook)


@contextmanager
def _made_in_block(hook: Any) -> Generator[list[ftrack_api.Session]]:
    """Call the hook with each response to the sessions that connect meanwhile, from the first one on.

    Both clients connect in the initialiser of the official one, which makes what they send through.
    """
    sessions: list[ftrack_api.Session] = []
    connections: list[requests.Session] = []
    connecting: set[int] = set()
    initialise, prepare = ftrack_api.Session.__init__, requests.Session.__init__

    def initialised(self: ftrack_api.Session, *arguments: Any, **options: Any) -> None:
        thread = threading.get_ident()
        is_outermost = thread not in connecting
        connecting.add(thread)
        try:
            initialise(self, *arguments, **options)
        finally:
            if is_outermost:
                connecting.discard(thread)
        if is_outermost:
            sessions.append(self)

    def prepared(self: requests.Session, *arguments: Any, **options: Any) -> None:
        prepare(self, *arguments, **options)
        if threading.get_ident() in connecting:
            cast("Any", self).hooks["response"].insert(0, hook)
            connections.append(self)

    with (
        mock.patch.object(ftrack_api.Session, "__init__", initialised),
        mock.patch.object(requests.Session, "__init__", prepared),
    ):
        try:
            yield sessions
        finally:
            for each in connections:
                cast("Any", each).hooks["response"].remove(hook)


def _noting(noted: list[tuple[Json, Json]]) -> Any:
    def note(response: requests.Response, *_: object, **__: object) -> None:
        # What was turned away is sent again, and only that is of interest.
        is_turned_away = response.status_code in (*UNAVAILABLE, TOO_MANY_REQUESTS)
        if is_turned_away or not str(response.request.url).endswith("/api"):
            return
        ask = json.loads(cast("str | bytes", response.request.body or b"[]"))
        if {each.get("action") for each in ask} <= _CONNECTING:
            return
        try:
            answer = json.loads(response.content)
        except ValueError:
            answer = {"exception": "ServerError", "content": f"HTTP status {response.status_code}", "error_code": None}
        noted.append((ask, answer))

    return note


def _replaced(value: Json, others: Mapping[str, str]) -> Json:
    if not others:
        return value
    pattern = re.compile("|".join(map(re.escape, sorted(others, key=len, reverse=True))))
    text = pattern.sub(lambda found: others[found[0]], json.dumps(value))
    return json.loads(text)
