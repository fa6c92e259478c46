"""Texts that the server has written itself, and believes until they expire when they come back.

They are signed with a key that all servers of a database share. It is made when it is first needed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any

import orjson
import sqlalchemy as sa

from trackteroid.server.core import clock
from trackteroid.server.model import Model

_KEY = "signing_key"


def now() -> float:
    """Return seconds since 1970."""
    return clock.now().timestamp()


def sign(connection: sa.Connection, model: Model, purpose: str, content: Mapping[str, Any], *, seconds: int) -> str:
    """Return a text with `content` that `read` returns for so many seconds.

    The transaction must be one that writes, unless there is a key already.
    """
    return signed(ensure_key(connection, model), purpose, content, expires=now() + seconds)


def signed(key: str, purpose: str, content: Any, *, expires: float) -> str:
    """Return a text with `content` that `read` returns until it expires."""
    payload = _encoded(orjson.dumps({"content": content, "expires": expires}))
    return f"{payload}.{_signature(key, purpose, payload)}"


def ensure_key(connection: sa.Connection, model: Model) -> str:
    """Return the key, made now if there is none. The transaction must be one that writes."""
    key = find_key(connection, model)
    if key is None:
        key = secrets.token_hex(32)
        connection.execute(sa.insert(model.table("ServerInformation")).values(key=_KEY, value=key))
    return key


def read(connection: sa.Connection, model: Model, purpose: str, text: str) -> Any:
    """Return the content of a text that was signed for `purpose`; None if it was not, or has expired."""
    payload, _, signature = text.partition(".")
    key = find_key(connection, model)
    if key is None or not hmac.compare_digest(_signature(key, purpose, payload).encode(), signature.encode()):
        return None
    found = orjson.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return found["content"] if now() < found["expires"] else None


def _signature(key: str, purpose: str, payload: str) -> str:
    message = f"{purpose}.{payload}".encode()
    return _encoded(hmac.digest(bytes.fromhex(key), message, hashlib.sha256))


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def find_key(connection: sa.Connection, model: Model) -> str | None:
    """Return the key, if it has been made."""
    table = model.table("ServerInformation")
    return connection.execute(sa.select(table.c.value).where(table.c.key == _KEY)).scalar()
