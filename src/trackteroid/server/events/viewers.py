"""What each user may see at the moment, looked up again after a second at most."""

from __future__ import annotations

import time
from typing import Final

import sqlalchemy as sa

from trackteroid.server.auth.access import find_active_user
from trackteroid.server.auth.policy import Policy, load_policy
from trackteroid.server.core.failures import PermissionError_
from trackteroid.server.core.request import Actor
from trackteroid.server.storage.database import Database, Models

#: The seconds for which what was looked up is believed.
KEPT_SECONDS: Final = 1.0


class Viewers:
    """The users that are connected.

    Args:
        database: Where their roles are.
        models: The entity types.
        is_open: Every user may do everything.
    """

    def __init__(self, database: Database, models: Models, *, is_open: bool) -> None:
        self._database = database
        self._models = models
        self._is_open = is_open
        self._known: dict[str, tuple[float, Policy | None]] = {}

    def policy(self, actor: Actor) -> Policy | None:
        """Return what limits a user; None for those who may see everything.

        Raises:
            PermissionError_: They may not come in any more.
        """
        if self._is_open:
            return None
        until, policy = self._known.get(actor.id, (0.0, None))
        if until < time.monotonic():
            policy = self._database.run(lambda connection: self._look_up(connection, actor), write=False)
            self._known[actor.id] = (time.monotonic() + KEPT_SECONDS, policy)
        return policy

    def forget(self, actor: Actor) -> None:
        """Forget a user who is not connected any more."""
        self._known.pop(actor.id, None)

    def policy_in(self, connection: sa.Connection, actor: Actor) -> Policy | None:
        """Return what limits a user at this moment; None for those who may see everything.

        Raises:
            PermissionError_: They may not come in any more.
        """
        return None if self._is_open else self._look_up(connection, actor)

    def _look_up(self, connection: sa.Connection, actor: Actor) -> Policy | None:
        model = self._models.current(connection)
        found = find_active_user(connection, model, actor.id)
        if found is None:
            raise PermissionError_(f"The user {actor.username} is not active any more.")
        return None if found.is_administrator else load_policy(connection, model, found.id, found.username)
