"""Paths and conditions as they are written in code: ``AssetVersion.Task.name``, ``Shot.name.like("bc%")``.

Both are only written down here. What the steps mean is looked up in the schema when a query uses them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from copy import copy
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, Protocol, SupportsIndex, TypeVar, cast, overload
from uuid import UUID

from trackteroid.errors import InvalidArgumentsError
from trackteroid.values import frozen

if TYPE_CHECKING:
    from typing import TypeGuard

    import typing_extensions

    V = typing_extensions.TypeVar("V", default=Any)
else:
    V = TypeVar("V")

Operator = Literal["is", "like", ">", ">=", "<", "<="]


class Condition:
    """What has to hold of an entity, to be given to ``Query.where``.

    Conditions never change. ``a & b`` is both, ``a | b`` at least one, ``~a`` the opposite: every entity meets either
    ``a`` or ``~a``, also one that has no value at all.
    """

    __slots__ = ()
    __match_args__: ClassVar[tuple[str, ...]] = ()

    def __and__(self, other: object) -> Condition:
        return AllOf((self, condition_of(other)))

    def __or__(self, other: object) -> Condition:
        return AnyOf((self, condition_of(other)))

    def __rand__(self, other: object) -> Condition:
        return condition_of(other) & self

    def __ror__(self, other: object) -> Condition:
        return condition_of(other) | self

    def __invert__(self) -> Condition:
        return Negated(self)

    def __copy__(self) -> Condition:
        return self

    def __deepcopy__(self, _memo: object) -> Condition:
        return self

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        for value in values_in(self):
            for each in cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,):
                if hasattr(type(each), "entity_type"):
                    raise TypeError(
                        f"{self!r} cannot be pickled: {each!r} belongs to a session. Compare with ids instead."
                    )
        return super().__reduce_ex__(protocol)

    def __bool__(self) -> bool:
        raise InvalidArgumentsError(
            f"The server decides whether {self!r} holds, Python cannot. Combine conditions with & | ~ instead of and, "
            f"or, not, each in parentheses: (Shot.name == 'a') | (Shot.name == 'b'). To look for a path in a list that "
            f"also has text, use a set."
        )


class Subquery(Protocol):
    """A query that values may be found by; see `Query.as_subquery`."""

    def as_subquery(self) -> tuple[str, str] | None:
        """Return the type of the entities and the text that selects their ids."""
        ...


class Chain(Generic[V]):
    """A path that starts at an entity type, as it is written in code: ``AssetVersion.Task.name``.

    Reading an attribute gives a longer chain and leaves this one as it is. Chains are equal, and have the same hash,
    if they have the same steps. Compared with anything but a chain or a class, they make a condition.

    >>> from trackteroid.entities import Shot, Task
    >>> Task.State.name
    Task.State.name
    >>> Task.State.name == Task.State.name
    True
    >>> (Task.bid > 3) & ~Task.Shot.name.like("bc%")
    (Task.bid > 3) & ~Task.Shot.name.like('bc%')

    Brackets narrow a step to one type, or name one key of metadata and of custom attributes:

    >>> Task.parent[Shot].name, Shot.metadata["disk"], Shot.custom_fstart
    (Task.parent[Shot].name, Shot.metadata["disk"], Shot.custom_fstart)

    For type checkers, ``Chain[str]`` ends at a text: it is compared with text only. A path that ends at entities is to
    them the class of these, so that it goes on with what the class has.
    """

    __slots__ = ("_root", "_steps")

    _root: str
    _steps: tuple[str, ...]

    def __init__(self, root: str, steps: tuple[str, ...] = ()) -> None:
        object.__setattr__(self, "_root", root)
        object.__setattr__(self, "_steps", steps)

    if not TYPE_CHECKING:  # to checkers, what ends at a plain value does not go on

        def __getattr__(self, name: str) -> Chain:
            return Chain(self._root, (*self._steps, step_name(name)))

    def __getitem__(self, key: type | str) -> Chain[Any]:
        if isinstance(key, type):
            return Chain(self._root, (*self._steps, f"[{key.__name__}]"))
        if isinstance(key, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # so that list(chain) ends
            return Chain(self._root, (*self._steps, f"[{json.dumps(key, ensure_ascii=False)}]"))
        raise TypeError(f"{self!r} is a path, not a list. In brackets goes an entity class or a key.")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{self!r} is a path to ask for, not a value; set {name} on a collection.")

    def __hash__(self) -> int:
        return hash((self._root, self._steps))

    def __repr__(self) -> str:
        return self._root + "".join(step if step.startswith("[") else f".{step}" for step in self._steps)

    def __copy__(self) -> Chain[V]:
        return self

    def __deepcopy__(self, _memo: object) -> Chain[V]:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return Chain, (self._root, self._steps)

    # What a path is compared with has to be what it ends at. Paths are equal to each other or not, as all values are.

    @overload  # pyright: ignore[reportIncompatibleMethodOverride]  # it does not fit everything, which is the point
    def __eq__(self, other: V | UUID | None) -> Condition: ...  # pyright: ignore[reportOverlappingOverload]

    @overload
    def __eq__(self, other: Chain[Any] | Condition | type) -> bool: ...

    def __eq__(self, other: object) -> Any:
        if isinstance(other, (Chain, Condition, type)):
            return isinstance(other, Chain) and steps_of(self) == steps_of(cast("Chain[Any]", other))
        return Negated(HasValue(self)) if other is None else Compared(self, "is", other)

    @overload  # pyright: ignore[reportIncompatibleMethodOverride]
    def __ne__(self, other: V | UUID | None) -> Condition: ...  # pyright: ignore[reportOverlappingOverload]

    @overload
    def __ne__(self, other: Chain[Any] | Condition | type) -> bool: ...

    def __ne__(self, other: object) -> Any:
        if isinstance(other, (Chain, Condition, type)):
            return not self == other
        return HasValue(self) if other is None else Negated(Compared(self, "is", other))

    def __lt__(self, other: V) -> Condition:
        return Compared(self, "<", other)

    def __le__(self, other: V) -> Condition:
        return Compared(self, "<=", other)

    def __gt__(self, other: V) -> Condition:
        return Compared(self, ">", other)

    def __ge__(self, other: V) -> Condition:
        return Compared(self, ">=", other)

    def __and__(self, other: object) -> Condition:
        return condition_of(self) & other

    def __or__(self, other: object) -> Condition:
        return condition_of(self) | other

    def __invert__(self) -> Condition:
        return ~condition_of(self)

    def like(self, pattern: str) -> Condition:
        r"""Match a pattern: ``%`` stands for any text, ``\%`` and ``\_`` for themselves; case does not matter."""
        return Compared(self, "like", pattern)

    def not_like(self, pattern: str) -> Condition:
        """Do not match a pattern; a missing value does not."""
        return ~self.like(pattern)

    def in_(self, *values: V | UUID | Iterable[V | UUID | None] | Subquery | None) -> Condition:
        """Be one of these values: given one by one, as a list, as a collection, or as what a ``Query`` finds."""
        given = _listed(values)
        if not isinstance(given, tuple):
            return In(self, given)
        several = cast("tuple[object, ...]", given)
        found = tuple(value for value in several if value is not None)
        chosen = In(self, found)
        return chosen if len(found) == len(several) else AnyOf((chosen, Negated(HasValue(self))))

    def not_in(self, *values: V | UUID | Iterable[V | UUID | None] | Subquery | None) -> Condition:
        """Be none of these values; a missing value is none of them."""
        return ~self.in_(*values)

    def is_none(self) -> Condition:
        """Have no value, or nothing that could have it."""
        return Negated(HasValue(self))

    def is_not_none(self) -> Condition:
        """Have a value."""
        return HasValue(self)

    def before(self, moment: V) -> Condition:
        """Be earlier than a moment or a day; times without a zone are UTC."""
        return self < moment

    def after(self, moment: V) -> Condition:
        """Be later than a moment, or than all of a day; times without a zone are UTC."""
        return self > moment

    def between(self, start: V, end: V) -> Condition:
        """Be neither less than *start* nor more than *end*; a day without a time counts whole."""
        return Between(self, start, end)

    def any(self, condition: object = None) -> Condition:
        """Have at least one related entity; with a condition, one that meets it.

        >>> from trackteroid.entities import AssetVersion, Shot
        >>> Shot.AssetVersion.any((AssetVersion.version > 3) & (AssetVersion.comment == "final"))
        Shot.AssetVersion.any((AssetVersion.version > 3) & (AssetVersion.comment == 'final'))
        """
        return Exists(self, None if condition is None else condition_of(condition))

    has = any


@frozen
class Compared(Condition):
    """``chain operator value``; never met by a missing value."""

    chain: Chain[Any]
    operator: Operator
    value: object

    def __repr__(self) -> str:
        if self.operator == "like":
            return f"{self.chain!r}.like({self.value!r})"
        return f"{self.chain!r} {'==' if self.operator == 'is' else self.operator} {self.value!r}"


@frozen
class Between(Condition):
    """``start <= chain <= end``; never met by a missing value."""

    chain: Chain[Any]
    start: object
    end: object

    def __repr__(self) -> str:
        return f"{self.chain!r}.between({self.start!r}, {self.end!r})"


@frozen
class In(Condition):
    """The value of *chain* is one of several, or found by a query."""

    chain: Chain[Any]
    values: object

    def __repr__(self) -> str:
        return f"{self.chain!r}.in_({self.values!r})"


@frozen
class HasValue(Condition):
    """There is a value."""

    chain: Chain[Any]

    def __repr__(self) -> str:
        return f"{self.chain!r}.is_not_none()"


@frozen
class Exists(Condition):
    """There is a related entity that meets a condition, if one is given."""

    chain: Chain[Any]
    condition: Condition | None

    def __repr__(self) -> str:
        return f"{self.chain!r}.any({'' if self.condition is None else repr(self.condition)})"


@frozen
class Negated(Condition):
    """What holds where the condition does not."""

    condition: Condition

    def __repr__(self) -> str:
        match self.condition:
            case HasValue(chain):
                return f"{chain!r}.is_none()"
            case Compared(chain, "is", value):
                return f"{chain!r} != {value!r}"
            case _:
                return f"~{_grouped(self.condition)}"


@frozen
class AllOf(Condition):
    """All of the parts."""

    parts: tuple[Condition, ...]

    def __repr__(self) -> str:
        return " & ".join(map(_grouped, self.parts))


@frozen
class AnyOf(Condition):
    """At least one of the parts."""

    parts: tuple[Condition, ...]

    def __repr__(self) -> str:
        return " | ".join(map(_grouped, self.parts))


def is_chain(value: object) -> TypeGuard[Chain[Any]]:
    """Return whether something is a path."""
    return isinstance(value, Chain)


def condition_of(value: object) -> Condition:
    """Return *value* as a condition: it is one, or the path of a flag such as ``AssetVersion.is_published``.

    Raises:
        InvalidArgumentsError: it is something else; the message says what was probably meant.
    """
    if isinstance(value, Condition):
        return value
    if isinstance(value, Chain):
        return Compared(cast("Chain[Any]", value), "is", True)
    hint = "Write conditions such as Shot.name == 'bc0040'."
    if isinstance(value, bool):
        hint = "Two paths cannot be compared with each other, and conditions are combined with & | ~, not and, or, not."
    elif isinstance(value, str):
        hint = "Query text goes into inject(...)."
    raise InvalidArgumentsError(f"{value!r} is not a condition. {hint}")


def _grouped(condition: Condition) -> str:
    is_operation = isinstance(condition, (AllOf, AnyOf)) or " " in f"{condition!r}".partition("(")[0]
    return f"({condition!r})" if is_operation else f"{condition!r}"


def steps_of(chain: Chain[Any]) -> tuple[str, ...]:
    """Return the names of *chain*, its entity type first: ``("AssetVersion", "Task", "name")``.

    What stands in brackets is a step of its own: ``("Task", "parent", "[Shot]", "name")``.
    """
    return chain._root, *chain._steps  # pyright: ignore[reportPrivateUsage]  # other names of a chain are paths


def step_name(name: str) -> str:
    """Return *name* if it can be a step of a chain; names that Python and its tools probe for cannot."""
    if name.startswith("_") and name.endswith("_"):
        raise AttributeError(name)
    return name


def values_in(condition: Condition) -> list[object]:
    """Return what a condition is made of: its path and what that is compared with, several values as a tuple."""
    return [getattr(condition, name) for name in condition.__match_args__]


def _listed(values: tuple[object, ...]) -> object:
    """Return the values of a call: themselves, those of the one list that was given, or the one query as it is now."""
    only = values[0] if len(values) == 1 else None
    if hasattr(type(only), "as_subquery"):
        return copy(only)
    # Entities and collections are single values: the one are mappings, the other know more than their elements.
    if isinstance(only, str) or hasattr(type(only), "entity_type") or not isinstance(only, Iterable):
        return values
    if isinstance(only, Mapping):
        return values
    found = tuple(cast("Iterable[object]", only))
    return tuple(sorted(found, key=str)) if isinstance(only, (set, frozenset)) else found
