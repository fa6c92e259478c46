"""The FROM clause of one SELECT: a root and the to-one joins that paths through it need, each made once.

A path through references is a chain of outer joins, which never multiply rows. Where the condition needs what is at
their end they become inner ones, so that the database may start from there. The same join serves criteria, order and
projections.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import sqlalchemy as sa

from trackteroid.server.auth.reading import leads_to_seen
from trackteroid.server.compiler.aliases import Aliases
from trackteroid.server.compiler.dialects import shared, unindexed
from trackteroid.server.core.failures import QueryError, suggestion
from trackteroid.server.language import Step
from trackteroid.server.model import Attribute, Collection, EntityType, Key, Model, Reference, UnknownName

T = TypeVar("T")


class Source:
    """One entity type at one place of a FROM clause.

    Attributes:
        relation: Its rows.
        seen: Which of them may be seen; None where all may.
    """

    def __init__(
        self, selection: Selection, entity_type: EntityType, holder: Source | None = None, *, is_seen: bool = False
    ) -> None:
        self.selection = selection
        self.type = entity_type
        self.relation, self.seen = (
            selection.aliases.root(entity_type, is_seen=is_seen)
            if holder is None
            else (selection.aliases.relation(entity_type, is_seen=is_seen), None)
        )
        self.holder = holder
        self._joined: dict[Step, Source] = {}

    @property
    def model(self) -> Model:
        """The model all types belong to."""
        return self.selection.model

    @property
    def key(self) -> sa.ColumnElement[Any]:
        """The (first) primary key column; it is null where an outer join found nothing."""
        return self.column(self.type.primary_key[0])

    def column(self, name: str) -> sa.ColumnElement[Any]:
        """Return the column that stores the attribute `name`."""
        return self.relation.c[name]

    def attribute(self, name: str) -> Attribute:
        """Return the attribute `name`, of this type or of one of its subtypes."""
        return attribute_of(self.model, self.type, name)

    def related(self, step: Step) -> Attribute:
        """Return the relation that `step` follows; a plain value where it is none.

        Subtypes may disagree about what an attribute is: the status of a project is text, the status of a task a
        reference.
        """
        return next(iter(relations_of(self.model, self.type, step)), None) or self.attribute(step.name)

    def require(self) -> None:
        """Leave out rows that have no entity here."""
        source: Source | None = self
        while source is not None:
            self.selection.required[-1].add(source)
            source = source.holder

    def step(self, step: Step) -> Source:
        """Return the source behind the reference `step`, joined on first use."""
        if step not in self._joined:
            reference = self.related(step)
            if not isinstance(reference, Reference):
                raise QueryError(f"{self.type.name}.{step.name} is not a reference; it cannot be followed here.")
            return self.joined(step.name, reference, step.cast)
        return self._joined[step]

    def joined(self, name: str, reference: Reference, cast: str | None = None) -> Source:
        """Return the source behind `reference`, which is the attribute `name` here or of a subtype."""
        step = Step(name, cast)
        if step not in self._joined:
            self._joined[step] = self.selection.join(self, reference, cast)
        return self._joined[step]


class Selection:
    """A FROM clause that grows with the paths followed from its root.

    Args:
        model: The model all types belong to.
        entity_type: The type of the root.
        aliases: Those of the whole statement.
        page: Rows whose first columns are the keys of the only entities to select.
        is_seen: It is known that whoever asks may see the entities.

    Attributes:
        required: The sources without which no row can meet the criteria; the last set is for the alternative of the
            criteria that is being looked at.
    """

    def __init__(
        self,
        model: Model,
        entity_type: EntityType,
        aliases: Aliases,
        page: sa.Subquery | None = None,
        *,
        is_seen: bool = False,
    ) -> None:
        self.model = model
        self.aliases = aliases
        self.required: list[set[Source]] = [set()]
        self._joins: list[tuple[Source, sa.ColumnElement[bool]]] = []
        self.root = Source(self, entity_type, is_seen=is_seen or page is not None)
        self._start = self.root.relation if page is None else self._within(page)

    @property
    def is_alternative(self) -> bool:
        """Whether the criteria that are being looked at are one of several alternatives."""
        return len(self.required) > 1

    def select(
        self, columns: Iterable[sa.ColumnElement[Any]], conditions: Iterable[sa.ColumnElement[bool]] = ()
    ) -> sa.Select[Any]:
        """Return columns of the rows that meet conditions and may be seen, with everything that was joined so far."""
        seen = () if self.root.seen is None else (self.root.seen,)
        return sa.select(*columns).select_from(self._from_clause()).where(*conditions, *seen)

    def _from_clause(self) -> sa.FromClause:
        clause = self._start
        for source, matches in self._joins:
            clause = clause.join(source.relation, matches, isouter=source not in self.required[0])
        return clause

    def _within(self, page: sa.Subquery) -> sa.FromClause:
        keys = zip(self.root.type.primary_key, page.c, strict=False)
        return page.join(self.root.relation, sa.and_(*(self.root.column(name) == key for name, key in keys)))

    def join(self, source: Source, reference: Reference, cast: str | None) -> Source:
        """Outer-join what `reference` of `source` refers to; a cast leaves out entities of other types."""
        target = cast_type(self.model, reference.target, cast)
        policy = self.aliases.policy
        is_seen = policy is not None and leads_to_seen(policy, self.model, source.type, reference.keys[0])
        joined = Source(self, target, source, is_seen=is_seen)
        matches = [
            joined.column(primary) == source.column(name)
            for primary, name in zip(target.primary_key, reference.keys, strict=True)
        ]
        # Where all are of that type anyway, saying so leads to an index that its own names have.
        if cast or reference.narrow or target.unique:
            matches.extend(type_conditions(joined))
        self._joins.append((joined, sa.and_(*matches)))
        return joined

    def required_by_all(self, alternatives: Iterable[Callable[[], T]]) -> list[T]:
        """Return what each of `alternatives` returns; only what all of them require is required."""
        results: list[T] = []
        required: list[set[Source]] = []
        for alternative in alternatives:
            self.required.append(set())
            results.append(alternative())
            required.append(self.required.pop())
        self.required[-1] |= required[0].intersection(*required)
        return results

    def join_members(self, target: EntityType, other: str) -> Source:
        """Join the members of a many-to-many relation, of which the root is the link and `other` its key."""
        joined = Source(self, target, self.root)
        joined.require()
        self._joins.append((joined, joined.key == self.root.column(other)))
        return joined


def type_conditions(source: Source) -> Iterable[sa.ColumnElement[bool]]:
    """Yield what tells the rows of a subtype from the others in its table; nothing for the root of a family.

    A single type is part of the statement: databases know then that it holds an index of that type alone, and the index
    of types has the rows of one type in the order of answers. SQLite would take a type for a few rows among many, and
    read all tasks rather than those with a parent, so it is told that it is not. Of several types, no index of types
    finds the rows in the order of answers; another one has them in it.
    """
    entity_type = source.type
    if entity_type.base is None or entity_type.discriminator is None:
        return
    names = [candidate.name for candidate in source.model.subtypes(entity_type)]
    column = source.column(entity_type.discriminator)
    if len(names) > 1:
        yield unindexed(column).in_(names)
    else:
        yield shared(column == sa.literal(names[0], literal_execute=True))


def type_named(model: Model, name: str) -> EntityType:
    """Return the entity type `name`; unknown ones are the client's mistake."""
    try:
        entity_type = model.type(name)
    except UnknownName as error:
        raise QueryError(f"{error}{suggestion(error.near)}") from None
    if not entity_type.served:
        raise QueryError(f"There is no entity type {name}.")
    return entity_type


def cast_type(model: Model, target: str, cast: str | None) -> EntityType:
    """Return the entity type `target` of a relation, or what a query casts it to, which must be of the same family."""
    if cast is None:
        return type_named(model, target)
    wanted = type_named(model, cast)
    if wanted.root is not model.type(target).root:
        raise QueryError(f"{cast} is not a kind of {target}; the cast [{cast}] is not possible here.")
    return wanted


def attribute_of(model: Model, entity_type: EntityType, name: str) -> Attribute:
    """Return the attribute `name` of `entity_type` or of a subtype; unknown ones are the client's mistake."""
    try:
        return model.attribute(entity_type, present_name(entity_type, name))[1]
    except UnknownName as error:
        raise QueryError(f"{error}{suggestion(error.near)}") from None


def relations_of(model: Model, entity_type: EntityType, step: Step) -> list[Reference | Collection]:
    """Return what `step` may follow: the relation of the type, or those of its subtypes that lead to one family.

    Where subtypes have relations to several families (the items of lists), the cast must tell which is meant.
    """
    name = present_name(entity_type, step.name)
    types = [entity_type] if name in entity_type.attributes else model.subtypes(entity_type)
    found = [
        attribute
        for candidate in types
        if isinstance(attribute := candidate.attributes.get(name), Reference | Collection)
    ]
    families = {model.type(attribute.target).root.name: attribute.target for attribute in found}
    if len(families) < 2:
        return found
    if step.cast is None:
        raise QueryError(
            f"{entity_type.name}.{name} leads to {' or '.join(f'a {target}' for target in families.values())}; "
            f"cast it, as in {name}[{list(families.values())[-1]}], or query a kind of {entity_type.name}."
        )
    family = type_named(model, step.cast).root.name
    return [attribute for attribute in found if model.type(attribute.target).root.name == family] or found[:1]


# Names of attributes that older servers used and that the vendor's own examples still show.
_RENAMED = {("Status", "type"): "state"}


def present_name(entity_type: EntityType, name: str) -> str:
    """Return what an attribute is called by now."""
    return _RENAMED.get((entity_type.name, name), name)


def reference_key(source: Source, reference: Reference) -> Key:
    """Return the single key attribute behind `reference`, for comparing the reference itself with an id."""
    attribute = source.type.attributes.get(reference.keys[0])
    found = attribute or source.model.find_attribute(source.type, reference.keys[0])
    key = found[1] if isinstance(found, tuple) else found
    if len(reference.keys) != 1 or not isinstance(key, Key):
        raise QueryError(f"{source.type.name}.{reference.keys[0]} cannot be compared with a single id.")
    return key
