"""Files on disks that are complete or not there: written aside, flushed, and then given their name."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TypeAlias

Advance: TypeAlias = Callable[[int], None]
_CHUNK = 1024 * 1024
#: What file systems say that know no second names for a file.
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV, errno.EINVAL)


def aside(target: Path, mark: str) -> Path:
    """Return where a file is written before it is complete: beside its target, so that it only needs to be renamed."""
    return target.with_name(f".{target.name[:150]}.{mark[:64]}.part")


@contextmanager
def new_file(path: Path, *, append: bool = False) -> Generator[BinaryIO]:
    """Open a file to write to; it is on the disk when the block is left."""
    with path.open("ab" if append else "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def copy(source: Path, target: Path, advance: Advance) -> None:
    """Copy a file to a path where it is on the disk then."""
    copied = 0
    with source.open("rb") as reading, new_file(target) as writing:
        try:
            while piece := reading.read(_CHUNK):
                writing.write(piece)
                copied += len(piece)
                advance(len(piece))
        except BaseException:
            advance(-copied)
            raise


def give_name(written: Path, target: Path, *, overwrite: bool = False) -> None:
    """Give a file that is complete its name, in one step. Without *overwrite* nothing is replaced.

    Raises:
        FileExistsError: there is something of that name.
    """
    if overwrite:
        written.replace(target)
    elif os.name == "nt":
        written.rename(target)  # which replaces nothing there
    else:
        try:
            os.link(written, target)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            # Elsewhere the name is taken first, so that nobody else has it.
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            written.replace(target)
        else:
            written.unlink()
    _flush_folder(target.parent)


def is_named(written: Path, target: Path) -> bool:
    """Return whether a file has its name already and is still known under the other one."""
    with suppress(OSError):
        return written.samefile(target)
    return False


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":  # where folders cannot be opened
        return
    with suppress(OSError):  # some file systems do not flush folders, and need not
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
