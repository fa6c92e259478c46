"""Lists of typed contexts and of versions."""

from __future__ import annotations

from trackteroid.server.model.attributes import boolean, collection, datetime, identifier, key, linked, reference, text
from trackteroid.server.model.declarations.common import CUSTOM_ATTRIBUTE_LINKS, custom_attributes
from trackteroid.server.model.types import EntityType, entity_type

LIST = entity_type(
    "List",
    {
        "id": identifier(alias="listid"),
        "name": text(default=""),
        "category_id": key("ListCategory", alias="typeid", required=True, on_delete="refuse"),
        "category": reference("ListCategory", "category_id", alias="type"),
        "date": datetime(),
        "is_open": boolean(alias="isopen", required=True, default=True),
        "project_id": key("Project", alias="showid", required=True, on_delete="cascade"),
        "project": reference("Project", "project_id", alias="show"),
        "system_type": text(alias="entity", exact=True, default="task"),
        "user_id": key("User", alias="userid"),
        "owner": reference("User", "user_id", alias="user"),
        **CUSTOM_ATTRIBUTE_LINKS,
        "custom_attributes": custom_attributes("List"),
    },
    system_projections=("showid",),
    discriminator="concrete_type",
    groups=True,
)

#: The schema calls the former name of `category` immutable without listing it.
_FORMER_CATEGORY = {"type": reference("ListCategory", "category_id", immutable=True, listed=False)}

TYPES: tuple[EntityType, ...] = (
    entity_type(
        "ListCategory",
        {
            "id": identifier(alias="typeid"),
            "name": text(),
            "lists": collection("List", "category_id"),
        },
        alias="ListType",
    ),
    LIST,
    entity_type(
        "TypedContextList",
        {
            **_FORMER_CATEGORY,
            "items": linked("Task", "ListObject", "list_id", "entity_id", alias="_task_items"),
        },
        extends=LIST,
        alias="List",
        classifiers={"entity": "task"},
    ),
    entity_type(
        "AssetVersionList",
        {
            **_FORMER_CATEGORY,
            "system_type": text(alias="entity", exact=True, default="assetversion"),
            "items": linked("AssetVersion", "ListObject", "list_id", "entity_id", alias="_asset_version_items"),
        },
        extends=LIST,
        alias="List",
        classifiers={"entity": "assetversion"},
    ),
    entity_type(
        "ListObject",
        {
            "id": identifier(),
            "entity_id": key(None, format=None, alias="entityid", required=True, on_delete="cascade"),
            "list_id": key("List", alias="listid", required=True, on_delete="cascade"),
            "list": reference("List", "list_id"),
            "custom_attributes": custom_attributes("ListObject"),
        },
        default_projections=("id", "entity_id", "list_id"),
    ),
)
