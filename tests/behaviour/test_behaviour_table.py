"""The table of what is promised is complete, and every test it names exists."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from behaviour_table import FILES, TABLE, TESTS

OWN_NAME = Path(__file__).name

#: How many numbered subsections each section of the contract has; sections 6 and 8 are one paragraph each.
SUBSECTIONS = {"1": 7, "2": 10, "3": 4, "4": 6, "5": 13, "7": 9, "9": 3}

#: Numbered steps inside of subsections.
STEPS = {"1.7": 4, "2.4": 7, "4.2": 5, "5.3": 6, "5.4": 6, "5.10": 3}

METHODS = {
    "2.7": "get_first get_one get_inputs",
    "5.5": "apply count filter fold group group_and_map map max min partition sort",
    "5.6": "union intersection difference symmetric_difference",
    "6": "attributes calls iteration equality sets writing create sources",
    "8": "RELATIONSHIPS_RESOLVER LOGGING_NAMESPACE ALLOWED_FOR_DELETION_RESOLVER WARN_ON_INJECT",
}

#: There is no D62, and one defect was split.
DEFECTS = {f"D{number}" for number in range(1, 71)} - {"D62"} | {"D12b"}

DECISIONS = {"Q": 14, "R": 5, "C": 18, "S": 8, "H": 5}


def _expected() -> Iterator[str]:
    yield from ("6", "8")
    for section, count in (*SUBSECTIONS.items(), *STEPS.items()):
        yield from (f"{section}.{number}" for number in range(1, count + 1))
    for section, names in METHODS.items():
        yield from (f"{section} {name}" for name in names.split())
    yield from DEFECTS
    for letter, count in DECISIONS.items():
        yield from (f"{letter}{number}" for number in range(1, count + 1))


@cache
def _tests_of(file: str) -> frozenset[str]:
    """Return the tests of a file as pytest names them, without their parameters."""
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            methods = [each.name for each in node.body if isinstance(each, ast.FunctionDef)]
            found.update(f"{node.name}::{name}" for name in methods if name.startswith("test"))
    return frozenset(found)


def _exists(node_id: str) -> bool:
    file, _, test = node_id.partition("::")
    return test in _tests_of(file)


def test_every_paragraph_defect_and_decision_is_in_the_table() -> None:
    expected = set(_expected())
    assert sorted(expected - set(TABLE)) == []
    assert sorted(set(TABLE) - expected) == [], "these are no entries; or extend what is expected"


def test_every_entry_says_what_holds_and_names_tests_that_exist() -> None:
    assert [entry.key for entry in TABLE.values() if not entry.statement.endswith(".") or not entry.tests] == []
    named = {test: entry.key for entry in TABLE.values() for test in entry.tests}
    missing = [f"{key}: {test}" for test, key in named.items() if not _exists(test)]
    assert missing == [], "renamed or removed tests: name the ones that prove these entries now"


def test_every_file_of_the_table_exists() -> None:
    assert [file for file in FILES.values() if not (TESTS / file).is_file()] == []
    assert all(file.rpartition("/")[2].startswith("test_") for file in FILES.values())


def test_every_test_of_behaviour_proves_an_entry() -> None:
    named = {test for entry in TABLE.values() for test in entry.tests}
    files = [f"behaviour/{path.name}" for path in sorted(TESTS.glob("behaviour/test_*.py")) if path.name != OWN_NAME]
    unused = [f"{file}::{test}" for file in files for test in sorted(_tests_of(file)) if f"{file}::{test}" not in named]
    assert unused == [], "add them to the entries they prove"
