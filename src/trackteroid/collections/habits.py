"""What people who know other libraries try on a collection, and what it is called here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

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
