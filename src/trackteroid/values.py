"""Value objects: what ``@dataclass(frozen=True, slots=True)`` makes, made in a fifth of the time.

The library and the server have hundreds of small classes of this kind, and every process pays for making those that it
imports: a millisecond for each dataclass, as its six methods are written as text and compiled. Of a value class only
the initialiser is, when it is first used. The others are the same functions for all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, TypeVar, cast

T = TypeVar("T")

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform

    @dataclass_transform(frozen_default=True, field_specifiers=(field,))
    def frozen(cls: type[T], /) -> type[T]:
        """Make a value class: frozen, slotted, compared by what is in it. Its bases have no fields of their own.

        All that takes dataclasses takes it: ``fields``, ``replace``, ``asdict``, pattern matching, pickling. Fields may
        have defaults, also by ``field(default_factory=...)``.
        """
        ...
else:

    def frozen(cls):
        kinds = {name: str(kind).partition("[")[0] for name, kind in cls.__annotations__.items()}
        names = tuple(name for name, kind in kinds.items() if "ClassVar" not in kind)
        given = {name: cls.__dict__[name] for name in names if name in cls.__dict__}
        if any(getattr(base, "__match_args__", ()) for base in cls.__bases__):
            raise TypeError(f"{cls.__name__} is a value class, and has a base with fields. Use dataclass().")
        kept = {name: each for name, each in cls.__dict__.items() if name not in {*names, "__dict__", "__weakref__"}}
        if kept.get("__hash__") is None:  # which Python notes for a class that compares by itself
            kept.pop("__hash__", None)
        made = type(cls)(cls.__name__, cls.__bases__, _METHODS | kept | {"__slots__": names})
        made.__qualname__ = cls.__qualname__
        made.__match_args__ = names
        made.__values__ = (
            attrgetter(*names)
            if len(names) > 1
            else staticmethod(lambda instance: tuple(getattr(instance, name) for name in names))
        )
        made.__init__ = _Initialiser(made, names, given)
        made.__dataclass_fields__, made.__dataclass_params__ = (
            _Described(name, cls.__annotations__, given) for name in _DESCRIBED
        )
        return made


def replace(instance: T, /, **changes: Any) -> T:
    """Return another instance of a value class, with these fields changed."""
    held: Any = instance
    return type(held)(**{name: getattr(held, name) for name in held.__match_args__} | changes)


class _Factory:
    """The default of a parameter whose value is made anew each time."""

    def __repr__(self) -> str:
        return "<factory>"


_FACTORY = _Factory()


class _Initialiser:
    """The ``__init__`` of a class, compiled when somebody first asks for it: many classes are never used."""

    def __init__(self, made: type[Any], names: tuple[str, ...], given: dict[str, Any]) -> None:
        self._made, self._names, self._given = made, names, given

    def __get__(self, instance: object, owner: type[Any]) -> Any:
        made: Any = self._made
        # Several threads may ask at once, and each of them compiles the same.
        made.__init__ = initialiser = self._compiled()
        return initialiser if instance is None else initialiser.__get__(instance, owner)

    def _compiled(self) -> Callable[..., None]:
        """Return the function, which puts what it is given into the slots."""
        made, known = self._made, dict[str, Any](_FACTORY=_FACTORY)
        parameters, lines = ["self"], ["pass"]
        for name in self._names:
            known[f"_set_{name}"] = getattr(made, name).__set__
            default = self._given.get(name, MISSING)
            if isinstance(default, Field):
                default, known[f"_make_{name}"] = _FACTORY, cast("Field[Any]", default).default_factory
                lines.append(f"_set_{name}(self, _make_{name}() if {name} is _FACTORY else {name})")
            else:
                lines.append(f"_set_{name}(self, {name})")
            known[f"_default_{name}"] = default
            parameters.append(name if default is MISSING else f"{name}=_default_{name}")
        if hasattr(made, "__post_init__"):
            lines.append("self.__post_init__()")
        exec(f"def __init__({', '.join(parameters)}):\n " + "\n ".join(lines), known)  # noqa: S102 - as dataclasses do
        initialiser = known["__init__"]
        initialiser.__module__, initialiser.__qualname__ = made.__module__, f"{made.__qualname__}.__init__"
        initialiser.__annotations__ = {name: made.__annotations__[name] for name in self._names} | {"return": None}
        return initialiser


_DESCRIBED = ("__dataclass_fields__", "__dataclass_params__")


class _Described:
    """What `dataclasses` wants to know of a class, found out when it first does."""

    def __init__(self, name: str, annotations: dict[str, Any], given: dict[str, Any]) -> None:
        self._name = name
        self._namespace = {"__annotations__": annotations, **given}

    def __get__(self, _instance: object, owner: type[Any]) -> Any:
        twin: Any = dataclass(frozen=True)(
            type(owner.__name__, (), {**self._namespace, "__module__": owner.__module__})
        )
        # Several threads may ask at once. What they find out is the same, and whoever is late changes nothing.
        made: Any = next((each for each in owner.__mro__ if vars(each).get(self._name) is self), None)
        if made is not None:
            setattr(made, self._name, getattr(twin, self._name))
        return getattr(owner if made is None else made, self._name)


class _Value:
    """The methods of all value classes, which have copies of them rather than a base that others could see."""

    @recursive_repr()
    def __repr__(self: Any) -> str:
        held = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
        return f"{type(self).__qualname__}({held})"

    def __eq__(self: Any, other: Any) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return self.__values__(self) == other.__values__(other)

    def __hash__(self: Any) -> int:
        return hash(self.__values__(self))

    def __setattr__(self: Any, name: str, value: object) -> None:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self: Any, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __getstate__(self: Any) -> list[Any]:
        return [getattr(self, name) for name in self.__match_args__]

    def __setstate__(self: Any, state: list[Any]) -> None:
        for name, each in zip(self.__match_args__, state, strict=True):
            object.__setattr__(self, name, each)


_METHODS: dict[str, Any] = {name: each for name, each in vars(_Value).items() if callable(each)}
