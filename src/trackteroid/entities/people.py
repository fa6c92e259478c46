"""Who works on a production, when, and what they may do."""

from trackteroid.entities.base import Entity
from trackteroid.entities.criteria import ANY, BY_NAME, NAMED, span, values


class Resource(Entity, projections=("id",)):
    """Somebody who can be assigned: a user or a group."""


class BaseUser(Resource, projections=("id", "first_name", "last_name")):
    """A person: a user, or somebody from outside who takes part in reviews."""


class Collaborator(BaseUser, named_by="email"):
    """Somebody from outside who takes part in reviews."""


class User(
    BaseUser,
    named_by="username",
    projections=("id", "username", "is_active"),
    criteria=(values("by_name", "username", *ANY), values("by_active_state", "is_active")),
):
    """A person with an account; ``by_name`` means the user name."""


class UserType(Entity, shared=True, named_by="name", projections=NAMED, criteria=BY_NAME):
    """A kind of account."""


class Group(Resource, named_by="name", projections=NAMED, criteria=BY_NAME):
    """A group of users."""


class Membership(Entity, projections=("id", "group"), parents=("group",)):
    """A user's place in a group."""


class Appointment(Entity, projections=("id", "resource"), parents=("context",)):
    """The assignment of a resource to a part of a project."""


class Timelog(
    Entity,
    projections=("id", "comment", "start", "duration"),
    parents=("user", "context"),
    criteria=(values("by_name", "name", "User", "Project"), span("by_lifespan", "start", "start")),
):
    """Time somebody has spent."""


class Timer(Entity, projections=("id", "comment", "start")):
    """Time somebody is spending right now."""


class CalendarEvent(Entity, projections=("id", "name", "start", "end"), criteria=BY_NAME):
    """A holiday, a meeting, a booking."""


class CalendarEventResource(
    Entity, projections=("id", "calendar_event_id", "resource_id"), parents=("calendar_event",)
):
    """Somebody's part in a calendar event."""


class SecurityRole(Entity, shared=True, named_by="name", projections=("id", "name", "type"), criteria=BY_NAME):
    """A set of permissions."""


class UserSecurityRole(Entity, projections=("id", "security_role"), parents=("user",)):
    """The permissions a user has."""


class UserSecurityRoleProject(Entity, projections=("id", "project"), parents=("user_security_role",)):
    """The project for which a user has permissions."""


class ApiKey(Entity, projections=("id", "identifier", "prefix")):
    """A key that programs come in with; who has which, not the key itself."""


class UserSession(Entity, projections=("id", "user_id", "accessed_time")):
    """The time in which a user has come in."""


class UserView(Entity, projections=NAMED, criteria=BY_NAME):
    """A view of the web interface that a user has saved."""


class UserApplicationState(Entity, projections=("user_id", "key", "value")):
    """What the web interface remembers of a user."""


__all__ = [
    "ApiKey",
    "Appointment",
    "BaseUser",
    "CalendarEvent",
    "CalendarEventResource",
    "Collaborator",
    "Group",
    "Membership",
    "Resource",
    "SecurityRole",
    "Timelog",
    "Timer",
    "User",
    "UserApplicationState",
    "UserSecurityRole",
    "UserSecurityRoleProject",
    "UserSession",
    "UserType",
    "UserView",
]
