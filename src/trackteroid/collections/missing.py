"""What was not loaded: finding out, and telling whoever reads it or would change something through it."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.symbol import NOT_SET

from trackteroid.client.memory import is_new, key_of, stored_value, type_names
from trackteroid.client.missing import mode_of
from trackteroid.collections.collection import BoundCollection, binding_of, frame_of, type_name_of
from trackteroid.errors import MissingValueWarning, UnloadedAttributeError
from trackteroid.schema import AttributeSchema, Schema

#: What is set as a whole, so that what is missing from it is lost. (Custom attributes are mapped and merged.)
_WHOLE = ("collection", "mapped")

_PACKAGE = str(Path(__file__).parents[1])


class Unloaded:
    """An attribute of a collection that was not loaded, for all or some of its entities.

    What is computed from it knows it too, so that nobody takes it for all there is.
    """

    __slots__ = ("_is_told", "_lacking", "attribute", "others", "owner", "rest")

    def __init__(
        self,
        owner: BoundCollection,
        attribute: AttributeSchema,
        lacking: Sequence[FtrackEntity] = (),
        *,
        rest: str = "",
        others: Sequence[Unloaded] = (),
    ) -> None:
        """Make it for the *lacking* entities; *rest* is the path that was to be read after the attribute.

        *others* are what else was not loaded, where a relation leads on several paths.
        """
        self.owner = owner
        self.attribute = attribute
        self.rest = rest
        self.others = others
        self._lacking = lacking
        self._is_told = False

    def along_with(self, others: Sequence[Unloaded]) -> Unloaded:
        """Return this together with *others*."""
        return Unloaded(self.owner, self.attribute, self._lacking, rest=self.rest, others=others) if others else self

    @property
    def projections(self) -> tuple[str, ...]:
        """What to load, as projections of the query that the collections go back to."""
        own = (self._advice()[1],) if self.attribute.projectable else ()
        return (*own, *(path for other in self.others for path in other.projections))

    def tell(self) -> None:
        """Warn or raise, as the session says, because this was read. Once is enough for a warning.

        Raises:
            UnloadedAttributeError: the session says so.
        """
        self._remember()
        session = binding_of(self.owner).session
        mode = mode_of(session)
        if mode == "raise":
            raise UnloadedAttributeError(self.reason(), projections=self.projections)
        if mode != "not_set" and not self._is_told:
            self._is_told = True
            warnings.warn(self.reason(), MissingValueWarning, stacklevel=_frames_of_ours())

    def refusal(self, what: str) -> UnloadedAttributeError:
        """Return the error for *what* cannot be done with it."""
        return UnloadedAttributeError(f"{what}: {self.reason()}", projections=self.projections)

    def reason(self) -> str:
        """Return what was not loaded, and what to do."""
        said = f'"{self.attribute.name}" of {type_name_of(self.owner)} was not loaded.'
        if not self.projections:
            return f"{said} It is an attribute that no query can ask for."
        paths = ", ".join(f'"{path}"' for path in self.projections)
        origin, _, asked = self._advice()
        load = f"with `fetch_attributes({paths})`" + ("" if origin is self.owner else f" of {type_name_of(origin)}")
        if asked is None:
            return f"{said} Load it {load}."
        return f"{said} Add it to the query of {asked}, `projections=[{paths}]`, or load it {load}."

    def _advice(self) -> tuple[BoundCollection, str, str | None]:
        """Return the collection to load it with, the path from there, and the type to project it in a query of.

        Where kinds of a type lead to different types by one name, the path says to which; where that cannot be said in
        one, as no query may ask for both, only the collections from there on can load it.
        """
        owners = [self.owner, *_sources(self.owner)][::-1]
        names = [*(each.source.attribute for each in owners[1:] if each.source), self.attribute.name]
        origin = owners[0]
        asked: str | None = None if origin.query is None else origin.query.entity_type.__name__
        types, here = binding_of(origin).types, asked or type_name_of(origin)
        steps: list[str] = []
        for owner, name in zip(owners, names, strict=True):
            cast = _cast(types, here, name, owner)
            if cast is None:
                origin, asked, steps, cast = owner, None, [], ""
            steps.append(f"{name}[{cast}]" if cast else name)
            found = types.find_attribute(here, name)
            here = cast or (found and found.target) or ""
        return origin, ".".join((*steps, *([self.rest] if self.rest else []))), asked

    def _remember(self) -> None:
        """Note that the attribute was taken for empty: what is assigned to it next may be computed from that."""
        if self.attribute.kind in _WHOLE:
            misread = binding_of(self.owner).misread
            misread.update((key_of(entity), self.attribute.name) for entity in self._lacking)
        for other in self.others:
            other._remember()


def lacking(types: Schema, entities: Sequence[FtrackEntity], name: str, values: Sequence[Any]) -> list[FtrackEntity]:
    """Return the entities whose attribute was not loaded.

    What an entity of its type never has is not missing, and neither is what nobody has set yet for a new one.
    """
    return [
        entity
        for entity, value in zip(entities, values, strict=True)
        if value is NOT_SET and _has(types, entity.entity_type, name) and not is_new(entity)
    ]


def check_loaded(owner: BoundCollection, attribute: AttributeSchema) -> None:
    """Refuse to set an attribute through what was not loaded, or to what may be computed from it.

    Raises:
        UnloadedAttributeError: the owner lacks entities, or the attribute was not loaded and read as empty before.
    """
    unloaded = frame_of(owner).unloaded
    if unloaded is not None:
        raise unloaded.refusal(f'Cannot set "{attribute.name}" on {owner!r}, which is not all of it')
    misread = binding_of(owner).misread
    if not misread or attribute.kind not in _WHOLE:
        return
    if attribute.name == "custom_attributes":
        return
    entities = [each for each in owner.values() if (key_of(each), attribute.name) in misread]
    taken = [each for each in entities if stored_value(each, attribute.name) is NOT_SET]
    if taken:
        raise Unloaded(owner, attribute, taken).refusal(
            f'Cannot set "{attribute.name}", which was read as empty before, so that what it had would be lost'
        )


def _has(types: Schema, type_name: str, name: str) -> bool:
    found = types.find_type(type_name)
    return found is not None and name in found.attributes


def _sources(collection: BoundCollection) -> Iterator[BoundCollection]:
    """Yield what a collection was read from, and what that was."""
    while collection.source is not None:
        collection = collection.source.owner
        yield collection


def _cast(types: Schema, type_name: str, name: str, owner: BoundCollection) -> str | None:
    """Return the cast that queries need behind an attribute of *owner*, which they know as of this type.

    It is empty where they need none, and None where the entities would need several.
    """
    declared = types.find_type(type_name)
    if declared is None or name in declared.attributes:
        return ""

    def targets(kinds: Iterable[str]) -> set[str]:
        found = (types.type(each).attributes.get(name) for each in kinds)
        return {each.target for each in found if each is not None and each.target is not None}

    if len(targets(types.subtypes(type_name))) < 2:
        return ""
    reached = targets(type_names(owner.values()))
    return None if len(reached) > 1 else next(iter(reached), "")


def _frames_of_ours() -> int:
    """Return how far up the stack the code of the user is, as ``warnings`` counts from the caller of this."""
    level, frame = 1, sys._getframe(1)  # pyright: ignore[reportPrivateUsage]  # what `warnings` itself does
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        level, frame = level + 1, frame.f_back
    return level
