"""Who may do what: one table, read by the query compiler, by the writer and by actions.

Each entity type has a place: the kind of things its rows are, and the keys that lead from a row to its project. Types
of which there are many rows know the project themselves, in a column that `rules.homes` keeps. Rows that are part of
another one (the metadata of a task, the items of a list) have the permissions of that one: whoever sees it sees them,
whoever may update it may make, change and delete them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Final

import orjson
import sqlalchemy as sa

from trackteroid.server.auth.kinds import EVERYBODY, OWN, Action, Permission
from trackteroid.server.core.among import as_array, gathered
from trackteroid.server.core.request import Actor, Request
from trackteroid.server.model import EntityType, Key, Model
from trackteroid.values import frozen


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the rows of an entity type belong.

    Attributes:
        kind: What they are, one of `KINDS`; empty for parts.
        on: Keys of what a row is on, which knows the project; the first that has a value counts. A row without any is
            in no project, and one whose keys lead nowhere is in one that nobody knows.
        home: The column that holds the project.
        owner: The column with the user whose row it is, of kinds that have an own variant.
        guests: The type whose rows name who else may see a row: its key of the row, its key of the user. Then nobody
            but these and the owner sees it.
        authors: Columns that name a user as the author; naming somebody else takes a permission.
        part_of: The key of the row that this is a part of.
        sees: Keys of other rows, which must be visible for the row to be.
    """

    kind: str = ""
    on: tuple[str, ...] = ()
    home: str = ""
    owner: str = ""
    guests: tuple[str, str, str] | None = None
    authors: tuple[str, ...] = ()
    part_of: str = ""
    sees: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that lead towards the project; none of types that belong to the server."""
        return self.on or tuple(filter(None, (self.part_of or self.home,)))

    @property
    def is_derived(self) -> bool:
        """Whether the server keeps the project of a row, which follows from what the row is on."""
        return bool(self.home) and self.keys != (self.home,)

    @property
    def is_plain(self) -> bool:
        """Whether whoever may read a kind in the project that a row knows sees the row; nothing else is asked for."""
        return bool(self.home) and not (self.owner or self.guests or self.part_of or self.sees)


def _part(of: str, *sees: str, home: str = "") -> Place:
    return Place(part_of=of, sees=sees, home=home)


_SCHEMAS, _SETTINGS, _USERS = Place(kind="schemas"), Place(kind="settings"), Place(kind="users")
_KEYS = Place(kind="keys", owner="user_id")
_RESOURCE = Place(kind="users", owner="id")
_LINK = _part("from_id", "to_id")
_CONTEXT = Place(kind="contexts", home="project_id", authors=("created_by_id",))
_ON_CONTEXT = Place(kind="contexts", on=("context_id",))
_TIME = Place(kind="timelogs", on=("context_id",), owner="user_id")

#: By entity type; subtypes are where their bases are.
PLACES: Final[Mapping[str, Place]] = {
    # Contexts
    "Context": _CONTEXT,
    "TypedContextLink": Place(kind="contexts", on=("from_id",), sees=("to_id",)),
    "Appointment": _ON_CONTEXT,
    "SplitTaskPart": _part("task_id"),
    "Manager": _ON_CONTEXT,
    "ContextScope": _part("context_id"),
    "CalendarEvent": _CONTEXT,
    "CalendarEventResource": _part("calendar_event_id"),
    "StatusChange": _part("parent_id"),
    "Event": Place(kind="contexts", home="project_id", authors=("user_id",)),
    "Feed": _part("social_id"),
    # Assets and versions
    "Asset": Place(kind="assets", on=("context_id",), home="project_id"),
    "AssetVersion": Place(kind="assets", on=("asset_id",), home="project_id", authors=("user_id",)),
    "AssetVersionLink": Place(kind="assets", on=("to_id",), sees=("from_id",)),
    "Component": Place(kind="assets", on=("version_id", "container_id"), home="home_id"),
    "ComponentLocation": _part("component_id", home="home_id"),
    # Notes
    "Note": Place(kind="notes", on=("parent_id",), home="project_id", owner="user_id"),
    "NoteComponent": _part("note_id"),
    "NoteLabelLink": _part("note_id"),
    "Recipient": _part("note_id"),
    "Conversation": Place(
        kind="notes", owner="created_by_id", guests=("Participant", "conversation_id", "resource_id")
    ),
    "Message": Place(kind="notes", owner="created_by_id", sees=("conversation_id",)),
    "Participant": _part("conversation_id"),
    # Lists, reviews
    "List": Place(kind="lists", home="project_id", authors=("user_id",)),
    "ListObject": _part("list_id", "entity_id"),
    "ReviewSessionFolder": Place(kind="reviews", home="project_id"),
    "ReviewSession": Place(kind="reviews", home="project_id", authors=("created_by_id",)),
    "ReviewSessionInvitee": _part("review_session_id"),
    "ReviewSessionObject": _part("review_session_id", "version_id", home="home_id"),
    "ReviewSessionObjectStatus": _part("review_session_object_id"),
    "ReviewSessionObjectAnnotation": _part("review_session_object_id"),
    "ReviewSessionObjectAnnotationComponent": _part("review_session_object_id", "component_id"),
    # People and their time
    "Timelog": _TIME,
    "Timer": _TIME,
    "Resource": _RESOURCE,
    "Membership": _USERS,
    "UserType": _USERS,
    "ApiKey": _KEYS,
    "UserSession": _KEYS,
    "SecurityRole": _USERS,
    "UserSecurityRole": Place(kind="users", owner="user_id"),
    "UserSecurityRoleProject": _part("user_security_role_id", "project_id"),
    "Job": Place(kind="jobs", owner="user_id"),
    "JobComponent": _part("job_id"),
    # Settings
    **dict.fromkeys(("Setting", "SettingComponent", "Location", "Disk"), _SETTINGS),
    **dict.fromkeys(("CustomAttributeType", "CustomAttributeGroup"), _SETTINGS),
    "CustomConfigurationBase": Place(kind="settings", home="project_id"),
    "ConfigurationReadRole": _part("configuration_id"),
    "ConfigurationWriteRole": _part("configuration_id"),
    "UserApplicationState": Place(kind="settings", owner="user_id"),
    "Dashboard": Place(kind="settings", owner="created_by_id"),
    "DashboardWidget": _part("dashboard_id"),
    "DashboardResource": _part("dashboard_id"),
    "UserView": Place(kind="settings", owner="user_id"),
    "UserViewShare": _part("user_view_id"),
    # Values of any name
    "Metadata": _part("parent_id", home="home_id"),
    "EntitySetting": _part("parent_id"),
    "CustomAttributeValue": _part("entity_id"),
    **{
        f"{kind}CustomAttributeValue": _part("entity_id")
        for kind in ("Context", "Asset", "AssetVersion", "List", "ListObject", "User")
    },
    "CustomAttributeLink": _LINK,
    "CustomAttributeLinkFrom": _LINK,
    # Words of the production
    **dict.fromkeys(("ObjectType", "Type", "Priority", "State", "Status", "AssetType", "Scope"), _SCHEMAS),
    **dict.fromkeys(("ManagerType", "NoteCategory", "NoteLabel", "ListCategory"), _SCHEMAS),
    **dict.fromkeys(("ProjectSchema", "ProjectSchemaObjectType", "ProjectSchemaOverride"), _SCHEMAS),
    **dict.fromkeys(("Schema", "SchemaStatus", "SchemaType", "WorkflowSchema", "WorkflowSchemaStatus"), _SCHEMAS),
    **dict.fromkeys(("TaskTypeSchema", "TaskTypeSchemaType", "TaskTemplate", "TaskTemplateItem"), _SCHEMAS),
    **dict.fromkeys(("StatusRuleGroup", "StatusRule"), _SCHEMAS),
}

#: Tables of the server's own, which no client can name: who is above whom, what roles grant, where data is, events.
UNPLACED: Final = frozenset(
    (
        *("ContextAncestor", "AssetAncestor", "SecurityRolePermission", "ServerInformation"),
        *("StoredFile", "Encoding", "HubEvent", "EventGroup", "EventDelivery", "Webhook", "WebhookFailure"),
        *("RowHistory", "HistoryMoment"),
    )
)


@cache
def place_of(entity_type: EntityType) -> Place | None:
    """Return where the rows of a type belong; None for those of the server's own tables."""
    found: EntityType | None = entity_type
    while found is not None:
        if found.name in PLACES:
            return PLACES[found.name]
        found = found.base
    if entity_type.name in UNPLACED:
        return None
    raise LookupError(f"The entity type {entity_type.name} has no place in the policy; give it one in PLACES.")


@cache
def families_of(model: Model, entity_type: EntityType, name: str) -> Sequence[EntityType]:
    """Return the roots of the families that the key `name` of a type may lead to."""
    key = entity_type.attributes[name]
    if isinstance(key, Key) and key.target is not None:
        return (model.type(key.target).root,)
    tables = model.keepers(entity_type.table, name)
    return tuple(found for found in model if found.base is None and found.view is None and found.table in tables)


def kind_beside(name: str) -> str:
    """Return the column in which rows may name the type of what the key `name` leads to."""
    return f"{name.removesuffix('_id')}_type"


@cache
def homes_of(model: Model, entity_type: EntityType, name: str) -> Sequence[EntityType]:
    """Return those of the families that the key `name` of a type may lead to from which a row has its project.

    A part has it from plain ones only, so that its project alone tells who sees it. The metadata of a note know none,
    although the note does: whether it is seen depends on whose it is, too.
    """
    place = place_of(entity_type)
    return tuple(
        family
        for family in families_of(model, entity_type, name)
        if (above := place_of(family)) is not None
        and (above.is_plain or (above.home and (place is None or not place.part_of)))
    )


#: Whoever sees one of so many projects is to find pages of what they see by these, and not among all.
_VERY_MANY: Final = 25


@frozen
class Held:
    """Where somebody has a permission.

    Attributes:
        everywhere: In all open projects, and for what belongs to the server as a whole.
        projects: In these projects, open or private.
    """

    everywhere: bool
    projects: frozenset[str] = frozenset()

    def joined(self, other: Held) -> Held:
        """Return where it is held by one of two roles."""
        return Held(self.everywhere or other.everywhere, self.projects | other.projects)


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """What one user may do, who is no administrator of a server that asks for permissions.

    Two are the same only if they are one object, so that what is made of one is found fast.

    Attributes:
        user_id: The user.
        username: Their name, for messages.
        grants: The permissions that their roles grant, and where.
        closed: The private projects.
        projects: The number of all projects; 0 if that is not known.
        placed: Tables whose rows know their project, and of which none is in no project now, as far as that is known.
        is_settled: What is asked for is how things are now, between batches: parts are in the project that they know.
        by_permission: The same as `grants`.
    """

    user_id: str
    username: str
    grants: frozenset[tuple[Permission, Held]]
    closed: frozenset[str]
    projects: int = 0
    placed: frozenset[str] = frozenset()
    is_settled: bool = True
    by_permission: Mapping[Permission, Held] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Let permissions be found."""
        object.__setattr__(self, "by_permission", dict(self.grants))

    @property
    def is_narrow(self) -> bool:
        """Whether all that the user sees of projects is in a few of very many."""
        held = [each for permission, each in self.grants if permission not in EVERYBODY]
        seen = frozenset[str]().union(*(each.projects for each in held))
        return not any(each.everywhere for each in held) and len(seen) * _VERY_MANY <= self.projects

    def held(self, kind: str, action: Action) -> Held | None:
        """Return where the user has a permission; None for nowhere."""
        return self.by_permission.get((kind, action))

    def own(self, kind: str, action: Action) -> Held | None:
        """Return where the user has a permission for what is their own."""
        return self.held(OWN + kind, action)

    def may_somewhere(self, model: Model, entity_type: EntityType, action: Action) -> bool:
        """Return whether the user may do something to rows of a type at all."""
        place = place_of(entity_type)
        if place is None:
            return False
        if not place.part_of:
            held = self.held(place.kind, action)
            if held is not None and (place.keys or action == "read" or held.everywhere):
                return True
            return bool(place.owner) and self.own(place.kind, action) is not None
        wholes = families_of(model, entity_type, place.part_of)
        verbs: tuple[Action, ...] = ("read",) if action == "read" else ("update", "create")
        return any(self.may_somewhere(model, whole, verb) for whole in wholes for verb in verbs)


def policy_of(request: Request) -> Policy | None:
    """Return what limits the caller of a request; None for administrators, and where everybody may do everything."""
    policy = request.policy
    if not isinstance(policy, Policy):
        return None
    return lasting(policy) if request.changes else policy


@lru_cache(maxsize=256)
def lasting(policy: Policy) -> Policy:
    """Return the same policy for when rows may have come that are in no project, or have not yet come to theirs."""
    return replace(policy, placed=frozenset(), is_settled=False)


def policy_for(model: Model, actor: Actor) -> Policy:
    """Return what a user may do, who is no administrator, as it was when they were read; see `lasting`.

    Raises:
        LookupError: It was not read with the user.
    """
    if actor.holds is None:
        raise LookupError(f"What the roles of {actor.username} grant was not read with the user: see `read_holds`.")
    return _assembled(actor.id, actor.username, actor.holds, tuple(family.table for family, _ in _placed(model)))


@lru_cache(maxsize=256)
def _assembled(user_id: str, username: str, holds: str, tables: tuple[str, ...]) -> Policy:
    """Return the policy that a text of `read_holds` amounts to; one and the same for the same text."""
    closed, count, roles_for_projects, granted, loose = orjson.loads(holds)
    projects: defaultdict[str, set[str]] = defaultdict(set)
    for role, project in roles_for_projects:
        projects[role].add(project)
    grants: dict[Permission, Held] = dict.fromkeys(EVERYBODY, Held(everywhere=True))
    for role, is_everywhere, kind, action in granted:
        held = Held(bool(is_everywhere), frozenset(projects.get(role, ())))
        known = grants.get((kind, action), held)
        if held.everywhere or held.projects:
            grants[kind, action] = known.joined(held)
    private = frozenset(project for [project] in closed)
    return Policy(user_id, username, frozenset(grants.items()), private, count, frozenset(tables) - set(loose))


@cache
def _placed(model: Model) -> tuple[tuple[EntityType, Place], ...]:
    """Return the families whose rows know their project and are found by it, and where these belong.

    Parts are not among them: what they are part of may be in a project of which they know nothing.
    """
    places = ((each, place_of(each)) for each in model if each.base is None)
    return tuple(
        (family, place)
        for family, place in places
        if place is not None and place.home and not place.part_of and model.columns(family.table)[place.home].indexed
    )


def read_holds(model: Model, user_id: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """Return what the policy of the user with an id is made of, as one text that is read with the user.

    It is JSON: the private projects, the number of all, the projects that roles are held for, what roles grant, and
    the tables that have rows in no project: of all others, nobody needs to ask whether a row is. A statement of its own
    would be a round trip more at each call, and its rows would cost more than all else that is known of whoever asks.
    """
    role, granted = model.table("UserSecurityRole").alias(), model.table("SecurityRolePermission")
    project, context = model.table("UserSecurityRoleProject"), model.table("Context")
    kind = context.c[str(model.type("Context").discriminator)]
    is_project = kind == sa.literal("Project", literal_execute=True)
    is_theirs = role.c.user_id == user_id
    private = sa.select(gathered(context.c.id)).where(context.c.is_private.is_(True))  # which an index has
    number = sa.select(sa.cast(sa.func.count(), sa.Text())).select_from(context).where(is_project)
    projects = (
        sa.select(gathered(role.c.id, project.c.project_id))
        .join_from(role, project, project.c.user_security_role_id == role.c.id)
        .where(is_theirs)
    )
    permissions = (
        sa.select(gathered(role.c.id, role.c.is_all_open_projects, granted.c.kind, granted.c.action))
        .join_from(role, granted, granted.c.security_role_id == role.c.security_role_id)
        .where(is_theirs)
    )
    loose = (
        sa.case((sa.exists().where(*is_in_none), _said(f'"{family.table}"')), else_=_said("null"))
        for family, place in _placed(model)
        for columns in [model.table(family).c]
        for is_in_none in [[columns[name].is_(None) for name in dict.fromkeys((place.home, *place.keys))]]
    )
    parts = (each.scalar_subquery() for each in (private, number, projects, permissions))
    return as_array(*parts, as_array(*loose))


def _said(text: str) -> sa.ColumnElement[str]:
    return sa.literal(text, sa.Text(), literal_execute=True)
