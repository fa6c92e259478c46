"""What editors and type checkers know of a server: stubs that are written from what it says of itself.

They are modules, and packages of these: a folder, or a wheel.
"""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from trackteroid.collections import EmptyCollection, EntityCollection
from trackteroid.constants import __VERSION__
from trackteroid.stubs.entities import attributes_stub, entities_stub
from trackteroid.stubs.queries import criteria_stub, named_stub
from trackteroid.stubs.site import Site, read_site

__all__ = ["Site", "files", "modules", "read_site", "write_package", "write_wheel"]

PACKAGE = "trackteroid-stubs"
"""What checkers look for: stubs that stand in for those of ``trackteroid`` itself."""

_MARKER = ("py.typed", "partial\n")  # all other modules are those of trackteroid
_INFO = f"trackteroid_stubs-{__VERSION__}.dist-info"
_THEN = (1980, 1, 1, 0, 0, 0)  # the same stubs make the same wheel, whenever that is


def modules(site: Site, command: str) -> Mapping[str, str]:
    """Return the stubs for a server, as texts by path in the package; *command* is what writes them."""
    hidden = {name for each in (EntityCollection, EmptyCollection) for base in each.__mro__ for name in vars(base)}
    return {
        "collections/attributes.pyi": attributes_stub(site, hidden, command),
        "entities/__init__.pyi": entities_stub(site, command),
        "query/asking.pyi": criteria_stub(site, command),
        "query/named.pyi": named_stub(site, command),
    }


def files(site: Site) -> Mapping[str, str]:
    """Return what is in a package of stubs for a server, as texts by path."""
    name, text = _MARKER
    return {name: text, **modules(site, "trackteroid stubs")}


def write_package(contents: Mapping[str, str], folder: Path) -> Path:
    """Write the package into a folder, in place of an older one; it is complete, or not there.

    Raises:
        FileExistsError: there is something of this name that is no package of stubs.
    """
    target = folder / PACKAGE
    name, text = _MARKER
    marker = target / name
    if target.exists() and not (marker.is_file() and marker.read_text(encoding="utf-8") == text):
        raise FileExistsError(
            f"{target} is there, and was not written by this command. Move it away, or write elsewhere."
        )
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{PACKAGE}-", dir=folder) as beside:
        made = Path(beside) / "new"
        for path, content in contents.items():
            (made / path).parent.mkdir(parents=True, exist_ok=True)
            (made / path).write_text(content, encoding="utf-8", newline="\n")
        if target.exists():
            os.replace(target, Path(beside) / "old")
        os.replace(made, target)
    return target


def write_wheel(contents: Mapping[str, str], folder: Path) -> Path:
    """Write a wheel of the package into a folder, to be installed beside ``trackteroid``."""
    every = {f"{PACKAGE}/{path}": text for path, text in contents.items()} | {
        f"{_INFO}/METADATA": (
            f"Metadata-Version: 2.1\nName: trackteroid-stubs\nVersion: {__VERSION__}\n"
            f"Summary: What one ftrack server has, for editors and type checkers.\n"
            f"Requires-Dist: trackteroid=={__VERSION__}\n"
        ),
        f"{_INFO}/WHEEL": "Wheel-Version: 1.0\nGenerator: trackteroid\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    for path, text in every.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
        record += f"{path},sha256={digest},{len(text.encode())}\n"
    every[f"{_INFO}/RECORD"] = f"{record}{_INFO}/RECORD,,\n"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"trackteroid_stubs-{__VERSION__}-py3-none-any.whl"
    with tempfile.TemporaryDirectory(prefix=f".{PACKAGE}-", dir=folder) as beside:
        made = Path(beside) / target.name
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, text in every.items():
                archive.writestr(zipfile.ZipInfo(path, _THEN), text.encode(), zipfile.ZIP_DEFLATED)
        os.replace(made, target)
    return target
