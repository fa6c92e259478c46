"""Which configurations of custom attributes count for which entities, as conditions.

A configuration applies to an entity by kind, object type and project, hierarchical ones to everything in a project.
Several with the same key may apply; one of them counts, for whoever reads, writes, filters or projects: one of the
project before one of all projects, then one that is made for this kind of entity before a hierarchical one, then the
first by id. Values are made of that one only, and written to that one only.
"""

from __future__ import annotations

import sqlalchemy as sa

from trackteroid.server.model import EntityType, Model
from trackteroid.server.model.column_types import caseless
from trackteroid.values import frozen

Column = sa.ColumnElement[object]
Condition = sa.ColumnElement[bool]


@frozen
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
    "AssetCustomAttributeValue": Owner("Asset", "asset", has_hierarchical=True),
    "AssetVersionCustomAttributeValue": Owner("AssetVersion", "assetversion", has_hierarchical=True),
    "ListCustomAttributeValue": Owner("List", "list"),
    "ListObjectCustomAttributeValue": Owner("ListObject", "listobject", project=(("List", "list_id"),)),
    "UserCustomAttributeValue": Owner("User", "user", project=None),
}

#: What configurations call the kinds of entities that hierarchical attributes apply to.
HIERARCHICAL_KINDS = {"show", *(owner.kind for owner in OWNERS.values() if owner.has_hierarchical)}


@frozen
class Applying:
    """The entities of one kind beside the configurations that count for them.

    Attributes:
        entity: The table of the entities.
        configuration: The table of the configurations.
        pairs: Both, joined: a row for each configuration that applies to an entity.
        conditions: What leaves of these rows the ones whose configuration counts.
    """

    entity: sa.FromClause
    configuration: sa.FromClause
    pairs: sa.FromClause
    conditions: tuple[Condition, ...]


def applying(model: Model, owner: Owner) -> Applying:
    """Return every configuration that counts for an entity of `owner`, beside that entity."""
    entity, configuration = model.table(owner.name).alias(), _configurations(model)
    holders, holder = entity, entity
    for name, key in owner.project or ():
        above = model.table(name).alias()
        holders, holder = holders.outerjoin(above, above.c.id == holder.c[key]), above
    project = None if owner.project is None else holder.c.project_id
    # Few keys occur several times, and which ones do is found out once for all entities.
    other, again = _configurations(model), _configurations(model)
    key = caseless(again.c.key)
    repeated = sa.select(key).where(_is_attribute(model, again)).group_by(key).having(sa.func.count() > 1)
    is_shadowed = sa.exists().where(
        other.c.key == configuration.c.key,
        _is_attribute(model, other),
        _rank(other) < _rank(configuration),
        _applies(model, owner, entity, project, other),
    )
    kind = model.condition_of(model.type(owner.name), entity)  # tells users from groups
    return Applying(
        entity,
        configuration,
        holders.join(configuration, _applies(model, owner, entity, project, configuration)),
        (
            *([] if kind is None else [kind]),
            _is_attribute(model, configuration),
            ~sa.and_(configuration.c.key.in_(repeated), is_shadowed),
        ),
    )


def _configurations(model: Model) -> sa.FromClause:
    return model.table("CustomAttributeConfiguration").alias()


def _is_attribute(model: Model, configuration: sa.FromClause) -> Condition:
    """Configurations of links share the table, and are none of values."""
    return configuration.c[_discriminator(model.type("CustomAttributeConfiguration"))] == "CustomAttributeConfiguration"


def _applies(
    model: Model, owner: Owner, entity: sa.FromClause, project: Column | None, configuration: sa.FromClause
) -> Condition:
    """Return whether a configuration is meant for an entity: by kind, object type and project."""
    meant = configuration.c.entity_type == owner.kind
    if owner.name == "Context":
        is_project = entity.c[_discriminator(model.type("Context"))] == "Project"
        meant = sa.or_(
            sa.and_(configuration.c.entity_type == "show", is_project),
            sa.and_(meant, configuration.c.object_type_id == entity.c.object_type_id),
        )
    if owner.has_hierarchical:
        meant = sa.or_(meant, configuration.c.is_hierarchical.is_(True))
    everywhere = configuration.c.project_id.is_(None)
    return sa.and_(meant, everywhere if project is None else sa.or_(everywhere, configuration.c.project_id == project))


def _rank(configuration: sa.FromClause) -> sa.Tuple:
    """Return what of several configurations the smallest one counts by."""
    return sa.tuple_(
        configuration.c.project_id.is_(None),
        sa.func.coalesce(configuration.c.is_hierarchical, sa.false()),
        configuration.c.id,
    )


def _discriminator(entity_type: EntityType) -> str:
    if entity_type.discriminator is None:
        raise LookupError(f"{entity_type.name} shares its table but names no discriminator")
    return entity_type.discriminator
