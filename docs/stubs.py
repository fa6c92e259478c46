"""Write the stubs of the package, for editors and type checkers: python docs/stubs.py.

Attributes are those of the server in the box, criteria are declarations; neither is code. A test compares the stubs
with what is written here. Those of another server are written by `trackteroid stubs`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from trackteroid.schema.types import Schema
from trackteroid.server.model import standard_model
from trackteroid.stubs import Site, modules

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "trackteroid"


def stubs() -> Mapping[Path, str]:
    """Return the texts of the stubs by their place."""
    site = Site(Schema.from_schemas(standard_model().schemas))
    return {PACKAGE / path: text for path, text in modules(site, "python docs/stubs.py").items()}


if __name__ == "__main__":
    for path, text in stubs().items():
        path.write_text(text, encoding="utf-8", newline="\n")
