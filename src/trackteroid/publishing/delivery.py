"""What goes with operations and is none: files that are put in place before, and reviews that are asked for after.

A delivery belongs to a block of the session: a transaction, which tells it how it ended, or one of deferred operations,
whose file takes it and whose replay carries it out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import ftrack_api.exception
import requests
from ftrack_api.event.base import Event
from ftrack_api.session import Session
from ftrack_api.symbol import COMPONENT_ADDED_TO_LOCATION_TOPIC

from trackteroid.configuration import logger
from trackteroid.errors import TrackteroidError, TransferError
from trackteroid.progress import OnProgress, following
from trackteroid.publishing.transfers import Places, Transfer
from trackteroid.values import frozen

#: What servers say of themselves that make reviews in the transaction of the components, if they are asked so.
_REVIEWS_IN_COMMITS = "supports_reviews_in_commits"


@frozen
class Review:
    """A file on the server, of which a version gets what browsers can show.

    Attributes:
        component_id: the component of the file.
        version_id: the version.
        keep_original: whether the file stays afterwards.
    """

    component_id: str
    version_id: str
    keep_original: bool

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Review:
        """Return what `as_json` has described; raise ValueError for anything else."""
        match data:
            case {"component_id": str(component), "version_id": str(version), "keep_original": bool(keep)}:
                return cls(component, version, keep)
            case _:
                raise ValueError(f"{data!r} is no review")

    def as_json(self) -> dict[str, Any]:
        """Return it as an object for ``json.dumps``."""
        return asdict(self)

    @property
    def request(self) -> dict[str, Any]:
        """What asks a server for it."""
        return {"action": "encode_media", **self.as_json()}


@dataclass(slots=True)
class Delivery:
    """The files and reviews that go with operations.

    Attributes:
        session: the session.
        transfers: the files.
        reviews: the reviews.
        added: the components and their locations, which those who listen are told of.
        jobs: the ids of the jobs that make the reviews, once they were asked for.
        failure: why a review could not be asked for.
    """

    session: Session
    transfers: tuple[Transfer, ...] = ()
    reviews: tuple[Review, ...] = ()
    added: tuple[tuple[str, str], ...] = ()
    jobs: tuple[str, ...] = ()
    failure: Exception | None = None
    _begun: list[tuple[Transfer, bool]] = field(default_factory=list[tuple[Transfer, bool]])

    def put(self, on_progress: OnProgress | None = None, *, again: bool = False) -> None:
        """Put the files in place; with *again*, some may be there already from an attempt that was interrupted.

        Raises:
            TransferError: one has changed or cannot be stored. `take_back` removes the others.
        """
        places = Places(self.session, self.transfers)
        total = sum(transfer.size for transfer in self.transfers)
        if not self.transfers:
            return
        with following("Uploading", total, on_progress=on_progress) as advance:
            for transfer in self.transfers:
                self._begun.append((transfer, False))
                is_put = places.put(transfer, advance, again=again)
                self._begun[-1] = (transfer, is_put)

    def take_back(self) -> None:
        """Remove the files that were put in place: the server has nothing of their components."""
        places, begun = Places(self.session), self._begun
        while begun:
            transfer, is_put = begun[-1]
            try:
                places.remove(transfer, is_put=is_put)
            except TrackteroidError as error:
                logger("publishing").warning("%s It belongs to nothing, and can be removed by hand.", error)
            begun.pop()

    def along(self) -> list[dict[str, Any]]:
        """Return what asks for the reviews, where the server takes that in the call that commits the components."""
        is_taken = self.session.server_information.get(_REVIEWS_IN_COMMITS)
        return [review.request for review in self.reviews] if is_taken else []

    def has_arrived(self) -> None:
        """Tell who listens, and see that the reviews are asked for, now that the server has the components."""
        self._begun.clear()
        self._announce()
        try:
            # What went along may not have: ftrack_api's own commit takes nothing along.
            has_gone = bool(self.along())
            found = (find_job(self.session, review) if has_gone else None for review in self.reviews)
            self.jobs = tuple(job or ask_for(self.session, each) for each, job in zip(self.reviews, found, strict=True))
        except (ftrack_api.exception.Error, TrackteroidError, requests.RequestException) as error:
            self.failure = error
            logger("publishing").warning(
                "Everything is published, but no review could be asked for: %s. Ask again with session.encode_media().",
                str(error).rstrip("."),
            )

    def _announce(self) -> None:
        for component_id, location_id in self.added:
            data = {"component_id": component_id, "location_id": location_id}
            event = Event(topic=COMPONENT_ADDED_TO_LOCATION_TOPIC, data=data)
            self.session.event_hub.publish(event, on_error="ignore")


def ask_for(session: Session, review: Review) -> str:
    """Let the server make a review, and return the id of the job that does it."""
    answer: list[dict[str, Any]] = session.call([review.request])
    return str(answer[0]["job_id"])


def ask_once(session: Session, reviews: Iterable[Review]) -> tuple[str, ...]:
    """Let the server make the reviews that nobody has asked for yet, and return the ids of the new jobs."""
    jobs: list[str] = []
    for review in reviews:
        # A job encodes the component, or has done so and removed it.
        component = f"select id from Component where id is {review.component_id}"  # noqa: S608 - ftrack's, no SQL
        if find_job(session, review) is None and session.query(component).first() is not None:
            jobs.append(ask_for(session, review))
    return tuple(jobs)


def find_job(session: Session, review: Review) -> str | None:
    """Return the id of the job that makes a review, or has made it."""
    text = f'select id from Job where type is encode_media and data like "%{review.component_id}%"'  # noqa: S608
    found: Any = session.query(text).first()
    return None if found is None else str(found["id"])


def check_all(transfers: Iterable[Transfer]) -> None:
    """Raise `TransferError` if a file has changed since it was given, before anything is sent."""
    problems = [problem for transfer in transfers if (problem := transfer.problem)]
    if problems:
        more = f" So it is with {len(problems) - 1} more." if len(problems) > 1 else ""
        raise TransferError(f"Nothing was sent: {problems[0]}{more}")
