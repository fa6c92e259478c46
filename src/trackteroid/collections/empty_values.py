"""The value of a scalar attribute of no entities at all."""

from collections.abc import Iterator
from typing import Any, Literal, NoReturn


class EmptyValues:
    """No values: what reading a scalar attribute of an ``EmptyCollection`` gives.

    It is falsy, has no length and no items, and whatever is read from it or called on it is empty too. So the
    fallback idiom never raises, however long the chain is::

        path = components.filter(is_main).ComponentLocation.resource_identifier[0] or "not published"
    """

    __slots__ = ()

    def __bool__(self) -> Literal[False]:
        return False

    def __len__(self) -> Literal[0]:
        return 0

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __contains__(self, _value: object) -> Literal[False]:
        return False

    def __getitem__(self, _index: object) -> "EmptyValues":
        return self

    def __getattr__(self, name: str) -> "EmptyValues":
        # Python looks for protocols (copying, pickling, arrays) under such names: they must be found missing.
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f'Cannot set "{name}": there are no values here, because there are no entities.')

    def __call__(self, *_arguments: object, **_options: object) -> "EmptyValues":
        return self

    def __add__(self, other: list[Any]) -> list[Any]:
        return list(other)

    __radd__ = __add__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, EmptyValues) or other in ([], ())

    def __hash__(self) -> int:
        return hash(())

    def __repr__(self) -> str:
        return "EmptyValues()"


EMPTY_VALUES = EmptyValues()
