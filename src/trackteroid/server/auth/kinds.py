"""What a permission is about, and the roles that every server begins with: both declared here, as tables.

A permission is an action on a kind of things: to delete lists, to read the time logs of others. A security role is a
set of permissions. What nobody granted is forbidden.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, cast

from trackteroid.values import frozen

Action = Literal["create", "read", "update", "delete"]
Permission = tuple[str, Action]

ACTIONS: Final[tuple[Action, ...]] = ("create", "read", "update", "delete")

#: What of a kind somebody has made themselves is a kind of its own, whose name begins like this.
OWN: Final = "own_"

#: The kinds of things, as permissions name them and as people read them.
KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "contexts": "projects and everything below them: shots, tasks, links, assignments, calendars",
        "assets": "assets, versions, their components and where these are",
        "own_notes": "notes of one's own",
        "notes": "notes of others",
        "lists": "lists",
        "reviews": "review sessions",
        "own_timelogs": "time logs and timers of one's own",
        "timelogs": "time logs and timers of others",
        "authors": "whom something is by: `created_by`, the user of a version, the owner of a list, if not oneself",
        "own_users": "oneself as a user",
        "users": "other users, groups and memberships",
        "own_settings": "dashboards and application states of one's own",
        "settings": "settings, custom attributes, locations, disks and the dashboards of others",
        "schemas": "object types, types, statuses, priorities, project schemas, templates and categories",
        "own_jobs": "jobs of one's own",
        "jobs": "jobs of others",
        "own_keys": "API keys of one's own",
        "keys": "API keys of others",
    }
)

#: What every active user may do, without any role.
EVERYBODY: Final[tuple[Permission, ...]] = (
    ("own_users", "read"),
    ("own_keys", "create"),
    ("own_keys", "read"),
    ("own_keys", "delete"),
)


@frozen
class Role:
    """A security role of every server.

    Attributes:
        name: What it is called.
        type: What ftrack says it is for.
        summary: Whom it is meant for.
        permissions: What it grants.
    """

    name: str
    type: str
    summary: str
    permissions: frozenset[Permission]


#: The role that is never asked for permission when it is held for all projects, whatever somebody calls it.
ADMINISTRATOR: Final = "Administrator"
ADMINISTRATOR_ID: Final = "6238d8b3-d3fa-5b7e-95f6-ae5c618c04dc"

_OWN = {"own_notes": "all", "own_timelogs": "all", "own_users": "read update", "own_settings": "all", "own_jobs": "all"}
_SERVER = {"users": "read", "settings": "read", "schemas": "read"}


def _role(name: str, kind: str, summary: str, granted: Mapping[str, str]) -> Role:
    permissions: set[Permission] = {
        (of, cast("Action", action))
        for of, actions in granted.items()
        for action in (ACTIONS if actions == "all" else actions.split())
    }
    return Role(name, kind, summary, frozenset(permissions))


ROLES: Final[tuple[Role, ...]] = (
    _role(ADMINISTRATOR, "PROJECT", "runs the server, and is never asked for permission", dict.fromkeys(KINDS, "all")),
    _role(
        "Project Manager",
        "PROJECT",
        "plans and corrects everything in their projects",
        {
            **dict.fromkeys(("contexts", "assets", "notes", "lists", "reviews", "timelogs", "authors"), "all"),
            **_OWN,
            **_SERVER,
            "jobs": "read",
        },
    ),
    _role(
        "User",
        "PROJECT",
        "works on tasks and publishes",
        {
            "contexts": "read update",
            "assets": "create read update",
            "notes": "read",
            "lists": "create read update",
            "reviews": "read",
            "timelogs": "read",
            **_OWN,
            **_SERVER,
        },
    ),
    _role(
        "API",
        "API",
        "a program that publishes and plans, also in the name of others",
        {
            **dict.fromkeys(("contexts", "assets", "lists", "reviews", "timelogs", "jobs", "authors"), "all"),
            "notes": "create read",
            **_OWN,
            **_SERVER,
        },
    ),
    _role(
        "Assigned",
        "ASSIGNED",
        "a restricted user: looks, writes notes and logs time",
        {**dict.fromkeys(("contexts", "assets", "notes", "lists", "reviews"), "read"), **_OWN, **_SERVER},
    ),
)
