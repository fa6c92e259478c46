"""Continuous integration does on Windows, where there is no make, what `make test` does."""

from __future__ import annotations

import re

from docs.pages import ROOT

WORKFLOW = (ROOT / ".github" / "workflows" / "tests.yml").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n\t\t", "")


def _recipe(target: str) -> list[str]:
    """The Python commands of a target, as they are for the Python on the path."""
    found = re.search(rf"^{re.escape(target)}:.*\n(?P<lines>(?:\t.*\n)*)", MAKEFILE, re.MULTILINE)
    assert found, f"the Makefile has no target {target}"
    return [line.strip().replace("$(BIN)/", "") for line in found["lines"].splitlines() if "$(BIN)/python" in line]


def test_windows_installs_and_runs_what_make_test_does() -> None:
    indentation = " " * 10
    script = "".join(f"{indentation}{line}\n" for line in [*_recipe("$(STAMP)"), *_recipe("test")])
    assert script in WORKFLOW, f"the step for Windows has to be:\n{script}"


def test_every_python_that_the_distribution_names_is_tried() -> None:
    named = re.findall(r"Programming Language :: Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text("utf-8"))
    matrix = re.search(r"^ +python: \[(.*)\]$", WORKFLOW, re.MULTILINE)
    assert named
    assert matrix
    assert set(named) <= set(re.findall(r'"(3\.\d+)"', matrix[1]))
