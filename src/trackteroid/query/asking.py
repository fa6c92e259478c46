"""What the criteria of queries are to editors and type checkers: the stub beside this has them.

When a program runs, they are methods of the classes in `trackteroid.query.criteria`.
"""

from __future__ import annotations

from typing import Generic, TypeVar

from trackteroid.entities.base import Entity

E_co = TypeVar("E_co", bound=Entity, covariant=True)


class Asking(Generic[E_co]):
    """The criteria of queries; which ones a query has, depends on the entity type."""

    __slots__ = ()
