"""Where the key comes from that `trackteroid serve` accepts."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import click

from trackteroid.cli.instructions import LOOPBACK

#: The variables that a key is looked for in.
VARIABLES: Final = ("TRACKTEROID_SERVE_KEY", "FTRACK_API_KEY")
#: The characters that a key has at least that other machines can try to guess.
_LEAST: Final = 20
_FIT: Final = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class Key:
    """A key and where it is.

    Attributes:
        text: The key; None lets the server make one.
        place: What holds it, so that it need not be printed; None if nothing does.
    """

    text: str | None = field(default=None, repr=False)
    place: str | None = None


def find_key(given: str | None, path: Path | None, host: str) -> Key:
    """Return the key of the command line, of a file or of the environment, in this order.

    Raises:
        ClickException: It cannot be one, or is too short for a server that others reach.
    """
    if given is not None and path is not None:
        raise click.UsageError("Give the key with --key or with --key-file, not with both.")
    variable = next((name for name in VARIABLES if os.environ.get(name, "").strip()), None)
    if given is not None:
        key = Key(given)
    elif path is not None:
        key = Key(read_key(path), f"the file {path}")
    elif variable is not None:
        key = Key(os.environ[variable].strip(), f"the variable {variable}")
    else:
        return Key()
    where = key.place or "--key"
    if not _FIT.fullmatch(key.text or ""):
        raise click.ClickException(
            f"What {where} has is no key: a key is one line of ASCII letters, digits and signs, without blanks."
        )
    if host not in LOOPBACK and len(key.text or "") < _LEAST:
        raise click.ClickException(
            f"The key of {where} has fewer than {_LEAST} characters, which is too short on {host}, where other "
            "machines can try. Leave it out to get a random one."
        )
    return key


def read_key(path: Path) -> str:
    """Return the key in a file.

    Raises:
        ClickException: the file cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise click.ClickException(f"The key cannot be read from {path}: {reason}.") from error
