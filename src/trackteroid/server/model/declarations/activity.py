"""The activity feed, jobs and calendars."""

from __future__ import annotations

from trackteroid.server.model.attributes import (
    boolean,
    collection,
    datetime,
    identifier,
    integer,
    json_text,
    key,
    number,
    object_,
    reference,
    text,
)
from trackteroid.server.model.declarations.common import METADATA, created
from trackteroid.server.model.types import EntityType, entity_type

TYPES: tuple[EntityType, ...] = (
    entity_type(
        "Event",
        {
            "id": integer(alias="socialid", required=True, immutable=True),
            "action": text(alias="action"),
            "created_at": datetime(),
            "data": text(),
            "insert": text(alias="insert"),
            "parent_id": text(exact=True, indexed=True),
            "parent_type": text(exact=True),
            "project_id": key("Project", alias="showid"),
            "project": reference("Project", "project_id", alias="show"),
            "user_id": key("User", alias="userid"),
            "user": reference("User", "user_id"),
            "feeds": collection("Feed", "social_id"),
        },
        system_projections=("showid",),
        alias="SocialEvent",
        groups=True,
    ),
    entity_type(
        "Feed",
        {
            "id": identifier(),
            "cluster_id": text(alias="clusterid"),
            "created_at": datetime(),
            "distance": integer(alias="distance", default=0),
            "owner_id": text(alias="ownerid", exact=True, indexed=True),
            "relation": text(alias="relation"),
            "social_id": key("Event", alias="socialid", on_delete="cascade", type="integer"),
            "event": reference("Event", "social_id"),
        },
        alias="SocialFeed",
    ),
    entity_type(
        "Job",
        {
            "id": identifier(alias="jobid"),
            "created_at": datetime(),
            "data": json_text(),
            "finished_at": datetime(),
            "status": text(required=True, default="queued", indexed=True, enum=("queued", "running", "done", "failed")),
            "type": text(required=True, immutable=True, default="api_job"),
            "user_id": key("User", alias="userid", on_delete="cascade"),
            "user": reference("User", "user_id"),
            "job_components": collection("JobComponent", "job_id"),
        },
    ),
    entity_type(
        "JobComponent",
        {
            "component_id": key("Component", required=True, immutable=True, on_delete="cascade"),
            "component": reference("Component", "component_id"),
            "job_id": key("Job", required=True, immutable=True, on_delete="cascade"),
            "job": reference("Job", "job_id"),
            "url": object_(immutable=True, computed=True, stored=False),
        },
        primary_key=("component_id", "job_id"),
    ),
    entity_type(
        "CalendarEvent",
        {
            "id": identifier(),
            "name": text(required=True, default=""),
            **created(),
            "effort": number(),
            "end": datetime(required=True),
            "estimate": number(),
            "everyone": boolean(fallback=False),
            "forecast": boolean(fallback=False),
            "leave": boolean(fallback=False),
            "project_id": key("Project", on_delete="cascade"),
            "project": reference("Project", "project_id"),
            "start": datetime(required=True),
            "type_id": key("Type"),
            "type": reference("Type", "type_id"),
            "calendar_event_resources": collection("CalendarEventResource", "calendar_event_id"),
            **METADATA,
        },
        default_projections=("id", "start", "end"),
        system_projections=("project_id",),
        groups=True,
    ),
    entity_type(
        "CalendarEventResource",
        {
            "id": identifier(),
            "calendar_event_id": key("CalendarEvent", required=True, on_delete="cascade"),
            "calendar_event": reference("CalendarEvent", "calendar_event_id"),
            **created(),
            "resource_id": key("Resource", required=True, on_delete="cascade"),
            "resource": reference("Resource", "resource_id"),
        },
        default_projections=("id", "calendar_event_id", "resource_id"),
    ),
)
