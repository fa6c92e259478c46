"""The methods of collections that take or change whole branches of a production, and what their entities inherit.

They stand apart from the other methods because of one thing: they ask the server for what they need, whether it was
loaded or not, since nobody can do their work without it. Each says how many requests that takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackteroid.collections.arguments import require_type
from trackteroid.collections.change.custom_values import clear_custom_values, push_custom_values
from trackteroid.collections.context import Selection
from trackteroid.collections.custom_values import CustomValues, read_custom_values
from trackteroid.entities.base import Entity

if TYPE_CHECKING:
    from typing_extensions import Self


class TreeVerbs(Selection):
    """What collections do with the hierarchy."""

    __slots__ = ()

    def custom_values(self, *keys: str, inherited: bool = False) -> CustomValues:
        """Return the values of custom attributes, of all or of these *keys*, and where each comes from.

        A value is the entity's own, or the default; with *inherited*, a hierarchical attribute without an own value
        has that of the nearest entity above that has one. An own None is no value then. What was changed in the session
        and is not committed counts.

        The server is asked: one request for what is above up to 20,000 entities, one for their values, and one for the
        configurations, the first time with a connection.

        Raises:
            UnknownAttributeError: none of the entities has such an attribute; the message suggests similar ones.

        >>> print(shots.custom_values("fps", inherited=True))  # doctest: +SKIP
        bc/bc0010: fps = 25 (inherited from bc)
        """
        return read_custom_values(self, keys, inherited=inherited)

    def clear_custom_values(self, *keys: str) -> Self:
        """Take back the own values of custom attributes, so that they are inherited, or the default, again.

        To set values, assign: ``shots.custom_fps = [25, 24]``. What shows instead has to be loaded after the commit.
        As many requests as for `custom_values`.

        Raises:
            UnknownAttributeError: none of the entities has such an attribute; the message suggests similar ones.
        """
        clear_custom_values(self, keys)
        return self

    def push_custom_values(self, *keys: str, to: type[Entity], overwrite: bool = True) -> Any:
        """Give the values of custom attributes to all entities of a type below these, and return those that changed.

        Of several above, the nearest counts; what these inherit is given on. To let what is below inherit a value
        again, use `clear_custom_values` on it.

        Up to seven requests for 5,000 entities below.

        Args:
            keys: the custom attributes, which the entities below have, too.
            to: the type of what is below, at any depth.
            overwrite: whether own values are replaced.

        Raises:
            UnknownAttributeError: none of the entities has such an attribute; the message suggests similar ones.

        >>> sequences.push_custom_values("handles", to=Shot)  # doctest: +SKIP
        EntityCollection[Shot]{18}
        """
        wanted = require_type(to)
        return self._made_of(wanted, push_custom_values(self, keys, wanted.__name__, overwrite=overwrite))

    def _made_of(self, entity_type: type[Entity], entities: Any) -> Any:
        """Return the collection of these entities."""
        raise NotImplementedError
