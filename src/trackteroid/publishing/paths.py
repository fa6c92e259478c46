"""What is given to be published: files, sequences of files, and what each is called."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeAlias, cast

import clique

from trackteroid.errors import PublishingError, suggest

AnyPath: TypeAlias = "str | os.PathLike[str]"
#: One path, several, or several by the names of their components.
Paths: TypeAlias = "AnyPath | Iterable[AnyPath] | Mapping[str, AnyPath]"

#: What servers make thumbnails of, and what browsers can be shown, by suffix.
PICTURES = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})
FILMS = frozenset({".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mxf", ".webm"})
#: The end of the notation of sequences: "plate.%04d.exr [1001-1100]".
_NOTATION = re.compile(r"%\d*d[^/\\]* \[[\d, -]+\]$")


@dataclass(frozen=True)
class Given:
    """One thing to be published: a file, or a sequence of files in clique's notation.

    Attributes:
        name: what its component is called.
        path: the absolute path, or the notation of the sequence.
        files: the files.
    """

    name: str
    path: str
    files: tuple[Path, ...]

    @cached_property
    def size(self) -> int:
        """The bytes of all files."""
        return sum(file.stat().st_size for file in self.files)

    @property
    def is_sequence(self) -> bool:
        """Whether it is a sequence, however many files that has."""
        return _is_notation(self.path)

    @property
    def suffix(self) -> str:
        """The suffix of its files, in small letters."""
        return self.files[0].suffix.lower()

    @property
    def is_film(self) -> bool:
        """Whether it is a film that a review can be made of."""
        return not self.is_sequence and self.suffix in FILMS

    @property
    def is_picture(self) -> bool:
        """Whether it is a picture that a thumbnail can be made of, or has such pictures."""
        return self.suffix in PICTURES


def gathered(paths: Paths, name: str = "main") -> tuple[Given, ...]:
    """Return what is given to be published. A list of frames is gathered into sequences.

    Args:
        paths: one path, several, or several by names; files, or sequences in clique's notation.
        name: what one thing is called. Several that have no names are called like their files.

    Raises:
        PublishingError: there is nothing, a file is missing, or two would be called the same.
    """
    named = _named(paths, name)
    if not named:
        raise PublishingError("There is nothing to publish: no path was given.")
    twice = sorted({each for each, _ in named if [other for other, _ in named].count(each) > 1})
    if twice:
        raise PublishingError(
            f'Several components would be called "{twice[0]}". Give them names: publish({{"name": path, ...}}).'
        )
    return tuple(_given(each, path) for each, path in named)


def _named(paths: Paths, name: str) -> list[tuple[str, str]]:
    if isinstance(paths, str | os.PathLike):
        return [(name, _text(paths))]
    if isinstance(paths, Mapping):
        by_name = cast("Mapping[str, AnyPath]", paths)
        return [(str(each), _text(path)) for each, path in by_name.items()]
    if not isinstance(paths, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance]  # callers may be untyped
        _text(paths)
    found = _collected([_text(path) for path in paths])
    return [(name, found[0])] if len(found) == 1 else [(_called(path), path) for path in found]


def _text(path: AnyPath) -> str:
    if not isinstance(path, str | os.PathLike):  # pyright: ignore[reportUnnecessaryIsInstance]  # callers may be untyped
        raise PublishingError(f"{path!r} is no path. Give the path of a file, several, or a mapping of names to paths.")
    return os.fspath(path)


def _collected(paths: Sequence[str]) -> list[str]:
    """Return the paths, those of frames as sequences."""
    notations = [path for path in paths if _is_notation(path)]
    single = [path for path in dict.fromkeys(paths) if path not in notations]
    sequences, rest = clique.assemble(single, patterns=[clique.PATTERNS["frames"]], minimum_items=2)
    return [*rest, *notations, *(each.format("{head}{padding}{tail} [{ranges}]") for each in sequences)]


def _is_notation(path: str) -> bool:
    return _NOTATION.search(path) is not None


def _called(path: str) -> str:
    """Return the name of a component after its file.

    >>> _called("/shots/bc0040_comp.mov"), _called("/shots/plate.%04d.exr [1001-1100]")
    ('bc0040_comp', 'plate')
    """
    name = re.split(r"[/\\]", path)[-1]
    return name.split("%")[0].rstrip("._-") or "main" if _is_notation(path) else Path(name).stem


def _given(name: str, path: str) -> Given:
    if not name.strip():
        raise PublishingError(f"{path} has no name. Name the component that it is to be.")
    if not _is_notation(path):
        file = Path(os.path.abspath(os.path.expanduser(path)))
        _check(file)
        return Given(name, os.fspath(file), (file,))
    absolute = os.path.abspath(os.path.expanduser(path))
    files = tuple(map(Path, clique.parse(absolute)))
    missing = [file for file in files if not file.is_file()]
    if missing:
        raise PublishingError(
            f"{len(missing)} of {len(files)} files of the sequence {path} are missing, the first is {missing[0].name}. "
            "Write the ranges that are there: [1-5, 7-10]."
        )
    for file in files:
        _check(file)
    return Given(name, absolute, files)


def _check(file: Path) -> None:
    if file.is_dir():
        raise PublishingError(f"{file} is a folder. Name the files in it.")
    if not file.is_file():
        near = [each.name for each in file.parent.iterdir()] if file.parent.is_dir() else []
        raise PublishingError(f"There is no file {file}.{suggest(file.name, near)}")
    if not os.access(file, os.R_OK):
        raise PublishingError(f"{file} cannot be read: permission denied.")
