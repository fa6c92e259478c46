"""From what is asked for (text, entity classes, class chains) to paths that the server understands."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import product
from typing import Any, cast

from trackteroid import configuration
from trackteroid.chains import Chain, steps_of
from trackteroid.entities.base import EntityType
from trackteroid.errors import (
    ConfigurationError,
    InvalidArgumentsError,
    UnknownAttributeError,
    UnknownNameError,
    nearest,
    suggest,
)
from trackteroid.schema.relations import Relation, Relations
from trackteroid.schema.types import AttributeSchema, Schema, parse_path
from trackteroid.values import frozen


@frozen
class Destination:
    """Where a chain leads.

    ``paths`` are the alternative ways to entities of ``type_name``, casts included; the queried entities themselves
    are at the end of the path ``""``. ``attribute`` is what is asked of these entities, None for the entities as such,
    and ``key`` the name of one value of an attribute with keys. ``relations`` are what types in the chain stand for.
    """

    paths: tuple[str, ...]
    type_name: str
    attribute: AttributeSchema | None
    key: str | None
    relations: tuple[Relation, ...]


def resolve_projections(schema: Schema, relations: Relations, type_name: str, requested: object) -> list[str]:
    """Return the paths of what is *requested* for entities of *type_name*, in that order, checked against the schema.

    Raises:
        InvalidArgumentsError: *requested* is no list (or tuple, or set), or has items of other kinds.
        UnknownAttributeError: an attribute does not exist, or cannot be asked for.
        RelationError: no path is known to a type.
    """
    if requested is None:
        return []
    if isinstance(requested, (str, bytes, Chain, EntityType)) or not isinstance(requested, Iterable):
        meant = f" Write [{requested!r}]." if isinstance(requested, (str, Chain, EntityType)) else ""
        raise InvalidArgumentsError(f"Projections are given as a list, not as {requested!r}.{meant}")
    items: list[object] = list(requested)  # pyright: ignore[reportUnknownArgumentType]  # each one is checked
    if isinstance(requested, (set, frozenset)):
        items.sort(key=str)
    found: list[str] = []
    for item in items:
        match item:
            case str():
                found.append(_checked(schema, type_name, item))
            case EntityType() | Chain():
                end = follow(schema, relations, type_name, cast("EntityType | Chain[Any]", item))
                ending = (end.attribute.name,) if end.attribute else ()
                for path in end.paths:
                    # The brackets of a path restrict a condition; what is loaded is the attribute.
                    steps = [step.attribute for step in parse_path(path)] if path else []
                    if steps or ending:
                        found.append(_checked(schema, type_name, ".".join((*steps, *ending))))
            case _:
                raise InvalidArgumentsError(
                    f"{item!r} is no projection. Give an attribute as text, an entity class or a chain: "
                    f'"asset.name", Asset, Asset.name.'
                )
    return found


def default_projections(session: object, type_name: str, declared: list[str]) -> list[str]:
    """Return what queries for a type ask for by themselves: what the configuration says, else what is *declared*.

    Raises:
        ConfigurationError: the configuration fails, or says something else than paths.
    """
    try:
        found: object = configuration.DEFAULT_PROJECTIONS_RESOLVER(session=session, type_name=type_name)
    except Exception as error:  # whatever it raises: the user's own code failed
        reason = f"failed with {type(error).__name__} for {type_name}: {error}"
        raise ConfigurationError(f"DEFAULT_PROJECTIONS_RESOLVER {reason}") from error
    if found is None:
        return declared
    paths = cast("list[object]", found) if isinstance(found, (list, tuple)) else [None]
    if all(isinstance(path, str) for path in paths):
        return [*cast("list[str]", paths)] or ["id"]
    raise ConfigurationError(
        f"DEFAULT_PROJECTIONS_RESOLVER returned {found!r} for {type_name}. It has to return a list of paths such as "
        f'["id", "status.name"], or None for what Trackteroid would ask for.'
    )


def usable_projections(session: object, schema: Schema, type_name: str, declared: list[str]) -> list[str]:
    """Return the default projections without those that the server does not have, of which a warning tells."""
    configured = default_projections(session, type_name, declared)
    if configured == declared:
        return declared
    kept: list[str] = []
    for path in configured:
        try:
            kept.append(_checked(schema, type_name, path))
        except UnknownNameError as error:  # noqa: PERF203 - one for each path
            message = f"DEFAULT_PROJECTIONS_RESOLVER, {type_name}: {error} It is left out of queries."
            if message not in (told := schema.memory[_Warnings]):
                told.add(message)
                configuration.logger("query").warning("%s", message)
    return kept or list(schema.type(type_name).primary_key)


class _Warnings(set[str]):
    """What was said of a schema once."""


def follow(schema: Schema, relations: Relations, type_name: str, chain: Chain | EntityType) -> Destination:
    """Return where *chain* leads from entities of *type_name*: each step is an attribute or a type to find the way to.

    Raises:
        UnknownAttributeError: a step does not exist, or nothing can follow the one before; the message suggests others.
        RelationError: no path is known to a type.
    """
    steps = (chain.__name__,) if isinstance(chain, EntityType) else steps_of(chain)
    known: _Followed = relations.memory[_Followed]
    found = known.get((type_name, steps))
    if found is None:
        walk, first = _Walk(schema, relations, type_name), steps[0]
        is_own = first == type_name or (
            relations.find(type_name, first) is None and schema.is_a(type_name, schema.type(first).name)
        )
        for step in steps[1:] if is_own else steps:
            walk.advance(step)
        if len(known) >= _MOST_FOLLOWED:
            known.clear()
        found = known[type_name, steps] = walk.destination()
    return found


#: How many of these are kept: chains may have keys of metadata in them, of which a program may make any number.
_MOST_FOLLOWED = 1_000


class _Followed(dict[tuple[str, tuple[str, ...]], Destination]):
    """Where chains lead that were followed before, by the type that they start from and their steps."""


class _Walk:
    """The way along a chain: the paths so far, and the attribute at its end that may or may not be followed."""

    def __init__(self, schema: Schema, relations: Relations, type_name: str) -> None:
        self._schema = schema
        self._relations = relations
        self._here = type_name
        self._parts: list[tuple[str, ...]] = []
        self._last: AttributeSchema | None = None
        self._key: str | None = None
        self._used: list[Relation] = []

    def advance(self, step: str) -> None:
        """Go one step further."""
        if self._key is not None:
            raise UnknownAttributeError(f'"{step}" cannot follow a plain value. End the chain before it.', name=step)
        if step.startswith("["):
            self._narrow(step)
            return
        self._enter(step)
        here = self._here
        if attribute := self._schema.find_attribute(here, step):
            self._last = attribute
        elif self._schema.find_type(step) or self._relations.find(here, step):
            self._relate(self._relations.relation(here, step))
        elif step.startswith("custom_") and (held := self._schema.find_attribute(here, "custom_attributes")):
            self._last, self._key = held, step.removeprefix("custom_")
        else:
            known = [*self._schema.attributes(here), *self._schema.types]
            raise UnknownAttributeError(
                f'{here} has no attribute "{step}", and there is no entity type of that name.{suggest(step, known)}',
                name=step,
                near=nearest(step, known),
            )

    def destination(self) -> Destination:
        """Return where the walk has led."""
        paths = tuple(".".join(parts) for parts in product(*self._parts))
        return Destination(paths, self._here, self._last, self._key, tuple(self._used))

    def _enter(self, step: str) -> None:
        """Make the entities behind the last attribute those that the next step is asked of."""
        last = self._last
        if last is None:
            return
        if last.target is None:
            raise UnknownAttributeError(f'"{step}" cannot follow a plain value. End the chain before it.', name=step)
        self._parts.append((last.name,))
        self._here, self._last = last.target, None

    def _relate(self, relation: Relation) -> None:
        self._relations.warn_of_partial(relation)
        self._parts.append(relation.paths)
        self._here = relation.target
        self._used.append(relation)

    def _narrow(self, step: str) -> None:
        last = self._last
        if last is None or last.target is None:
            raise UnknownAttributeError(f"{step} has to follow an attribute that leads to entities, or that has keys.")
        if not step.startswith('["'):
            self._parts.append((f"{last.name}{step}",))
            self._here, self._last = self._schema.type(step[1:-1]).name, None
        elif last.kind == "mapped":
            self._key = json.loads(step)[0]
        else:
            raise UnknownAttributeError(f'"{last.name}" has no keys, so {step} cannot follow it.')


def _checked(schema: Schema, type_name: str, path: str) -> str:
    head, _, last = path.rpartition(".")
    if last.startswith("custom_") and last not in ("custom_attributes", "custom_attribute_links"):
        end = schema.end(type_name, head) if head else type_name
        if end and not schema.find_attribute(end, last) and schema.find_attribute(end, "custom_attributes"):
            return f"{head}.custom_attributes" if head else "custom_attributes"
    for attribute in schema.walk(type_name, path):
        if not attribute.projectable:
            raise UnknownAttributeError(f'"{attribute.name}" of "{path}" is an attribute that no query can ask for.')
    return path
