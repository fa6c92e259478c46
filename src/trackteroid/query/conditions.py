"""From conditions as they are written in code to conditions of the query language.

Every condition has an exact opposite: an entity meets the one or the other, also where values are missing. So a
comparison of an own attribute is negated as ``(name is_not "a" or name is none)``, and what is asked of related
entities as a whole: ``not versions any (...)``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import cast

from trackteroid.chains import (
    AllOf,
    AnyOf,
    Between,
    Chain,
    Compared,
    Condition,
    Exists,
    HasValue,
    In,
    Negated,
    values_in,
)
from trackteroid.errors import InvalidArgumentsError
from trackteroid.expressions import (
    EVERYTHING,
    And,
    Comparison,
    Expression,
    Or,
    Related,
    opposite,
    simplify,
)
from trackteroid.projections import Destination, follow
from trackteroid.query.literals import Subject, World, as_query
from trackteroid.schema.relations import Relation, Relations
from trackteroid.schema.types import AttributeSchema, Schema, parse_path
from trackteroid.values import frozen


@frozen
class ConditionReader:
    """Reads conditions on entities of one server, under one entry of ``SCHEMA``.

    ``used`` collects the relations that the types in the conditions stood for.
    """

    schema: Schema
    relations: Relations
    world: World
    used: list[Relation] = field(default_factory=list[Relation])

    def read(self, type_name: str, condition: Condition) -> Expression:
        """Return what *condition* means for entities of *type_name*.

        Raises:
            UnknownAttributeError: a step of a path does not exist; the message suggests similar ones.
            RelationError: no path is known to a type.
            InvalidArgumentsError: a value does not fit what it is compared with.
            EntityCollectionOperationError: a value belongs to another session or schema.
        """
        return simplify(self._read(type_name, condition, True))

    def _read(self, type_name: str, condition: Condition, positive: bool) -> Expression:
        match condition:
            case Negated(inner):
                return self._read(type_name, inner, not positive)
            case AllOf(parts) | AnyOf(parts):
                read = tuple(self._read(type_name, part, positive) for part in parts)
                return And(read) if isinstance(condition, AllOf) == positive else Or(read)
            case Exists(chain, inner):
                return self._existing(type_name, chain, inner, positive)
            case HasValue(chain):
                end = self._follow(type_name, chain)
                if _leads_to_entities(end):
                    return self._existing(type_name, chain, None, positive)
                return self._asked(type_name, end, lambda name: Comparison(name, "is_not", None), positive)
            case Compared(chain) | In(chain) | Between(chain):
                return self._compared(type_name, chain, condition, positive)
            case _:
                raise InvalidArgumentsError(f"{condition!r} is not a condition that can be asked of {type_name}.")

    def _follow(self, type_name: str, chain: Chain) -> Destination:
        end = follow(self.schema, self.relations, type_name, chain)
        self.used.extend(end.relations)
        return end

    def _existing(self, type_name: str, chain: Chain, inner: Condition | None, positive: bool) -> Expression:
        """Return the condition that there is an entity at the end of *chain* that meets *inner*."""
        end = self._follow(type_name, chain)
        if not _leads_to_entities(end):
            raise InvalidArgumentsError(f"{chain!r} leads to no related entities, so any and has cannot ask for them.")
        target = (end.attribute and end.attribute.target) or end.type_name
        asked = self._read(target, inner, True) if inner is not None else EVERYTHING
        return self._decided(type_name, [self._related(type_name, path, asked) for path in _whole(end)], positive)

    def _compared(self, type_name: str, chain: Chain, condition: Condition, positive: bool) -> Expression:
        end = self._follow(type_name, chain)
        if not _leads_to_entities(end):
            subject = Subject(f"{chain!r}", *self._attribute(end), self.schema, self.world)
            return self._asked(type_name, end, lambda name: _comparison(condition, subject, name), positive)
        target = (end.attribute and end.attribute.target) or end.type_name
        if isinstance(condition, Between) or (isinstance(condition, Compared) and condition.operator != "is"):
            raise InvalidArgumentsError(
                f"{chain!r} leads to entities of type {target}: compare it with collections or ids, by == and in_, or "
                f"ask for an attribute such as {chain!r}.name."
            )
        subject = Subject(f"{chain!r}", self.schema.attribute(target, "id"), target, self.schema, self.world)
        alternatives: list[Expression] = []
        for path in _whole(end):
            owner, name = self._identifying(type_name, path)
            alternatives.append(self._related(type_name, owner, _comparison(condition, subject, name)))
        return self._decided(type_name, alternatives, positive)

    def _asked(self, type_name: str, end: Destination, ask: Callable[[str], Expression], positive: bool) -> Expression:
        """Return what is asked of the attribute at the end of a path, for all the ways that lead there."""
        attribute = cast("AttributeSchema", end.attribute)
        asked = ask(attribute.name)
        if end.key is not None:
            asked = Related(attribute.name, "any", And((Comparison("key", "is", end.key), ask("value"))))
        return self._decided(type_name, [self._related(type_name, path, asked) for path in end.paths], positive)

    def _decided(self, type_name: str, alternatives: list[Expression], positive: bool) -> Expression:
        """Return the condition that one of the alternatives holds; the opposite that none does."""
        if positive:
            return alternatives[0] if len(alternatives) == 1 else Or(tuple(alternatives))
        opposites = tuple(opposite(each, self.schema, type_name) for each in alternatives)
        return opposites[0] if len(opposites) == 1 else And(opposites)

    def _attribute(self, end: Destination) -> tuple[AttributeSchema, str | None]:
        """Return the attribute that values are compared with, and the type of the entities whose ids it holds."""
        attribute = cast("AttributeSchema", end.attribute)
        if end.key is not None:
            return self.schema.attribute(attribute.target or "", "value"), None
        if attribute.name == "id":
            return attribute, end.type_name
        reference = self.schema.find_attribute(end.type_name, attribute.name.removesuffix("_id"))
        return attribute, reference.target if reference else None

    def _identifying(self, type_name: str, path: str) -> tuple[str, str]:
        """Return the path to the entities that hold the id of what *path* leads to, and where they hold it."""
        head, _, last = path.rpartition(".")
        owner = self.schema.end(type_name, head) if head else type_name
        step = parse_path(last)[0]
        if owner and not step.cast and self.schema.find_attribute(owner, f"{step.attribute}_id"):
            return head, f"{step.attribute}_id"
        return path, "id"

    def _related(self, type_name: str, path: str, asked: Expression) -> Expression:
        """Return the condition on the entities at the end of *path*; the empty path ends where it starts."""
        if not path:
            return asked
        is_many = any(attribute.is_many for attribute in self.schema.walk(type_name, path))
        return Related(path, "any" if is_many else "has", asked)


def _leads_to_entities(end: Destination) -> bool:
    if end.key is not None:
        return False
    return end.attribute.target is not None if end.attribute else end.paths != ("",)


def _whole(end: Destination) -> tuple[str, ...]:
    """Return the paths including the attribute at their end."""
    ending = end.attribute.name if end.attribute else ""
    return tuple(".".join(filter(None, (path, ending))) for path in end.paths)


def _comparison(condition: Condition, subject: Subject, name: str) -> Expression:
    subject.world.admit_all(values_in(condition))
    match condition:
        case Compared(_, "is", value):
            return subject.equal(name, (value,))
        case Compared(_, "like", value):
            return Comparison(name, "like", subject.pattern(value))
        case Compared(_, ("<" | "<=" | ">" | ">=") as operator, value):
            return subject.compared(name, operator, value)
        case Between(_, start, end):
            return And((subject.compared(name, ">=", start), subject.compared(name, "<=", end)))
        case In(_, values):
            query = as_query(values)
            return subject.chosen(name, query) if query else subject.equal(name, cast("tuple[object, ...]", values))
        case _:
            raise InvalidArgumentsError(f"{condition!r} compares nothing.")
