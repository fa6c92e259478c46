"""The methods of collections that take or change whole branches of a production, and what their entities inherit.

They stand apart from the other methods because of one thing: they ask the server for what they need, whether it was
loaded or not, since nobody can do their work without it. Each says how many requests that takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from trackteroid.client.entities import key_of
from trackteroid.collections import custom_values
from trackteroid.collections import custom_values as changing
from trackteroid.collections.arguments import check_texts, require_type
from trackteroid.collections.context import Selection, context_of
from trackteroid.collections.trees import building, copying, hierarchy, moving
from trackteroid.entities.base import Entity, entity_class

if TYPE_CHECKING:
    from typing_extensions import Self

    from trackteroid.collections.custom_values import CustomValues
    from trackteroid.collections.trees.building import Attributes, Hierarchy, Tree
    from trackteroid.collections.trees.copying import Copied, Part


class TreeVerbs(Selection):
    """What collections do with the hierarchy."""

    __slots__ = ()

    def custom_values(self, *keys: str, inherited: bool = False) -> CustomValues:
        """Return the values of custom attributes, of all or of these *keys*, and where each comes from.

        A value is the entity's own, or the default; with *inherited*, a hierarchical attribute without an own value
        has that of the nearest entity above that has one. An own None is no value then. What was changed in the session
        and is not committed counts.

        The server is asked: one request for what is above up to 20,000 entities, and for the configurations the first
        time with a connection, and one for their values.

        Raises:
            UnknownAttributeError: none of the entities has such an attribute; the message suggests similar ones.

        >>> print(shots.custom_values("fps", inherited=True))  # doctest: +SKIP
        bc/bc0010: fps = 25 (inherited from bc)
        """
        check_texts("custom_values", keys)
        return custom_values.read_custom_values(self, keys, inherited=inherited)

    def clear_custom_values(self, *keys: str) -> Self:
        """Take back the own values of custom attributes, so that they are inherited, or the default, again.

        To set values, assign: ``shots.custom_fps = [25, 24]``. What shows instead has to be loaded after the commit.
        As many requests as for `custom_values`.

        Raises:
            UnknownAttributeError: none of the entities has such an attribute; the message suggests similar ones.
        """
        check_texts("clear_custom_values", keys)
        changing.clear_custom_values(self, keys)
        return self

    def push_custom_values(self, *keys: str, to: type[Entity], overwrite: bool = True) -> Any:
        """Give the values of custom attributes to all entities of a type below these, and return those that changed.

        Of several above, the nearest counts; what these inherit is given on. To let what is below inherit a value
        again, use `clear_custom_values` on it.

        Three requests for 5,000 entities below.

        Args:
            keys: the custom attributes, which the entities below have, too.
            to: the type of what is below, at any depth.
            overwrite: whether own values are replaced.

        Raises:
            UnknownAttributeError: none of the entities has such an attribute; the message suggests similar ones.

        >>> sequences.push_custom_values("handles", to=Shot)  # doctest: +SKIP
        EntityCollection[Shot]{18}
        """
        check_texts("push_custom_values", keys)
        wanted = require_type(to)
        return self._made_of(wanted, changing.push_custom_values(self, keys, wanted.__name__, overwrite=overwrite))

    def paths(self, separator: str = "/", *, project: bool = False) -> list[str]:
        """Return where the entities are: for each the names of what is above it and its own, from below the project.

        What was created or moved in the session is where it was put. The server is asked, in one request for up to
        20,000 entities.

        Args:
            separator: what is between the names.
            project: whether the path begins with the project, by the name that people read.

        Raises:
            EntityCollectionOperationError: the entities have no place in a hierarchy.

        >>> tasks.paths()  # doctest: +SKIP
        ['sq010/sh0010/Compositing', 'sq010/sh0010/Animation']
        """
        return hierarchy.read_paths(self, separator, project=project)

    def get_or_create(
        self, tree: Tree, types: Sequence[type[Entity] | str], *, attributes: Attributes = MappingProxyType({})
    ) -> Hierarchy:
        """Return what is there of a hierarchy below this one entity, and create what is missing of it.

        As all changes, what is created is pending until it is committed. `Session.ensure_hierarchy` commits it, and is
        safe when several processes do the same. Names are compared as the server does, without regard to case.

        One request, and one more for the names of types, the first time with a connection.

        Args:
            tree: nested dictionaries, ``{"sq010": {"sh0010": ["Compositing"]}}``, or paths,
                ``["sq010/sh0010/Compositing"]``.
            types: the type of each level, ``[Sequence, Shot, Task]``.
            attributes: for types what new entities get: attributes, or a function that makes them of a name. The type
                of a task is the one that is called like it, unless it is here.

        Raises:
            InvalidArgumentsError: a path has more steps than there are types.
            EntityCollectionOperationError: a name is that of something of another type, or these are several entities.
            CreationError: something cannot be created. Nothing is, then.

        >>> made = project.get_or_create(["sq010/sh0010"], [Sequence, Shot])  # doctest: +SKIP
        >>> print(made)  # doctest: +SKIP
        1 found, 1 created: sq010/sh0010
        """
        entities, created = building.get_or_create(self, tree, types, attributes)
        new = set(created)
        found = tuple(path for path in entities if path not in new)
        typed = entity_class("TypedContext", context_of(self).types)
        return building.Hierarchy(found, tuple(created), entities, lambda some: self._kinds_of(typed, some))

    def move_to(self, parent: Selection) -> Self:
        """Let the entities, with all that is below them, be below *parent* from now on.

        Contexts go below contexts, assets below contexts, versions below assets. What is there already stays. Where
        they are (``link``, ``ancestors``, ``project``) is no longer loaded then: load it after the commit.

        One request; one more to another project, for what that allows.

        Raises:
            EntityCollectionOperationError: *parent* is not one entity, or it is below one of these; a name is taken
                there; or its project does not allow a kind, a type or a status of what is moved. Nothing has changed.

        >>> build.move_to(folder).commit()  # doctest: +SKIP
        """
        moving.move(self, parent)
        return self

    def copy_to(
        self,
        parent: Selection,
        *,
        with_: Iterable[Part] = ("custom_attributes", "metadata", "thumbnails", "links"),
        name: str | Callable[[str], str] | None = None,
    ) -> Copied:
        """Copy the entities, with all that is below them, below *parent*; the copies are pending until the commit.

        Contexts and assets can be copied. What the server has is, with the values that were changed in the session;
        what was only created there is not.

        Two requests for 5,000 entities, or one for assets with nothing but versions and components.

        Args:
            parent: what the copies are below.
            with_: what is copied along: ``"custom_attributes"`` (own values), ``"metadata"``, ``"thumbnails"``,
                ``"links"`` (between what is copied), ``"statuses"``, ``"assignments"``, ``"assets"``, ``"versions"``,
                ``"components"`` (which say where the same files are), ``"notes"`` and ``"lists"``. By default the
                first four: statuses begin anew.
            name: the name of a copy, or a function that makes it of the name.

        Raises:
            EntityCollectionOperationError: they cannot be there: a name is taken, *parent* is below them, or its
                project does not allow a kind, a type or a status of what is copied. Nothing has changed then.

        >>> shot.copy_to(sequence, name="sh0020").roots  # doctest: +SKIP
        EntityCollection[Shot]{1}
        """
        copies, done = copying.copy_tree(self, parent, with_, name)
        left_out = tuple(f"{count} x {what}" if count > 1 else what for what, count in done.left_out.items())
        ids = {original: key_of(copy)[1][0] for original, copy in done.copies.items()}
        roots = self._kinds_of(self.entity_type, copies)
        return copying.Copied(roots, MappingProxyType(ids), MappingProxyType(done.counts), left_out)

    def apply_template(self, template: Selection | str) -> Any:
        """Create the tasks of a task template that are missing below these entities, and return those.

        The tasks are called like their types. Doing it again creates nothing. One request for up to 6,000 entities.

        Args:
            template: the name of a template of the entities' projects, or a collection of one.

        Raises:
            EntityCollectionOperationError: there is no such template; the message suggests similar ones. Or there is
                something else that has the name of a task.

        >>> shots.apply_template("Animation shot")  # doctest: +SKIP
        EntityCollection[Task]{12}
        """
        return self._made_of(entity_class("Task", context_of(self).types), building.apply_template(self, template))

    def _kinds_of(self, entity_type: type[Entity], entities: Any) -> Any:
        """Return the collection of these entities; of their own type, if they have one."""
        several = list(entities)
        names = {each.entity_type for each in several}
        own = entity_class(names.pop(), context_of(self).types) if len(names) == 1 else entity_type
        return self._made_of(own, several)
