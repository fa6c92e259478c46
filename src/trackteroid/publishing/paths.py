"""What is given to be published: files, sequences of files, and what each is called."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Mapping
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
_NOTATION = re.compile(r"%\d*d[^/\\]* \[([\d, -]+)\]$")
_RANGE = re.compile(r"(\d+)-(\d+)")
#: The most files of a sequence: whoever writes more has mistyped a range.
_MOST_FILES = 1_000_000
#: How much of a path is shown that is too long.
_SHOWN = 200


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

    @classmethod
    def of(cls, name: str, path: str) -> Given:
        """Return what is at a path; raise `PublishingError` where one of its files is missing, or cannot be read."""
        if not isinstance(name, str) or not name.strip():  # pyright: ignore[reportUnnecessaryIsInstance]  # see `_text`
            raise PublishingError(
                f"{path} has no name: {name!r} is none. Name the component that it is to be, in a text."
            )
        if not _is_notation(path):
            file = Path(os.path.abspath(os.path.expanduser(path)))
            _check(file)
            return cls(name, os.fspath(file), (file,))
        # Refused before each of the files is looked for: more of them than anybody has.
        found = _NOTATION.search(path)
        ranges = _RANGE.findall(found[1]) if found else []
        count = sum(int(last) - int(first) + 1 for first, last in ranges)
        if count > _MOST_FILES:
            raise PublishingError(
                f"{path} names {count:,} files, more than {_MOST_FILES:,}. Write the ranges that are there."
            )
        backwards = next((f"{first}-{last}" for first, last in ranges if int(first) > int(last)), None)
        if backwards is not None:
            raise PublishingError(
                f"{path} has the range {backwards}, which goes backwards. Write the ranges that are there."
            )
        absolute = os.path.abspath(os.path.expanduser(path))
        files = tuple(map(Path, clique.parse(absolute)))
        missing = [file for file in files if not os.path.isfile(file)]
        if missing:
            raise PublishingError(
                f"{len(missing)} of {len(files)} files of the sequence {path} are missing, the first is "
                f"{missing[0].name}. Write the ranges that are there: [1-5, 7-10]."
            )
        for file in files:
            _check(file)
        return cls(name, absolute, files)

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
    return tuple(Given.of(each, path) for each, path in named)


def _named(paths: Paths, name: str) -> list[tuple[str, str]]:
    if isinstance(paths, str | os.PathLike):
        return [(name, _text(paths))]
    if isinstance(paths, Mapping):
        by_name = cast("Mapping[str, AnyPath]", paths)
        return [(each, _text(path)) for each, path in by_name.items()]
    if not isinstance(paths, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance]  # callers may be untyped
        _text(paths)
    # Frames become sequences.
    texts = [_text(path) for path in paths]
    notations = [path for path in texts if _is_notation(path)]
    single = [path for path in dict.fromkeys(texts) if path not in notations]
    sequences, rest = clique.assemble(single, patterns=[clique.PATTERNS["frames"]], minimum_items=2)
    found = [*rest, *notations, *(each.format("{head}{padding}{tail} [{ranges}]") for each in sequences)]
    return [(name, found[0])] if len(found) == 1 else [(_called(path), path) for path in found]


def _text(path: AnyPath) -> str:
    if not isinstance(path, str | os.PathLike):  # pyright: ignore[reportUnnecessaryIsInstance]  # callers may be untyped
        raise PublishingError(f"{path!r} is no path. Give the path of a file, several, or a mapping of names to paths.")
    text = os.fspath(path)
    if not isinstance(text, str) or not text:  # pyright: ignore[reportUnnecessaryIsInstance]  # as above
        raise PublishingError(f"{text!r} is no path of a file. Give it as text.")
    return text


def _is_notation(path: str) -> bool:
    return _NOTATION.search(path) is not None


def _called(path: str) -> str:
    """Return the name of a component after its file.

    >>> _called("/shots/bc0040_comp.mov"), _called("/shots/plate.%04d.exr [1001-1100]")
    ('bc0040_comp', 'plate')
    """
    name = re.split(r"[/\\]", path)[-1]
    return name.split("%")[0].rstrip("._-") or "main" if _is_notation(path) else Path(name).stem


def _check(file: Path) -> None:
    try:
        is_folder, is_file = stat.S_ISDIR(file.stat().st_mode), stat.S_ISREG(file.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: there is a NUL in it
        near = [each.name for each in file.parent.iterdir()] if os.path.isdir(file.parent) else []
        link = " It is a link that leads nowhere." if file.name in near else suggest(file.name, near)
        raise PublishingError(f"There is no file {file}.{link}") from None
    except OSError as error:
        text = str(file)
        shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
        raise PublishingError(f"{shown} cannot be read: {error.strerror}.") from error
    if is_folder:
        raise PublishingError(f"{file} is a folder. Name the files in it.")
    if not is_file:
        raise PublishingError(f"{file} is no ordinary file, but a device, a pipe or the like. Name a file.")
    if not os.access(file, os.R_OK):
        raise PublishingError(f"{file} cannot be read: permission denied.")
