"""Review sessions."""

from __future__ import annotations

from trackteroid.server.model.attributes import (
    Attribute,
    boolean,
    collection,
    datetime,
    identifier,
    integer,
    key,
    number,
    object_,
    reference,
    text,
)
from trackteroid.server.model.declarations.common import HOME, THUMBNAIL, created
from trackteroid.server.model.types import EntityType, entity_type

#: What sessions and folders are called until somebody calls them something.
_NAME = "New review session"

#: What was looked at.
_REVIEWED: dict[str, Attribute] = {
    "review_session_object_id": key("ReviewSessionObject", on_delete="cascade"),
    "review_session_object": reference("ReviewSessionObject", "review_session_object_id", alias="reviewSessionObject"),
}

TYPES: tuple[EntityType, ...] = (
    entity_type(
        "ReviewSession",
        {
            "id": identifier(),
            "name": text(required=True, default=_NAME),
            "availability": text(),
            **created(required=True),
            "description": text(required=True, default=""),
            "end_date": datetime(alias="end", required=True),
            "is_moderated": boolean(fallback=False),
            "is_open": boolean(immutable=True, computed=True, stored=False),
            "passphrase": text(),
            "passphrase_enabled": boolean(fallback=False),
            "project_id": key("Project", required=True, on_delete="cascade"),
            "project": reference("Project", "project_id"),
            "review_session_folder_id": key("ReviewSessionFolder"),
            "review_session_folder": reference("ReviewSessionFolder", "review_session_folder_id"),
            "shareable_url_enabled": boolean(fallback=False),
            "start_date": datetime(alias="start", required=True),
            **THUMBNAIL,
            "thumbnail_id": key("Component", alias="thumbid", immutable=True, computed=True),
            "thumbnail_source_id": key("AssetVersion"),
            "review_session_invitees": collection(
                "ReviewSessionInvitee", "review_session_id", alias="reviewSessionInvitees"
            ),
            "review_session_objects": collection(
                "ReviewSessionObject", "review_session_id", alias="reviewSessionObjects"
            ),
            "settings": collection("EntitySetting", "parent_id", alias="settingOverrides"),
        },
    ),
    entity_type(
        "ReviewSessionFolder",
        {
            "id": identifier(),
            "name": text(required=True, default=_NAME),
            "project_id": key("Project", on_delete="cascade"),
            "project": reference("Project", "project_id"),
            "review_sessions": collection("ReviewSession", "review_session_folder_id", alias="review_sessions"),
        },
    ),
    entity_type(
        "ReviewSessionInvitee",
        {
            "id": identifier(),
            "name": text(required=True),
            **created(required=True),
            "created_from_shared_url": boolean(immutable=True, fallback=False),
            "email": text(required=True),
            "last_sent_at": datetime(),
            "resource_id": key("Resource"),
            "resource": reference("Resource", "resource_id"),
            "review_session_id": key("ReviewSession", required=True, on_delete="cascade"),
            "review_session": reference("ReviewSession", "review_session_id", alias="reviewSession"),
            "statuses": collection("ReviewSessionObjectStatus", "review_session_invitee_id"),
        },
        system_projections=("review_session_id",),
    ),
    entity_type(
        "ReviewSessionObject",
        {
            "id": identifier(),
            "name": text(required=True, default=""),
            "created_at": datetime(required=True),
            "description": text(required=True, default=""),
            "review_session_id": key("ReviewSession", required=True, on_delete="cascade"),
            "review_session": reference("ReviewSession", "review_session_id", alias="reviewSession"),
            "sort_order": number(required=True, fallback=0.0),
            "version_id": key("AssetVersion", required=True, on_delete="cascade"),
            "asset_version": reference("AssetVersion", "version_id", alias="assetVersion"),
            "version": text(required=True, default=""),
            "annotations": collection("ReviewSessionObjectAnnotation", "review_session_object_id"),
            "notes": collection("Note", "parent_id", where={"in_reply_to_id": None}),
            "statuses": collection("ReviewSessionObjectStatus", "review_session_object_id"),
            **HOME,
        },
        system_projections=("review_session_id",),
    ),
    entity_type(
        "ReviewSessionObjectStatus",
        {
            "id": identifier(),
            "created_at": datetime(required=True),
            "resource_id": key("Resource"),
            "resource": reference("Resource", "resource_id"),
            "review_session_invitee_id": key("ReviewSessionInvitee", on_delete="cascade"),
            "invitee": reference("ReviewSessionInvitee", "review_session_invitee_id"),
            "review_session_object_id": key("ReviewSessionObject", on_delete="cascade"),
            "review_session_object": reference(
                "ReviewSessionObject", "review_session_object_id", alias="reviewSessionObject"
            ),
            "status": text(),
        },
        system_projections=("review_session_object_id",),
    ),
    entity_type(
        "ReviewSessionObjectAnnotation",
        {
            "id": identifier(),
            "created_at": datetime(required=True),
            "data": text(exact=True),
            "frame_number": integer(required=True),
            # The schema requires it without listing it.
            "review_session_id": key("ReviewSession", required=True, listed=False, on_delete="cascade"),
            **_REVIEWED,
            "updated_at": datetime(),
        },
        system_projections=("review_session_object_id",),
        table="review_annotation",
    ),
    entity_type(
        "ReviewSessionObjectAnnotationComponent",
        {
            "component_id": key("Component", required=True, immutable=True, on_delete="cascade"),
            "component": reference("Component", "component_id"),
            "frame_number": text(format="integer", required=True, immutable=True, exact=True),
            **_REVIEWED,
            "review_session_object_id": key("ReviewSessionObject", required=True, immutable=True, on_delete="cascade"),
            "thumbnail_url": object_(immutable=True, computed=True, stored=False),
            "url": object_(immutable=True, computed=True, stored=False),
        },
        primary_key=("component_id", "review_session_object_id"),
        default_projections=("component_id", "frame_number", "review_session_object_id"),
        system_projections=("review_session_object_id",),
        table="review_annotation_component",
    ),
)
