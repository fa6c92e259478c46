"""A row that arrives together with changes that could not be told from other people's.

Created entities have ids that nobody else makes, so finding one tells that its request has arrived. Updates and
deletions leave nothing like it: a value that differs from the recorded one may not have arrived, or have been
corrected since. A request that creates nothing therefore takes a witness along, for each of its files: an entry in
the metadata of the user who sends it, under a key made up for this one attempt. It is named in the file before
anything is sent, and removed when the file is marked as committed.
"""

import datetime
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import cast

import ftrack_api.exception
import requests
from ftrack_api.entity.base import Entity
from ftrack_api.operation import CreateEntityOperation
from ftrack_api.session import Session

from trackteroid.client.commit.recognition import WITNESS, is_witness
from trackteroid.client.entities import forget
from trackteroid.configuration import logger
from trackteroid.operations.values import EntityReference
from trackteroid.quoting import quoted

_TYPE = "Metadata"


def witnesses_for(session: Session, paths: Iterable[Path]) -> dict[Path, EntityReference]:
    """Return a new witness for each of the files at *paths*; none when the server does not know the user."""
    user = _user_id(session)
    if user is None or _TYPE not in session.types:
        return {}
    return {path: _reference(user) for path in paths}


def creation_of(witness: EntityReference, path: Path) -> CreateEntityOperation:
    """Return the operation that lets the *witness* of the file at *path* arrive."""
    now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
    value = f"{path.name} was sent on {now}. This can be removed once the file has been replayed to its end."
    values = {**dict(witness.key), "parent_type": "User", "value": value}
    return CreateEntityOperation(_TYPE, dict(witness.key), values)


def is_made(witness: EntityReference | None) -> bool:
    """Return whether a witness is one of `witnesses_for`, and not something that a file creates."""
    return witness is not None and is_witness(witness.entity_type, [value for _, value in witness.key])


def remove(session: Session, witnesses: Iterable[EntityReference]) -> bool:
    """Remove *witnesses* from the server and return whether it was reached; what stays there does no harm."""
    keys = [[value for _, value in witness.key] for witness in witnesses]
    for key in keys:
        forget(session, _TYPE, key)
    try:
        # The server removes all or none, so one that is gone already keeps the others from going.
        if keys and not _remove(session, keys) and len(keys) > 1:
            for key in keys:
                _remove(session, [key])
    except requests.exceptions.RequestException as error:
        logger("operations").debug("The server was not reached to remove what told of replays: %s", error)
        return False
    return True


def _remove(session: Session, keys: Iterable[list[str]]) -> bool:
    try:
        session.call([{"action": "delete", "entity_type": _TYPE, "entity_key": key} for key in keys])
    except ftrack_api.exception.ServerError as error:
        logger("operations").debug("What told of a replay stays in the metadata of the user: %s", error)
        return False
    return True


def _reference(user: str) -> EntityReference:
    return EntityReference(_TYPE, (("parent_id", user), ("key", f"{WITNESS}{uuid.uuid4()}")))


def _user_id(session: Session) -> str | None:
    expression = f"select id from User where username is {quoted(session.api_user)}"  # noqa: S608 - ftrack's, no SQL
    found = cast("list[Entity]", session.call([{"action": "query", "expression": expression}])[0]["data"])
    with session.auto_populating(False):
        return str(found[0]["id"]) if len(found) == 1 else None
