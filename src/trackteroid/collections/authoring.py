"""The verbs that record changes. Nothing is sent before ``commit``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftrack_api.session import Session

from trackteroid.collections.algebra import SetAlgebra
from trackteroid.collections.change import delete as deletions
from trackteroid.collections.change.assign import assign
from trackteroid.collections.change.create import create, create_batch
from trackteroid.collections.change.links import link, unlink
from trackteroid.collections.change.vocabulary import check_deletable
from trackteroid.collections.collection import BoundCollection
from trackteroid.collections.empty import check_values
from trackteroid.errors import DeletionError

if TYPE_CHECKING:
    from trackteroid.collections.empty import EmptyCollection
    from trackteroid.collections.entity_collection import EntityCollection


class Authoring(SetAlgebra):
    """Assigning, creating, deleting and linking.

    Everything is checked before anything is recorded: an error leaves the session as it was.
    """

    __slots__ = ()

    def __setattr__(self, name: str, value: object) -> None:
        self._refuse_unloaded(f'Cannot set "{name}" on {self!r}, which is not all of it')
        assign(self, name, value)

    def create(self, **attributes: Any) -> EntityCollection:
        """Create an entity beside these, with the same parent, and return it alone; this collection stays as it is.

        The parent is what this collection was read from (``asset.AssetVersion.create(task=task)``), else what its
        entities have in common. Entities for reference and array attributes are given as collections; ``custom_<key>``
        sets a custom attribute.

        Raises:
            CreationError: something required is missing, or the parent is not clear.
            UnknownAttributeError: there is no attribute of this name; the message suggests similar ones.
            AssignmentError: a value does not fit its attribute.
        """
        check_values(attributes)
        return create(self._as_loaded(), attributes)

    def create_batch(self, *batch: dict[str, Any]) -> EntityCollection:
        """Create one entity for every dictionary of attributes and return all of them; or none if one is wrong."""
        check_values(*batch)
        return create_batch(self._as_loaded(), batch)

    def delete(self) -> Session:
        """Record the deletion of every entity and return the session, for ``collection.delete().commit()``.

        Deleted entities disappear from what is read from other collections afterwards.

        Raises:
            SharedVocabularyError: the whole site would lose it, see `Session.editing_vocabulary`.
            DeletionError: the setting ``ALLOWED_FOR_DELETION_RESOLVER`` does not allow this.
        """
        from trackteroid import configuration

        self._refuse_unloaded(f"Cannot delete {self!r}, which is not all of it")
        check_deletable(self)
        session = self._session
        for type_name in dict.fromkeys(entity.entity_type for entity in self._entities):
            if not configuration.ALLOWED_FOR_DELETION_RESOLVER(session=session, type_name=type_name):
                raise DeletionError(
                    f"{type_name} must not be deleted: the setting ALLOWED_FOR_DELETION_RESOLVER does not allow it."
                )
        log = configuration.logger("entities")
        for key in self._by_key():
            deletions.record(session, key)
            log.info("Deleting %s %s", key[0], ", ".join(key[1]))
        return session

    def link_inputs(self, other: EntityCollection | EmptyCollection) -> EntityCollection:
        """Make every entity of *other* an input of every entity here; existing links stay as they are."""
        self._check_linkable(other)
        link(self, "incoming_links", other)
        return self._same()

    def link_outputs(self, other: EntityCollection | EmptyCollection) -> EntityCollection:
        """Make every entity here an input of every entity of *other*; existing links stay as they are."""
        self._check_linkable(other)
        link(self, "outgoing_links", other)
        return self._same()

    def unlink_inputs(self, other: EntityCollection | EmptyCollection) -> EntityCollection:
        """Remove the links that come from entities of *other*."""
        self._check_linkable(other)
        unlink(self, "incoming_links", other)
        return self._same()

    def unlink_outputs(self, other: EntityCollection | EmptyCollection) -> EntityCollection:
        """Remove the links that lead to entities of *other*."""
        self._check_linkable(other)
        unlink(self, "outgoing_links", other)
        return self._same()

    def _check_linkable(self, other: object) -> None:
        for each in (self, other):
            if isinstance(each, BoundCollection):
                each._refuse_unloaded(f"Cannot link {each!r}, which is not all of it")

    def _same(self) -> Any:
        return self
