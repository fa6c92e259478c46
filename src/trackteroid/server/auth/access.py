"""Who may ask: users and their API keys.

Keys are random, so a plain SHA-256 is enough to keep them at rest; the key itself is shown once, when it is made. A
server that someone starts for themselves also accepts one key that lives in memory only.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Collection
from functools import cache

import sqlalchemy as sa

from trackteroid.server.auth.permissions import held_by
from trackteroid.server.auth.policy import read_holds
from trackteroid.server.core.asking import Standing
from trackteroid.server.core.failures import InvalidCredentialsError
from trackteroid.server.core.pending import insert_all
from trackteroid.server.core.request import Actor
from trackteroid.server.model import Model
from trackteroid.values import frozen

#: How many letters of a key are kept, for people to know it by.
_SHOWN = 6


def new_key() -> str:
    """Return a fresh API key."""
    return secrets.token_urlsafe(32)


def digest(key: str) -> str:
    """Return what is kept of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


@frozen
class LocalKey:
    """A key that one running process accepts for one user; it is never stored. It follows the user, not the name."""

    user_id: str
    digest: str

    def opens(self, user_id: str, key: str) -> bool:
        """Return whether `key` is the one this was made for, and belongs to this user."""
        return user_id == self.user_id and hmac.compare_digest(self.digest, digest(key))


@frozen
class Opened:
    """Who has come in, and with which stored key.

    Attributes:
        actor: The user.
        key_id: The key; None for one that lives in memory.
        last_used_at: When it was last used before, as far as that was written down.
    """

    actor: Actor
    key_id: str | None = None
    last_used_at: str | None = None

    def is_first_use_since(self, moment: str) -> bool:
        """Return whether a stored key was not used since `moment`, as far as that was written down."""
        return self.key_id is not None and (self.last_used_at is None or self.last_used_at < moment)


def authenticate(
    connection: sa.Connection, model: Model, username: str, key: str, *, now: str, local: LocalKey | None = None
) -> Opened:
    """Return the active user that `username` and `key` belong to; raises `InvalidCredentialsError`."""
    found = _user_with_key(model).rows(connection, 1, username=username, digest=digest(key), now=now)
    for user_id, known_as, holds, key_id, last_used_at in found:
        if key_id is not None or (local and local.opens(user_id, key)):
            return Opened(_actor(user_id, known_as, holds), key_id, last_used_at)
    raise InvalidCredentialsError(
        "The supplied user name and API key do not belong together, or the key has expired. Check the values sent as "
        "ftrack-user and ftrack-api-key (FTRACK_API_USER and FTRACK_API_KEY for the Python client)."
    )


@cache
def _user_with_key(model: Model) -> Standing:
    """Return the active user with a name, and the key if it is theirs. Every request asks for it; it is made once."""
    user, keys = model.table("User"), model.table("ApiKey")
    opens = sa.and_(
        keys.c.user_id == user.c.id,
        keys.c.digest == sa.bindparam("digest"),
        sa.or_(keys.c.expires_at.is_(None), keys.c.expires_at > sa.bindparam("now")),
    )
    return Standing(
        sa.select(
            user.c.id,
            user.c.username,
            _holds(model, user.c.id),
            keys.c.id.label("key_id"),
            keys.c.last_used_at,
        )
        .select_from(user.outerjoin(keys, opens))
        .where(user.c.username == sa.bindparam("username"), user.c.is_active.is_(True))
    )


def find_user(connection: sa.Connection, model: Model, username: str) -> Actor | None:
    """Return the user called `username`, if there is one."""
    user = model.table("User")
    row = connection.execute(sa.select(user.c.id, user.c.username).where(user.c.username == username)).first()
    return None if row is None else Actor(id=row.id, username=row.username)


def find_active_user(connection: sa.Connection, model: Model, user_id: str) -> Actor | None:
    """Return the user with an id, if there still is one and they may ask."""
    user = model.table("User")
    columns = (user.c.id, user.c.username, _holds(model, user.c.id))
    row = connection.execute(sa.select(*columns).where(user.c.id == user_id, user.c.is_active.is_(True))).first()
    return None if row is None else _actor(*row)


def _holds(model: Model, user_id: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """Return what a user holds; nothing of administrators, who need not be asked."""
    return sa.case((sa.not_(held_by(model, user_id)), read_holds(model, user_id)))


def _actor(user_id: str, username: str, holds: str | None) -> Actor:
    return Actor(user_id, username, is_administrator=holds is None, holds=holds)


def still_let_in(
    connection: sa.Connection, model: Model, users: Collection[str], keys: Collection[str], now: str
) -> tuple[set[str], set[str]]:
    """Return those of some users who are active, and those of some stored keys that are valid."""
    user, key = model.table("User"), model.table("ApiKey")
    is_valid = sa.or_(key.c.expires_at.is_(None), key.c.expires_at > now)
    active = sa.select(user.c.id).where(user.c.id.in_(users), user.c.is_active.is_(True))
    valid = sa.select(key.c.id).where(key.c.id.in_(keys), is_valid)
    return set(connection.execute(active).scalars()), set(connection.execute(valid).scalars())


def find_administrator(connection: sa.Connection, model: Model) -> Actor | None:
    """Return an active administrator, if there is one; of several the first by id."""
    user = model.table("User")
    statement = sa.select(user.c.id, user.c.username).where(user.c.is_active.is_(True), held_by(model, user.c.id))
    row = connection.execute(statement.order_by(user.c.id).limit(1)).first()
    return None if row is None else Actor(row.id, row.username, is_administrator=True)


def is_unclaimed(connection: sa.Connection, model: Model) -> bool:
    """Return whether nobody has ever been let into a database: no user has a role or a key."""
    held, keys = (sa.exists(sa.select(model.table(name).c.id)) for name in ("UserSecurityRole", "ApiKey"))
    return not connection.execute(sa.select(sa.or_(held, keys))).scalar_one()


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
    insert_all(connection, table, [row])
    return Actor(id=values["id"], username=username)  # pyright: ignore[reportArgumentType] -- a str, in a mixed dict


def store_key(
    connection: sa.Connection, model: Model, user_id: str, *, now: str, label: str, expires_at: str | None = None
) -> str:
    """Make and keep a key for a user; returns the key, which cannot be read again."""
    key = new_key()
    table = model.table("ApiKey")
    values = {
        "id": str(uuid.uuid4()),
        "user_id": user_id,
        "digest": digest(key),
        "label": label,
        "prefix": key[:_SHOWN],
        "created_at": now,
        "expires_at": expires_at,
    }
    insert_all(connection, table, [values])
    return key


def note_use(connection: sa.Connection, model: Model, key_id: str, now: str) -> None:
    """Keep when a key was used."""
    keys = model.table("ApiKey")
    connection.execute(sa.update(keys).where(keys.c.id == key_id).values(last_used_at=now))
