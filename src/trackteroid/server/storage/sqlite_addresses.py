"""Addresses of SQLite databases: ``sqlite:///show.db?mode=ro``, ``sqlite:////shows/show.db``, ``sqlite:///C:/show.db``.

They are read here rather than by SQLAlchemy, which leaves out what it does not know: a typo in an option, or the rest
of a file name behind a question mark, would make a new database somewhere else.
"""

from __future__ import annotations

import difflib
import os
import re
import sqlite3
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import unquote

from trackteroid.server.core.failures import nearest, suggestion
from trackteroid.values import frozen

Mode = Literal["ro", "rw", "rwc"]

_ADDRESS = re.compile(r"sqlite(?:\+pysqlite)?:(?P<slashes>/*)(?P<path>[^?]*)(?:\?(?P<options>.*))?", re.DOTALL | re.I)
_MODES = {"ro": "for reading only", "rw": "for reading and writing", "rwc": "the same, and made if it is not there"}
_OPTIONS = ("mode", "timeout", "schema", "demo")
_TIMEOUT = 30.0
#: How alike two names are of which one may be a mistake for the other, as difflib measures it.
_NEARLY = 0.75
#: What every SQLite database begins with.
_MAGIC = b"SQLite format 3\0"


class AddressError(ValueError):
    """The address means nothing; the message says what would."""


@frozen
class SqliteAddress:
    """Where a SQLite database is, and how it is opened.

    Attributes:
        path: Of the file; empty for a database in memory.
        mode: Whether it may be written to (``rw``) and is made if it is not there (``rwc``). None means the latter,
            unless that would be a database beside one that is called nearly the same.
        timeout: The seconds to wait for somebody else who writes.
        schema: The version of the schema that clients are to see, if it is not the newest.
        has_demo: Whether it gets the demo production while it has no project.
    """

    path: str
    mode: Mode | None = None
    timeout: float = _TIMEOUT
    schema: str | None = None
    has_demo: bool = False

    @property
    def is_memory(self) -> bool:
        """Whether the database lives in memory and has a single connection."""
        return not self.path

    def absolute(self) -> SqliteAddress:
        """Return the same database, wherever the current folder will be."""
        return self if self.is_memory else replace(self, path=str(Path(self.path).absolute()))

    def connect(self) -> Any:
        """Open it. Nobody but its owner may read a file that is made now; SQLite makes those beside it the same.

        Raises:
            AddressError: It is not there, and another one has nearly the same name.
        """
        options: dict[str, Any] = {"check_same_thread": False, "timeout": self.timeout}
        if self.is_memory or self.mode in (None, "rwc"):
            if not (self.is_memory or Path(self.path).exists()):
                self._make()
            return sqlite3.connect(self.path or ":memory:", **options)
        return sqlite3.connect(f"{Path(self.path).resolve().as_uri()}?mode={self.mode}", uri=True, **options)

    def _make(self) -> None:
        """Make an empty file, unless another one is meant: nobody would notice that an empty database answers."""
        path = Path(self.path)
        if self.mode is None:
            meant = _nearly_called(path)
            if meant is not None:
                raise AddressError(
                    f"There is no database {self.path}. Did you mean {path.with_name(meant)}? Add ?mode=rwc to the "
                    "address to make a new one beside it."
                )
        make_private(path)

    def __str__(self) -> str:
        shown = self.path.replace("%", "%25").replace("?", "%3F")
        return f"sqlite:///{shown}" if self.path else "sqlite://"


def make_private(path: Path) -> None:
    """Make an empty file that only its owner can read, unless there is one or cannot be one: opening it says why."""
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _nearly_called(path: Path) -> str | None:
    """Return the name of a database in the same folder that may be meant; numbers differ on purpose."""
    try:
        names = [each.name for each in path.parent.iterdir() if each.suffix == path.suffix]
    except OSError:
        return None  # opening it says why
    plain = _letters(path.stem)
    likely = {name: _letters(Path(name).stem) for name in names}
    near = difflib.get_close_matches(plain, [each for each in likely.values() if each != plain], n=1, cutoff=_NEARLY)
    for name in names if near else ():
        if likely[name] == near[0]:
            with suppress(OSError), path.with_name(name).open("rb") as file:
                if file.read(len(_MAGIC)) == _MAGIC:
                    return name
    return None


def _letters(name: str) -> str:
    return re.sub(r"[\W\d_]+", "", name).casefold()


def read_address(text: str) -> SqliteAddress:
    """Return the meaning of an address; what means something in addresses is written ``%3F`` and ``%25`` in file names.

    Raises:
        AddressError: It means nothing.
    """
    found = _ADDRESS.fullmatch(text)
    if found is None:
        raise AddressError(
            f"{text!r} is not an address of a SQLite database. Use sqlite:///path/to/file.db, or sqlite://."
        )
    path, options = _path(text, found["slashes"], found["path"]), _options(found["options"])
    mode = options.get("mode")
    if mode is not None and mode not in _MODES:
        known = "; ".join(f"{each}, {meaning}" for each, meaning in _MODES.items())
        more = " For a database in memory use sqlite://." if mode == "memory" else ""
        raise AddressError(f'There is no mode "{mode}".{suggestion(nearest(mode, _MODES))} There are {known}.{more}')
    if not path and mode is not None:
        raise AddressError("A database in memory takes no mode; leave it out, or give the path of a file.")
    if mode == "ro" and "demo" in options:
        raise AddressError("A database that is open for reading only cannot be filled; leave out mode=ro or demo.")
    try:
        timeout = float(options.get("timeout", _TIMEOUT))
    except ValueError:
        timeout = -1.0
    if not 0 <= timeout <= 86_400:
        raise AddressError(f'The timeout is a number of seconds, not "{options["timeout"]}".')
    return SqliteAddress(path, cast("Mode | None", mode), timeout, options.get("schema"), has_demo="demo" in options)


def _path(text: str, slashes: str, rest: str) -> str:
    if len(slashes) < 3 and rest:
        raise AddressError(
            f"{text!r} has {len(slashes)} slashes where three belong: sqlite:///{rest} for a file in the current "
            f"folder, sqlite:////{rest} for one from the root."
        )
    try:
        path = unquote(slashes[3:] + rest, errors="strict")
    except UnicodeDecodeError:
        raise AddressError(f"{text!r} has bytes in it that are not UTF-8; a percent sign is written %25.") from None
    if path.startswith("file:"):  # as SQLite itself writes addresses
        path = re.sub(r"^file:(?://(?:localhost)?(?=/))?", "", path)
    if re.match(r"/[A-Za-z]:[/\\]", path):
        path = path[1:]
    if "\0" in path:
        raise AddressError("The path of a database cannot have a zero byte in it.")
    return "" if path == ":memory:" else path


def _options(text: str | None) -> dict[str, str]:
    options: dict[str, str] = {}
    for part in (text or "").split("&"):
        name, _, value = part.partition("=")
        if not part or (name, value) == ("uri", "true"):
            continue
        if name not in _OPTIONS:
            raise AddressError(
                f'Addresses of SQLite databases have no option "{name}".{suggestion(nearest(name, _OPTIONS))} There '
                "are mode (ro, rw, rwc), timeout (seconds), schema (a version, such as 4.13.0) and demo. A question "
                "mark in the name of a file is written %3F."
            )
        if name == "demo" and value:
            raise AddressError(f'The option "demo" takes no value, such as "{value}": sqlite:///show.db?demo')
        if name in options:
            raise AddressError(f'The option "{name}" is given twice.')
        options[name] = unquote(value)
    return options
