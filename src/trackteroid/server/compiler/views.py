"""Entity types whose rows are made from other tables when they are asked for."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from trackteroid.server.compiler.dialects import as_caseless
from trackteroid.server.model import EntityType, Model
from trackteroid.server.rules.applying import OWNERS, applying

Column = sa.ColumnElement[object]


def dense_custom_attributes(model: Model, entity_type: EntityType) -> sa.SelectBase:
    """Return one row for every key of an entity, with the stored value or else the default.

    It is of the configuration that counts for the entity. What it could inherit is for the client to find out, also of
    hierarchical attributes: those show their default where they have no value of their own.
    """
    found = applying(model, OWNERS[entity_type.name])
    entity, configuration = found.entity, found.configuration
    value = model.table("CustomAttributeValue").alias()
    is_stored = value.c.configuration_id.is_not(None)

    def stored_or_default(stored: str, default: str) -> Column:
        return sa.case((is_stored, value.c[stored]), else_=configuration.c[default])

    return (
        sa.select(
            configuration.c.id.label("configuration_id"),
            entity.c.id.label("entity_id"),
            configuration.c.key.label("key"),
            configuration.c.key_folded.label("key_folded"),
            sa.type_coerce(stored_or_default("value", "default"), value.c.value.type).label("value"),
            as_caseless(stored_or_default("text", "default_text")).label("text"),
            stored_or_default("text_folded", "default_text_folded").label("text_folded"),
            stored_or_default("number", "default_number").label("number"),
        )
        .select_from(
            found.pairs.outerjoin(
                value, sa.and_(value.c.configuration_id == configuration.c.id, value.c.entity_id == entity.c.id)
            )
        )
        .where(*found.conditions)
    )


def asset_ancestors(model: Model, entity_type: EntityType) -> sa.SelectBase:  # noqa: ARG001 - as all views
    """Return one row for every asset and each context above it."""
    asset, above = model.table("Asset").alias(), model.table("ContextAncestor").alias()
    own = sa.select(asset.c.id.label("asset_id"), asset.c.context_id.label("ancestor_id"))
    further = sa.select(asset.c.id, above.c.ancestor_id).join_from(
        asset, above, above.c.context_id == asset.c.context_id
    )
    return sa.union_all(own, further)


def user_sessions(model: Model, entity_type: EntityType) -> sa.SelectBase:  # noqa: ARG001 - as all views
    """Return one row for every API key that is in use: there is no other way to come in."""
    keys = model.table("ApiKey").alias()
    return sa.select(
        keys.c.id,
        keys.c.user_id,
        keys.c.created_at.label("creation_time"),
        keys.c.last_used_at.label("accessed_time"),
    ).where(keys.c.last_used_at.is_not(None))


VIEWS: dict[str, Callable[[Model, EntityType], sa.SelectBase]] = {
    "asset_ancestors": asset_ancestors,
    "dense_custom_attributes": dense_custom_attributes,
    "user_sessions": user_sessions,
}
