"""Pages as notebooks, which people can take along: the same text and code, with what the page says it prints.

A notebook has no second shell, so its server is in the kernel. What is between ``<!-- only on the page -->`` and
``<!-- end -->`` is left out, and ``BEGINNING`` is there instead.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent

#: The pages, and the notebooks that are made of them.
NOTEBOOKS = {FOLDER / "tutorial.md": FOLDER / "notebooks" / "tutorial.ipynb"}

BEGINNING = """\
Run this notebook from top to bottom. It needs Trackteroid with its server and pandas:
`pip install "trackteroid[server]" pandas`. The server is in the kernel, on a database in a folder of its own, with a
demo production: nothing has to be started, nothing you do can break anything, and nothing stays.
"""

_SETUP = """\
import os
import tempfile

os.chdir(tempfile.mkdtemp())
os.environ["FTRACK_SERVER"] = "sqlite:///day.db?demo"
"""

_ONLY_ON_THE_PAGE = re.compile(r"<!-- only on the page -->.*?<!-- end -->\n*", re.DOTALL)
_PIECE = re.compile(r"^```python\n(?P<code>.*?)^```$(?:\s*^```text\n(?P<shown>.*?)^```$)?", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\[(?P<text>[^]]+)\]\((?!https?:)[^)]*\)")


def notebook(page: Path) -> str:
    """Return the text of the notebook that is made of a page."""
    cells = [{"id": f"cell-{number}", **cell} for number, cell in enumerate(_cells(page.read_text(encoding="utf-8")))]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    whole = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _cells(text: str) -> Iterator[dict[str, Any]]:
    before, after = _ONLY_ON_THE_PAGE.split(text, maxsplit=1)
    yield from _written(f"{before}{BEGINNING}")
    yield _code(_SETUP, None)
    end = 0
    for piece in _PIECE.finditer(after):
        yield from _written(after[end : piece.start()])
        yield _code(piece["code"], piece["shown"])
        end = piece.end()
    yield from _written(after[end:])


def _written(text: str) -> Iterator[dict[str, Any]]:
    """Yield a cell of text, if there is any. Other pages are not beside the notebook, so links lead nowhere."""
    plain = _LINK.sub(r"*\g<text>*", text).strip()
    if plain:
        yield {"cell_type": "markdown", "metadata": {}, "source": _lines(plain)}


def _code(code: str, shown: str | None) -> dict[str, Any]:
    outputs = [{"name": "stdout", "output_type": "stream", "text": _lines(shown)}] if shown else []
    cell = {"cell_type": "code", "execution_count": None, "metadata": {}}
    return {**cell, "outputs": outputs, "source": _lines(code.strip())}


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def write() -> None:
    """Write all of them."""
    for page, path in NOTEBOOKS.items():
        path.write_text(notebook(page), encoding="utf-8")
