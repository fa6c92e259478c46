"""What ``help(Query(Shot).by_name)`` and ``Query(Shot).explain()`` say."""

from __future__ import annotations

from collections.abc import Iterable
from inspect import Parameter, Signature

from trackteroid.client.hydration.paging import ID_PAGE_SIZE
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

_REQUESTS = f"""\
requests:
  get_first, get_one, get(limit=...) up to 500, exists: 1
  get_all: 1 for every 500 entities, count and ids: 1 for every {ID_PAGE_SIZE:,} ids,
  iterate: 1 per chunk and 1 after a last one that is full;
  how many these are is not known before they are asked"""
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


def explain(text: str, relations: Iterable[str], *, is_impossible: bool) -> str:
    """Return the description of a query from its text and the descriptions of the relations it uses."""
    described = [line for relation in relations for line in relation.splitlines()]
    paths = ["relations:", *(f"  {line}" for line in described)] if described else ["relations: none"]
    return "\n".join([text, *paths, _NO_REQUEST if is_impossible else _REQUESTS])
