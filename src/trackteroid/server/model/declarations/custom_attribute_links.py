"""Links between entities that custom attributes make.

One table holds all links; `CustomAttributeLink` looks at it from the side of the entity that links, and
`CustomAttributeLinkFrom` from the side of the one that is linked. Each tells its subtypes apart by its far side.
"""

from __future__ import annotations

from dataclasses import replace

from trackteroid.server.model.attributes import Attribute, entity_type_name, identifier, key, reference
from trackteroid.server.model.types import EntityType, entity_type

_ID = identifier(required=False)
_CONFIGURATION_ID = key(
    "CustomAttributeLinkConfiguration", alias="registerid", required=True, immutable=True, on_delete="cascade"
)

_LINK: dict[str, Attribute] = {
    "id": _ID,
    "configuration_id": _CONFIGURATION_ID,
    "configuration": reference("CustomAttributeLinkConfiguration", "configuration_id", alias="register"),
    "from_id": key(None, format=None, required=True, on_delete="cascade"),
    "to_id": key(None, format=None, required=True, on_delete="cascade"),
}


def _ends(*, required: bool) -> dict[str, Attribute]:
    """Return what kinds of entities a link connects."""
    return {name: entity_type_name(required=required) for name in ("from_entity_type", "to_entity_type")}


def _root(name: str, discriminator: str) -> EntityType:
    return entity_type(
        name,
        _LINK | _ends(required=False),
        table="custom_attribute_link",
        default_projections=("configuration_id", "from_id", "to_id"),
        discriminator=discriminator,
    )


def _family(root: EntityType, far: str) -> list[EntityType]:
    """Return the subtypes of `root`, by the kind of the entity whose id the key `far` holds."""
    suffix = root.name
    return [
        entity_type(
            kind + suffix,
            {
                "id": replace(_ID, required=True),
                **_ends(required=True),
                attribute: reference(kind, far, narrow=True),
            },
            extends=root,
            default_projections=("id", "to_id", "to_entity_type", "configuration_id", "from_id"),
        )
        for kind, attribute in _KINDS
    ]


_KINDS = (
    ("Context", "context"),
    ("AssetVersion", "asset_version"),
    ("Asset", "asset"),
    ("List", "list"),
    ("User", "user"),
    ("Group", "group"),
    ("Component", "component"),
)
_TO = _root("CustomAttributeLink", "to_kind")
_FROM = _root("CustomAttributeLinkFrom", "from_kind")

TYPES: tuple[EntityType, ...] = (
    _TO,
    *_family(_TO, "to_id"),
    _FROM,
    *_family(_FROM, "from_id"),
)
