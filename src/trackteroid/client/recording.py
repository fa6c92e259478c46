"""The operations that ftrack_api records, made sooner than its constructors do.

These copy every value, most of which are texts, of which a copy is the same object; and entities, which takes long in
the general way.
"""

import copy
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from ftrack_api.entity.base import Entity
from ftrack_api.operation import CreateEntityOperation, UpdateEntityOperation
from ftrack_api.symbol import NOT_SET

#: The classes of values of which a copy is the same object.
_IMMUTABLE: Final = frozenset({str, int, float, bool, type(None)})


def creation(entity_type: str, key: Mapping[str, str], values: Mapping[str, Any]) -> CreateEntityOperation:
    """Return the operation that creates an entity with copies of these values."""
    operation = CreateEntityOperation.__new__(CreateEntityOperation)
    operation.entity_type, operation.entity_key = entity_type, key
    operation.entity_data = {name: copied(value) for name, value in values.items()}
    return operation


def assignment(entity_type: str, key: Mapping[str, str], name: str, old: Any, new: Any) -> UpdateEntityOperation:
    """Return the operation that sets an attribute, with copies of its values."""
    operation = UpdateEntityOperation.__new__(UpdateEntityOperation)
    operation.entity_type, operation.entity_key, operation.attribute_name = entity_type, key, name
    operation.old_value = old if old is NOT_SET else copied(old)
    operation.new_value = copied(new)
    return operation


def copied(value: Any) -> Any:
    """Return what ``copy.copy`` returns."""
    kind = value.__class__
    if kind in _IMMUTABLE or value is NOT_SET:  # whose class may be another one of ours
        return value
    if not _is_copied_by_its_attributes(kind):
        return copy.copy(value)
    twin = kind.__new__(kind)
    twin.__dict__.update(value.__dict__)
    return twin


@lru_cache(maxsize=1024)
def _is_copied_by_its_attributes(kind: type[Any]) -> bool:
    """Return whether this is a class of entities, and copies of them are made as those of other objects."""
    own = ("__copy__", "__reduce__", "__reduce_ex__", "__getstate__", "__setstate__", "__new__")
    return issubclass(kind, Entity) and all(getattr(kind, name, None) is getattr(object, name, None) for name in own)
