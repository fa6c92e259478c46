"""Object types: the kinds of typed contexts, of which a site may have its own."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from trackteroid.server.model.attributes import Attribute, Scalar
from trackteroid.server.model.types import EntityType, entity_type
from trackteroid.values import frozen

_CLASSIFIER = "object_typeid"

#: The priority that typed contexts have until somebody gives them another one.
NO_PRIORITY: Final = "9661b320-3a0c-11e2-81c1-0800200c9a66"

#: The object type whose entities are points in time.
_MILESTONE = "01decdd1-51cb-11e3-9d5b-20c9d0831e59"


@frozen
class ObjectType:
    """One object type: what its entity type is called, and what of its entities may be changed."""

    id: str
    name: str
    is_typeable: bool = True
    is_statusable: bool = True
    is_schedulable: bool = False
    is_prioritizable: bool = True

    @property
    def type_name(self) -> str:
        """Return ``AssetBuild`` for ``Asset Build``; raises `ValueError` for names that no query could contain."""
        name = re.sub(r"\W", "", self.name)
        if not name.isidentifier():
            raise ValueError(f"The object type {self.name!r} needs a name that starts with a letter.")
        return name

    @property
    def frozen(self) -> tuple[str, ...]:
        """What clients may not change after creation, because entities of this object type have no use for it."""
        return (
            *(() if self.is_prioritizable else ("priority_id", "priority")),
            *(() if self.is_typeable else ("type_id", "type")),
            *(() if self.is_statusable else ("status_id", "status")),
            *(() if self.is_schedulable else ("bid", "end_date")),
            *(() if self.is_schedulable and self.id != _MILESTONE else ("start_date", "split_parts")),
        )

    def entity_type(self, base: EntityType) -> EntityType:
        """Return the entity type of these typed contexts; `base` is that of all typed contexts."""
        changed: dict[str, Attribute] = {
            name: replace(base.attributes[name], immutable=True)
            for name in (*self.frozen, "object_type", "object_type_id")
        }
        priority = changed.get("priority_id", base.attributes["priority_id"])
        changed["priority_id"] = _with_default(priority, NO_PRIORITY if self.is_prioritizable else None)
        changed["object_type_id"] = _with_default(changed["object_type_id"], self.id)
        return entity_type(self.type_name, changed, extends=base, alias=base.alias, classifiers={_CLASSIFIER: self.id})


def object_type_id_of(entity_type: EntityType) -> str | None:
    """Return the object type that `entity_type` stands for, if it is a kind of typed context."""
    return entity_type.classifiers.get(_CLASSIFIER)


def _with_default(attribute: Attribute, value: str | None) -> Attribute:
    return replace(attribute, default=value) if isinstance(attribute, Scalar) else attribute
