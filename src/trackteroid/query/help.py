"""What ``help(Query(Shot).by_name)`` and ``Query(Shot).explain()`` say, and what habits of other libraries are told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from inspect import Parameter, Signature
from types import MappingProxyType

from trackteroid import entities
from trackteroid.client.hydration.paging import ID_PAGE_SIZE
from trackteroid.entities.base import Entity
from trackteroid.entities.criteria import CriterionRule

_VALUES = "One of the values has to match; text with ``%`` is a pattern."
_KINDS = {
    "values": _VALUES,
    "flag": "Takes exactly one value.",
    "day": "Takes one date: at some time of that day.",
    "mapped": "Takes dictionaries: one of them has to match, with all its keys and values; ``%`` makes patterns.",
    "json": "Takes dictionaries: one of them has to match, with all its keys and values.",
    "raw": "Takes text in the server's query language, which is added in parentheses.",
}

_REQUESTS = """\
requests:
  get_first, get_one, get(limit=...) up to 500, exists: 1
  get_all: 1 for every 500 entities, and for up to 5,000 of those that come quickly,
  {counting},
  iterate: 1 per chunk and 1 after a last one that is full;
  how many these are is not known before they are asked"""
_COUNTED_THERE = f"count, sum and the like: 1, ids: 1 for every {ID_PAGE_SIZE:,} ids"
_COUNTED_HERE = f"""\
count and ids: 1 for every {ID_PAGE_SIZE:,} ids,
  sum and the like: 1 for every 500 entities, because the server does not aggregate this type"""
_NO_REQUEST = "requests: none, because no entity can meet the criteria"


def signature(rule: CriterionRule) -> Signature:
    """Return the arguments of a criterion."""
    target = [Parameter("target", Parameter.POSITIONAL_ONLY, default=None)] if rule.targets else []
    if rule.kind == "range":
        bounds = [Parameter(bound.argument, Parameter.POSITIONAL_OR_KEYWORD, default=None) for bound in rule.bounds]
        return Signature([*target, *bounds])
    if rule.kind in ("flag", "day"):
        return Signature([*target, Parameter("value", Parameter.POSITIONAL_ONLY)])
    return Signature([*target, Parameter("texts" if rule.kind == "raw" else "values", Parameter.VAR_POSITIONAL)])


def description(type_name: str, rule: CriterionRule, is_negated: bool) -> str:
    """Return the docstring of a criterion on entities of a type."""
    verb = "does not match" if is_negated else "matches"
    paths = " or ".join(dict.fromkeys(bound.attribute for bound in rule.bounds)) or rule.path
    asked = f"whose {paths} {verb}" if paths else "that meet conditions of your own"
    opening = f"Keep the {type_name} entities {asked}."
    values = rule.kind == "json" and rule.key
    takes = _VALUES if values else _KINDS.get(rule.kind) or _ranges(rule)
    return "\n\n".join([opening, takes, _targets(rule)])


def _ranges(rule: CriterionRule) -> str:
    given = (f"``{bound.argument}`` demands {bound.attribute} {bound.operator} it" for bound in rule.bounds)
    days = " A day without a time counts whole." if rule.bounds[0].holds == "moment" else ""
    return f"At least one has to be given: {', '.join(given)}.{days}"


def _targets(rule: CriterionRule) -> str:
    if not rule.targets:
        return "Takes no target."
    if rule.targets == ("Entity",):
        return "The first argument may be an entity class: then it is asked of the related entities of that type."
    names = ", ".join(rule.targets)
    return f"The first argument may be one of the classes {names}, or a kind of it: then it is asked of these."


def explain(text: str, relations: Iterable[str], *, is_impossible: bool, counts: bool) -> str:
    """Return the description of a query from its text and the descriptions of the relations it uses.

    *counts* says whether the server counts and adds up.
    """
    described = [line for relation in relations for line in relation.splitlines()]
    paths = ["relations:", *(f"  {line}" for line in described)] if described else ["relations: none"]
    requests = _REQUESTS.format(counting=_COUNTED_THERE if counts else _COUNTED_HERE)
    return "\n".join([text, *paths, _NO_REQUEST if is_impossible else requests])


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
