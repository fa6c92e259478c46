"""Lists of every kind, and colleagues who change them at the same time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from demo_servers import demo_server
from trackteroid.server import EmbeddedServer
from trackteroid.session import Session

#: What servers say that take additions and removals for lists that no rows stand for.
SUPPORTED = "supports_list_changes"


def session_of(server: Any, **arguments: Any) -> Session:
    return Session(server_url=server, plugin_paths=[], schema_cache_path=False, **arguments)


def unlike_ours(session: Session) -> Session:
    """Let a session take its server for one that knows nothing of additions and removals."""
    information = dict(session.server_information)
    information.pop(SUPPORTED, None)
    session._server_information = information
    return session


@dataclass(frozen=True)
class Case:
    """A list that can be added to.

    Attributes:
        owner: the query that finds whose list it is.
        attribute: the list.
        new: makes or finds a member; given the session, the owner and a name.
        deletes: whether members leave the list only by being deleted.
    """

    owner: str
    attribute: str
    new: Callable[[Session, Any, str], Any]
    deletes: bool = False


def created(type_name: str, **values: Callable[[Session], Any]) -> Callable[[Session, Any, str], Any]:
    """Return what makes a new member of a type, with these values and what tells it from others."""

    def make(session: Session, owner: Any, name: str) -> Any:
        data = {key: value(session) for key, value in values.items()}
        return session.create(type_name, {**data, _NAMES[type_name]: name})

    return make


def existing(type_name: str) -> Callable[[Session, Any, str], Any]:
    """Return what finds a member of a type, another one for each name."""

    def find(session: Session, owner: Any, name: str) -> Any:
        found = session.query(f"{type_name} order by id").all()
        return found[sum(name.encode()) % len(found)]

    return find


def first(expression: str) -> Callable[[Session], Any]:
    return lambda session: session.query(expression).first()


WITH_COMPONENTS = "AssetVersion where components any (id is_not none)"

_NAMES: Mapping[str, str] = {
    "Note": "content",
    "FileComponent": "name",
    "Scope": "name",
    "Timelog": "comment",
    "Task": "name",
    "Asset": "name",
    "AssetVersion": "comment",
    "ReviewSessionInvitee": "name",
}

AUTHOR = {"author": first("User")}

CASES: Mapping[str, Case] = {
    "notes of a version": Case(WITH_COMPONENTS, "notes", created("Note", **AUTHOR)),
    "notes of a shot": Case("Shot", "notes", created("Note", **AUTHOR)),
    "replies": Case("Note where in_reply_to_id is none", "replies", created("Note", **AUTHOR)),
    "components": Case("AssetVersion", "components", created("FileComponent")),
    "items of a list": Case("AssetVersionList", "items", existing("AssetVersion")),
    "lists of a version": Case("AssetVersion", "lists", existing("AssetVersionList")),
    "versions that are used": Case("AssetVersion", "uses_versions", existing("AssetVersion")),
    "scopes": Case("Project", "scopes", created("Scope")),
    "timelogs": Case("Task", "timelogs", created("Timelog", user=first("User"))),
    "versions of an asset": Case("Asset", "versions", created("AssetVersion")),
    "assets": Case("Shot", "assets", created("Asset", type=first("AssetType"))),
}


@contextmanager
def demo() -> Iterator[EmbeddedServer]:
    server = demo_server()
    try:
        yield server
    finally:
        server.close()
