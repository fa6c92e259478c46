"""Asking the server for values that entities do not have yet: one query for all of them, however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ftrack_api.collection import Collection as FtrackList
from ftrack_api.collection import MappedCollectionProxy
from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.operation import CreateEntityOperation
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid import configuration
from trackteroid.client.entities import (
    Key,
    find_in_memory,
    keep_in_memory,
    key_of,
    key_of_operation,
    members,
    remote_value,
    stored_value,
    stored_values,
    type_names,
    with_keys,
)
from trackteroid.client.hydration.together import AT_ONCE, CHUNK, Asking, chunks, entities_of
from trackteroid.progress import following
from trackteroid.schema.types import Schema, parse_path, schema_of

#: What ftrack_api keeps several entities in.
_LISTS = (FtrackList, MappedCollectionProxy)


def fetch(
    session: Session, entities: Iterable[FtrackEntity], projections: Iterable[str], *, only_missing: bool = False
) -> None:
    """Load *projections* for the entities; values that were changed locally stay as they are.

    Entities that only exist in this session so far are left out: the server does not know them. With *only_missing*,
    so are the projections that all entities have, and the entities that have all projections.
    """
    types = schema_of(session)
    known, wanted = _lacking(session, entities, projections, only_missing=only_missing)
    twins = attach(session, known)
    with following("Fetching", len(known), unit="entities") as advance:
        for texts, count in _in_requests(_texts(types, known, wanted)):
            entities_of(session, texts)
            advance(count)
    _catch_up(twins, wanted)


def loading(
    session: Session, entities: Iterable[FtrackEntity], projections: Iterable[str], *, only_missing: bool = False
) -> Asking[None]:
    """Do what `fetch` does, together with what others ask."""
    known, wanted = _lacking(session, entities, projections, only_missing=only_missing)
    twins = attach(session, known)
    yield [text for text, _ in _texts(schema_of(session), known, wanted)]
    _catch_up(twins, wanted)


def _lacking(
    session: Session, entities: Iterable[FtrackEntity], projections: Iterable[str], *, only_missing: bool
) -> tuple[list[FtrackEntity], list[str]]:
    """Return the entities that are to be loaded, and what of them."""
    pending = created_keys(session)
    known = [entity for entity in entities if not pending or key_of(entity) not in pending]
    wanted = list(dict.fromkeys(projections))
    if not only_missing:
        return known, wanted
    lacking: dict[int, FtrackEntity] = {}
    asked: list[str] = []
    for path in wanted:
        look = _Look(schema_of(session), path)
        found = [entity for entity in known if not look.has_all(entity)]
        lacking.update((id(entity), entity) for entity in found)
        asked += [path] if found else []
    return [entity for entity in known if id(entity) in lacking], asked


def _texts(types: Schema, entities: list[FtrackEntity], paths: list[str]) -> Iterator[tuple[str, int]]:
    """Yield the queries for the paths of the entities, each with how many of these it is for."""
    # All are asked for together, if there is a type that has all the attributes.
    names = sorted(type_names(entities))
    first_steps = {parse_path(path)[0].attribute for path in paths}
    groups = {name: [entity for entity in entities if entity.entity_type == name] for name in names}
    for common in types.lineage(names[0]) if names else ():
        if all(types.is_a(name, common) for name in names) and first_steps <= types.type(common).attributes.keys():
            groups = {common: entities}
            break
    for type_name, group in groups.items():
        asked = list(dict.fromkeys(path for each in paths if (path := _followed(types, type_name, each))))
        for chunk in chunks(group) if asked else ():
            names = chunk[0].primary_key_attributes
            keys = zip(*(stored_values(chunk, name) for name in names), strict=True)
            text = with_keys(type_name, names, keys, asked)
            configuration.logger("query").info('Performing query: "%s"', text)
            yield text, len(chunk)


def _in_requests(texts: Iterable[tuple[str, int]]) -> Iterator[tuple[list[str], int]]:
    """Yield which queries are asked together, and for how many entities: some of each of several types, say."""
    together: list[str] = []
    total = 0
    for text, count in texts:
        if together and (total + count > CHUNK or len(together) == AT_ONCE):
            yield together, total
            together, total = [], 0
        together = [*together, text]
        total += count
    if together:
        yield together, total


def attach(session: Session, entities: Iterable[FtrackEntity]) -> list[tuple[FtrackEntity, FtrackEntity]]:
    """Let the session know entities again that it forgot when it was reconnected.

    Returns those that it has since made anew, each with its twin: the one that the session knows.
    """
    twins: list[tuple[FtrackEntity, FtrackEntity]] = []
    for entity in entities:
        type_name, key = key_of(entity)
        known = find_in_memory(session, type_name, key)
        if known is None:
            keep_in_memory(session, type_name, key, entity)
        elif known is not entity:
            twins.append((entity, known))
    return twins


def _catch_up(twins: Iterable[tuple[FtrackEntity, FtrackEntity]], paths: Iterable[str]) -> None:
    """Give entities what their twins have received."""
    attributes = {parse_path(path)[0].attribute for path in paths}
    for entity, twin in twins:
        for name in attributes:
            attribute = entity.attributes.get(name)
            value: Any = remote_value(twin, name)
            if attribute is not None and value is not NOT_SET:
                # A collection belongs to the entity it was made for, so the other one gets its own.
                attribute.set_remote_value(entity, list(members(value)) if isinstance(value, _LISTS) else value)


def fetch_missing(session: Session, entities: Sequence[FtrackEntity], attribute: str, *projections: str) -> None:
    """Load the projections for those entities that do not have *attribute* yet; by default that attribute."""
    values = stored_values(entities, attribute)
    fetch(
        session,
        [entity for entity, value in zip(entities, values, strict=True) if value is NOT_SET],
        projections or [attribute],
    )


def _followed(types: Schema, type_name: str, path: str) -> str:
    """Return as much of a path as entities of this kind have; nothing if not even its beginning.

    Kinds of one type may have other things by one name: the status of a project is a word, and lists hold versions or
    tasks. What is misspelt further on is for the server to say.
    """
    here = type_name
    for depth, step in enumerate(parse_path(path)):
        found = types.find_attribute(here, step.attribute)
        if found is None:
            return path if depth else ""
        target = step.cast or found.target
        if target is None:
            return ".".join(path.split(".")[: depth + 1])
        if step.cast and not (types.is_a(step.cast, found.accepts) or types.is_a(found.accepts, step.cast)):
            return ""
        here = step.cast or found.accepts
    return path


class _Look:
    """Finds out whether everything along a path was loaded; looks at entities that many share only once."""

    def __init__(self, types: Schema, path: str) -> None:
        self._types = types
        self._steps = parse_path(path)
        self._seen: dict[tuple[int, int], bool] = {}

    def has_all(self, entity: FtrackEntity, depth: int = 0) -> bool:
        key = (id(entity), depth)
        if key not in self._seen:
            self._seen[key] = self._look(entity, depth)
        return self._seen[key]

    def _look(self, entity: FtrackEntity, depth: int) -> bool:
        step = self._steps[depth]
        if step.attribute not in self._types.attributes(entity.entity_type):
            return True  # as a project has no status that could be loaded
        value: Any = stored_value(entity, step.attribute)
        if value is NOT_SET or depth == len(self._steps) - 1:
            return value is not NOT_SET
        reached = (each for each in members(value) if not step.cast or self._types.is_a(each.entity_type, step.cast))
        return all(self.has_all(each, depth + 1) for each in reached)


def created_keys(session: Session) -> set[Key]:
    """Return the keys of the entities that only exist in the session so far."""
    return {
        key_of_operation(operation)
        for operation in session.recorded_operations
        if isinstance(operation, CreateEntityOperation)
    }
