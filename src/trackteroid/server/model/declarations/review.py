"""Review sessions."""

from __future__ import annotations

from trackteroid.server.model.attributes import boolean, collection, datetime, identifier, key, number, reference, text
from trackteroid.server.model.declarations.common import HOME, THUMBNAIL, created
from trackteroid.server.model.types import EntityType, entity_type

TYPES: tuple[EntityType, ...] = (
    entity_type(
        "ReviewSession",
        {
            "id": identifier(),
            "name": text(required=True, default="New review session"),
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
            "shareable_url_enabled": boolean(fallback=False),
            "start_date": datetime(alias="start", required=True),
            **THUMBNAIL,
            "thumbnail_id": key("Component", alias="thumbid", immutable=True, computed=True),
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
        "ReviewSessionInvitee",
        {
            "id": identifier(),
            "name": text(required=True),
            **created(required=True),
            "created_from_shared_url": boolean(immutable=True, fallback=False),
            "email": text(required=True),
            "last_sent_at": datetime(),
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
)
