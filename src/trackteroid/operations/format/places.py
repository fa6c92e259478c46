"""The place of an operations file: what may be there, who may change it now, and what killed processes have left.

Whoever changes a file or sends it *holds* its place meanwhile: the lock ``.NAME.lock`` beside it, which the operating
system gives to one at a time, on this machine and through the locks of a network drive. It ends with the process that
holds it, however that ends, so nothing has to be guessed about whether somebody still works: a lock that was left is
nobody's, and whoever comes next takes it and removes it afterwards.

A new file is made under a name of its own, ``.NAME.<random>.tmp``. Only who holds the place makes one, so whoever holds
it next may remove those of processes that were killed.
"""

import contextlib
import errno
import os
import random
import re
import socket
import stat
import time
import uuid
from collections.abc import Generator
from pathlib import Path

from trackteroid.errors import OperationsFileError

if os.name == "nt":
    import msvcrt

    def _lock(descriptor: int) -> None:
        """Take a lock, or raise an OSError where it is taken."""
        # Beyond what is written to the file: elsewhere the lock would keep others from reading who holds it.
        os.lseek(descriptor, 1 << 20, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

    def _unlock(descriptor: int) -> None:
        os.lseek(descriptor, 1 << 20, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        """Take a lock, or raise an OSError where it is taken."""
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


#: What an operations file may consist of besides the file itself: SQLite's journals, the files of other flavours.
COMPANIONS = ("-journal", "-wal", "-shm", ".dat", ".dir", ".bak", ".db", ".pag")

#: What operating systems say of a lock that somebody else has.
_TAKEN = (errno.EAGAIN, errno.EACCES, errno.EDEADLK, errno.EWOULDBLOCK)
#: What they say where there are no locks.
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL)
_PAUSE = 0.02

_KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def check_kind(path: Path) -> None:
    """Refuse what is no file, before anything is opened: reading a pipe waits forever, a device would be replaced.

    Raises:
        OperationsFileError: there is a pipe, a socket or a device at *path*, or where its companions would be.
    """
    for each in (path, *(Path(f"{os.path.realpath(path)}{suffix}") for suffix in COMPANIONS)):
        try:
            mode = each.stat().st_mode
        except (OSError, ValueError):
            continue  # whoever opens it explains
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            kind = _KINDS.get(stat.S_IFMT(mode), "something special")
            raise OperationsFileError(f"{each} is {kind} and no file. Name another file for the operations.")


@contextlib.contextmanager
def held(path: Path, seconds: float) -> Generator[None]:
    """Hold the place of the file at *path* until the block is left.

    Raises:
        OperationsFileError: somebody else still holds it after so many *seconds*, or there are no locks.
        OSError: the lock cannot be made.
    """
    target = Path(os.path.realpath(path))
    lock = _Lock(path, target.with_name(f".{target.name}.lock"))
    descriptor = lock.acquire(seconds)
    try:
        for left in target.parent.iterdir():
            if re.fullmatch(rf"\.{re.escape(target.name)}\.[0-9a-f]{{32}}\.tmp", left.name):
                left.unlink(missing_ok=True)
        yield
    finally:
        lock.release(descriptor)


def temporary_for(target: Path) -> Path:
    """Return a new empty file beside *target*, with its owner and mode; one that only we may read where there is none.

    Only who holds the place may make one.
    """
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex}.tmp")
    os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with contextlib.suppress(FileNotFoundError):
        before, now = target.stat(), temporary.stat()
        if (before.st_uid, before.st_gid) != (now.st_uid, now.st_gid):
            # Only root may give files away. For others the file becomes theirs, as with any program that replaces it.
            with contextlib.suppress(PermissionError):
                os.chown(temporary, before.st_uid, before.st_gid)
        temporary.chmod(stat.S_IMODE(before.st_mode))
    return temporary


def probe(target: Path) -> None:
    """Make a file beside *target* and remove it again; raise an OSError where that is not possible."""
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex}.tmp")
    temporary.touch(mode=0o600, exist_ok=False)
    temporary.unlink(missing_ok=True)  # whoever holds the place may have been faster


class _Lock:
    """The lock of the file at *path*, which is at *lock* beside it."""

    def __init__(self, path: Path, lock: Path) -> None:
        self._path = path
        self._lock = lock

    def acquire(self, seconds: float) -> int:
        """Return the descriptor of the lock, which is ours."""
        end = time.monotonic() + seconds
        while True:
            descriptor = self._try()
            if descriptor is not None:
                return descriptor
            if time.monotonic() >= end:
                raise self._in_use()
            time.sleep(_PAUSE * random.uniform(0.5, 1.5))  # noqa: S311 - so that they do not all come at once

    def release(self, descriptor: int) -> None:
        """Give back what is ours."""
        if os.name != "nt":
            # Removed while it is still ours: whoever waits for it notices.
            self._lock.unlink(missing_ok=True)
            _unlock(descriptor)
            os.close(descriptor)
            return
        _unlock(descriptor)
        os.close(descriptor)
        with contextlib.suppress(PermissionError):  # somebody else has opened it meanwhile and will remove it
            self._lock.unlink(missing_ok=True)

    def _try(self) -> int | None:
        """Return the descriptor of the lock if it is ours now; None where somebody else has it."""
        try:
            descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        except PermissionError:
            if self._lock.exists():  # of another user, or on its way out on Windows
                return None
            raise
        try:
            _lock(descriptor)
            if not self._leads_to(descriptor):  # its holder has removed it while we waited
                os.close(descriptor)
                return None
            os.ftruncate(descriptor, 0)
            os.lseek(descriptor, 0, os.SEEK_SET)
            os.write(descriptor, f"process {os.getpid()} on {socket.gethostname()}".encode())
        except OSError as error:
            os.close(descriptor)
            if error.errno in _NO_LOCKS:
                raise OperationsFileError(
                    f"The folder of {self._path} has no locks ({error.strerror}), without which two processes could "
                    "lose each other's operations. Use a folder on a local disk, or mount the network drive with locks."
                ) from error
            if error.errno in (*_TAKEN, errno.ESTALE):
                return None
            raise
        return descriptor

    def _leads_to(self, descriptor: int) -> bool:
        """Return whether the name of the lock still leads to what we have opened."""
        try:
            # Opened rather than only looked at, so that a network drive asks its server.
            now = os.open(self._lock, os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            return os.path.samestat(os.fstat(now), os.fstat(descriptor))
        finally:
            os.close(now)

    def _in_use(self) -> OperationsFileError:
        try:
            holder = self._lock.read_text(encoding="utf-8", errors="replace")[:200]
        except OSError:
            holder = ""
        by = f", {holder}," if holder else ""
        error = OperationsFileError(
            f"The operations file {self._path} is in use by another process{by} which writes or sends it. Wait until "
            f"that has finished, then try again, or name another file. (It holds {self._lock.name} beside the file.)"
        )
        error.errno = errno.EBUSY  # for those who want to wait and try again
        return error
