"""Assets, their versions, the components of these and where components are kept."""

from __future__ import annotations

from trackteroid.server.model.attributes import (
    boolean,
    collection,
    datetime,
    identifier,
    integer,
    key,
    linked,
    object_,
    reference,
    text,
)
from trackteroid.server.model.declarations.common import (
    CUSTOM_ATTRIBUTE_LINKS,
    HOME,
    LINK,
    METADATA,
    PROJECT,
    THUMBNAIL,
    custom_attributes,
)
from trackteroid.server.model.types import EntityType, Unique, entity_type

COMPONENT = entity_type(
    "Component",
    {
        "id": identifier(),
        "name": text(required=True, default="main"),
        "container_id": key("ContainerComponent", on_delete="cascade"),
        "container": reference("ContainerComponent", "container_id"),
        "file_type": text(alias="filetype"),
        "size": integer(default=0),
        "system_type": text(required=True, exact=True, fallback="component"),
        "version_id": key("AssetVersion", on_delete="cascade"),
        "version": reference("AssetVersion", "version_id"),
        "component_locations": collection("ComponentLocation", "component_id"),
        **CUSTOM_ATTRIBUTE_LINKS,
        **METADATA,
        **HOME,
    },
    default_projections=("id", "system_type"),
    system_projections=("system_type", "version_id", "container_id"),
    discriminator="concrete_type",
    groups=True,
)

CONTAINER_COMPONENT = entity_type(
    "ContainerComponent",
    {
        "id": identifier(format="foreign_key"),
        "system_type": text(required=True, exact=True, fallback="container"),
        "members": collection("Component", "container_id"),
    },
    extends=COMPONENT,
)

TYPES: tuple[EntityType, ...] = (
    entity_type(
        "Asset",
        {
            "id": identifier(alias="assetid"),
            "name": text(indexed=True),
            "context_id": key("Context", on_delete="cascade"),
            "parent": reference("Context", "context_id"),
            "latest_version_id": key("AssetVersion", hidden=True),
            "latest_version": reference("AssetVersion", "latest_version_id", computed=True),
            **PROJECT,
            "type_id": key("AssetType", alias="typeid"),
            "type": reference("AssetType", "type_id"),
            "ancestors": linked(
                "TypedContext", "AssetAncestor", "asset_id", "ancestor_id", narrow=True, read_only=True
            ),
            "versions": collection("AssetVersion", "asset_id"),
            **CUSTOM_ATTRIBUTE_LINKS,
            "custom_attributes": custom_attributes("Asset"),
            **METADATA,
        },
        system_projections=("context_id",),
        groups=True,
        unique=(Unique(("context_id", "name"), if_claimed=True),),
    ),
    entity_type(
        "AssetAncestor",
        {
            "asset_id": key("Asset"),
            "ancestor_id": key("Context"),
        },
        primary_key=("asset_id", "ancestor_id"),
        view="asset_ancestors",
        served=False,
    ),
    entity_type(
        "AssetType",
        {
            "id": identifier(alias="typeid"),
            "name": text(required=True),
            "component": text(default="main"),
            "short": text(required=True),
            "assets": collection("Asset", "type_id"),
        },
    ),
    entity_type(
        "AssetVersion",
        {
            "id": identifier(alias="versionid"),
            "asset_id": key("Asset", alias="assetid", on_delete="cascade"),
            "asset": reference("Asset", "asset_id"),
            "comment": text(default=""),
            "date": datetime(),
            "is_latest_version": boolean(immutable=True, stored=False),
            "is_published": boolean(alias="ispublished", required=True, default=True),
            **LINK,
            **PROJECT,
            "status_id": key("Status", alias="statusid", required=True, on_delete="refuse"),
            "status": reference("Status", "status_id"),
            "task_id": key("Task", alias="taskid"),
            "task": reference("Task", "task_id"),
            **THUMBNAIL,
            "user_id": key("User", alias="userid"),
            "user": reference("User", "user_id"),
            "version": integer(),
            "components": collection("Component", "version_id"),
            "incoming_links": collection("AssetVersionLink", "to_id", alias="incoming_links"),
            "lists": linked("AssetVersionList", "ListObject", "entity_id", "list_id", alias="_lists"),
            "notes": collection("Note", "parent_id", where={"in_reply_to_id": None}),
            "outgoing_links": collection("AssetVersionLink", "from_id", alias="outgoing_links"),
            "review_session_objects": collection("ReviewSessionObject", "version_id", alias="reviewSessionObjects"),
            "status_changes": collection("StatusChange", "parent_id"),
            "used_in_versions": linked("AssetVersion", "AssetVersionLink", "from_id", "to_id", alias="usedinversions"),
            "uses_versions": linked("AssetVersion", "AssetVersionLink", "to_id", "from_id", alias="usesversions"),
            **CUSTOM_ATTRIBUTE_LINKS,
            "custom_attributes": custom_attributes("AssetVersion"),
            **METADATA,
        },
        system_projections=("assetid",),
        groups=True,
        unique=(Unique(("asset_id", "version"), if_claimed=True),),
    ),
    entity_type(
        "AssetVersionLink",
        {
            "id": identifier(),
            "from_id": key("AssetVersion", alias="linkedversionid", required=True, on_delete="cascade"),
            "from": reference("AssetVersion", "from_id", alias="linked_version"),
            "to_id": key("AssetVersion", alias="versionid", required=True, on_delete="cascade"),
            "to": reference("AssetVersion", "to_id", alias="version"),
            **METADATA,
        },
        default_projections=("id", "from_id", "to_id"),
    ),
    COMPONENT,
    entity_type(
        "FileComponent",
        {
            "id": identifier(format="foreign_key"),
            "system_type": text(required=True, exact=True, fallback="file"),
        },
        extends=COMPONENT,
    ),
    CONTAINER_COMPONENT,
    entity_type(
        "SequenceComponent",
        {
            "system_type": text(required=True, exact=True, fallback="sequence"),
            "padding": integer(required=True, default=0),
        },
        extends=CONTAINER_COMPONENT,
    ),
    entity_type(
        "Location",
        {
            "id": identifier(),
            "name": text(required=True, unique=True),
            "description": text(),
            "label": text(),
            "location_components": collection("ComponentLocation", "location_id"),
        },
    ),
    entity_type(
        "ComponentLocation",
        {
            "id": identifier(),
            "component_id": key("Component", on_delete="cascade"),
            "component": reference("Component", "component_id"),
            "location_id": key("Location", on_delete="refuse"),
            "location": reference("Location", "location_id"),
            "resource_identifier": text(alias="resourceIdentifier"),
            "url": object_(computed=True, stored=False),
            **HOME,
        },
        system_projections=("location_id", "component_id"),
        groups=True,
        unique=(Unique(("component_id", "location_id")),),
    ),
    # The data of a component on this server. It may be there before the component is, and goes after it has gone.
    entity_type(
        "StoredFile",
        {
            "id": identifier(),
            "component_id": text(required=True, exact=True, indexed=True),
            "user_id": text(required=True, exact=True),
            "state": text(required=True, exact=True, indexed=True),
            "created_at": datetime(required=True),
            "stored_at": datetime(),
            "size": integer(),
            "checksum": text(exact=True),
            "parts": integer(),
            "pieces": text(exact=True),
        },
        served=False,
    ),
    # A job that encodes a file, until it is finished.
    entity_type(
        "Encoding",
        {
            "id": identifier(),
            "component_id": text(required=True, exact=True),
            "version_id": text(exact=True),
            "keep_original": boolean(),
            "outputs": text(exact=True),
            "claimed_until": datetime(),
            "tries": integer(),
        },
        served=False,
    ),
)
