"""What users give to the methods of collections: refused with the next step, before anything is done with it.

That includes names that are no attributes: what they are called here, or nearly, and what is known from other
libraries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import cast

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.symbol import NOT_SET

from trackteroid.chains import Chain, is_chain, steps_of
from trackteroid.collections.context import Selection, check_session, context_of, type_name_of
from trackteroid.collections.missing import EmptyValues
from trackteroid.entities.base import Entity, EntityType
from trackteroid.errors import (
    CoercionError,
    InvalidArgumentsError,
    UnknownAttributeError,
    nearest,
    suggest,
)
from trackteroid.schema.types import Schema


def check_functions(method: str, *functions: object) -> None:
    """Refuse what is no function.

    Raises:
        InvalidArgumentsError: something cannot be called; the message has a function that was probably meant.
    """
    for function in functions:
        # What is read from nothing can be called, but only so that a chain never breaks.
        if not callable(function) or function is NOT_SET or isinstance(function, EmptyValues):
            meant = "name"  # or the attribute that was given by name or as a chain
            if isinstance(function, str) and all(part.isidentifier() for part in function.split(".")):
                meant = function
            elif is_chain(function):
                meant = ".".join(step for step in steps_of(function)[1:] if not step.startswith("[")) or meant
            raise InvalidArgumentsError(
                f"{method} takes a function that is called with one element after the other, not {function!r}. "
                f"Write one: {method}(lambda each: each.{meant})."
            )


def require_type(entity_type: object) -> type[Entity]:
    """Return *entity_type* if it is an entity class.

    Raises:
        InvalidArgumentsError: it is something else.
    """
    if isinstance(entity_type, EntityType):
        return cast("type[Entity]", entity_type)
    raise InvalidArgumentsError(f"An entity class is needed here, such as Task, but {entity_type!r} was given.")


def no_name(name: object) -> InvalidArgumentsError:
    """Return the error for what is no text, and so no name of an attribute."""
    return InvalidArgumentsError(f"The name of an attribute is a text such as 'comment', not {name!r}.")


def check_kind(types: Schema, what: object, given: str, wanted: str) -> None:
    """Refuse to treat *what*, of the type *given*, as one of another type; projects may be typed contexts.

    Raises:
        CoercionError: it is no kind of that type.
    """
    if wanted != "Entity" and not types.is_a(given, wanted) and (given, wanted) != ("Project", "TypedContext"):
        raise CoercionError(
            f"{what!r} cannot be treated as {wanted}: {given} is not a kind of it. "
            f"Use `collection[{wanted}]` to select the entities that are."
        )


def check_texts(method: str, given: Iterable[object]) -> None:
    """Refuse what is no text where names are taken.

    Raises:
        InvalidArgumentsError: something is none.
    """
    for name in given:
        if not isinstance(name, str) or isinstance(name, EmptyValues):
            raise InvalidArgumentsError(f'{method} takes names as text, such as "fps", not {name!r}.')


def entities_for(selection: Selection, entity_type: type[Entity], given: object) -> list[FtrackEntity]:
    """Return one entity of ftrack_api or several, or those of a collection, as a list that goes with a collection.

    Raises:
        InvalidArgumentsError: they are something else.
        EntityCollectionOperationError: an entity belongs to another session.
        CoercionError: an entity is not of the type.
    """
    several: list[object] = [given]
    if isinstance(given, Selection):
        several = [*given.values()]
    # Entities, classes and chains have the method that makes things iterable, some to say what to write instead.
    elif isinstance(given, Iterable) and not isinstance(given, FtrackEntity | str | bytes | type | Chain):
        several = list(cast("Iterable[object]", given))
    entities: list[FtrackEntity] = []
    for each in several:
        if not isinstance(each, FtrackEntity):
            raise InvalidArgumentsError(
                f"from_entities takes entities of ftrack_api, not {each!r}. For ids, use `Query(...).by_id(...)`."
            )
        entities.append(each)
    for entity in entities:
        check_session(selection, entity)
        check_kind(context_of(selection).types, entity, entity.entity_type, entity_type.__name__)
    return entities


_QUERY, _FIRST, _LAST = "Query(...) to ask the server", "[0], or [:1] where there may be none", "[-1]"
_FILTER, _UNION, _DIFFERENCE = "filter(...)", "union(...) or |: collections do not change", "difference(...) or -"

_CALLED: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("all", "get_all", "get_first", "get_one", "where", "limit", "offset", "refresh"), _QUERY),
        **dict.fromkeys(("first", "one", "head", "peek"), _FIRST),
        **dict.fromkeys(("last", "tail"), _LAST),
        **dict.fromkeys(("select", "exclude", "reject", "find", "search", "filter_by"), _FILTER),
        **dict.fromkeys(("append", "add", "extend", "insert", "update", "merge"), _UNION),
        **dict.fromkeys(("remove", "discard", "pop", "clear", "subtract"), _DIFFERENCE),
        **dict.fromkeys(("order_by", "sort_by", "sorted", "order"), "sort(...)"),
        **dict.fromkeys(("groupby", "group_by"), "group(...)"),
        **dict.fromkeys(("each", "for_each", "foreach", "transform"), "a loop, map(...) or apply(...)"),
        **dict.fromkeys(("reduce", "aggregate"), "fold(...)"),
        **dict.fromkeys(("len", "length", "size", "total"), "len(...)"),
        **dict.fromkeys(("exists", "is_empty", "empty"), "the collection itself: it is true if it has entities"),
        **dict.fromkeys(("to_list", "list", "entities", "objects", "items"), "values() or keys()"),
        **dict.fromkeys(("ids", "id_list", "primary_keys"), "keys()"),
        **dict.fromkeys(("save", "flush", "push"), "commit()"),
        **dict.fromkeys(("fetch", "load", "populate", "prefetch"), "fetch_attributes(...)"),
        **dict.fromkeys(("children", "get_children"), "query_children(...)"),
    }
)


def instead(name: str) -> str:
    """Return the sentence that says what to use instead of *name*, with a blank before it; or an empty text.

    >>> instead("first")
    ' Use [0], or [:1] where there may be none.'
    """
    return f" Use {called}." if (called := _CALLED.get(name)) else ""


def unknown_attribute(selection: Selection, name: str) -> UnknownAttributeError:
    """Return the error for what is neither an attribute of the entities nor a type."""
    type_name, types = type_name_of(selection), context_of(selection).types
    known = [*types.attributes(type_name), *types.types] if type_name in types.types else []
    known += [each for each in dir(type(selection)) if not each.startswith("_") and each not in known]
    meant = instead(name) or f"{suggest(name, known)} Spell it as the server's schema does."
    return UnknownAttributeError(
        f'{type_name} has no attribute "{name}", and there is no entity type of that name.{meant}',
        name=name,
        near=nearest(name, known),
    )
