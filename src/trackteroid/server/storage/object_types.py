"""The entity types that object types amount to, kept in step between all processes that serve one database.

Whoever changes an object type leaves a new mark in the database, in the same transaction; whoever finds a mark it has
not seen reads the object types again.
"""

from __future__ import annotations

import logging
import uuid
from functools import lru_cache

import sqlalchemy as sa

from trackteroid.server.core.asking import Standing
from trackteroid.server.core.failures import ValidationError
from trackteroid.server.core.request import Request
from trackteroid.server.model import Model, standard_model
from trackteroid.server.model.types import ObjectType
from trackteroid.server.storage.database import object_types

_LOG = logging.getLogger("trackteroid.server")
_MARK = "object_types"


@lru_cache(maxsize=8)
def _model_with(rows: tuple[ObjectType, ...]) -> Model:
    """Return the model with these object types, one and the same for all databases that have the same ones.

    A site may have had an object type of its own before there was a type of that name. It is left out, and the log
    says so.
    """

    def tell(_: ObjectType, reason: str) -> None:
        _LOG.warning("%s Until then its entities cannot be asked for as a type of their own.", reason)

    return standard_model().with_object_types(rows, tell)


class Models:
    """The model of a server, read again when another mark is found."""

    def __init__(self) -> None:
        self._known: tuple[str | None, Model] | None = None

    def current(self, connection: sa.Connection) -> Model:
        """Return the model with the object types that `connection` sees."""
        found = _FIND.rows(connection, 1)
        mark = found[0][0] if found else None
        known = self._known
        if known is None or known[0] != mark:
            known = self._known = (mark, _model_with(tuple(object_types(connection))))
        return known[1]


def announce(request: Request) -> None:
    """Leave a new mark if the batch has changed object types; refuse those that cannot become an entity type."""
    changed = {change.row.values["id"] for change in request.changes if change.row.type.name == "ObjectType"}
    if not changed:
        return

    def refuse(row: ObjectType, reason: str) -> None:
        if row.id in changed:
            raise ValidationError(reason)

    # Those that were there before keep their names.
    rows = sorted(object_types(request.connection), key=lambda each: each.id in changed)
    standard_model().with_object_types(rows, refuse)
    value = {"value": str(uuid.uuid4())}
    if not request.connection.execute(sa.update(_TABLE).where(_TABLE.c.key == _MARK).values(value)).rowcount:
        request.connection.execute(sa.insert(_TABLE).values(key=_MARK, **value))


_TABLE = standard_model().table("ServerInformation")
_FIND = Standing(sa.select(_TABLE.c.value).where(_TABLE.c.key == sa.literal_column(f"'{_MARK}'")))
