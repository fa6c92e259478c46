"""All entity types. To add an attribute, add a line to the type it belongs to."""

from __future__ import annotations

from trackteroid.server.model.declarations import (
    activity,
    contexts,
    custom_attribute_links,
    custom_attributes,
    lists,
    notes,
    people,
    publishing,
    review,
    schemas,
    settings,
    workflow,
)
from trackteroid.server.model.types import EntityType

TYPES: tuple[EntityType, ...] = (
    *contexts.TYPES,
    *workflow.TYPES,
    *schemas.TYPES,
    *publishing.TYPES,
    *people.TYPES,
    *notes.TYPES,
    *lists.TYPES,
    *review.TYPES,
    *custom_attributes.TYPES,
    *custom_attribute_links.TYPES,
    *activity.TYPES,
    *settings.TYPES,
)
