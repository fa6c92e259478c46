"""The classes that stand for entity types in queries and collections.

An entity class is never instantiated. It names a type (``Query(Shot)``, ``collection[Shot]``), starts the paths to ask
for (``AssetVersion.Task.name``) and declares what can be asked: default projections and criteria.
"""

from __future__ import annotations

import copyreg
import importlib
import textwrap
import threading
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from trackteroid.chains import Chain, Condition, step_name
from trackteroid.entities import known
from trackteroid.entities.criteria import ANY, CriterionRule, mapped, raw, values
from trackteroid.errors import CoercionError, InvalidArgumentsError, UnknownAttributeError
from trackteroid.schema.types import Schema

_classes: dict[str, type[Entity]] = {}
_lock = threading.Lock()

# What people look for on the classes themselves, and no attribute of ftrack is called.
_OF_QUERIES = frozenset(("get_all", "get_first", "get_one", "get_inputs", "get_outputs", "where"))
_OF_COLLECTIONS = frozenset(("create", "create_batch", "fetch_attributes"))

_Collection = TypeVar("_Collection")
_Class = TypeVar("_Class", bound=type)


class EntityType(type):
    # What entity classes have in common as classes: any attribute that is not their own starts a path.

    _projections: tuple[str, ...]
    _parents: tuple[str, ...]
    _named_by: str
    _shared: bool
    _criteria: Mapping[str, CriterionRule]

    def __new__(
        mcs,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        *,
        projections: tuple[str, ...] | None = None,
        parents: tuple[str, ...] = (),
        named_by: str = "",
        shared: bool = False,
        criteria: tuple[CriterionRule, ...] = (),
    ) -> EntityType:
        """Make an entity class; what is not declared here is inherited."""
        inherited = next((base for base in bases if isinstance(base, EntityType)), None)
        cls = super().__new__(mcs, name, bases, namespace)
        cls._projections = projections or (inherited._projections if inherited else ())
        cls._parents = parents or (inherited._parents if inherited else ())
        cls._shared = shared or (inherited._shared if inherited else False)
        cls._named_by = named_by or (inherited._named_by if inherited else "")
        declared = {rule.name: rule for rule in criteria}
        cls._criteria = MappingProxyType({**(inherited._criteria if inherited else {}), **declared})
        # The first class of a name is the one; a class somebody derives from Shot and also calls Shot is not.
        _classes.setdefault(name, cls)  # pyright: ignore[reportArgumentType]  # this metaclass makes only Entity classes
        return cls

    if TYPE_CHECKING:
        # A path that ends at entities, such as ``Shot.Task``, is to checkers the class of these: the stub beside this
        # says which attributes that has, and here is what else is done with such a path.

        def __eq__(cls, other: object) -> Any: ...
        def __ne__(cls, other: object) -> Any: ...
        def __getitem__(cls, kind: _Class) -> _Class: ...
        def in_(cls, *values: object) -> Condition: ...
        def not_in(cls, *values: object) -> Condition: ...
        def is_none(cls) -> Condition: ...
        def is_not_none(cls) -> Condition: ...

    def _step(cls, name: str) -> Chain[Any]:
        if name in _OF_QUERIES or name in _OF_COLLECTIONS or name.removeprefix("not_") in cls._criteria:
            owner = f"Query({cls.__name__})" + (".get_all()" if name in _OF_COLLECTIONS else "")
            raise UnknownAttributeError(
                f"{cls.__name__} is an entity type, and {name} is asked of queries and collections: "
                f"{owner}.{name}(...). An attribute called so is written as text.",
                name=name,
            )
        return Chain(cls.__name__, (step_name(name),))

    if not TYPE_CHECKING:
        __getattr__ = _step

    def __dir__(cls) -> list[str]:
        found = {*known.attributes(cls.__name__), *known.relations(), *known.Live.attributes(cls.__name__)}
        return sorted({*super().__dir__(), *found})

    def __repr__(cls) -> str:
        return cls.__name__

    def __call__(cls, *collection: _Collection, **values: object) -> _Collection:
        """Return *collection* as one of this more general type: ``TypedContext(shots)``.

        Projects may be treated as typed contexts too. To select the entities of a more specific type, use
        ``collection[Shot]``.

        Raises:
            CoercionError: the entities are not of that type.
        """
        if len(collection) != 1 or values:
            raise InvalidArgumentsError(
                f"{cls.__name__}(...) takes one collection. Entity classes are not instantiated: entities are asked "
                f"for with `Query({cls.__name__})`, and made with `collection.create(name=...)`."
            )
        (given,) = collection
        coerced = getattr(type(given), "_coerced", None)
        if coerced is None:
            name = cls.__name__
            raise CoercionError(
                f"{name}(...) takes a collection, not {given!r}. Use `Query({name})` to ask for entities."
            )
        return coerced(given, cls)

    @property
    def __doc__(cls) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        """What ``help(Shot)`` says: what it is, and its attributes, relations and criteria."""
        return description(cls.__name__, vars(cls).get("__doc__") or "", cls.criteria)

    def any(cls, condition: object = None) -> Condition:
        """Have at least one related entity of this type, see `Chain.any`: ``Query(Shot).where(Task.any())``."""
        return Chain(cls.__name__).any(condition)

    has = any

    @property
    def projections(cls) -> list[str]:
        """What a query for this type asks for by itself, in this order."""
        return list(cls._projections)

    @property
    def parent_relation(cls) -> str | None:
        """The attribute that leads to what an entity of this type belongs to, if it is not ``parent``."""
        first = next(iter(cls._parents), None)
        return None if first == "parent" else first

    @property
    def named_by(cls) -> str:
        """The attribute by which people know the entities of this type, where a site has a few; else an empty text."""
        return cls._named_by

    @property
    def shared(cls) -> bool:
        """Whether the entities of this type are the vocabulary of a whole site: statuses, types, project schemas."""
        return cls._shared

    @property
    def parents(cls) -> tuple[str, ...]:
        """The attributes that lead to what an entity of this type belongs to; one of them is enough.

        >>> from trackteroid.entities import Timelog
        >>> Timelog.parents
        ('user', 'context')
        """
        return cls._parents

    @property
    def criteria(cls) -> Mapping[str, CriterionRule]:
        """The ``by_...`` of this type by name."""
        return cls._criteria


class Entity(
    metaclass=EntityType,
    projections=("id",),
    criteria=(values("by_id", "id", *ANY), mapped("by_metadata", "metadata", *ANY), raw("inject")),
):
    """Anything that has an entity type: the base of all entity classes, and as a target "any type".

    >>> from trackteroid.entities import AssetVersion
    >>> AssetVersion.Task.name
    AssetVersion.Task.name
    >>> AssetVersion.projections
    ['id', 'asset.name', 'version']
    """


def description(name: str, summary: str, criteria: Iterable[str]) -> str:
    """Return what is known of an entity type, as its documentation: without a connection what the box has."""
    described = known.attributes(name)
    others = {each for each in known.Live.attributes(name) if each not in described}
    attributes = [*(f"{each}: {end}" for each, end in described.items()), *sorted(others)]
    parts = {"Attributes": attributes, "Relations, by type": known.relations(), "Criteria of queries": criteria}
    wrapper = textwrap.TextWrapper(100, initial_indent="    ", subsequent_indent="    ", break_long_words=False)
    listed = [f"{title}:\n{wrapper.fill(', '.join(names))}" for title, names in parts.items() if names]
    return "\n\n".join([summary.strip(), *listed])


def entity_class(name: str, schema: Schema | None = None) -> type[Entity]:
    """Return the class that stands for the entity type *name*, always the same one.

    Servers have types of their own, most of them made from object types (``Scene``). Their classes are made when first
    asked for: as a kind of what *schema* says, without a schema as a ``TypedContext``.
    """
    if found := _classes.get(name):
        return found
    base = schema.base(name) if schema and schema.find_type(name) else "TypedContext"
    parent = entity_class(base, schema) if base else Entity
    with _lock:
        return _classes.get(name) or EntityType(name, (parent,), {"__module__": "trackteroid.entities"})  # pyright: ignore


def find_entity_class(name: str) -> type[Entity] | None:
    """Return the class that stands for the entity type *name* if there is one by now, or None."""
    return _classes.get(name)


def _pickled(cls: EntityType) -> str | tuple[object, tuple[str]]:
    """A class that was made for a type of one server has to be made again by whoever reads the pickle."""
    return (entity_class, (cls.__name__,)) if cls.__module__ == "trackteroid.entities" else cls.__qualname__


copyreg.pickle(EntityType, _pickled)  # pyright: ignore[reportArgumentType]  # a name is allowed as well


#: Names that older code imports from here, and where they live now.
_MOVED = {
    "EmptyCollection": "trackteroid.collections",
    "EntityCollection": "trackteroid.collections",
    "EntityCollectionOperationError": "trackteroid.errors",
}


def __getattr__(name: str) -> Any:
    if name in _MOVED:
        return getattr(importlib.import_module(_MOVED[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
