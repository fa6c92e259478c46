"""How an entity type declares its criteria: one line each."""

from __future__ import annotations

from typing import Literal

from trackteroid.values import frozen

ANY = ("Entity",)
"""Targets of a criterion: every entity type a relation is known to."""

Kind = Literal["values", "range", "day", "flag", "mapped", "json", "raw", "where"]


@frozen
class Bound:
    """One argument of a range: ``start`` of ``by_lifespan`` demands ``start_date >= "..."``.

    ``holds`` is what kind of value it takes.
    """

    argument: str
    attribute: str
    operator: Literal[">=", "<="]
    holds: Literal["moment", "number"] = "moment"


@frozen
class CriterionRule:
    """One ``by_...`` of an entity type.

    Attributes:
        name: how it is called: ``"by_name"``.
        kind: what it is given: values and ``%`` patterns, a range, one day, one flag, dictionaries that are looked up
            in key/value pairs (mapped) or in JSON text (json), query text (raw), or conditions (where).
        attribute: the path that is compared.
        on: the relation the comparison is wrapped in: ``"asset"`` for ``asset has (name is "x")``.
        many: whether ``on``, or without it ``attribute``, leads to several entities.
        targets: the entity types (and kinds of them) that may be given as first argument.
        columns: attributes of this type that hold the answer for a target, as ``(target, attribute)``.
        bounds: the arguments of a range, in the order in which they may be given without a name.
        grouped: whether a range is written in parentheses.
        key: the key whose value is compared in JSON text; without it, dictionaries are expected.
    """

    name: str
    kind: Kind
    attribute: str = ""
    on: str = ""
    many: bool = False
    targets: tuple[str, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    bounds: tuple[Bound, ...] = ()
    grouped: bool = True
    key: str = ""

    @property
    def path(self) -> str:
        """The whole path from the type that declares this to what is compared."""
        return f"{self.on}.{self.attribute}" if self.on else self.attribute


def values(
    name: str,
    attribute: str,
    *targets: str,
    on: str = "",
    many: bool = False,
    columns: tuple[tuple[str, str], ...] = (),
) -> CriterionRule:
    """Declare ``by_name("a", "b%")``: any of the values, patterns included."""
    return CriterionRule(name, "values", attribute, on=on, many=many, targets=targets, columns=columns)


def span(name: str, first: str, last: str, *targets: str, on: str = "", grouped: bool = True) -> CriterionRule:
    """Declare ``by_lifespan(start=..., end=...)``: not before the one, not after the other; days count whole."""
    return CriterionRule(
        name,
        "range",
        first,
        on=on,
        many=bool(on),
        targets=targets,
        bounds=(Bound("start", first, ">="), Bound("end", last, "<=")),
        grouped=grouped,
    )


def extent(name: str, attribute: str) -> CriterionRule:
    """Declare ``by_size(minimum=..., maximum=...)``."""
    bounds = (Bound("minimum", attribute, ">=", "number"), Bound("maximum", attribute, "<=", "number"))
    return CriterionRule(name, "range", attribute, bounds=bounds, grouped=False)


def day(name: str, attribute: str) -> CriterionRule:
    """Declare ``by_creation_date(a_date)``: at some time of that day."""
    return CriterionRule(name, "day", attribute)


def flag(name: str, attribute: str) -> CriterionRule:
    """Declare ``by_publish_state(True)``: exactly one value."""
    return CriterionRule(name, "flag", attribute)


def mapped(name: str, attribute: str, *targets: str) -> CriterionRule:
    """Declare ``by_metadata({"key": "value"})`` on key/value pairs."""
    return CriterionRule(name, "mapped", attribute, targets=targets)


def json_text(name: str, attribute: str, *targets: str, key: str = "") -> CriterionRule:
    """Declare a criterion on a text that holds JSON: ``by_data({"key": "value"})``, or values of one *key* of it."""
    return CriterionRule(name, "json", attribute, targets=targets, key=key)


def raw(name: str) -> CriterionRule:
    """Declare ``inject("status.name is \\"Done\\"")``."""
    return CriterionRule(name, "raw")


WHERE = CriterionRule("where", "where")
"""The criterion that ``Query.where`` adds."""

NAMED = ("id", "name")
"""What is asked for by itself of entities that have a name."""

BY_NAME = (values("by_name", "name", *ANY),)
"""The criterion of entities that have a name."""
