"""Addresses of component data that work for a while without a key.

An address is for one user, one component and one deed. It opens no more than the user may have when it is used.
"""

from __future__ import annotations

import math
from typing import Final, Literal
from urllib.parse import urlencode

import sqlalchemy as sa

from trackteroid.server.auth import signatures
from trackteroid.server.auth.access import find_active_user
from trackteroid.server.core.failures import PermissionError_
from trackteroid.server.core.request import Actor, Request
from trackteroid.server.core.unit_of_work import unit_of_work
from trackteroid.server.model import Model

Deed = Literal["get", "thumbnail"]

#: Addresses made within this time are the same, so that browsers keep what they have fetched.
_SAME_SECONDS: Final = 3600
_UPLOAD: Final = "upload"


def reading(request: Request, component_id: str, deed: Deed) -> str:
    """Return where the data of a component, or its thumbnail, can be read for some time."""
    # Databases that nothing was ever written to have no key yet; clients can still use their own.
    key = unit_of_work(request).remembered(
        "signing key", None, lambda: signatures.find_key(request.connection, request.model)
    )
    query = {"id": component_id}
    if key is not None:
        seconds = request.limits.address_seconds
        step = min(_SAME_SECONDS, seconds)
        expires = math.ceil((signatures.now() + seconds) / step) * step
        query["token"] = signatures.signed(key, f"{deed} {component_id}", [request.actor.id], expires=expires)
    return f"{request.base_url}/component/{deed}?{urlencode(query)}"


def sending(request: Request, file_id: str, part: int) -> str:
    """Return where a part of a file can be sent to for some time. The transaction must be one that writes."""
    key = unit_of_work(request).remembered(
        "signing key", None, lambda: signatures.ensure_key(request.connection, request.model)
    )
    expires = signatures.now() + request.limits.upload_seconds
    token = signatures.signed(key, _UPLOAD, [file_id, part], expires=expires)
    return f"{request.base_url}/component/upload?{urlencode({'token': token})}"


def open_reading(connection: sa.Connection, model: Model, token: str, component_id: str, deed: Deed) -> Actor:
    """Return for whom an address reads; raises `PermissionError_` if it does not, or not any more."""
    content = signatures.read(connection, model, f"{deed} {component_id}", token)
    actor = find_active_user(connection, model, content[0]) if content else None
    if actor is None:
        raise PermissionError_("This address has expired, or was never one. Ask for the entity again to get another.")
    return actor


def find_sender(connection: sa.Connection, model: Model, user_id: str) -> Actor:
    """Return who sends a file; raises `PermissionError_` if they may not ask any more."""
    actor = find_active_user(connection, model, user_id)
    if actor is None:
        raise PermissionError_("Whoever began to send this file is no active user any more.")
    return actor


def open_sending(connection: sa.Connection, model: Model, token: str) -> tuple[str, int]:
    """Return the file and the part that an address is for; raises `PermissionError_` if it is for none any more."""
    content = signatures.read(connection, model, _UPLOAD, token)
    if content is None:
        raise PermissionError_("This address has expired, or was never one. Get another with get_upload_metadata.")
    return content[0], content[1]
