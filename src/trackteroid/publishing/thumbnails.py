"""Thumbnails, as notebooks show them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ftrack_api.session import Session

from trackteroid.client.transfer import Carrier
from trackteroid.errors import InvalidArgumentsError, TransferError
from trackteroid.publishing import disk


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A small picture of an entity; false if there is none.

    Attributes:
        data: the picture as a file has it.
        content_type: what kind it is: ``image/png`` or ``image/jpeg``.
        problem: why there is none.
    """

    data: bytes = field(repr=False)
    content_type: str
    problem: str | None = None

    def __bool__(self) -> bool:
        return self.problem is None

    def __repr__(self) -> str:
        return f"Thumbnail({self.problem or f'{self.content_type}, {len(self.data):,} bytes'})"

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to a file, and return its path.

        Raises:
            TransferError: there is none.
        """
        if self.problem is not None:
            raise TransferError(f"There is nothing to write to {os.fspath(path)}: {self.problem}.")
        target = Path(os.fspath(path))
        written = disk.aside(target, "thumbnail")
        with disk.new_file(written) as file:
            file.write(self.data)
        disk.give_name(written, target, overwrite=True)
        return target

    def _repr_png_(self) -> bytes | None:
        return self.data if self.content_type == "image/png" else None

    def _repr_jpeg_(self) -> bytes | None:
        return self.data if self.content_type == "image/jpeg" else None


def fetch_thumbnails(session: Session, component_ids: Sequence[str | None], size: int) -> list[Thumbnail]:
    """Return the pictures of components; for None, and for those whose data is missing, one that says so."""
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidArgumentsError(f"size is {size!r}, but has to be a number of pixels.")
    carrier, known = Carrier(session), dict[str, Thumbnail]()
    for component_id in dict.fromkeys(each for each in component_ids if each is not None):
        known[component_id] = _fetch(carrier, component_id, size)
    return [_NONE if each is None else known[each] for each in component_ids]


_NONE = Thumbnail(b"", "", "no thumbnail")
_GONE = ("status 404", "status 410")


def _fetch(carrier: Carrier, component_id: str, size: int) -> Thumbnail:
    try:
        return Thumbnail(*carrier.thumbnail(component_id, size))
    except TransferError as error:
        if not any(status in str(error) for status in _GONE):
            raise
        return Thumbnail(b"", "", f"the data of its thumbnail {component_id} is missing")
