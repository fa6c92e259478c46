"""What is to be published below contexts, assets and versions: checked, before anything is recorded or sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session

from trackteroid.client.entities import stored_value
from trackteroid.collections.context import Selection, context_of, type_name_of
from trackteroid.collections.fetching import fetch
from trackteroid.collections.missing import refuse_unloaded
from trackteroid.errors import InvalidArgumentsError, PublishingError
from trackteroid.progress import OnProgress, size_text
from trackteroid.publishing.components import find_location, keeps_data
from trackteroid.publishing.paths import FILMS, PICTURES, AnyPath, Given, Paths, gathered
from trackteroid.spelling import quoted
from trackteroid.values import frozen

Thumbnail: TypeAlias = "Literal['auto'] | AnyPath | None"
Reviewable: TypeAlias = "Literal['auto'] | bool"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How something is to be published; see `Collection.publish`."""

    name: str = "main"
    asset: str | None = None
    type: object = None
    location: object = "auto"
    thumbnail: Thumbnail = "auto"
    reviewable: Reviewable = "auto"
    on_progress: OnProgress | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict[str, Any])


@frozen
class Target:
    """What one version is published below: a context and the asset there, an asset, or the version that exists.

    What is None does not exist yet.
    """

    context: FtrackEntity | None
    asset: FtrackEntity | None
    version: FtrackEntity | None = None


class Intention:
    """What is to be published, checked, before anything is recorded or sent."""

    def __init__(self, selection: Selection, paths: Paths, wishes: Wishes) -> None:
        refuse_unloaded(selection, f"Cannot publish below {selection!r}, which is not all of it")
        self._context = context_of(selection)
        self._session = self._context.session
        self.wishes = wishes
        if not callable(getattr(self._session, "transaction", None)):
            raise PublishingError(
                "Files are published in a transaction, which those of ftrack_api do not have. Use trackteroid.Session."
            )
        if not (wishes.on_progress is None or callable(wishes.on_progress)):
            raise InvalidArgumentsError(
                f"on_progress is {wishes.on_progress!r}, which cannot be called. Give a function."
            )
        if not selection.values():
            raise PublishingError(f"Cannot publish to {selection!r}: there is nothing to publish below.")
        self.given = gathered(paths, wishes.name)
        location = wishes.location
        if isinstance(location, Selection) and len(location.values()) == 1:
            (location,) = location.values()
        self.location: Any = find_location(self._session, cast("object", location))
        self.targets = find_targets(selection, wishes)
        self._check_names()

    def lines(self) -> list[str]:
        """Return in words what is to be published."""
        where = "in no location" if self.location is None else f"in {self.location['name']}"
        where += "" if self.is_kept else " (stays where it is)"
        told: list[str] = []
        for each in self.given:
            files = f", {len(each.files)} files" if each.is_sequence else ""
            told.append(f"{each.name}: {Path(each.path).name}{files}, {size_text(each.size)}, {where}")
        if self.picture is not None:
            told.append(f"thumbnail: {self.picture.name}")
        if self.film is not None:
            told.append(f"review: of {self.film.name}")
        return told

    def heading(self, target: Target, number: int | None = None) -> str:
        """Return in words the version that is made, or gets the components."""
        name = self.wishes.asset if target.asset is None else stored_value(target.asset, "name")
        known = number if number is not None else target.version and stored_value(target.version, "version")
        version = f" v{known:03d}" if isinstance(known, int) else " (the next version)"
        return f"{name}{version}{' (new asset)' if target.asset is None else ''}"

    @property
    def is_kept(self) -> bool:
        """Whether the location keeps files of its own."""
        return self.location is not None and keeps_data(self.location)

    @cached_property
    def film(self) -> Given | None:
        """What a review is made of."""
        wanted = self.wishes.reviewable
        if wanted is False:
            return None
        if wanted not in ("auto", True):
            raise InvalidArgumentsError(f"reviewable is {wanted!r}, but has to be True, False or 'auto'.")
        films = [each for each in self.given if each.is_film]
        found = next(iter([*films, *(each for each in self.given if each.is_picture and not each.is_sequence)]), None)
        if found is None and wanted is True:
            given, known = (Path(each.path).name for each in self.given), sorted(FILMS | PICTURES)
            raise PublishingError(
                f"Nothing of {', '.join(given)} can be reviewed. That are files with {', '.join(known)}."
            )
        return found

    @cached_property
    def picture(self) -> Path | None:
        """The file that becomes the thumbnail; of films the server makes one with the review."""
        wanted = self.wishes.thumbnail
        if wanted is None:
            return None
        if wanted == "auto":
            return next((each.files[0] for each in self.given if each.is_picture), None)
        found, *more = gathered(wanted, "thumbnail")
        if more:
            raise PublishingError(f"thumbnail names {1 + len(more)} files. It is one picture.")
        if not found.is_picture:
            raise PublishingError(f"{found.path} is no picture that can be a thumbnail: {', '.join(sorted(PICTURES))}.")
        return found.files[0]

    def _check_names(self) -> None:
        """Refuse names that components of the versions have already: they could not be told apart."""
        ids = [quoted(stored_value(each.version, "id")) for each in self.targets if each.version is not None]
        if not ids:
            return
        names = ", ".join(quoted(each.name) for each in self.given)
        text = f"select name from Component where version_id in ({', '.join(ids)}) and name in ({names})"  # noqa: S608
        taken = self._session.query(text).first()
        if taken is not None:
            raise PublishingError(
                f'The version has a component "{taken["name"]}" already. Publish it with another name: name="...".'
            )


def find_targets(selection: Selection, wishes: Wishes) -> tuple[Target, ...]:
    """Return what the components are published below; contexts with their asset of the name that is wished, if any."""
    types, kind = context_of(selection).types, type_name_of(selection)
    entities, session = selection.values(), context_of(selection).session
    if types.is_a(kind, "AssetVersion"):
        _refuse(wishes, "A version that exists", ("asset", "type"), wishes.attributes)
        fetch(session, entities, ("version", "asset.name"), only_missing=True)
        return tuple(Target(None, cast("Any", each)["asset"], each) for each in entities)
    if types.is_a(kind, "Asset"):
        _refuse(wishes, "An asset that exists", ("asset", "type"), {})
        fetch(session, entities, ("name",), only_missing=True)
        return tuple(Target(None, each) for each in entities)
    if types.is_a(kind, "Context") or types.find_attribute(kind, "assets") is not None:
        if not isinstance(wishes.asset, str) or not wishes.asset.strip():
            raise PublishingError(f'Below {selection!r}, name the asset: publish(..., asset="comp").')
        ids = ", ".join(quoted(stored_value(each, "id")) for each in entities)
        text = f"select name, context_id, type.name from Asset where name is {quoted(wishes.asset)}"  # noqa: S608
        by_context: dict[str, list[Any]] = {}
        for asset in session.query(f"{text} and context_id in ({ids})").all():
            by_context.setdefault(asset["context_id"], []).append(asset)
        found = [by_context.get(str(stored_value(each, "id")), ()) for each in entities]
        return tuple(Target(each, _asset(session, wishes, there)) for each, there in zip(entities, found, strict=True))
    raise PublishingError(
        f"Files are published below contexts, assets and versions, not below {selection!r}. "
        "Read the version first: components.AssetVersion.publish(...)."
    )


def _refuse(wishes: Wishes, what: str, names: Sequence[str], attributes: Mapping[str, Any]) -> None:
    """Refuse what only is for something new."""
    given = [name for name in names if getattr(wishes, name) is not None]
    if given or attributes:
        listed = ", ".join([*given, *attributes])
        raise PublishingError(
            f"{what} takes no {listed}: that is for new ones. Set its attributes before or afterwards."
        )


def _asset(session: Session, wishes: Wishes, found: Sequence[Any]) -> FtrackEntity | None:
    """Return the asset that is meant; None if it is to be made."""
    wanted = wishes.type
    if isinstance(wanted, str):
        same = [asset for asset in found if asset["type"]["name"].casefold() == wanted.casefold()]
        if found and not same:
            raise PublishingError(
                f'The asset "{wishes.asset}" is of the type {found[0]["type"]["name"]}, not {wanted}. Leave the type '
                "out, or name another asset."
            )
        found = same
    types = sorted({str(asset["type"]["name"]) for asset in found})
    if len(types) > 1:
        raise PublishingError(
            f'There are several assets "{wishes.asset}": say which one is meant with its type: {", ".join(types)}.'
        )
    if not found and wanted is None:
        known = sorted(each["name"] for each in session.query("select name from AssetType").all())
        raise PublishingError(
            f'There is no asset "{wishes.asset}" yet, and a new one needs a type: type="...". There are '
            f"{', '.join(known)}."
        )
    # Two that were made at the same moment are told apart by nobody, so that all go on with the same one.
    return min(found, key=lambda asset: asset["id"], default=None)
