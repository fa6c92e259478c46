"""Names that are no attributes: what they are called here, or nearly, and what people try who know other libraries."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from trackteroid.collections.context import Selection, context_of
from trackteroid.collections.selecting import type_name_of
from trackteroid.errors import UnknownAttributeError, nearest, suggest

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
