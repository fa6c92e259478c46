"""Groups of attributes that many entity types share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trackteroid.server.model.attributes import (
    Attribute,
    Collection,
    collection,
    datetime,
    key,
    mapped,
    object_,
    reference,
    text,
)

#: Entities that carry key/value pairs of any tool.
METADATA: Final[Mapping[str, Attribute]] = {"metadata": mapped("Metadata", "parent_id", alias="meta")}

#: Entities that custom attributes can link, in both directions.
CUSTOM_ATTRIBUTE_LINKS: Final[Mapping[str, Attribute]] = {
    "custom_attribute_links": mapped("CustomAttributeLink", "from_id", restricted=True),
    "custom_attribute_links_from": mapped("CustomAttributeLinkFrom", "to_id", restricted=True),
}

#: Entities that know the project that they are in: see `rules.homes`.
PROJECT: Final[Mapping[str, Attribute]] = {"project_id": key("Project", derived=True)}

#: The same where the schema has no place for it, so that only the server sees it.
HOME: Final[Mapping[str, Attribute]] = {"home_id": text(hidden=True, exact=True, indexed=True)}

#: Entities with a picture.
THUMBNAIL: Final[Mapping[str, Attribute]] = {
    "thumbnail_id": key("Component", alias="thumbid"),
    "thumbnail": reference("Component", "thumbnail_id"),
    "thumbnail_url": object_(immutable=True, computed=True, stored=False),
}

#: Entities that know the way down to them from their project.
LINK: Final[Mapping[str, Attribute]] = {
    "link": text(alias="_api_link", immutable=True, stored=False),
    "_link": text(alias="_api_link", immutable=True, stored=False, description="Older name of `link`."),
}


def created(*, required: bool = False, immutable: bool = False) -> dict[str, Attribute]:
    """Return who made an entity, and when."""
    return {
        "created_at": datetime(required=required, immutable=immutable),
        "created_by_id": key("User", alias="created_by", required=required, immutable=immutable),
        "created_by": reference("User", "created_by_id", alias="createdBy", immutable=immutable),
    }


def appointments(side: str) -> dict[str, Attribute]:
    """Return who is booked for what, seen from one ``side``: ``context`` or ``resource``."""

    def of_type(name: str, **only: str) -> Collection:
        return collection("Appointment", f"{side}_id", alias=f"{side}_{name}", where=only)

    return {
        "appointments": of_type("appointments"),
        "allocations": of_type("allocations", type="allocation"),
        "assignments": of_type("assignments", type="assignment"),
    }


def custom_attributes(kind: str) -> Collection:
    """Return the custom attribute values of entities of one kind."""
    return mapped(f"{kind}CustomAttributeValue", "entity_id", alias="custom_attribute_values")
