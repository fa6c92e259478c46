"""The value of a scalar attribute of no entities at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal, NoReturn, cast

from trackteroid.collections.context import Unloaded
from trackteroid.collections.missing import reason
from trackteroid.errors import NoValueError


class EmptyValues:
    """No values: what reading a scalar attribute of an ``EmptyCollection`` gives.

    It is falsy, has no length and no items, and whatever is read from it or called on it is empty too. So the
    fallback idiom never raises, however long the chain is::

        path = components.filter(is_main).ComponentLocation.resource_identifier[0] or "not published"

    What it never does is to turn into something else without a fallback: into text or a part of it, a path, a number,
    the key of a group. That raises a `NoValueError`, which says what is empty. ``repr`` shows it.
    """

    __slots__ = ("_name", "_owner", "_unloaded")

    def __init__(self, owner: object = None, name: str = "", unloaded: Unloaded | None = None) -> None:
        """Make it for the attribute *name* of an empty collection, which may be empty because of what is *unloaded*."""
        object.__setattr__(self, "_owner", owner)
        object.__setattr__(self, "_name", name)
        object.__setattr__(self, "_unloaded", unloaded)

    def __bool__(self) -> Literal[False]:
        return False

    def __len__(self) -> Literal[0]:
        return 0

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __contains__(self, _value: object) -> Literal[False]:
        return False

    def __getitem__(self, _index: object) -> EmptyValues:
        return self

    def __getattr__(self, name: str) -> EmptyValues:
        # Python looks for protocols (copying, pickling, arrays) under such names: they must be found missing.
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f'Cannot set "{name}": there are no values here, because there are no entities.')

    def __call__(self, *_arguments: object, **_options: object) -> EmptyValues:
        return self

    def __add__(self, other: object) -> list[Any]:
        if isinstance(other, list | tuple | EmptyValues):
            return list(cast("list[Any]", other))
        raise self.refusal(f"be added to {other!r}")

    __radd__ = __add__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, EmptyValues) or other in ([], ())

    def __hash__(self) -> int:
        return hash(())

    def __repr__(self) -> str:
        return "EmptyValues()"

    def __reduce__(self) -> tuple[type[EmptyValues], tuple[()]]:
        return EmptyValues, ()

    def refusal(self, what: str) -> NoValueError:
        """Return the error for *what* this cannot do."""
        owner, unloaded = cast("object", self._owner), cast("Unloaded | None", self._unloaded)
        because = "There is no value." if owner is None else f'There is no "{self._name}": {owner!r} has no entities.'
        return NoValueError(
            f"{reason(unloaded) if unloaded else because} What is empty cannot {what}. Give it a fallback: "
            f'`... or "fallback"`. To look at it, print its `repr`.'
        )


#: The methods by which Python turns a value into something else, and what that would be.
_REFUSED = {
    **dict.fromkeys(("__str__", "__format__"), "become text"),
    **dict.fromkeys(("__bytes__", "__fspath__"), "become a path or a part of one"),
    **dict.fromkeys(("__int__", "__float__", "__index__", "__complex__", "__round__", "__abs__"), "become a number"),
    **dict.fromkeys(("__neg__", "__pos__", "__invert__"), "be calculated with"),
    **{
        f"__{side}{name}__": "be calculated with"
        for name in ("sub", "mul", "truediv", "floordiv", "mod", "divmod", "pow")
        for side in ("", "r")
    },
    **dict.fromkeys(("__lt__", "__le__", "__gt__", "__ge__"), "be compared with something larger or smaller"),
}


def _refusing(what: str) -> Callable[..., NoReturn]:
    def refuse(self: EmptyValues, *_arguments: object) -> NoReturn:
        raise self.refusal(what)

    return refuse


for _name, _what in _REFUSED.items():
    setattr(EmptyValues, _name, _refusing(_what))

EMPTY_VALUES = EmptyValues()
