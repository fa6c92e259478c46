"""Who may ask: users and their API keys.

Keys are random, so a plain SHA-256 is enough to keep them at rest; the key itself is shown once, when it is made. A
server that someone starts for themselves also accepts one key that lives in memory only.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from ..core.failures import InvalidCredentialsError
from ..core.request import Actor
from ..model import Model
from ..model.folding import with_folded


def new_key() -> str:
    """A fresh API key."""
    return secrets.token_urlsafe(32)


def digest(key: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class LocalKey:
    """A key that one running process accepts for one user; it is never stored."""

    username: str
    digest: str

    def opens(self, username: str, key: str) -> bool:
        """Whether `username` and `key` are the ones this was made for."""
        return username == self.username and hmac.compare_digest(self.digest, digest(key))


def authenticate(
    connection: sa.Connection, model: Model, username: str, key: str, local: LocalKey | None = None
) -> Actor:
    """The active user that `username` and `key` belong to; raises `InvalidCredentialsError`."""
    if local and local.opens(username, key):
        row = connection.execute(_user_called(model), {"username": username}).first()
    else:
        row = connection.execute(_user_with_key(model), {"username": username, "digest": digest(key)}).first()
    if row is None:
        raise InvalidCredentialsError(
            "The supplied user name and API key do not belong together. Check the values sent as ftrack-user and "
            "ftrack-api-key (FTRACK_API_USER and FTRACK_API_KEY for the Python client)."
        )
    return Actor(id=row.id, username=row.username)


@cache
def _user_called(model: Model) -> sa.Select[Any, Any]:
    """The active user with a name. It is asked for by every request, and made once."""
    user = model.table("User")
    statement = sa.select(user.c.id, user.c.username)
    return statement.where(user.c.username == sa.bindparam("username"), user.c.is_active.is_(True))


@cache
def _user_with_key(model: Model) -> sa.Select[Any, Any]:
    """The active user with a name, if a key is theirs."""
    user, keys = model.table("User"), model.table("ApiKey")
    joined = _user_called(model).join(keys, keys.c.user_id == user.c.id)
    return joined.where(keys.c.digest == sa.bindparam("digest"))


def find_user(connection: sa.Connection, model: Model, username: str) -> Actor | None:
    """The user called `username`, if there is one."""
    user = model.table("User")
    row = connection.execute(sa.select(user.c.id, user.c.username).where(user.c.username == username)).first()
    return None if row is None else Actor(id=row.id, username=row.username)


def find_active_user(connection: sa.Connection, model: Model, user_id: str) -> Actor | None:
    """The user with an id, if there still is one and they may ask."""
    user = model.table("User")
    statement = sa.select(user.c.id, user.c.username).where(user.c.id == user_id, user.c.is_active.is_(True))
    row = connection.execute(statement).first()
    return None if row is None else Actor(id=row.id, username=row.username)


def add_user(connection: sa.Connection, model: Model, username: str) -> Actor:
    """Add an active user, as the first one of a fresh database."""
    entity_type = model.type("User")
    values = {
        "id": str(uuid.uuid4()),
        "username": username,
        "first_name": username,
        "last_name": "",
        "is_active": True,
        "is_otp_enabled": False,
        "is_totp_enabled": False,
        "require_details_update": False,
        "resource_type": "user",
        "user_type_id": "ac9fa5aa-4361-11e0-b7cc-0019bb4983d8",
        str(entity_type.discriminator): "User",
    }
    table = model.table(entity_type)
    row = {name: value for name, value in values.items() if name in table.c}
    connection.execute(sa.insert(table).values(with_folded(table, row)))
    return Actor(id=values["id"], username=username)  # pyright: ignore[reportArgumentType] -- a str, in a mixed dict


def store_key(connection: sa.Connection, model: Model, user_id: str, *, now: str, label: str) -> str:
    """Make and keep a key for a user; returns the key, which cannot be read again."""
    key = new_key()
    table = model.table("ApiKey")
    values = {"id": str(uuid.uuid4()), "user_id": user_id, "digest": digest(key), "label": label, "created_at": now}
    connection.execute(sa.insert(table).values(with_folded(table, values)))
    return key
