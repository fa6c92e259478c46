"""What type checkers and editors see: stubs as the schema and the declarations say, and a program that has it all."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from checkers import PROGRAMS, mypy, pyright

import trackteroid
import trackteroid.query
from trackteroid import Query, Shot, Task
from trackteroid.collections import Values
from trackteroid.collections.attributes import Readable
from trackteroid.collections.missing import EMPTY_VALUES
from trackteroid.entities import Entity
from trackteroid.errors import InvalidArgumentsError, UnknownImportError

DOCS = Path(__file__).parents[2] / "docs"
sys.path.insert(0, str(DOCS))
import stubs  # noqa: E402 - lives with what is generated

sys.path.remove(str(DOCS))

TYPES = [name for name in trackteroid.entities.__all__ if getattr(trackteroid, name) is not Entity]
CHECKERS = [pytest.param(pyright, id="pyright"), pytest.param(mypy, id="mypy")]
Checker = Callable[[Path, Path], Mapping[int, list[str]]]


def test_the_stubs_are_what_the_schema_and_the_declarations_say() -> None:
    for path, text in stubs.stubs().items():
        assert path.read_text(encoding="utf-8") == text, "run: python docs/stubs.py"


@pytest.mark.slow
def test_an_attribute_is_known_by_name_and_type(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text("from trackteroid import Query, Shot\nQuery(Shot).get_one().name[0].nmae\n", encoding="utf-8")
    (message,) = pyright(program, tmp_path)[2]
    assert message.startswith('Cannot access attribute "nmae" for class "str"')


@pytest.mark.slow
@pytest.mark.parametrize("check", CHECKERS)
def test_checkers_have_nothing_against_what_is_right(check: Checker, tmp_path: Path) -> None:
    assert check(PROGRAMS / "right.py", tmp_path) == {}


@pytest.mark.slow
@pytest.mark.parametrize("check", CHECKERS)
def test_checkers_name_what_is_wrong_in_a_few_lines(check: Checker, tmp_path: Path) -> None:
    lines = (PROGRAMS / "wrong.py").read_text(encoding="utf-8").splitlines()
    expected = {number: line.split("  # ")[1] for number, line in enumerate(lines, start=1) if "  # " in line}
    found = check(PROGRAMS / "wrong.py", tmp_path)
    assert found.keys() == expected.keys()
    for number, named in expected.items():
        text = "\n".join(found[number])
        assert any(each in text for each in named.split("|")), (number, text)
        assert all(len(message.splitlines()) <= 10 for message in found[number])


@pytest.mark.parametrize("name", TYPES)
def test_the_class_of_its_queries_is_there_by_name(name: str) -> None:
    query = Query(getattr(trackteroid, name))
    assert type(query) is getattr(trackteroid.query, f"{name}Query")
    assert {rule for rule in query.entity_type.criteria if not hasattr(type(query), rule)} == set()


def test_a_query_class_asks_for_its_type_only() -> None:
    assert isinstance(trackteroid.query.ShotQuery(Shot).by_name("a"), trackteroid.query.ShotQuery)
    with pytest.raises(InvalidArgumentsError, match="ShotQuery asks for Shot, not for Task"):
        trackteroid.query.ShotQuery(Task)


def test_misspelt_query_classes_are_suggested() -> None:
    with pytest.raises(UnknownImportError, match="ShotQuery"):
        from trackteroid.query import ShtoQuery  # noqa: F401


def test_queries_of_derived_classes_have_the_criteria_too() -> None:
    class Careful(Query):  # type: ignore[type-arg]
        pass

    query = Careful(Shot).by_name("a")
    assert type(query) is Careful
    assert type(query.of_type(Task)) is Careful
    assert {"by_status", "not_by_status"} <= set(dir(query))


def test_values_are_lists_or_nothing() -> None:
    assert isinstance(["a"], Values)
    assert isinstance(EMPTY_VALUES, Values)
    assert not isinstance("a", Values)


def test_what_checkers_import_is_there_when_it_runs() -> None:
    """Names with an underscore are the business of the stubs."""
    for path in stubs.stubs():
        module = ".".join(path.relative_to(stubs.PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            target = node.name if isinstance(node, ast.ClassDef) else getattr(getattr(node, "target", None), "id", "_")
            if not target.startswith("_"):
                assert hasattr(__import__(module, fromlist=["*"]), target), (module, target)


def test_collections_have_no_attributes_by_class() -> None:
    assert not hasattr(Readable, "name")
