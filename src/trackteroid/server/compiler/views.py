"""Entity types whose rows are made from other tables when they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from ..model import EntityType, Model
from .dialects import as_caseless

Column = sa.ColumnElement[object]
Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Owner:
    """The entities that have custom attributes of one kind.

    Attributes:
        name: Their entity type.
        kind: What configurations for them say in `entity_type`.
        has_hierarchical: Whether hierarchical attributes apply to them as well.
        project: The keys that lead to the holder of `project_id`, as (entity type they lead to, key); None where an
            entity belongs to no project.
    """

    name: str
    kind: str
    has_hierarchical: bool = False
    project: tuple[tuple[str, str], ...] | None = ()


#: By dense custom attribute type.
OWNERS = {
    "ContextCustomAttributeValue": Owner("Context", "task", has_hierarchical=True),
    "AssetCustomAttributeValue": Owner("Asset", "asset", has_hierarchical=True, project=(("Context", "context_id"),)),
    "AssetVersionCustomAttributeValue": Owner(
        "AssetVersion",
        "assetversion",
        has_hierarchical=True,
        project=(("Asset", "asset_id"), ("Context", "context_id")),
    ),
    "ListCustomAttributeValue": Owner("List", "list"),
    "ListObjectCustomAttributeValue": Owner("ListObject", "listobject", project=(("List", "list_id"),)),
    "UserCustomAttributeValue": Owner("User", "user", project=None),
}


def dense_custom_attributes(model: Model, entity_type: EntityType) -> sa.SelectBase:
    """One row for every configuration that applies to an entity, with the stored value or else the default.

    A configuration for the project of the entity takes the place of a global one with the same key. Values of
    hierarchical attributes are the entity's own or null: what is inherited is for the client to find out.
    """
    owner = OWNERS[entity_type.name]
    entity = model.table(model.type(owner.name)).alias()
    holders, project = _project(model, owner, entity)
    configuration = _configurations(model)
    value = model.table(model.type("CustomAttributeValue")).alias()
    is_stored = value.c.configuration_id.is_not(None)

    def stored_or_default(stored: str, default: str) -> Column:
        own = sa.case((configuration.c.is_hierarchical.is_(True), sa.null()), else_=configuration.c[default])
        return sa.case((is_stored, value.c[stored]), else_=own)

    return (
        sa.select(
            configuration.c.id.label("configuration_id"),
            entity.c.id.label("entity_id"),
            configuration.c.key.label("key"),
            sa.type_coerce(stored_or_default("value", "default"), value.c.value.type).label("value"),
            as_caseless(stored_or_default("text", "default_text")).label("text"),
            stored_or_default("number", "default_number").label("number"),
        )
        .select_from(
            holders.join(configuration, _applies(model, owner, entity, project, configuration)).outerjoin(
                value, sa.and_(value.c.configuration_id == configuration.c.id, value.c.entity_id == entity.c.id)
            )
        )
        .where(
            *_is_owner(model, owner, entity),
            _is_attribute(model, configuration),
            ~_is_shadowed(model, owner, entity, project, configuration),
        )
    )


def _configurations(model: Model) -> sa.FromClause:
    return model.table(model.type("CustomAttributeConfiguration")).alias()


def _is_owner(model: Model, owner: Owner, entity: sa.FromClause) -> list[Condition]:
    """What tells the owners from other entities in their table: users from groups."""
    entity_type = model.type(owner.name)
    if entity_type.base is None or entity_type.discriminator is None:
        return []
    return [entity.c[entity_type.discriminator].in_([subtype.name for subtype in model.subtypes(entity_type)])]


def _is_attribute(model: Model, configuration: sa.FromClause) -> Condition:
    """Configurations of links share the table, and are none of values."""
    return configuration.c[_discriminator(model, "CustomAttributeConfiguration")] == "CustomAttributeConfiguration"


def _project(model: Model, owner: Owner, entity: sa.FromClause) -> tuple[sa.FromClause, Column | None]:
    """`entity` joined with what knows its project, and the column that does."""
    if owner.project is None:
        return entity, None
    holders, holder = entity, entity
    for name, key in owner.project:
        above = model.table(model.type(name)).alias()
        holders, holder = holders.outerjoin(above, above.c.id == holder.c[key]), above
    return holders, holder.c.project_id


def _applies(
    model: Model, owner: Owner, entity: sa.FromClause, project: Column | None, configuration: sa.FromClause
) -> Condition:
    """Whether a configuration is meant for an entity: by kind, object type and project."""
    meant = configuration.c.entity_type == owner.kind
    if owner.name == "Context":
        is_project = entity.c[_discriminator(model, "Context")] == "Project"
        meant = sa.or_(
            sa.and_(configuration.c.entity_type == "show", is_project),
            sa.and_(meant, configuration.c.object_type_id == entity.c.object_type_id),
        )
    if owner.has_hierarchical:
        meant = sa.or_(meant, configuration.c.is_hierarchical.is_(True))
    everywhere = configuration.c.project_id.is_(None)
    return sa.and_(meant, everywhere if project is None else sa.or_(everywhere, configuration.c.project_id == project))


def _is_shadowed(
    model: Model, owner: Owner, entity: sa.FromClause, project: Column | None, configuration: sa.FromClause
) -> Condition:
    """Whether the project has a configuration of its own in the place of a global one."""
    if project is None:
        return sa.false()
    specific = _configurations(model)
    found = sa.exists().where(
        specific.c.project_id == project,
        specific.c.key == configuration.c.key,
        _is_attribute(model, specific),
        _applies(model, owner, entity, project, specific),
    )
    return sa.and_(configuration.c.project_id.is_(None), found)


def _discriminator(model: Model, name: str) -> str:
    discriminator = model.type(name).discriminator
    if discriminator is None:
        raise LookupError(f"{name} shares its table but names no discriminator")
    return discriminator


VIEWS: dict[str, Callable[[Model, EntityType], sa.SelectBase]] = {
    "dense_custom_attributes": dense_custom_attributes,
}
