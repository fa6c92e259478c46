"""`trackteroid users`: who may use a database, what they may do, and their keys."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from trackteroid.cli.command import Group, json_option, say
from trackteroid.cli.ending import outline
from trackteroid.server.people import People
from trackteroid.server.storage.database import Database, DatabaseError

_DATABASE = click.option(
    "--database",
    required=True,
    envvar="TRACKTEROID_DATABASE",
    metavar="URL",
    help="The database, such as sqlite:///production.db or postgresql://user:password@host/name.",
)
_USER = click.argument("username", metavar="USER")
_ROLE = click.argument("name", metavar="ROLE")
_PROJECTS = click.option("--project", "projects", multiple=True, metavar="NAME", help="A project; may be repeated.")
_NAME = click.option("--name", "label", default="key", show_default=True, help="What the key is called.")


_PROGRAM = """\
from contextlib import closing

from trackteroid.server import Database
from trackteroid.server.people import People

with closing(Database({database!r})) as database:
    """


@click.group(cls=Group, epilog=outline())
def users() -> None:
    """Say who may use a database, and what they may do. Whoever can open the database may run this."""


@users.command(python=_PROGRAM + "People(database).add({username!r}, {role!r}, {projects!r})")
@_USER
@click.option("--role", help="A role to begin with.")
@_PROJECTS
@json_option
@_DATABASE
def add(*, username: str, role: str | None, projects: tuple[str, ...], as_json: bool, database: str) -> None:
    """Add a user, with a role for all open projects or for some."""
    with _people(database) as people:
        people.add(username, role, projects)
    say({"username": username}, f"Added {username}.", as_json=as_json)


@users.command("list", python=_PROGRAM + 'print(*People(database).list(), sep="\\n")')
@json_option
@_DATABASE
def list_users(*, as_json: bool, database: str) -> None:
    """List the users and the roles that they hold."""
    with _people(database) as people:
        found = people.list()
    lines: list[str] = []
    for one in found:
        roles = [
            f"{each['role']} for "
            + ("all open projects" if each["projects"] is None else ", ".join(each["projects"]) or "no project")
            for each in one["roles"]
        ]
        name = f"{one['username']}{'' if one['is_active'] else ' (inactive)'}"
        keys = f"{one['keys']} key{'' if one['keys'] == 1 else 's'}"
        lines.append(f"{name}: {'; '.join(roles) or 'no role'}; {keys}")
    say(found, lines, as_json=as_json)


@users.command(python=_PROGRAM + "People(database).deactivate({username!r})")
@_USER
@json_option
@_DATABASE
def deactivate(*, username: str, as_json: bool, database: str) -> None:
    """Let nobody in any more as USER."""
    with _people(database) as people:
        people.deactivate(username)
    say({"username": username, "is_active": False}, f"{username} is inactive.", as_json=as_json)


@users.group(epilog=outline())
def role() -> None:
    """Give and take roles, and say what they grant."""


@role.command("list", python=_PROGRAM + 'print(*People(database).roles(), sep="\\n")')
@json_option
@_DATABASE
def list_roles(*, as_json: bool, database: str) -> None:
    """List the roles and what they grant."""
    with _people(database) as people:
        found = people.roles()
    lines = [
        line
        for one in found
        for line in (
            f"{one['role']}:",
            *(f"  {' '.join(actions)} {kind}" for kind, actions in one["permissions"].items()),
        )
    ]
    say(found, lines, as_json=as_json)


@role.command("add", python=_PROGRAM + "People(database).give_role({username!r}, {name!r}, {projects!r})")
@_USER
@_ROLE
@_PROJECTS
@json_option
@_DATABASE
def add_role(*, username: str, name: str, projects: tuple[str, ...], as_json: bool, database: str) -> None:
    """Give USER a ROLE for all open projects, or for some."""
    with _people(database) as people:
        people.give_role(username, name, projects)
    say(_giving(username, name, projects), f"{username} has the role {name}{_in(projects)}.", as_json=as_json)


@role.command("remove", python=_PROGRAM + "People(database).take_role({username!r}, {name!r}, {projects!r})")
@_USER
@_ROLE
@_PROJECTS
@json_option
@_DATABASE
def remove_role(*, username: str, name: str, projects: tuple[str, ...], as_json: bool, database: str) -> None:
    """Take a ROLE from USER, or some projects from it."""
    with _people(database) as people:
        people.take_role(username, name, projects)
    say(_giving(username, name, projects), f"{username} no longer has the role {name}{_in(projects)}.", as_json=as_json)


@role.command("allow", python=_PROGRAM + "People(database).change_role({name!r}, grant={{{kind!r}: {actions!r}}})")
@_ROLE
@click.argument("kind")
@click.argument("actions", metavar="ACTION...", nargs=-1, required=True)
@json_option
@_DATABASE
def allow(*, name: str, kind: str, actions: tuple[str, ...], as_json: bool, database: str) -> None:
    """Let ROLE grant actions (create, read, update, delete) on a KIND."""
    with _people(database) as people:
        people.change_role(name, grant={kind: list(actions)})
    say(
        {"role": name, "granted": {kind: actions}}, f"{name} grants to {' and '.join(actions)} {kind}.", as_json=as_json
    )


@role.command("deny", python=_PROGRAM + "People(database).change_role({name!r}, revoke={{{kind!r}: {actions!r}}})")
@_ROLE
@click.argument("kind")
@click.argument("actions", metavar="ACTION...", nargs=-1, required=True)
@json_option
@_DATABASE
def deny(*, name: str, kind: str, actions: tuple[str, ...], as_json: bool, database: str) -> None:
    """Let ROLE no longer grant actions on a KIND."""
    with _people(database) as people:
        people.change_role(name, revoke={kind: list(actions)})
    say(
        {"role": name, "revoked": {kind: actions}},
        f"{name} no longer grants to {' and '.join(actions)} {kind}.",
        as_json=as_json,
    )


@users.group(epilog=outline())
def key() -> None:
    """Make, list and revoke the API keys of users."""


@key.command("new", python=_PROGRAM + "print(People(database).new_key({username!r}, {label!r}, {days!r}))")
@_USER
@_NAME
@click.option("--days", type=click.FloatRange(0, min_open=True), help="Days until it expires.  [default: never]")
@json_option
@_DATABASE
def new_key(*, username: str, label: str, days: float | None, as_json: bool, database: str) -> None:
    """Make a key for USER and print it. It cannot be read again."""
    with _people(database) as people:
        made = people.new_key(username, label, days)
    say({"username": username, "name": label, "api_key": made}, made, as_json=as_json)


@key.command("list", python=_PROGRAM + 'print(*People(database).keys({username!r}), sep="\\n")')
@_USER
@json_option
@_DATABASE
def list_keys(*, username: str, as_json: bool, database: str) -> None:
    """List the keys of USER: when they were made and last used, and when they expire."""
    with _people(database) as people:
        found = people.keys(username)
    lines = [
        f"{one['name']}: made {one['created_at']}, last used {one['last_used_at'] or 'never'}, "
        f"expires {one['expires_at'] or 'never'}"
        for one in found
    ]
    say(found, lines, as_json=as_json)


@key.command("revoke", python=_PROGRAM + "People(database).revoke_key({username!r}, {label!r})")
@_USER
@_NAME
@json_option
@_DATABASE
def revoke_key(*, username: str, label: str, as_json: bool, database: str) -> None:
    """Let a key of USER open nothing any more."""
    with _people(database) as people:
        people.revoke_key(username, label)
    say({"username": username, "name": label}, f'The key "{label}" of {username} is revoked.', as_json=as_json)


@contextmanager
def _people(database: str) -> Generator[People]:
    """Open the people of a database; what goes wrong is told in one line."""
    try:
        opened = Database(database)
        try:
            yield People(opened)
        finally:
            opened.close()
    except DatabaseError as error:
        raise click.ClickException(str(error)) from error


def _giving(username: str, name: str, projects: Sequence[str]) -> dict[str, Any]:
    return {"username": username, "role": name, "projects": list(projects) or None}


def _in(projects: Sequence[str]) -> str:
    return f" for {', '.join(projects)}" if projects else " for all open projects"
