"""Settings, metadata and dashboards."""

from __future__ import annotations

from trackteroid.server.model.attributes import (
    boolean,
    collection,
    datetime,
    entity_type_name,
    identifier,
    integer,
    key,
    number,
    object_,
    reference,
    text,
)
from trackteroid.server.model.declarations.common import HOME
from trackteroid.server.model.types import EntityType, entity_type

TYPES: tuple[EntityType, ...] = (
    entity_type(
        "Setting",
        {
            "name": text(words=True, required=True, immutable=True, default="default"),
            "group": text(words=True, required=True, immutable=True, default="default"),
            "value": text(default="default"),
        },
        primary_key=("name", "group"),
    ),
    entity_type(
        "SettingComponent",
        {
            "name": text(words=True, required=True, immutable=True, format="foreign_key"),
            "component_id": key("Component", required=True, immutable=True, on_delete="cascade"),
            "component": reference("Component", "component_id"),
            "group": text(words=True, required=True, immutable=True, format="foreign_key"),
            "setting": reference("Setting", ("name", "group")),
            "thumbnail_url": object_(immutable=True, computed=True, stored=False),
            "url": object_(immutable=True, computed=True, stored=False),
        },
        primary_key=("component_id", "name", "group"),
    ),
    entity_type(
        "EntitySetting",
        {
            "name": text(words=True, required=True, immutable=True),
            "group": text(words=True, required=True, immutable=True),
            "parent_id": key(None, format=None, required=True, immutable=True, on_delete="cascade"),
            "parent_type": entity_type_name(required=True),
            "value": text(required=True),
        },
        primary_key=("parent_id", "group", "name"),
        default_projections=("parent_id", "group", "name", "value", "parent_type"),
        alias="SettingOverride",
    ),
    entity_type(
        "Metadata",
        {
            "key": text(alias="variable", required=True, immutable=True, exact=True),
            "parent_id": key(None, format=None, alias="meta_id", required=True, immutable=True, on_delete="cascade"),
            "parent_type": entity_type_name(alias="meta_type", required=True),
            "value": text(required=True),
            **HOME,
        },
        primary_key=("parent_id", "key"),
        default_projections=("parent_id", "key", "value", "parent_type"),
        alias="Meta",
        always=("value", "parent_type"),
    ),
    entity_type(
        "Dashboard",
        {
            "id": identifier(alias="dashboardid"),
            "name": text(),
            "created_by_id": key("User", alias="userid"),
            "created_by": reference("User", "created_by_id", alias="user"),
            "is_shared_with_everyone": boolean(alias="isglobal", default=False),
            "dashboard_resources": collection("DashboardResource", "dashboard_id"),
            "widgets": collection("DashboardWidget", "dashboard_id"),
        },
        system_projections=("typeid",),
    ),
    entity_type(
        "DashboardWidget",
        {
            "id": identifier(alias="widgetid"),
            "config": text(),
            "dashboard_id": key("Dashboard", alias="dashboardid", on_delete="cascade"),
            "dashboard": reference("Dashboard", "dashboard_id"),
            "sort": number(fallback=0.0),
            "type": text(alias="widget_typeid"),
        },
    ),
    entity_type(
        "DashboardResource",
        {
            "dashboard_id": key("Dashboard", required=True, immutable=True, on_delete="cascade"),
            "dashboard": reference("Dashboard", "dashboard_id"),
            "is_shared_with_everyone": boolean(alias="isglobal", default=False),
            "resource_id": key("Resource", required=True, immutable=True, on_delete="cascade"),
            "resource": reference("Resource", "resource_id"),
        },
        primary_key=("dashboard_id", "resource_id"),
        system_projections=("dashboard_id", "resource_id"),
        alias="LinkDashboardResource",
    ),
    entity_type(
        "ServerInformation",
        {
            "key": text(exact=True),
            "value": text(exact=True),
        },
        primary_key=("key",),
        served=False,
    ),
    # Everything that was published or has changed, in the order of commits; see `server.events.log`.
    entity_type(
        "HubEvent",
        {
            "sequence": integer(),
            "at": datetime(indexed=True),
            "topic": text(exact=True),
            "user_id": text(exact=True),
            "form": text(exact=True),
            "size": integer(),
            "content": text(exact=True),
        },
        primary_key=("sequence",),
        served=False,
    ),
    # How far consumers have come that share the events among them; see `server.events.groups`.
    entity_type(
        "EventGroup",
        {
            "name": text(exact=True),
            "user_id": text(exact=True),
            "expression": text(exact=True),
            "subscriber": text(exact=True),
            "at_most_once": boolean(),
            "position": integer(),
            "created_at": datetime(),
        },
        primary_key=("name",),
        served=False,
    ),
    # The events before that position which are not done.
    entity_type(
        "EventDelivery",
        {
            "group_name": text(exact=True),
            "sequence": integer(),
            "consumer": text(exact=True),
            "until": text(exact=True),
            "lease_seconds": number(),
            "deliveries": integer(),
            "keys": text(exact=True),
            "gap_from": integer(),
        },
        primary_key=("group_name", "sequence"),
        served=False,
    ),
    # Where events are sent by the server itself, and how far it has come; see `server.events.webhooks`.
    entity_type(
        "Webhook",
        {
            "id": identifier(),
            "user_id": text(exact=True),
            "url": text(exact=True),
            "secret": text(exact=True),
            "expression": text(exact=True),
            "is_paused": boolean(),
            "created_at": datetime(),
            "position": integer(),
            "tries": integer(),
            "due_at": text(exact=True),
            "claimed_by": text(exact=True),
            "claimed_until": text(exact=True),
            "error": text(exact=True),
        },
        served=False,
    ),
    # What was given up, to be looked at and sent again.
    entity_type(
        "WebhookFailure",
        {
            "webhook_id": text(exact=True),
            "sequence": integer(),
            "topic": text(exact=True),
            "content": text(exact=True),
            "tries": integer(),
            "failed_at": datetime(),
            "error": text(exact=True),
            "is_wanted": boolean(),
        },
        primary_key=("webhook_id", "sequence"),
        served=False,
    ),
    # What each change of a row has undone; written by triggers, see `server.history.keeping`.
    entity_type(
        "RowHistory",
        {
            "id": integer(),
            "batch": integer(indexed=True),
            "name": text(exact=True),
            "key": text(exact=True, indexed=True),
            "kind": text(exact=True),
            "old": text(exact=True),
        },
        primary_key=("id",),
        served=False,
    ),
    # The ends of transactions that changed something, in the order of commits; see `server.history.moments`.
    entity_type(
        "HistoryMoment",
        {
            "number": integer(),
            "at": text(exact=True, indexed=True),
            "user_id": text(exact=True),
            "event": integer(indexed=True),
            "batch": integer(indexed=True),
        },
        primary_key=("number",),
        served=False,
    ),
)
