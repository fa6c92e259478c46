"""The stub that completes ``Query(Shot).`` in editors is what the declarations say."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import trackteroid
from trackteroid import Query
from trackteroid.entities import Entity

DOCS = Path(__file__).parents[2] / "docs"
sys.path.insert(0, str(DOCS))
import stubs  # noqa: E402 - lives with what is generated

sys.path.remove(str(DOCS))

TYPES = [name for name in trackteroid.entities.__all__ if getattr(trackteroid, name) is not Entity]


@pytest.fixture(scope="module")
def classes() -> dict[str, ast.ClassDef]:
    tree = ast.parse(stubs.STUB.read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}


def offered(classes: dict[str, ast.ClassDef], name: str) -> set[str]:
    """The criteria that an editor finds on a class of the stub, its bases included."""
    if name not in classes or name == "Query":
        return set()
    own = {node.name for node in classes[name].body if isinstance(node, ast.FunctionDef)}
    return own.union(*(offered(classes, base.id) for base in classes[name].bases if isinstance(base, ast.Name)))


def test_it_is_what_the_declarations_say() -> None:
    assert stubs.STUB.read_text(encoding="utf-8") == stubs.stub(), "run: python docs/stubs.py"


@pytest.mark.parametrize("name", TYPES)
def test_editors_offer_exactly_the_criteria_of_a_type(classes: dict[str, ast.ClassDef], name: str) -> None:
    interactive = {each for each in dir(Query(getattr(trackteroid, name))) if each.startswith(("by_", "not_by_"))}
    assert offered(classes, f"{name}Query") == interactive | {"inject"}


def test_every_criterion_has_a_docstring(classes: dict[str, ast.ClassDef]) -> None:
    methods = [node for name, each in classes.items() if name != "Query" for node in each.body]
    missing = [node.name for node in methods if isinstance(node, ast.FunctionDef) and not ast.get_docstring(node)]
    assert missing == []
