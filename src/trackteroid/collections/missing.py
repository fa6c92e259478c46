"""What was not loaded or is not there: finding out, and telling whoever reads or changes something through it."""

from __future__ import annotations

import sys
import warnings
from abc import ABCMeta
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeVar, cast

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.symbol import NOT_SET

from trackteroid.client.entities import is_new, key_of, stored_value, type_names
from trackteroid.client.missing import mode_of
from trackteroid.collections.context import Selection, Unloaded, context_of, sources_of, type_name_of
from trackteroid.errors import MissingValueWarning, NoValueError, UnloadedAttributeError
from trackteroid.schema.types import AttributeSchema, Schema
from trackteroid.values import replace

V = TypeVar("V")

#: What is set as a whole, so that what is missing from it is lost. (Custom attributes are mapped and merged.)
_WHOLE = ("collection", "mapped")

_PACKAGE = str(Path(__file__).parents[1])


def along_with(several: Iterable[Unloaded | None]) -> Unloaded | None:
    """Return what was not loaded of several collections as one."""
    known = [each for each in several if each is not None]
    return replace(known[0], others=known[1:], is_told=False) if len(known) > 1 else next(iter(known), None)


def tell(unloaded: Unloaded) -> None:
    """Warn or raise, as the session says, because something unloaded was read. Once is enough for a warning.

    Raises:
        UnloadedAttributeError: the session says so.
    """
    _remember(unloaded)
    mode = mode_of(context_of(unloaded.owner).session)
    if mode == "raise":
        raise UnloadedAttributeError(reason(unloaded), projections=projections(unloaded))
    if mode != "not_set" and not unloaded.is_told:
        unloaded.is_told = True
        warnings.warn(reason(unloaded), MissingValueWarning, stacklevel=_frames_of_ours())


def tell_missed(session: Any, message: str) -> None:
    """Warn or raise, as the session says, because what was read cannot be all of it.

    Raises:
        UnloadedAttributeError: the session says so.
    """
    mode = mode_of(session)
    if mode == "raise":
        raise UnloadedAttributeError(message)
    if mode != "not_set":
        warnings.warn(message, MissingValueWarning, stacklevel=_frames_of_ours())


def _remember(unloaded: Unloaded) -> None:
    """Note that the attribute was taken for empty: what is assigned to it next may be computed from that."""
    if unloaded.attribute.kind in _WHOLE:
        misread = context_of(unloaded.owner).origin.misread
        misread.update((key_of(entity), unloaded.attribute.name) for entity in unloaded.lacking)
    for other in unloaded.others:
        _remember(other)


def refusal(unloaded: Unloaded, what: str) -> UnloadedAttributeError:
    """Return the error for *what* cannot be done with what is unloaded."""
    return UnloadedAttributeError(f"{what}: {reason(unloaded)}", projections=projections(unloaded))


def projections(unloaded: Unloaded) -> tuple[str, ...]:
    """Return what to load, as projections of the query that the collections go back to."""
    own = (_advice(unloaded)[1],) if unloaded.attribute.projectable else ()
    return (*own, *(path for other in unloaded.others for path in projections(other)))


def reason(unloaded: Unloaded) -> str:
    """Return what was not loaded, and what to do."""
    said = f'"{unloaded.attribute.name}" of {type_name_of(unloaded.owner)} was not loaded.'
    wanted = projections(unloaded)
    if not wanted:
        return f"{said} It is an attribute that no query can ask for."
    paths = ", ".join(f'"{path}"' for path in wanted)
    origin, _, asked = _advice(unloaded)
    load = f"with `fetch_attributes({paths})`" + ("" if origin is unloaded.owner else f" of {type_name_of(origin)}")
    if asked is None:
        return f"{said} Load it {load}."
    return f"{said} Add it to the query of {asked}, `projections=[{paths}]`, or load it {load}."


def _advice(unloaded: Unloaded) -> tuple[Selection, str, str | None]:
    """Return the collection to load it with, the path from there, and the type to project it in a query of.

    Where kinds of a type lead to different types by one name, the path says to which; where that cannot be said in
    one, as no query may ask for both, only the collections from there on can load it.
    """
    owners = [unloaded.owner, *sources_of(unloaded.owner)][::-1]
    names = [*(each.source.attribute for each in owners[1:] if each.source), unloaded.attribute.name]
    origin = owners[0]
    query, types = context_of(origin).origin.query, context_of(origin).types
    asked: str | None = None if query is None else query.entity_type.__name__
    here = asked or type_name_of(origin)
    steps: list[str] = []
    for owner, name in zip(owners, names, strict=True):
        cast = _cast(types, here, name, owner)
        if cast is None:
            origin, asked, steps, cast = owner, None, [], ""
        steps.append(f"{name}[{cast}]" if cast else name)
        found = types.find_attribute(here, name)
        here = cast or (found and found.target) or ""
    return origin, ".".join((*steps, *([unloaded.rest] if unloaded.rest else []))), asked


def lacking(types: Schema, entities: Sequence[FtrackEntity], name: str, values: Sequence[Any]) -> list[FtrackEntity]:
    """Return the entities whose attribute was not loaded.

    What an entity of its type never has is not missing, and neither is what nobody has set yet for a new one.
    """
    return [
        entity
        for entity, value in zip(entities, values, strict=True)
        if value is NOT_SET and types.find_attribute(entity.entity_type, name) and not is_new(entity)
    ]


def refuse_unloaded(selection: Selection, what: str) -> None:
    """Refuse to do *what* with a collection that would be another one if all was loaded.

    Raises:
        UnloadedAttributeError: it would be.
    """
    unloaded = context_of(selection).unloaded
    if unloaded is not None:
        raise refusal(unloaded, what)


def check_loaded(owner: Selection, attribute: AttributeSchema) -> None:
    """Refuse to set an attribute through what was not loaded, or to what may be computed from it.

    Raises:
        UnloadedAttributeError: the owner lacks entities, or the attribute was not loaded and read as empty before.
    """
    refuse_unloaded(owner, f'Cannot set "{attribute.name}" on {owner!r}, which is not all of it')
    misread = context_of(owner).origin.misread
    if not misread or attribute.kind not in _WHOLE or attribute.name == "custom_attributes":
        return
    entities = [each for each in owner.values() if (key_of(each), attribute.name) in misread]
    taken = [each for each in entities if stored_value(each, attribute.name) is NOT_SET]
    if taken:
        raise refusal(
            Unloaded(owner, attribute, taken),
            f'Cannot set "{attribute.name}", which was read as empty before, so that what it had would be lost',
        )


def _cast(types: Schema, type_name: str, name: str, owner: Selection) -> str | None:
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


class Values(Sequence[V], metaclass=ABCMeta):
    """What reading a scalar attribute of a collection gives: a list, or `EmptyValues` of a collection without entities.

    It only is a name for both: ``isinstance(shots.name, Values)``. Checkers take each element for a value of its type;
    it may be None, or `NOT_SET` where that was not loaded.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        def __add__(self, other: Sequence[V]) -> list[V]: ...
        def __radd__(self, other: list[V]) -> list[V]: ...
        def __eq__(self, other: object) -> bool: ...


Values.register(list)


@Values.register
class EmptyValues:
    """No values: what reading a scalar attribute of an ``EmptyCollection`` gives.

    It is falsy, has no length and no items, and whatever is read from it or called on it is empty too. So the
    fallback idiom never raises, however long the chain is::

        path = components.filter(is_main).ComponentLocation.resource_identifier[0] or "not published"

    What it never does is to turn into something else without a fallback: into text or a part of it, a path, a number,
    the key of a group. That raises a `NoValueError`, which says what is empty. ``repr`` shows it.
    """

    __slots__ = ("_name", "_owner", "_unloaded")

    def __init__(self, owner: object = None, name: str = "", unloaded: Unloaded | None = None) -> None:
        """Make it for the attribute *name* of an empty collection, which may be empty because of what is *unloaded*."""
        object.__setattr__(self, "_owner", owner)
        object.__setattr__(self, "_name", name)
        object.__setattr__(self, "_unloaded", unloaded)

    def __bool__(self) -> Literal[False]:
        return False

    def __len__(self) -> Literal[0]:
        return 0

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __contains__(self, _value: object) -> Literal[False]:
        return False

    def __getitem__(self, _index: object) -> EmptyValues:
        return self

    def __getattr__(self, name: str) -> EmptyValues:
        # Python looks for protocols (copying, pickling, arrays) under such names: they must be found missing.
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f'Cannot set "{name}": there are no values here, because there are no entities.')

    def __call__(self, *_arguments: object, **_options: object) -> EmptyValues:
        return self

    def __add__(self, other: object) -> list[Any]:
        if isinstance(other, list | tuple | EmptyValues):
            return list(cast("list[Any]", other))
        raise self.refusal(f"be added to {other!r}")

    __radd__ = __add__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, EmptyValues) or other in ([], ())

    def __hash__(self) -> int:
        return hash(())

    def __repr__(self) -> str:
        return "EmptyValues()"

    def __reduce__(self) -> tuple[type[EmptyValues], tuple[()]]:
        return EmptyValues, ()

    def refusal(self, what: str) -> NoValueError:
        """Return the error for *what* this cannot do."""
        owner, unloaded = cast("object", self._owner), cast("Unloaded | None", self._unloaded)
        because = "There is no value." if owner is None else f'There is no "{self._name}": {owner!r} has no entities.'
        return NoValueError(
            f"{reason(unloaded) if unloaded else because} What is empty cannot {what}. Give it a fallback: "
            f'`... or "fallback"`. To look at it, print its `repr`.'
        )


#: The methods by which Python turns a value into something else, and what that would be.
_REFUSED = {
    **dict.fromkeys(("__str__", "__format__"), "become text"),
    **dict.fromkeys(("__bytes__", "__fspath__"), "become a path or a part of one"),
    **dict.fromkeys(("__int__", "__float__", "__index__", "__complex__", "__round__", "__abs__"), "become a number"),
    **dict.fromkeys(("__neg__", "__pos__", "__invert__"), "be calculated with"),
    **{
        f"__{side}{name}__": "be calculated with"
        for name in ("sub", "mul", "truediv", "floordiv", "mod", "divmod", "pow")
        for side in ("", "r")
    },
    **dict.fromkeys(("__lt__", "__le__", "__gt__", "__ge__"), "be compared with something larger or smaller"),
}


def _refusing(what: str) -> Callable[..., NoReturn]:
    def refuse(self: EmptyValues, *_arguments: object) -> NoReturn:
        raise self.refusal(what)

    return refuse


for _name, _what in _REFUSED.items():
    setattr(EmptyValues, _name, _refusing(_what))

EMPTY_VALUES = EmptyValues()
