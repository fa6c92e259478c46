"""What the package imports is what it declares: by itself, or in the extra of those who import it."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from docs.pages import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

pytestmark = pytest.mark.slow

SOURCE = ROOT / "src" / "trackteroid"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

#: The extras that each room may rely on. What is not here relies on none.
ROOMS = {
    "server": {"server", "postgres", "media", "objects"},
    "testing": {"testing", "server"},
    "cli/databases.py": {"server"},
    "cli/workers.py": {"server"},
}
#: What functions import when somebody asks for it, in the extra that they name.
ASKED_FOR = {"display/tables.py": "display", "progress.py": "display", "tabular.py": "export"}
#: What is not declared, because it is used only where it is there anyway.
GUESTS = {"IPython", "ipywidgets", "packaging"}


def _imported(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield the packages that a module imports, and whether it does so only inside of functions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node, is_inside in _walk(tree, is_inside=False):
        names = [each.name for each in node.names] if isinstance(node, ast.Import) else [node.module or ""]
        for name in names:
            top = name.partition(".")[0]
            if top not in sys.stdlib_module_names and top != "trackteroid":
                yield top, is_inside


def _walk(node: ast.AST, *, is_inside: bool) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    if isinstance(node, ast.Import) or (isinstance(node, ast.ImportFrom) and not node.level):
        yield node, is_inside
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return
    for child in ast.iter_child_nodes(node):
        yield from _walk(child, is_inside=is_inside or isinstance(child, ast.FunctionDef))


def _declared(extras: set[str]) -> set[str]:
    """Return the folded names of the packages that are installed with these extras."""
    lines = [*PROJECT["dependencies"], *(line for each in extras for line in PROJECT["optional-dependencies"][each])]
    return {re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!;~ ]", line)[0]).lower() for line in lines}


def _of(path: Path, table: dict[str, set[str]] | dict[str, str]) -> set[str]:
    place = path.relative_to(SOURCE).as_posix()
    found = [each for start, each in table.items() if place == start or place.startswith(f"{start}/")]
    return {extra for each in found for extra in ([each] if isinstance(each, str) else each)}


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python does not know there which package brings ftrack_api")
def test_every_package_that_is_imported_is_declared() -> None:
    packages = metadata.packages_distributions()
    undeclared: dict[str, str] = {}
    for path in sorted(SOURCE.glob("**/*.py")):
        for package, is_inside in _imported(path):
            allowed = _declared(_of(path, ROOMS) | (_of(path, ASKED_FOR) if is_inside else set()))
            if package not in GUESTS and not {each.lower() for each in packages.get(package, [package])} & allowed:
                undeclared[f"{package} in {path.relative_to(SOURCE).as_posix()}"] = ", ".join(sorted(allowed))
    assert not undeclared


def test_an_extra_that_is_asked_for_brings_what_is_missing() -> None:
    wrong: list[str] = []
    for path in sorted(SOURCE.glob("**/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "optional":
                module, extra = (ast.literal_eval(each) for each in node.args[:2])
                package = module.partition(".")[0]
                if package not in (_declared({extra}) if extra else GUESTS):
                    wrong.append(f"{package} is not in {extra!r}: {path.name}")
    assert not wrong
