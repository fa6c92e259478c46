"""What queries say of themselves: ``help(Query(Shot).by_name)``, ``Query(Shot).explain()``, and why nothing was found.

A value that names no status, type, user or project is looked up only for queries without results. What cannot be looked
up is not guessed at: then nothing is said.
"""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from inspect import Parameter, Signature
from types import MappingProxyType
from typing import Any

from trackteroid import configuration, entities
from trackteroid.client.hydration.answers import ID_PAGE_SIZE
from trackteroid.client.hydration.pages import iter_records
from trackteroid.entities.base import Entity, entity_class
from trackteroid.entities.criteria import CriterionRule
from trackteroid.errors import suggest
from trackteroid.expressions import And, Comparison, Expression, Membership, Or, Related
from trackteroid.schema.types import Schema, schema_of
from trackteroid.session_state import of_connection
from trackteroid.values import frozen

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
    takes = _VALUES if values else _KINDS.get(rule.kind)
    if takes is None:
        given = (f"``{bound.argument}`` demands {bound.attribute} {bound.operator} it" for bound in rule.bounds)
        days = " A day without a time counts whole." if rule.bounds[0].holds == "moment" else ""
        takes = f"At least one has to be given: {', '.join(given)}.{days}"
    first = f"one of the classes {', '.join(rule.targets)}, or a kind of it: then it is asked of these."
    if rule.targets == ("Entity",):
        first = "an entity class: then it is asked of the related entities of that type."
    targets = f"The first argument may be {first}" if rule.targets else "Takes no target."
    return "\n\n".join([opening, takes, targets])


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
        **dict.fromkeys(("to_df", "to_dataframe", "to_frame", "dataframe", "pandas"), "to_pandas()"),
        **dict.fromkeys(("to_table", "arrow", "to_records"), "to_arrow() or to_dicts()"),
        **dict.fromkeys(("import_rows", "upsert", "bulk_create", "from_csv", "from_frame"), "from_rows(...)"),
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
    target = _target(what)
    if not target:
        return ""
    # What asks for the name of something related, or at least for its id.
    meant, rule = f"by_id({target}, ...)", entity_type.criteria.get("by_name")
    if f"by_{target.casefold()}" in entity_type.criteria:
        meant = f"by_{target.casefold()}(...)"
    elif rule and {base.__name__ for base in getattr(entities, target).__mro__}.intersection(rule.targets):
        meant = f"by_name({target}, ...)"
    return f" Use {prefix}{meant}."


def comparing(name: str, entity_type: type[Entity], is_attribute: Callable[[str], bool]) -> str:
    """Return how to compare the attribute for which somebody expected a criterion, with a blank before it; or nothing.

    >>> comparing("not_by_bid", entities.Task, lambda name: True)
    ' Conditions compare any attribute: where(Task.bid != ...).'
    """
    prefix, is_criterion, what = name.partition("by_")
    if not is_criterion or not what or prefix not in ("", "not_") or not is_attribute(what):
        return ""
    return f" Conditions compare any attribute: where({entity_type.__name__}.{what} {'!' if prefix else '='}= ...)."


def _target(what: str) -> str:
    """Return the entity type that ``by_project``, ``by_projects`` or ``by_asset_version_name`` means."""
    folded = what.replace("_", "").casefold()
    meant = (folded, folded.removesuffix("s"), folded.removesuffix("name"), folded.removesuffix("id"))
    return next((each for each in entities.__all__ if each != "Entity" and each.casefold() in meant), "")


_MOST = 5000
"""How many names are fetched at most; of a type with more, nothing is said."""

_SECONDS = 60.0
"""How long a name that was found is taken to be there. That there is none is only ever said of names just fetched."""

_LISTED = 10


@frozen
class Named:
    """A value that should name an entity of a type; text with ``%`` any of several."""

    type_name: str
    value: str
    is_pattern: bool = False

    def is_met_by(self, names: Iterable[str]) -> bool:
        """Return whether it is one of the *names*, as generously as any server may compare them."""
        pattern = re.compile(
            _pattern(_fold(self.value)) if self.is_pattern else re.escape(_fold(self.value)), re.DOTALL
        )
        return any(pattern.fullmatch(_fold(name)) for name in names)

    def missing_from(self, names: Iterable[str]) -> str:
        """Return that the value is none of the *names*, and what was probably meant."""
        known = sorted(set(names))
        near = suggest(self.value.replace("%", ""), known)
        listed = "" if near or len(known) > _LISTED else f" It has: {', '.join(known) or 'none'}."
        how = "that matches" if self.is_pattern else "called"
        return f'The server has no {self.type_name} {how} "{self.value}".{near}{listed}'


def hint(session: Any, schema: Schema, type_name: str, where: Iterable[Expression]) -> str:
    """Return which values in the conditions of a query name nothing, with suggestions; usually an empty text."""
    named = dict.fromkeys(each for part in where for each in _iter_named(schema, type_name, part))
    try:
        said: list[str] = []
        for each in named:
            if not each.is_met_by(_remembered(session, each.type_name)):
                names = _fetched(session, each.type_name)
                if len(names) < _MOST and not each.is_met_by(names):
                    said.append(each.missing_from(names))
        return " ".join(said)
    except Exception:  # noqa: BLE001  # whatever it is: the query has been answered, only the hint is missing
        configuration.logger("query").debug("Why nothing was found could not be looked up.", exc_info=True)
        return ""


def _iter_named(schema: Schema, type_name: str, expression: Expression) -> Iterator[Named]:
    """Yield what a condition demands by name; what it excludes is no reason to find nothing."""
    match expression:
        case Comparison(path, ("is" | "like") as operator, str() as value):
            yield from _named(schema, type_name, path, (value,), operator == "like")
        case Membership(path, values, False):
            yield from _named(schema, type_name, path, values)
        case Related(path, _, inner):
            yield from _iter_named(schema, schema.end(type_name, path) or type_name, inner)
        case And(parts) | Or(parts):
            for part in parts:
                yield from _iter_named(schema, type_name, part)
        case _:
            pass


def _named(
    schema: Schema, type_name: str, path: str, values: Iterable[str], is_pattern: bool = False
) -> Iterator[Named]:
    head, _, attribute = path.rpartition(".")
    owner = (schema.end(type_name, head) if head else type_name) or type_name
    kinds = [owner] if _named_by(schema, owner) == attribute else _kinds(schema, owner, attribute)
    if len(kinds) == 1:
        yield from (Named(kinds[0], value, is_pattern) for value in values)


def _named_by(schema: Schema, type_name: str) -> str:
    """Return the attribute by which people know entities of a type, of which a site has a few."""
    return entity_class(type_name, schema).named_by if schema.find_type(type_name) else ""


def _kinds(schema: Schema, owner: str, attribute: str) -> list[str]:
    """Return the kinds of a type whose names are compared: user names of resources are those of users."""
    declared = schema.find_type(owner)
    if declared is None or attribute in declared.attributes:
        return []
    having = [kind for kind in schema.subtypes(owner) if attribute in schema.type(kind).attributes]
    return having if all(_named_by(schema, kind) == attribute for kind in having) else []


def names_for(query: Any, criterion: str, target: type[Entity] | None) -> tuple[str, ...]:
    """Return the names that a criterion of a query compares, where a site has a few: statuses, types, users, projects.

    Args:
        query: the query, in a session that is connected.
        criterion: what it is called: ``"by_status"``.
        target: the type that it is asked of, if it is another one.
    """
    entity_type: type[Entity] = target or query.entity_type
    rule = entity_type.criteria.get(criterion) or query.entity_type.criteria.get(criterion)
    if rule is None or rule.kind != "values":
        return ()
    schema = schema_of(query.session)
    meant = tuple(_named(schema, entity_type.__name__, rule.path, ("",)))
    if not meant:
        return ()
    return _remembered(query.session, meant[0].type_name) or _fetched(query.session, meant[0].type_name)


class _Known(dict[str, tuple[tuple[str, ...], float]]):
    """The names by type, and when they were fetched."""


def _remembered(session: Any, type_name: str) -> tuple[str, ...]:
    names, at = of_connection(session, _Known).get(type_name, ((), 0.0))
    return names if time.monotonic() - at < _SECONDS else ()


def _fetched(session: Any, type_name: str) -> tuple[str, ...]:
    attribute = entity_class(type_name).named_by
    text = f"select {attribute} from {type_name}"  # noqa: S608  # names of the schema
    names = tuple(str(each[attribute]) for each in iter_records(session, text, limit=_MOST) if each[attribute])
    of_connection(session, _Known)[type_name] = (names, time.monotonic())
    return names


def _fold(text: str) -> str:
    """Return *text* without anything that some server may ignore when it compares: case, accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in decomposed if not unicodedata.combining(each)).casefold()


def _pattern(text: str) -> str:
    r"""Return the regular expression of a pattern; some servers take ``_`` for any single character.

    >>> _pattern(r"100\%_a%")
    '100%.a.*'
    """
    special = {"%": ".*", "_": "."}
    parts = re.findall(r"\\.|.", text, re.DOTALL)
    return "".join(special.get(each) or re.escape(each[1:] if len(each) > 1 else each) for each in parts)
