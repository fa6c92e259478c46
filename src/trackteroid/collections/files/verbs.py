"""The methods of collections that publish files, and get back what was published."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftrack_api.entity.base import Entity as FtrackEntity

from trackteroid.collections.change import publish as publishing
from trackteroid.collections.context import Selection, context_of, type_name_of
from trackteroid.collections.files import intending, taking
from trackteroid.entities.base import entity_class
from trackteroid.errors import PublishingError
from trackteroid.progress import OnProgress
from trackteroid.publishing import published

if TYPE_CHECKING:
    from trackteroid.collections.change.publish import Publication
    from trackteroid.collections.files.intending import Intention, Reviewable, Thumbnail
    from trackteroid.publishing.downloads import Thumbnail as Picture
    from trackteroid.publishing.paths import Paths
    from trackteroid.publishing.published import Downloaded, Published


class FileVerbs(Selection):
    """What collections do with files."""

    __slots__ = ()

    def publish(
        self,
        paths: Paths,
        *,
        name: str = "main",
        asset: str | None = None,
        type: object = None,
        location: object = "auto",
        thumbnail: Thumbnail = "auto",
        reviewable: Reviewable = "auto",
        on_progress: OnProgress | None = None,
        **attributes: Any,
    ) -> Published:
        """Publish files below every one of these contexts, assets or versions, and commit: all of it or nothing.

        Below a context, the asset of that name is used, or made; below an asset, the next version is made; a version
        gets the components. It is one transaction, together with what was pending; inside of `Session.transaction` it
        is a part of that. The files are sent before it, and removed again if it fails. Inside of
        `Session.deferred_operations` the file tells what is to be sent, and its replay does it.

        Args:
            paths: a path, several, or several by the names of their components. Sequences are written as clique does,
                ``"plate.%04d.exr [1001-1100]"``, or given as lists of their files.
            name: what the component is called if there is one; several are called like their files.
            asset: below contexts, the name of the asset.
            type: the type of the asset, if it is to be made.
            location: the location that gets the files, or its name; by default the one that the session picks. None
                for none.
            thumbnail: a picture, or None for none. By default the first picture that is given; the server makes one
                of films, with the review.
            reviewable: whether the server makes what browsers can show; by default, of the first film, or else picture.
            on_progress: called with how far sending the files has come; without it, there is a bar on a terminal.
            attributes: of the new version: ``task``, ``comment``, ``status``, ``custom_...``.

        >>> shot.publish("bc0040_comp.mov", asset="comp", type="Compositing", comment="First light")  # doctest: +SKIP

        Raises:
            PublishingError: it cannot be done: a file is missing, a name is taken, a location cannot be reached.
            TransferError: a file could not be stored. Nothing of it is left.
            ServerError: the server refuses it. Nothing of it is left.
        """
        wishes = intending.Wishes(
            name=name,
            asset=asset,
            type=type,
            location=location,
            thumbnail=thumbnail,
            reviewable=reviewable,
            on_progress=on_progress,
            attributes=attributes,
        )
        intention = intending.Intention(self, paths, wishes)
        return self._published(intention, publishing.publish(self, intention))

    def create_from(self, paths: Paths, **options: Any) -> Any:
        """Publish files as components of the version that these were read from, and return the new components.

        >>> version.Component.create_from("plate.%04d.exr [1001-1100]", name="plate")  # doctest: +SKIP

        Args:
            paths: a path, several, or several by names, as `publish` takes them.
            options: what else `publish` takes.

        Raises:
            PublishingError: these were not read from versions, or what `publish` raises.
        """
        source = context_of(self).source
        owner = source and source.owner
        if not isinstance(owner, FileVerbs) or type_name_of(owner) != "AssetVersion":
            raise PublishingError(
                f"{self!r} was not read from a version, so it is not known which gets the components. "
                "Write: version.Component.create_from(...)."
            )
        return owner.publish(paths, **options).components

    def download(
        self,
        folder: str | os.PathLike[str] = ".",
        pattern: str = "{asset}_v{version:03d}_{name}{file_type}",
        *,
        overwrite: bool = False,
        on_progress: OnProgress | None = None,
    ) -> Downloaded:
        """Write the data of these components into a folder, each file complete or not at all.

        It comes from the location that the session prefers of those that have it. What breaks off is gone on with when
        it is downloaded again. Sequences and containers become folders.

        Args:
            folder: the folder, which is made if it is not there.
            pattern: what the files are called. There are ``asset``, ``context``, ``file_type``, ``id``, ``name``,
                ``project``, ``type`` (of the asset) and ``version``, formatted as Python does.
            overwrite: whether to replace files that are there; else they are skipped, and the result says which.
            on_progress: called with how far it has come; without it, there is a bar on a terminal.

        Raises:
            PublishingError: the pattern does not fit, leads out of the folder, or two would be the same file.
            TransferError: a file cannot be read, or is not what its component says.
        """
        done = taking.download(self, folder, pattern, overwrite=overwrite, on_progress=on_progress)
        left = self._made_of(context_of(self).entity_type, done.unavailable)
        return published.Downloaded(done.paths, done.skipped, left, done.size)

    def open(self) -> Any:
        """Open the data of these components for reading, wherever it is: a binary file, or several in a list.

        What is on a server is read as it comes; `seek` asks for another part of it.

        >>> with component.open() as file:  # doctest: +SKIP
        ...     header = file.read(1024)

        Raises:
            PublishingError: a component is in no location that the session has access to.
            TransferError: it cannot be read.
        """
        files = list(taking.open_all(self))
        return files[0] if len(files) == 1 else files

    def thumbnails(self, size: int = 300) -> list[Picture]:
        """Return the thumbnails of these entities, in their order; notebooks show them.

        Those that have none get one that is false, and says why.

        Args:
            size: how many pixels they are wide and high at most.

        >>> versions.thumbnails()[0].save("first.png")  # doctest: +SKIP

        Raises:
            PublishingError: such entities have no thumbnails.
            TransferError: the server cannot be reached.
        """
        return taking.thumbnails(self, size)

    def _published(self, intention: Intention, publication: Publication) -> Published:
        delivery = publication.delivery
        result = published.Published(
            versions=self._of("AssetVersion", publication.versions),
            components=self._of("Component", publication.components),
            location=None if intention.location is None else str(intention.location["name"]),
            uploaded=tuple(Path(each.path) for each in delivery.transfers),
            size=sum(each.size for each in delivery.transfers),
            thumbnails=self._of("Component", publication.thumbnails),
            jobs=self._of("Job", publication.jobs),
            is_committed=publication.is_committed,
            lines=tuple(publishing.lines_of(intention, publication)),
        )
        if delivery.failure is not None and intention.wishes.reviewable is True:
            raise PublishingError(
                f"Everything is published, but the server makes no review: {delivery.failure}", published=result
            ) from delivery.failure
        return result

    def _of(self, type_name: str, entities: Iterable[FtrackEntity]) -> Any:
        return self._made_of(entity_class(type_name, context_of(self).types), entities)
