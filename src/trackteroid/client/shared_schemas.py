"""What the sessions of a process share: the schemas that servers have sent, and the classes that were made of them.

To fetch a schema, to read it and to make its classes is most of what a connection costs. The hash by which a server
names its schema tells whether it is one that is known, as it does for the file in which ftrack_api keeps it. Nobody
changes what is shared: classes that plugins have a say in are each session's own.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Final

from ftrack_api.entity.base import Entity

Schemas = list[dict[str, Any]]
Classes = dict[str, type[Entity]]

#: How many schemas are kept: those of a server or two, before and after somebody has changed them.
_KEPT: Final = 4


#: By the hash; the classes are there once a session has made them.
_known: Final[OrderedDict[str, tuple[Schemas, Classes]]] = OrderedDict()


def find_schemas(name: object) -> Schemas | None:
    """Return the schemas that a server calls by this hash, in a new list; None if they are not known, or it is none."""
    known = _known.get(name) if isinstance(name, str) else None
    return None if known is None else known[0].copy()


def keep_schemas(name: object, schemas: Schemas) -> None:
    """Keep schemas for sessions to come."""
    if isinstance(name, str) and schemas:
        _known[name] = schemas.copy(), {}
        while len(_known) > _KEPT:
            _known.popitem(last=False)


def find_classes(schemas: Schemas) -> Classes | None:
    """Return the classes that were made of these schemas; None if nobody has made any to be shared."""
    return next((classes for known, classes in list(_known.values()) if classes and known == schemas), None)


def keep_classes(schemas: Schemas, classes: Classes) -> None:
    """Keep classes for sessions to come."""
    for known, kept in list(_known.values()):
        if known == schemas:
            kept.update(classes)
