"""The copy of a server's schemas that the sessions of a machine share, so that not each of them asks for it."""

import json
import os
import tempfile
from logging import Logger
from pathlib import Path
from typing import Any


def exists(path: str) -> bool:
    """Return whether there is a copy: on a fresh machine there is none yet, which is nothing to report."""
    return os.path.exists(path)


def write(schemas: list[dict[str, Any]], path: str, log: Logger) -> None:
    """Keep a copy of *schemas*; where that is not possible, the log says so.

    It replaces the one before in one step, because several processes read it, and makes the folder for it.
    """
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=Path(path).parent, prefix=Path(path).name, delete=False) as file:
            json.dump(schemas, file)
        os.replace(file.name, path)
    except OSError as error:
        log.warning("The schema is not kept for the next time: %s cannot be written (%s).", Path(path), error)
