"""What publishing and downloading did, as values that say so when they are printed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackteroid.errors import unknown_attribute
from trackteroid.progress import size_text


@dataclass(frozen=True, slots=True, repr=False)
class Published:
    """What was published.

    Attributes:
        versions: the versions, as a collection.
        components: the new components of these, without the members of sequences.
        location: the name of the location that they are in; None for none.
        uploaded: the files that were put in place; inside of `deferred_operations`, those that will be.
        size: the bytes of these.
        thumbnails: the components that became the thumbnails of the versions.
        jobs: the jobs that make the reviews, and with them thumbnails of films.
        is_committed: whether it is on the server already; else it will be with the block that it was published in.
        lines: what it is, in words.
    """

    versions: Any
    components: Any
    location: str | None
    uploaded: tuple[Path, ...]
    size: int
    thumbnails: Any
    jobs: Any
    is_committed: bool
    lines: tuple[str, ...]

    @property
    def version(self) -> Any:
        """The versions, which are one more often than not."""
        return self.versions

    if not TYPE_CHECKING:  # which would let checkers take any attribute for known

        def __getattr__(self, name):
            """Refuse what only entities have, and say where these are."""
            raise unknown_attribute(self, name, "version")

    def __repr__(self) -> str:
        return "\n".join(self.lines)


@dataclass(frozen=True, slots=True, repr=False)
class Downloaded:
    """What was downloaded.

    Attributes:
        paths: the files and folders that are complete now.
        skipped: those that were there already, and stay as they are.
        unavailable: the components that are in no location that this session has access to, as a collection.
        size: the bytes that came.
    """

    paths: tuple[Path, ...]
    skipped: tuple[Path, ...]
    unavailable: Any
    size: int

    def __repr__(self) -> str:
        lines = [f"Downloaded {_count(len(self.paths), 'component')} ({size_text(self.size)}):"]
        lines += [f"  {path}" for path in self.paths]
        if self.skipped:
            lines += [
                "Skipped what is there already (overwrite=True replaces it):",
                *(f"  {each}" for each in self.skipped),
            ]
        if self.unavailable:
            lines.append(
                f"{_count(len(self.unavailable), 'component')} in no location that this session has access to."
            )
        return "\n".join(lines)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
