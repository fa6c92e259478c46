"""Configuration of Sphinx."""

import sys
from pathlib import Path
from typing import Any

from trackteroid.constants import __VERSION__

project = "Trackteroid"
author = "The Trackteroid developers"
release = version = __VERSION__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
default_role = "literal"  # docstrings write `name` as pages do
myst_heading_anchors = 3
html_theme = "furo"
html_title = "Trackteroid"
html_static_path = ["_static"]
html_logo = "_static/logo.svg"
html_favicon = "_static/logo.svg"
# Pages also read well where they are, on a code host, so they link to files outside of the documentation.
# Errors are also attributes of classes that raise them, so that a name in a docstring may be found twice.
suppress_warnings = ["myst.xref_missing", "ref.python"]

sys.path.insert(0, str(Path(__file__).parent))


def setup(app: Any) -> None:
    """Draw the pictures of the pages before these are read."""
    import pictures  # found only now

    app.connect("builder-inited", lambda _: pictures.draw())
    app.connect("autodoc-process-docstring", _keep_sentences, priority=400)  # before Napoleon, which has 500


def _keep_sentences(_app: Any, what: str, _name: str, _value: object, _options: Any, lines: list[str]) -> None:
    """Let a sentence with a colon about an attribute stay one: Napoleon takes what is before the colon for a type."""
    if lines and what in ("attribute", "data", "property"):
        head, colon, rest = lines[0].partition(": ")
        lines[:1] = [head + colon.rstrip(), *filter(None, [rest])]  # at the end of a line it is left alone
