"""Entities that are known by their name: types, statuses, project schemas."""

from __future__ import annotations

import re

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session

from trackteroid.errors import CreationError, suggest


class NamedEntities:
    """Looks up entities by name, with one query per entity type."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, dict[str, FtrackEntity]] = {}

    def get(self, type_name: str, name: str) -> FtrackEntity:
        """Return the entity with this *name*; ``LookDevelopment`` finds ``Look Development`` too.

        Raises:
            CreationError: the server has none of this name; the message lists those it has.
        """
        known = self._load(type_name)
        if name in known:
            return known[name]
        folded = {_fold(each): entity for each, entity in known.items()}
        if _fold(name) in folded:
            return folded[_fold(name)]
        raise CreationError(
            f'The server has no {type_name} "{name}".{suggest(name, known)} It has: {", ".join(sorted(known))}.'
        )

    def _load(self, type_name: str) -> dict[str, FtrackEntity]:
        if type_name not in self._known:
            found: list[FtrackEntity] = list(
                self._session.query(f"select id, name from {type_name}").all()  # noqa: S608  # a name from the schema
            )
            self._known[type_name] = {str(entity["name"]): entity for entity in found}
        return self._known[type_name]


def _fold(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()
