"""The attributes of the entities of a collection, and nothing else, under a name of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NoReturn, Protocol


class HasAttributes(Protocol):
    """A collection, with attributes to read and to set."""

    def attribute(self, name: str) -> Any:
        """Return an attribute, whatever methods there are."""
        ...

    def __delattr__(self, name: str) -> NoReturn: ...


class Attributes:
    """The attributes of a collection without its methods, for those that are called like one.

    >>> statuses.attributes.sort  # doctest: +SKIP
    [10.0, 20.0]
    >>> shots.attributes.sort = [1.0, 2.0]  # doctest: +SKIP
    """

    __slots__ = ("_collection", "_names")

    _collection: HasAttributes
    _names: Callable[[], Iterable[str]]

    def __init__(self, collection: HasAttributes, names: Callable[[], Iterable[str]]) -> None:
        """Make it for a collection; *names* tells the names of the attributes."""
        object.__setattr__(self, "_collection", collection)
        object.__setattr__(self, "_names", names)

    def __getattr__(self, name: str) -> Any:
        # Python looks for protocols (copying, pickling, arrays) under such names: they must be found missing. And what
        # has its own place is only looked for here while a copy is made, before it has got its value.
        if name.startswith("__") or name in Attributes.__slots__:
            raise AttributeError(name)
        return self._collection.attribute(name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self._collection, name, value)

    def __delattr__(self, name: str) -> NoReturn:
        self._collection.__delattr__(name)

    def __dir__(self) -> list[str]:
        return sorted(self._names())

    def __copy__(self) -> Attributes:
        return self

    def __deepcopy__(self, _memo: object) -> Attributes:
        return self

    def __repr__(self) -> str:
        return f"<attributes of {self._collection!r}>"
