"""The notebooks of the documentation run from top to bottom, and show what they show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from docs.pages import DOCS, ROOT

NOTEBOOKS = sorted((DOCS / "notebooks").glob("*.ipynb"))


def _shown(notebook: Any) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return what each cell of code shows: what it prints, and its values in every form; the log does not count."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [
        (
            "".join(each.text for each in cell.outputs if each.get("name") == "stdout"),
            [dict(each.data) for each in cell.outputs if "data" in each],
        )
        for cell in cells
    ]


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_runs_and_shows_what_is_stored_in_it(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    for name in ("FTRACK_SERVER", "FTRACK_API_USER", "FTRACK_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    stored = nbformat.read(path, as_version=4)
    fresh = nbformat.read(path, as_version=4)
    NotebookClient(fresh, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert _shown(fresh) == _shown(stored)


def test_a_first_look_shows_tables_as_html() -> None:
    stored = nbformat.read(DOCS / "notebooks" / "first-look.ipynb", as_version=4)
    assert any("text/html" in output for _, outputs in _shown(stored) for output in outputs)
