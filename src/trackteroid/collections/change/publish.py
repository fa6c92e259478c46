"""Publishing files below contexts, assets and versions: everything that belongs to it, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import ftrack_api.exception
from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.operation import CreateEntityOperation
from ftrack_api.symbol import SERVER_LOCATION_ID

from trackteroid.client.entities import find_in_memory, key_of_operation, stored_value
from trackteroid.collections.change.create import create_batch
from trackteroid.collections.change.pending import Made, show
from trackteroid.collections.context import Context, Selection, context_of
from trackteroid.collections.fetching import fetch_missing
from trackteroid.collections.files.intending import Intention, Target, find_targets
from trackteroid.configuration import logger
from trackteroid.entities.base import entity_class
from trackteroid.errors import TransferError
from trackteroid.publishing.components import (
    Foreseen,
    Maker,
    NumberNeededError,
    Place,
    foreseen_version,
    keeps_data,
    number_is_needed,
)
from trackteroid.publishing.delivery import Delivery, Review
from trackteroid.publishing.paths import Given
from trackteroid.session_state import blocks_of
from trackteroid.spelling import claims, folded, quoted
from trackteroid.values import frozen


@frozen
class Publication:
    """What was published, as entities of ftrack_api."""

    versions: tuple[FtrackEntity, ...]
    components: tuple[FtrackEntity, ...]
    thumbnails: tuple[FtrackEntity, ...]
    jobs: tuple[FtrackEntity, ...]
    delivery: Delivery
    is_committed: bool


#: How often it is tried again at most because others have published the same meanwhile; each time they are further.
_ATTEMPTS = 20


def publish(selection: Selection, intention: Intention) -> Publication:
    """Publish below every entity of a collection; all of it or nothing.

    Who finds that somebody else has made the asset meanwhile, or the version of that number, goes on with that asset,
    or with the next number.

    Raises:
        PublishingError: it cannot be done as it is wished.
        TransferError: a file cannot be stored.
        ServerError: the server refuses it.
    """
    left, numbers = _ATTEMPTS, dict[int, int]()
    while True:
        publishing = _Publishing(selection, intention, numbers)
        try:
            return publishing.run()
        except _NumberFoundError as found:
            numbers[found.place] = found.number
        except (ftrack_api.exception.ServerError, TransferError) as error:
            left -= 1
            if not left or not publishing.is_overtaken(error):
                raise
            intention.targets, numbers = find_targets(selection, intention.wishes), {}


class _NumberFoundError(Exception):
    """A new version has to be made with a number, because its location keeps components by it.

    Attributes:
        place: which of the versions.
        number: its number.
    """

    def __init__(self, place: int, number: int) -> None:
        super().__init__(place, number)
        self.place, self.number = place, number


class _Publishing:
    """Publishes what is intended, once.

    Args:
        selection: what it is published below.
        intention: what it is.
        numbers: the numbers of new versions that have to be known before, by their places among all.
    """

    def __init__(self, selection: Selection, intention: Intention, numbers: Mapping[int, int]) -> None:
        self._selection = selection
        self._context = context_of(selection)
        self._session = self._context.session
        self._intention = intention
        self._numbers = numbers
        self._maker = Maker(self._session)
        self._delivery = Delivery(self._session)
        self._components: list[FtrackEntity] = []
        self._thumbnails: list[FtrackEntity] = []

    def run(self) -> Publication:
        """Publish it, and return what was made."""
        blocks = blocks_of(self._session)
        commits = blocks.refusal("commit") is None
        with cast("Any", self._session).transaction():
            blocks.take_along(self._delivery)
            versions = [self._version(place, target) for place, target in enumerate(self._intention.targets)]
            reviews = [review for place, version in enumerate(versions) for review in self._publish(place, version)]
            self._delivery.transfers = tuple(self._maker.transfers)
            self._delivery.added = tuple(self._maker.added)
            self._delivery.reviews = tuple(reviews)
            show(self._session, self._context.types, [Made(each) for each in self._maker.made])
            if not blocks.defers:
                self._delivery.put(self._intention.wishes.on_progress)
        jobs = self._jobs() if commits else ()
        return Publication(
            tuple(versions), tuple(self._components), tuple(self._thumbnails), jobs, self._delivery, commits
        )

    def is_overtaken(self, error: Exception) -> bool:
        """Return whether it ended with an *error* because somebody else has published the same, and may be repeated."""
        intention = self._intention
        if blocks_of(self._session).refusal("commit") is not None:
            return False
        if isinstance(error, TransferError):  # somebody has put files where those of a new number were to go
            return bool(self._numbers) and isinstance(error.__cause__, FileExistsError)
        found = find_targets(self._selection, intention.wishes)
        if [each.asset is None for each in found] != [each.asset is None for each in intention.targets]:
            return True
        numbered = ((found[place].asset, number) for place, number in self._numbers.items())
        return any(asset is not None and self._next_number(asset) > number for asset, number in numbered)

    def _version(self, place: int, target: Target) -> FtrackEntity:
        """Return the version that gets the components, which may be new, as its asset may be."""
        if target.version is not None:
            return target.version
        asset, wishes = target.asset, self._intention.wishes
        if asset is None:
            asset = self._new_asset(cast("FtrackEntity", target.context))
        number = self._numbers.get(place)
        if number is None:
            return self._create("AssetVersion", {"asset": asset, **wishes.attributes})
        claim = self._free(claims("AssetVersion", stored_value(asset, "id"), number), "AssetVersion")
        return self._create("AssetVersion", {**claim, "asset": asset, "version": number, **wishes.attributes})

    def _new_asset(self, context: FtrackEntity) -> FtrackEntity:
        """Return an asset that is made, or is going to be by what was recorded before."""
        wishes = self._intention.wishes
        ids = claims("Asset", stored_value(context, "id"), wishes.asset)
        pending = (each for each in self._session.recorded_operations if isinstance(each, CreateEntityOperation))
        for operation in pending:
            if operation.entity_type == "Asset" and key_of_operation(operation)[1][0] in ids:
                asset = find_in_memory(self._session, *key_of_operation(operation))
                if asset is not None and folded(str(stored_value(asset, "name"))) == folded(str(wishes.asset)):
                    return asset
        new = {"name": wishes.asset, "type": wishes.type, "parent": context}
        return self._create("Asset", {**self._free(ids, "Asset"), **new})

    def _free(self, ids: Sequence[str], type_name: str) -> dict[str, str]:
        """Return the first of some ids that is free; none, if they have been something else too often.

        What this session remembers under such an id may be deleted by now, and is kept apart all the same.
        """
        remembered = {each for each in ids if find_in_memory(self._session, type_name, [each]) is not None}
        text = f"select id from {type_name} where id in ({', '.join(map(quoted, ids))})"  # noqa: S608
        used = {each["id"] for each in self._session.query(text).all()} | remembered
        return dict([("id", each) for each in ids if each not in used][:1])

    def _create(self, type_name: str, data: Mapping[str, Any]) -> FtrackEntity:
        near = Selection(Context(entity_class(type_name, self._context.types), self._context.origin), ())
        return create_batch(near, [data])[0]

    def _publish(self, place: int, version: FtrackEntity) -> list[Review]:
        """Make the components, the thumbnail and the review of a version."""
        intention, maker = self._intention, self._maker
        made = [(given, maker.component(given, version=version)) for given in intention.given]
        self._components += [component for _, component in made]
        self._locate(place, version, made)
        on_server = {
            given.files[0]: component
            for given, component in made
            if intention.location is not None
            and intention.location["id"] == SERVER_LOCATION_ID
            and not given.is_sequence
        }
        if intention.picture is not None and self._wants_thumbnail(version):
            if intention.picture not in on_server:
                on_server[intention.picture] = maker.on_server(intention.picture, "thumbnail")
            thumbnail = on_server[intention.picture]
            cast("Any", version)["thumbnail_id"] = thumbnail["id"]
            self._thumbnails.append(thumbnail)
        if intention.film is None:
            return []
        film = intention.film
        source = on_server.get(film.files[0])
        component = source or maker.on_server(film.files[0], film.name)
        return [Review(component["id"], cast("Any", version)["id"], keep_original=source is not None)]

    def _wants_thumbnail(self, version: FtrackEntity) -> bool:
        """Return whether a version gets the thumbnail: one that it has is only replaced by one that is named."""
        if self._intention.wishes.thumbnail != "auto":
            return True
        fetch_missing(self._session, [version], "thumbnail_id")
        return not isinstance(stored_value(version, "thumbnail_id"), str)

    def _locate(self, place: int, version: FtrackEntity, made: Sequence[tuple[Given, Any]]) -> None:
        location = self._intention.location
        if location is None:
            return
        try:
            places = self._places(made, None)
        except NumberNeededError as error:
            if blocks_of(self._session).defers:
                raise number_is_needed(location, error) from None
            places = self._foreseen_places(place, version, made)
        for each in places:
            self._maker.locate(each, location)

    def _places(self, made: Sequence[tuple[Given, Any]], foreseen: Foreseen | None) -> list[list[Place]]:
        location = self._intention.location
        return [self._maker.places(component, given, location, foreseen) for given, component in made]

    def _foreseen_places(self, place: int, version: Any, made: Sequence[tuple[Given, Any]]) -> list[list[Place]]:
        """Return where the location keeps components by the number of their version.

        Raises:
            _NumberFoundError: the version is new, and is to be made with this number: the next one with which nothing
                is in the way, such as what somebody has left there who was killed.
        """
        known = stored_value(version, "version")
        if isinstance(known, int):
            return self._numbered_places(version, made, known)
        number = self._next_number(version["asset"])
        while (taken := self._find_taken(self._numbered_places(version, made, number))) is not None:
            name = self._intention.location["name"]
            logger("publishing").warning('%s is there, in "%s", and belongs to no version yet.', taken, name)
            number += 1
        raise _NumberFoundError(place, number)

    def _numbered_places(self, version: Any, made: Sequence[tuple[Given, Any]], number: int) -> list[list[Place]]:
        with self._session.auto_populating(True):
            context = version["asset"]["parent"]
        try:
            return self._places(made, foreseen_version(version, context, number))
        except NumberNeededError as error:
            raise number_is_needed(self._intention.location, error) from None

    def _next_number(self, asset: Any) -> int:
        text = f"select version from AssetVersion where asset_id is {stored_value(asset, 'id')}"  # noqa: S608
        latest: Any = self._session.query(f"{text} order by version descending").first()
        return 1 + (latest["version"] or 0 if latest is not None else 0)

    def _find_taken(self, places: Iterable[Iterable[Place]]) -> str | None:
        """Return a place where something is already."""
        location = self._intention.location
        if not keeps_data(location):
            return None
        files = (place for each in places for _, path, place in each if isinstance(path, Path))
        return next((place for place in files if location.accessor.exists(place)), None)

    def _jobs(self) -> tuple[FtrackEntity, ...]:
        ids = ", ".join(map(quoted, self._delivery.jobs))
        text = f"select id, type, status, data from Job where id in ({ids})"  # noqa: S608
        return tuple(self._session.query(text).all()) if ids else ()


def lines_of(intention: Intention, publication: Publication) -> list[str]:
    """Return in words what was published."""
    word = "Published" if publication.is_committed else "To be published when its block ends or is replayed"
    pairs = zip(intention.targets, publication.versions, strict=True)
    headings = (intention.heading(target, stored_value(version, "version")) for target, version in pairs)
    failure = publication.delivery.failure
    jobs: list[str] = []
    for job in publication.jobs:  # how far each is, and why it came to nothing if it did: its data has both
        status = str(stored_value(job, "status"))
        with suppress(ValueError, LookupError, TypeError):
            status += f" ({json.loads(str(stored_value(job, 'data')))['description']})"
        jobs.append(f"review: {status}")
    review = jobs or ([f"no review: {failure}"] if failure is not None else [])
    told = [
        line
        for line in intention.lines()
        if not (line.startswith("review:") and review)
        and not (line.startswith("thumbnail:") and not publication.thumbnails)
    ]
    return [*(f"{word}: {heading}" for heading in headings), *(f"  {line}" for line in [*told, *review])]
