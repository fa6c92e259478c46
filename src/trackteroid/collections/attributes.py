"""What the attributes of collections are to editors and type checkers: the stub beside this has them.

When a program runs, attributes are those of the server, see `Collection.attribute`.
"""

from __future__ import annotations

from typing import Generic, TypeVar

E_co = TypeVar("E_co", covariant=True)


class Readable(Generic[E_co]):
    """Entities with attributes: what editors and checkers know of those of collections."""

    __slots__ = ()


class Attributed(Readable[E_co]):
    """All attributes, also those that methods of collections hide."""

    __slots__ = ()


class Creator:
    """How new entities are made beside others: what is given is what their type has."""
