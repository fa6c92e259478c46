"""Folders for a while: removed in the end, or by whoever makes the next one if their owner was killed."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import sys
import threading
import weakref
from contextlib import suppress
from pathlib import Path
from tempfile import gettempdir
from typing import Final

_PREFIX: Final = "trackteroid-"
_LOCK: Final = ".in-use"
_NAME: Final = re.compile(rf"{_PREFIX}[a-z]+-[0-9a-f]{{32}}")

if sys.platform == "win32":

    def _hold(descriptor: int) -> bool:
        """Return whether nobody else holds a file; that it is open is enough."""
        return descriptor >= 0

    def _is_held(lock: Path) -> bool:
        """Return whether somebody holds a file: what is open cannot be removed."""
        try:
            lock.unlink()
        except OSError:
            return True
        return False

else:
    import fcntl

    def _hold(descriptor: int) -> bool:
        """Hold a file for as long as it is open; return whether nobody else does."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _is_held(lock: Path) -> bool:
        """Return whether somebody holds a file, or it cannot be told."""
        try:
            descriptor = os.open(lock, os.O_RDWR)
        except OSError:
            return True
        try:
            return not _hold(descriptor)
        finally:
            os.close(descriptor)


class Scratch:
    """A folder among those of the system for temporary files, made when it is needed. Only its owner may read it.

    A file in it is held for as long as somebody uses the folder, which ends with their process, however that ends. So
    others can tell what nobody uses any more.

    Args:
        use: What it is for, in small letters.

    Attributes:
        folder: Its path.
    """

    def __init__(self, use: str) -> None:
        self.folder = Path(gettempdir()) / f"{_PREFIX}{use}-{secrets.token_hex(16)}"
        self._turn = threading.Lock()
        self._remove: weakref.finalize[[Path, int, int], Scratch] | None = None

    def __enter__(self) -> Path:
        self.make()
        return self.folder

    def __exit__(self, *_: object) -> None:
        self.close()

    def make(self) -> None:
        """Let the folder be there, and those be gone that nobody uses any more."""
        with self._turn:
            if self._remove is not None:
                return
            with suppress(OSError), os.scandir(gettempdir()) as entries:
                for entry in entries:
                    if _NAME.fullmatch(entry.name) and not _is_held(Path(entry.path) / _LOCK):
                        shutil.rmtree(entry.path, ignore_errors=True)
            # Nobody is to take it for an abandoned one before it is held. Windows cannot rename it then, nor has to.
            first = self.folder if sys.platform == "win32" else self.folder.with_name(f".{self.folder.name}")
            first.mkdir(mode=0o700)
            descriptor = os.open(first / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
            _hold(descriptor)
            if first != self.folder:
                first.rename(self.folder)
            self._remove = weakref.finalize(self, _remove, self.folder, descriptor, os.getpid())

    def close(self) -> None:
        """Remove it."""
        with self._turn:
            if self._remove is not None:
                self._remove()


def _remove(folder: Path, descriptor: int, pid: int) -> None:
    """Remove a folder; one of the parent is not for a forked child to remove."""
    if os.getpid() == pid:
        os.close(descriptor)
        shutil.rmtree(folder, ignore_errors=True)
