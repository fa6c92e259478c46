"""Why a query found nothing: a value that names no status, type, user or project there is.

It is looked up only for queries without results. What cannot be looked up is not guessed at: then nothing is said.
"""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from trackteroid import configuration
from trackteroid.client.hydration.paging import iter_records
from trackteroid.entities.base import entity_class
from trackteroid.errors import suggest
from trackteroid.expressions import And, Comparison, Expression, Membership, Or, Related
from trackteroid.schema.types import Schema
from trackteroid.session_state import of_connection

_MOST = 5000
"""How many names are fetched at most; of a type with more, nothing is said."""

_SECONDS = 60.0
"""How long a name that was found is taken to be there. That there is none is only ever said of names just fetched."""

_LISTED = 10


@dataclass(frozen=True, slots=True)
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
        return " ".join(filter(None, (_missing(session, each) for each in named)))
    except Exception:  # noqa: BLE001  # whatever it is: the query has been answered, only the hint is missing
        configuration.logger("query").debug("Why nothing was found could not be looked up.", exc_info=True)
        return ""


def _missing(session: Any, named: Named) -> str:
    if named.is_met_by(_remembered(session, named.type_name)):
        return ""
    names = _fetched(session, named.type_name)
    return "" if len(names) >= _MOST or named.is_met_by(names) else named.missing_from(names)


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
