"""Value classes are what dataclasses are, for everybody who looks."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from types import FunctionType
from typing import Any, ClassVar, Generic, TypeVar

import pytest

from trackteroid.values import frozen

T = TypeVar("T")

_FROZEN = dataclass(frozen=True, slots=True)


def _classes(kind: Callable[[type[Any]], type[Any]]) -> dict[str, type[Any]]:
    class Plain:
        """It has a little of all."""

        first: int
        second: str = "b"
        third: list[int] = field(default_factory=list[int])
        KINDS: ClassVar[tuple[str, ...]] = ("x",)

        def __post_init__(self) -> None:
            object.__setattr__(self, "first", self.first * 2)

        @property
        def size(self) -> int:
            return len(self.second)

    class Hashable:
        first: int
        second: tuple[str, ...] = ()

    class One:
        only: float

    class Nothing:
        pass

    class OwnEquality:
        first: int

        def __eq__(self, other: object) -> bool:
            return isinstance(other, int) and other == self.first

    class OwnHash:
        first: int

        def __hash__(self) -> int:
            return 7

        def __repr__(self) -> str:
            return "mine"

    class Of(Generic[T]):
        held: T

    made = (Plain, Hashable, One, Nothing, OwnEquality, OwnHash, Of)
    return {each.__name__: kind(each) for each in made}


VALUES, DATACLASSES = _classes(frozen), _classes(_FROZEN)
ARGUMENTS: dict[str, list[tuple[Any, ...]]] = {
    "Plain": [(1,), (1, "b"), (1, "c", [1]), (2,)],
    "Hashable": [(1,), (1, ()), (1, ("a",)), (2,)],
    "One": [(1.0,), (float("nan"),), (2.0,)],
    "Nothing": [()],
    "OwnEquality": [(1,), (2,)],
    "OwnHash": [(1,), (2,)],
    "Of": [(1,), ("a",)],
}


def _outcome(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except Exception as error:  # noqa: BLE001 - that is compared
        return type(error)


def _seen(cls: type[Any], arguments: list[tuple[Any, ...]]) -> list[Any]:
    """Return what can be seen of a class, by those who use it."""
    made = [cls(*each) for each in arguments]
    return [
        [repr(each).replace("<locals>", "") for each in made],
        [[one == other for one in made] for other in made],
        [len({_outcome(partial(hash, each)) for each in made})],
        [_outcome(lambda each=each: hash(each) == hash(copy.copy(each))) for each in made],
        [[(each.name, each.type, each.default) for each in dataclasses.fields(one)] for one in made],
        [dataclasses.asdict(each) for each in made],
        [dataclasses.is_dataclass(each) for each in made],
        [_outcome(lambda each=each, name=name: setattr(each, name, 1)) for each in made for name in cls.__slots__],
        [_outcome(lambda each=each, name=name: delattr(each, name)) for each in made for name in cls.__slots__],
        [repr(copy.deepcopy(each)) == repr(each) for each in made],
        [_outcome(partial(vars, each)) for each in made],
        str(inspect.signature(cls)),
        cls.__match_args__,
        cls.__slots__,
        cls.__doc__ if cls.__name__ == "Plain" else None,  # dataclasses write one of the signature
        (cls.__name__, cls.__module__, cls.__qualname__),
        _outcome(lambda: repr(cls()).replace("<locals>", "")),
        _outcome(lambda: cls(*arguments[0], nothing=1)),
        [_outcome(lambda each=each: repr(dataclasses.replace(each, first=9))) for each in made],
    ]


@pytest.mark.parametrize("name", ARGUMENTS)
def test_a_value_class_cannot_be_told_from_a_frozen_dataclass_with_slots(name: str) -> None:
    assert _seen(VALUES[name], ARGUMENTS[name]) == _seen(DATACLASSES[name], ARGUMENTS[name])


@frozen
class Pickled:
    first: int
    second: str = ""


def test_values_are_pickled() -> None:
    assert pickle.loads(pickle.dumps(Pickled(1, "a"))) == Pickled(1, "a")


def test_values_are_matched_by_position() -> None:
    match Pickled(1, "a"):
        case Pickled(first, second):
            assert (first, second) == (1, "a")


def test_a_value_in_itself_is_printed() -> None:
    held: list[object] = []
    made = VALUES["Of"](held)
    held.append(made)
    assert repr(made).endswith("Of(held=[...])")


def test_values_in_values_are_compared_and_hashed_once_each() -> None:
    class Counted:
        def __init__(self) -> None:
            self.asked = 0

        def __eq__(self, other: object) -> bool:
            self.asked += 1
            return self is not other

        def __hash__(self) -> int:
            self.asked += 1
            return 1

    first, second = Counted(), Counted()
    one, other = VALUES["Of"](first), VALUES["Of"](second)
    for _ in range(10):
        one, other = VALUES["Of"](one), VALUES["Of"](other)
    assert one == other
    assert hash(one) == hash(other)
    assert (first.asked, second.asked) == (2, 1)


def test_each_value_gets_what_a_factory_makes() -> None:
    first, second = VALUES["Plain"](1), VALUES["Plain"](1)
    assert first.third == []
    assert first.third is not second.third


def test_a_dataclass_may_extend_a_value_class_and_a_value_class_may_not() -> None:
    @dataclass(frozen=True)
    class More(Pickled):
        third: int = 3

    assert [each.name for each in dataclasses.fields(More)] == ["first", "second", "third"]
    assert More(1).third == 3
    with pytest.raises(TypeError, match="has a base with fields"):

        @frozen
        class _Less(Pickled):
            third: int = 3


def test_an_initialiser_is_compiled_when_it_is_first_used() -> None:
    @frozen
    class Late:
        one: int = 1

    assert not isinstance(vars(Late)["__init__"], FunctionType)
    assert Late(2).one == 2
    assert isinstance(vars(Late)["__init__"], FunctionType)
    assert Late() == Late(1)


def test_several_threads_that_ask_first_are_all_told() -> None:
    @frozen
    class Value:
        first: int

    class Special(Value):
        pass

    described = {name: vars(Value)[name] for name in ("__dataclass_params__", "__dataclass_fields__")}
    for owner in (Value, Value, Special, Special):  # each has found the descriptor before the first was done
        assert list(described["__dataclass_fields__"].__get__(None, owner)) == ["first"]
        assert described["__dataclass_params__"].__get__(None, owner).frozen
    assert dataclasses.replace(Value(1), first=2) == Value(2)
