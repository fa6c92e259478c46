"""What people who know other libraries try on a query, and what it is called here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from trackteroid import entities
from trackteroid.entities.base import Entity

_ALL, _FIRST, _WHERE = "get_all()", "get_first()", "where(...) or one of the by_... criteria"
_ORDER, _EXCLUDE = 'get_all(order_by="...")', "where(~(...)) or one of the not_by_... criteria"
_LIMIT, _OFFSET, _PROJECTIONS = "get_all(limit=...)", "get_all(offset=...)", "get_all(projections=[...])"
_EXISTS, _ITERATE, _CHANGE = "exists()", "iterate()", "get_all(), and change what it returns"

_CALLED: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("all", "fetch", "fetch_all", "fetchall", "find_all", "get_many", "list", "load", "run"), _ALL),
        **dict.fromkeys(("execute", "scalars", "to_list", "result", "results", "objects", "entities", "values"), _ALL),
        **dict.fromkeys(("one", "scalar_one", "single", "fetch_one", "only_one"), "get_one()"),
        **dict.fromkeys(("first", "one_or_none", "find_one", "find_first", "fetchone", "get_one_or_none"), _FIRST),
        **dict.fromkeys(("last", "latest", "get_last"), 'get_all(limit=1, order_by="...", order="descending")'),
        **dict.fromkeys(("limit", "take", "head", "top", "slice"), _LIMIT),
        **dict.fromkeys(("offset", "skip"), _OFFSET),
        **dict.fromkeys(("order", "order_by", "orderby", "sort", "sort_by", "sorted"), _ORDER),
        **dict.fromkeys(("select", "select_related", "prefetch_related", "project", "only", "columns"), _PROJECTIONS),
        **dict.fromkeys(("fields", "values_list", "with_", "options", "projection", "attributes"), _PROJECTIONS),
        **dict.fromkeys(("filter", "filter_by", "find", "search", "having", "match", "has", "any", "and_"), _WHERE),
        **dict.fromkeys(("exclude", "where_not", "not_where", "not_filter", "reject", "without"), _EXCLUDE),
        **dict.fromkeys(("or_", "union"), "where((...) | (...))"),
        **dict.fromkeys(("len", "length", "size", "total"), "count()"),
        **dict.fromkeys(("is_empty", "empty", "any_exist", "does_exist"), _EXISTS),
        **dict.fromkeys(("stream", "batches", "batch", "chunks", "chunked", "pages", "paginate", "iter"), _ITERATE),
        **dict.fromkeys(("yield_per", "iterator", "page"), _ITERATE),
        **dict.fromkeys(("get_by_id", "by_ids", "get_ids", "by_key", "by_primary_key"), "by_id(...).get_one()"),
        **dict.fromkeys(("create", "insert", "add"), "get_all().create(...)"),
        **dict.fromkeys(("update", "delete", "remove", "set"), _CHANGE),
        **dict.fromkeys(("copy", "clone"), "copy.copy(query)"),
        **dict.fromkeys(("text", "expression", "statement", "compile", "to_string", "sql"), "str(query) or explain()"),
    }
)


def instead(name: str, entity_type: type[Entity]) -> str:
    """Return the sentence that says what to use instead of *name*, with a blank before it; or an empty text.

    >>> instead("order_by", entities.Shot)
    ' Use get_all(order_by="...").'
    >>> instead("by_project", entities.Shot)
    ' Use by_name(Project, ...).'
    """
    if called := _CALLED.get(name):
        return f" Use {called}."
    prefix, is_criterion, what = name.partition("by_")
    if not is_criterion or prefix not in ("", "not_"):
        return ""
    return f" Use {prefix}{_asked(what, entity_type)}." if _target(what) else ""


def comparing(name: str, entity_type: type[Entity], is_attribute: Callable[[str], bool]) -> str:
    """Return how to compare the attribute for which somebody expected a criterion, with a blank before it; or nothing.

    >>> comparing("not_by_bid", entities.Task, lambda name: True)
    ' Conditions compare any attribute: where(Task.bid != ...).'
    """
    prefix, is_criterion, what = name.partition("by_")
    if not is_criterion or not what or prefix not in ("", "not_") or not is_attribute(what):
        return ""
    return f" Conditions compare any attribute: where({entity_type.__name__}.{what} {'!' if prefix else '='}= ...)."


def _asked(what: str, entity_type: type[Entity]) -> str:
    """Return the criterion that asks for the name of something related."""
    target = _target(what)
    if (own := f"by_{target.casefold()}") in entity_type.criteria:
        return f"{own}(...)"
    rule = entity_type.criteria.get("by_name")
    if rule and {base.__name__ for base in getattr(entities, target).__mro__}.intersection(rule.targets):
        return f"by_name({target}, ...)"
    return f"by_id({target}, ...)"


def _target(what: str) -> str:
    """Return the entity type that ``by_project``, ``by_projects`` or ``by_asset_version_name`` means."""
    folded = what.replace("_", "").casefold()
    meant = (folded, folded.removesuffix("s"), folded.removesuffix("name"), folded.removesuffix("id"))
    return next((each for each in entities.__all__ if each != "Entity" and each.casefold() in meant), "")
