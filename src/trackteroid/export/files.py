"""Files that are whole or not there: they get their name when they are complete."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TypeAlias

from trackteroid.errors import InvalidArgumentsError

AnyPath: TypeAlias = "str | os.PathLike[str]"


@contextmanager
def replacing(path: AnyPath) -> Generator[BinaryIO]:
    """Write a file in a block. If the block fails, what was there before is still there.

    Raises:
        InvalidArgumentsError: it is no path of a file.
        OSError: there is no such folder, or the file cannot be written there.
    """
    if not isinstance(path, str | os.PathLike):  # pyright: ignore[reportUnnecessaryIsInstance]  # callers may be untyped
        raise InvalidArgumentsError(f"{path!r} is no path. Give the path of the file that is to be written.")
    target = Path(os.fspath(path))
    if target.is_dir():
        raise InvalidArgumentsError(f"{str(path)!r} is a folder. Give the path of the file that is to be written.")
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), os.fspath(target.parent))
    handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, target)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(name)
        raise


def _umask() -> int:
    """Return which permissions new files do not get; it can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
