"""The people of a database, for whoever runs it: users, the roles they hold, and their keys.

What is done here is done by the actions of the API, as an administrator would ask for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeVar

import sqlalchemy as sa

from trackteroid.server.actions import ACTIONS
from trackteroid.server.auth.access import add_user, find_administrator, find_user, store_key
from trackteroid.server.auth.kinds import ADMINISTRATOR_ID
from trackteroid.server.auth.permissions import make_administrator
from trackteroid.server.core import clock
from trackteroid.server.core.failures import Failure, ValidationError, ValueError_, nearest, suggestion
from trackteroid.server.core.pending import Pending
from trackteroid.server.core.request import Request
from trackteroid.server.events.changes import record
from trackteroid.server.model import Model, standard_model
from trackteroid.server.rules import finish
from trackteroid.server.storage.database import Database, DatabaseError

T = TypeVar("T")

Record = dict[str, Any]


class People:
    """Who may use a database.

    Args:
        database: The database.

    Example:
        >>> people = People(Database("sqlite://"))
        >>> people.add("ada", "Administrator")
        >>> people.list()[0]["roles"]
        [{'role': 'Administrator', 'projects': None}]
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.model: Model = standard_model()

    def add(self, username: str, role: str | None = None, projects: Sequence[str] = ()) -> None:
        """Add an active user, with a role for some projects or for all open ones.

        Raises:
            DatabaseError: There is such a user already, or no such role or project.
        """

        def work(connection: sa.Connection) -> None:
            role_id = None if role is None else self._role(connection, role)
            if find_administrator(connection, self.model) is None:
                if role_id != ADMINISTRATOR_ID or projects:
                    raise ValidationError(
                        "There is no administrator yet. Add one first, with the role Administrator for all projects."
                    )
                make_administrator(connection, self.model, add_user(connection, self.model, username).id)
                return
            values = {"username": username, "first_name": username, "last_name": "", "is_active": True}
            self._ask(connection, {"action": "create", "entity_type": "User", "entity_data": values})
            if role_id is not None:
                self._give(connection, self._user(connection, username), role_id, projects)

        self._run(work)

    def list(self) -> list[Record]:
        """Return everybody, by name: whether they are active, what they hold, and how many keys they have."""

        def work(connection: sa.Connection) -> list[Record]:
            user, keys = self.model.table("User"), self.model.table("ApiKey")
            kind = user.c[str(self.model.type("User").discriminator)]
            count = sa.select(sa.func.count()).where(keys.c.user_id == user.c.id).scalar_subquery()
            statement = sa.select(user.c.id, user.c.username, user.c.is_active, count.label("keys"))
            held = self._held(connection)
            return [
                {
                    "username": row.username,
                    "is_active": bool(row.is_active),
                    "roles": held.get(row.id, []),
                    "keys": row.keys,
                }
                for row in connection.execute(statement.where(kind == "User").order_by(user.c.username))
            ]

        return self._run(work, write=False)

    def give_role(self, username: str, role: str, projects: Sequence[str] = ()) -> None:
        """Give a role for some projects, or for all open ones; what the user holds already stays."""
        self._run(
            lambda connection: self._give(
                connection, self._user(connection, username), self._role(connection, role), projects
            )
        )

    def take_role(self, username: str, role: str, projects: Sequence[str] = ()) -> None:
        """Take a role away, or some projects from it."""

        def work(connection: sa.Connection) -> None:
            held = {"user_id": self._user(connection, username), "role_id": self._role(connection, role)}
            if not projects:
                self._ask(connection, {"action": "remove_user_security_role", **held})
            for project in projects:
                project_id = self._project(connection, project)
                self._ask(connection, {"action": "revoke_user_security_role_project", **held, "project_id": project_id})

        self._run(work)

    def deactivate(self, username: str) -> None:
        """Let nobody in any more under a name; what they have made stays theirs."""

        def work(connection: sa.Connection) -> None:
            key = [self._user(connection, username)]
            values = {"is_active": False}
            self._ask(connection, {"action": "update", "entity_type": "User", "entity_key": key, "entity_data": values})

        self._run(work)

    def new_key(self, username: str, label: str, days: float | None = None) -> str:
        """Make a key with a name of its own; returns it, and it cannot be read again."""

        def work(connection: sa.Connection) -> str:
            user_id, keys = self._user(connection, username), self.model.table("ApiKey")
            same = sa.select(keys.c.id).where(keys.c.user_id == user_id, keys.c.label == label)
            if connection.execute(same).first() is not None:
                raise ValidationError(
                    f'{username} has a key called "{label}" already; revoke it, or choose another name.'
                )
            expires_at = None if days is None else _moment(timedelta(days=days))
            return store_key(connection, self.model, user_id, now=_moment(), label=label, expires_at=expires_at)

        return self._run(work)

    def keys(self, username: str) -> list[Record]:
        """Return the keys of a user, without the keys themselves."""

        def work(connection: sa.Connection) -> list[Record]:
            keys = self.model.table("ApiKey")
            columns = (keys.c.label.label("name"), keys.c.created_at, keys.c.last_used_at, keys.c.expires_at)
            statement = sa.select(*columns).where(keys.c.user_id == self._user(connection, username))
            rows = connection.execute(statement.order_by(keys.c.label, keys.c.id)).mappings()
            return [dict(row) for row in rows]

        return self._run(work, write=False)

    def revoke_key(self, username: str, label: str) -> None:
        """Let a key open nothing any more."""

        def work(connection: sa.Connection) -> None:
            keys = self.model.table("ApiKey")
            theirs = keys.c.user_id == self._user(connection, username)
            if not connection.execute(sa.delete(keys).where(theirs, keys.c.label == label)).rowcount:
                known = connection.execute(sa.select(keys.c.label).where(theirs)).scalars()
                raise ValueError_(
                    f'{username} has no key called "{label}". Known: {", ".join(map(str, known)) or "none"}.'
                )

        self._run(work)

    def roles(self) -> list[Record]:
        """Return the roles, and what each of them grants."""

        def work(connection: sa.Connection) -> list[Record]:
            role, granted = self.model.table("SecurityRole"), self.model.table("SecurityRolePermission")
            permissions: dict[str, dict[str, list[str]]] = {}
            order = (granted.c.kind, granted.c.action)
            for row in connection.execute(sa.select(granted).order_by(*order)):
                permissions.setdefault(row.security_role_id, {}).setdefault(row.kind, []).append(row.action)
            rows = connection.execute(sa.select(role.c.id, role.c.name).order_by(role.c.name))
            return [{"role": row.name, "permissions": permissions.get(row.id, {})} for row in rows]

        return self._run(work, write=False)

    def change_role(
        self,
        role: str,
        grant: Mapping[str, Sequence[str]] | None = None,
        revoke: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Change what a role grants: actions by kind."""

        def work(connection: sa.Connection) -> None:
            sent = {"grant": dict(grant or {}), "revoke": dict(revoke or {})}
            role_id = self._role(connection, role)
            self._ask(connection, {"action": "update_security_role_permissions", "role_id": role_id, **sent})

        self._run(work)

    def _run(self, work: Callable[[sa.Connection], T], *, write: bool = True) -> T:
        try:
            return self.database.run(work, write=write)
        except Failure as failure:
            raise DatabaseError(str(failure)) from failure

    def _ask(self, connection: sa.Connection, *operations: Mapping[str, Any]) -> None:
        actor = find_administrator(connection, self.model)
        if actor is None:
            raise ValidationError(
                "There is no active administrator. Add one: trackteroid users add NAME --role Administrator"
            )
        request = Request(self.model, connection, actor, _moment(), pending=Pending(one_by_one=True))
        for operation in operations:
            ACTIONS[operation["action"]](request, operation)
        finish(request)
        record(request, {})

    def _give(self, connection: sa.Connection, user_id: str, role_id: str, projects: Sequence[str]) -> None:
        held = {"user_id": user_id, "role_id": role_id}
        grant = {"action": "grant_user_security_role_project", **held}
        places = [{"project_id": self._project(connection, project)} for project in projects]
        grants = [grant | place for place in places or [{"all_open_projects": True}]]
        self._ask(connection, {"action": "add_user_security_role", **held}, *grants)

    def _held(self, connection: sa.Connection) -> dict[str, list[Record]]:
        held, role = self.model.table("UserSecurityRole"), self.model.table("SecurityRole")
        granted, project = self.model.table("UserSecurityRoleProject"), self.model.table("Project")
        names: dict[str, list[str]] = {}
        grants = sa.select(granted.c.user_security_role_id, project.c.name)
        for row in connection.execute(
            grants.join(project, project.c.id == granted.c.project_id).order_by(project.c.name)
        ):
            names.setdefault(row.user_security_role_id, []).append(row.name)
        found: dict[str, list[Record]] = {}
        columns = (held.c.id, held.c.user_id, held.c.is_all_open_projects, role.c.name)
        for row in connection.execute(
            sa.select(*columns).join(role, role.c.id == held.c.security_role_id).order_by(role.c.name)
        ):
            projects = None if row.is_all_open_projects else names.get(row.id, [])
            found.setdefault(row.user_id, []).append({"role": row.name, "projects": projects})
        return found

    def _user(self, connection: sa.Connection, username: str) -> str:
        found = find_user(connection, self.model, username)
        return found.id if found is not None else self._unknown(connection, "User", "username", username)

    def _role(self, connection: sa.Connection, name: str) -> str:
        return self._named(connection, "SecurityRole", name)

    def _project(self, connection: sa.Connection, name: str) -> str:
        return self._named(connection, "Project", name)

    def _named(self, connection: sa.Connection, kind: str, name: str) -> str:
        table = self.model.table(kind)
        rows = self.model.condition_of(self.model.type(kind), table)
        statement = sa.select(table.c.id).where(table.c.name == name, *([] if rows is None else [rows]))
        found = connection.execute(statement.order_by(table.c.id)).scalar()
        return found if found is not None else self._unknown(connection, kind, "name", name)

    def _unknown(self, connection: sa.Connection, kind: str, column: str, name: str) -> str:
        table = self.model.table(kind)
        rows = self.model.condition_of(self.model.type(kind), table)
        statement = sa.select(table.c[column]).where(*([] if rows is None else [rows]))
        known = sorted(str(one) for one in connection.execute(statement).scalars() if one)
        raise ValueError_(f'There is no {kind} "{name}".{suggestion(nearest(name, known))}')


def _moment(later: timedelta = timedelta()) -> str:
    return (clock.now() + later).replace(tzinfo=None, microsecond=0).isoformat()
