"""Object types: the kinds of typed contexts, of which a site may have its own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from trackteroid.server.model.attributes import Attribute, Scalar
from trackteroid.server.model.types import EntityType, entity_type

_CLASSIFIER = "object_typeid"

#: The priority that typed contexts have until somebody gives them another one.
NO_PRIORITY = "9661b320-3a0c-11e2-81c1-0800200c9a66"


def object_type(base: EntityType, name: str, object_type_id: str, frozen: Iterable[str] = ()) -> EntityType:
    """Return the entity type of the typed contexts of one object type.

    Args:
        base: The entity type of all typed contexts.
        name: The name of the entity type.
        object_type_id: The id of the object type.
        frozen: Names of the attributes that clients may not change after creation, besides the object type itself.
    """
    changed: dict[str, Attribute] = {
        attribute: replace(base.attributes[attribute], immutable=True)
        for attribute in (*frozen, "object_type", "object_type_id")
    }
    changed["object_type_id"] = _with_default(changed["object_type_id"], object_type_id)
    changed["priority_id"] = _with_default(base.attributes["priority_id"], NO_PRIORITY)
    return entity_type(name, changed, extends=base, alias=base.alias, classifiers={_CLASSIFIER: object_type_id})


def object_type_id_of(entity_type: EntityType) -> str | None:
    """Return the object type that `entity_type` stands for, if it is a kind of typed context."""
    return entity_type.classifiers.get(_CLASSIFIER)


def type_name_of(object_type_name: str) -> str:
    """Return ``AssetBuild`` for ``Asset Build``; raises `ValueError` for names that no query could contain."""
    name = re.sub(r"\W", "", object_type_name)
    if not name.isidentifier():
        raise ValueError(f"The object type {object_type_name!r} needs a name that starts with a letter.")
    return name


def _with_default(attribute: Attribute, value: str) -> Attribute:
    return replace(attribute, default=value) if isinstance(attribute, Scalar) else attribute
