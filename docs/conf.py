"""Configuration of Sphinx."""

import sys
from pathlib import Path
from typing import Any

from trackteroid.constants import __VERSION__

project = "Trackteroid"
author = "The Trackteroid developers"
release = version = __VERSION__
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "Trackteroid"
# Pages also read well where they are, on a code host, so they link to files outside of the documentation.
suppress_warnings = ["myst.xref_missing"]

sys.path.insert(0, str(Path(__file__).parent))


def setup(app: Any) -> None:
    """Draw the pictures of the pages before these are read."""
    import pictures  # found only now

    app.connect("builder-inited", lambda _: pictures.draw())
