"""What a server keeps besides the production: metadata, settings, events, jobs, dashboards."""

from trackteroid.entities.base import Entity
from trackteroid.entities.criteria import ANY, BY_NAME, NAMED, day, json_text, span, values


class Metadata(Entity, projections=("parent_id", "key", "value"), parents=("parent_id",)):
    """A key and its value on any entity."""


class EntitySetting(
    Entity, projections=("parent_id", "group", "name", "value"), parents=("parent_id",), criteria=BY_NAME
):
    """A setting of one entity."""


class Setting(Entity, projections=("group", "name", "value"), criteria=BY_NAME):
    """A setting of the server."""


class SettingComponent(Entity, projections=("component_id", "group", "name"), parents=("setting",)):
    """A file that belongs to a setting."""


class Event(
    Entity,
    projections=("id", "action", "user", "data"),
    criteria=(values("by_action", "action"), values("by_data", "data")),
):
    """Something that happened on the server."""


class Feed(Entity, projections=("id",), parents=("event",)):
    """The place of an event in somebody's feed."""


class Job(
    Entity,
    projections=("id", "status", "data"),
    criteria=(
        json_text("by_name", "data", *ANY, key="name"),
        json_text("by_data", "data"),
        values("by_status", "status"),
        span("by_lifespan", "created_at", "finished_at", grouped=False),
        day("by_creation_date", "created_at"),
        day("by_finish_date", "finished_at"),
    ),
):
    """Something a server or a service does in the background."""


class JobComponent(Entity, projections=("job_id", "component_id"), parents=("job",)):
    """A file that belongs to a job."""


class Dashboard(Entity, projections=NAMED, criteria=BY_NAME):
    """A page of widgets."""


class DashboardResource(Entity, projections=("dashboard_id", "resource_id"), parents=("dashboard",)):
    """Somebody a dashboard is shared with."""


class DashboardWidget(Entity, projections=("id",), parents=("dashboard",)):
    """One widget of a dashboard."""


__all__ = [
    "Dashboard",
    "DashboardResource",
    "DashboardWidget",
    "EntitySetting",
    "Event",
    "Feed",
    "Job",
    "JobComponent",
    "Metadata",
    "Setting",
    "SettingComponent",
]
