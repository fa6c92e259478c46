"""Projects, what they consist of, and the state of the work."""

from trackteroid.entities.base import Entity
from trackteroid.entities.criteria import BY_NAME, NAMED, span, values

_LINK = ("id", "from_id", "to_id")


class Context(Entity, projections=NAMED, criteria=BY_NAME):
    """Anything in the tree of a production: a project or a part of one."""


class Project(
    Context,
    named_by="name",
    projections=NAMED,
    criteria=(
        *BY_NAME,
        values("by_status", "status"),
        span("by_lifespan", "start_date", "end_date", grouped=False),
    ),
):
    """A project: the root of a tree."""


class TypedContext(
    Context,
    projections=NAMED,
    parents=("parent",),
    criteria=(
        *BY_NAME,
        values("by_status", "status.name", "AssetVersion", "TypedContext"),
        values("by_state", "status.state.name", "AssetVersion", "TypedContext"),
        values("by_type", "type.name", "Asset", "TypedContext"),
        values("by_assignee", "assignments.resource.username", many=True),
        values("by_outgoing_link", "to_id", on="outgoing_links", many=True),
        values("by_incoming_link", "from_id", on="incoming_links", many=True),
        span("by_status_change_time", "date", "date", on="status_changes"),
        span("by_lifespan", "start_date", "end_date", "Project", grouped=False),
    ),
):
    """A part of a project, of any object type."""


class Task(TypedContext):
    """A piece of work for somebody."""


class Shot(TypedContext):
    """A shot."""


class Sequence(TypedContext):
    """A sequence of shots."""


class Episode(TypedContext):
    """An episode of a series."""


class Folder(TypedContext):
    """A folder that keeps other parts of a project together."""


class Milestone(TypedContext):
    """A date to reach."""


class AssetBuild(TypedContext):
    """A character, a prop, an environment: something that is built once and used in shots."""


class Image(TypedContext):
    """A picture, in a media production."""


class Information(TypedContext):
    """Something to know about a media production."""


class SplitTaskPart(Entity, projections=("id", "label", "start_date", "end_date"), parents=("task",)):
    """One of the parts in which a task is done."""


class TypedContextLink(Entity, projections=_LINK):
    """The dependency of one part of a project on another."""


class ObjectType(Entity, shared=True, named_by="name", projections=NAMED, criteria=BY_NAME):
    """A kind of part a project can have: Shot, Task, Folder."""


class State(Entity, shared=True, named_by="name", projections=NAMED, criteria=BY_NAME):
    """What a status amounts to: not started, in progress, done, blocked."""


class Status(Entity, shared=True, named_by="name", projections=NAMED, criteria=BY_NAME):
    """How far something is: Pending Review, Approved."""


class Type(Entity, shared=True, named_by="name", projections=NAMED, criteria=BY_NAME):
    """A kind of task: Animation, Compositing."""


class Priority(Entity, shared=True, named_by="name", projections=NAMED, criteria=BY_NAME):
    """How urgent something is."""


class StatusChange(Entity, projections=("id", "date")):
    """The moment at which the status of something changed."""


class TypedContextStatusChange(StatusChange, parents=("parent",)):
    """The moment at which the status of a part of a project changed."""


class Scope(Entity, shared=True, named_by="name", projections=NAMED, criteria=BY_NAME):
    """A label that groups work across projects."""


class Disk(Entity, named_by="name", projections=NAMED, criteria=BY_NAME):
    """A storage root, as each platform calls it."""


class Manager(Entity, projections=("id",), parents=("context",)):
    """Somebody who is responsible for a part of a project."""


class ManagerType(Entity, shared=True, named_by="name", projections=NAMED, criteria=BY_NAME):
    """What a manager is responsible for."""


__all__ = [
    "AssetBuild",
    "Context",
    "Disk",
    "Episode",
    "Folder",
    "Image",
    "Information",
    "Manager",
    "ManagerType",
    "Milestone",
    "ObjectType",
    "Priority",
    "Project",
    "Scope",
    "Sequence",
    "Shot",
    "SplitTaskPart",
    "State",
    "Status",
    "StatusChange",
    "Task",
    "Type",
    "TypedContext",
    "TypedContextLink",
    "TypedContextStatusChange",
]
