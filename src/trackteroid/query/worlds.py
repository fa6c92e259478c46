"""What belongs together: entities, collections and queries of one session, under one entry of ``SCHEMA``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from inspect import getattr_static
from typing import Protocol, cast

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session

from trackteroid.collections import EmptyCollection, EntityCollection
from trackteroid.collections.context import Selection, context_of
from trackteroid.errors import EntityCollectionOperationError, InvalidArgumentsError
from trackteroid.expressions import are_texts
from trackteroid.schema.relations import SchemaEntry
from trackteroid.session_state import HasSchemas
from trackteroid.values import frozen


class HasSubquery(Protocol):
    """A query that can stand in the brackets of ``in (...)``."""

    def as_subquery(self) -> tuple[str, str] | None:
        """Return the type of the entities and the text that selects their ids; None if there cannot be any."""
        ...

    @property
    def session(self) -> HasSchemas:
        """The session that is asked."""
        ...

    @property
    def schema(self) -> SchemaEntry:
        """The entry of ``SCHEMA`` that decides which paths lead to other types."""
        ...


def as_query(value: object) -> HasSubquery | None:
    """Return *value* if it is a query. Paths seem to have every attribute, so only its class is asked."""
    return cast("HasSubquery", value) if hasattr(type(value), "as_subquery") else None


@frozen
class World:
    """Where a query is asked. Ids of another server mean nothing here, or something else.

    A query of the past also takes what its session of the *present* has.
    """

    session: HasSchemas
    entry: SchemaEntry
    present: HasSchemas | None = None

    def admit_all(self, values: Collection[object]) -> None:
        """Refuse what belongs elsewhere among *values*, and in lists and dictionaries of such; see `admit`."""
        for value in values if not are_texts(tuple(values)) else ():
            self.admit(value)
            if isinstance(value, Mapping) and not isinstance(value, FtrackEntity):
                self.admit_all(cast("Mapping[object, object]", value).values())
            elif isinstance(value, list | tuple | set | frozenset):
                self.admit_all(cast("Collection[object]", value))

    def admit(self, value: object) -> None:
        """Refuse a collection, an entity or a query that belongs elsewhere; accept everything else.

        Raises:
            EntityCollectionOperationError: it has another session, or another entry of ``SCHEMA``.
        """
        entry = self.entry
        if isinstance(value, EntityCollection | EmptyCollection):
            context = context_of(cast("Selection", value))
            shown, session, entry = f"{value!r}", context.session, context.schema
        elif isinstance(value, FtrackEntity):
            shown, session = f"A {value.entity_type}", value.session
        elif query := as_query(value):
            shown, session, entry = repr(value), query.session, query.schema
        else:
            return
        if session is not self.session and session is not self.present:
            raise EntityCollectionOperationError(
                f"{shown} comes from another session than the query it is given to. Query both with the same session."
            )
        if entry != self.entry:
            raise EntityCollectionOperationError(
                f'{shown} was asked with the schema "{entry.name}", the query it is given to with "{self.entry.name}". '
                f"Query both with the same one."
            )


def checked_session(session: object) -> Session:
    """Return *session* if it can be asked.

    Raises:
        InvalidArgumentsError: it is something else.
    """
    if isinstance(session, Session) or getattr_static(session, "schemas", None) is not None:
        return cast("Session", session)
    meant = " Relations go by name: Query(..., schema=...)." if isinstance(session, SchemaEntry) else ""
    raise InvalidArgumentsError(f"A query asks a session such as SESSION, not {session!r}.{meant}")


def checked_entry(entry: object) -> SchemaEntry:
    """Return *entry* if it is one of ``SCHEMA``.

    Raises:
        InvalidArgumentsError: it is something else.
    """
    if isinstance(entry, SchemaEntry):
        return entry
    raise InvalidArgumentsError(f"A query takes an entry of SCHEMA, such as SCHEMA.default, not {entry!r}.")
