"""The promises of the documentation and the tests that prove them name each other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from docs.pages import DOCS, ROOT

PAGE = DOCS / "promises.md"
TESTS = ROOT / "tests"

_KEBAB_CASE = re.compile(r"[a-z]+(-[a-z]+)*")


def _promises() -> list[tuple[str, str]]:
    """Return the name and the sentence of every promise, in the order of the page."""
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    cells = [re.split(r"(?<!\\)\|", row) for row in rows]
    return [(name.strip(" `"), sentence.strip()) for _, name, sentence, _ in cells]


@cache
def _markers() -> dict[str, list[str]]:
    """Return the promises that each test, or each class of tests, says it proves."""
    found: dict[str, list[str]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if "mark.promise" in text:
            file = path.relative_to(TESTS).as_posix()
            found |= {f"{file}::{test}": names for test, names in _marked(ast.parse(text)) if names}
    return found


def _marked(tree: ast.Module | ast.ClassDef, owner: str = "") -> Iterator[tuple[str, list[str]]]:
    """Yield every test and every class of tests with the promises that its own markers name."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name.lower().startswith("test"):
            yield f"{owner}{node.name}", [name for each in node.decorator_list for name in _names(each)]
            if isinstance(node, ast.ClassDef):
                yield from _marked(node, f"{owner}{node.name}::")


def _names(decorator: ast.expr) -> Iterator[str]:
    match decorator:
        case ast.Call(func=ast.Attribute(value=ast.Attribute(attr="mark"), attr="promise"), args=arguments):
            yield from (ast.literal_eval(each) for each in arguments)
        case _:
            pass


def test_every_promise_is_proven_by_a_test() -> None:
    proven = {name for names in _markers().values() for name in names}
    unproven = [name for name, _ in _promises() if name not in proven]
    assert unproven == [], 'mark the tests that prove these with @pytest.mark.promise("...")'


def test_every_marker_names_a_promise() -> None:
    promised = {name for name, _ in _promises()}
    unknown = [(test, name) for test, names in _markers().items() for name in names if name not in promised]
    assert unknown == [], f"these are not in {PAGE.name}"


def test_every_promise_has_a_name_of_its_own_and_says_what_holds() -> None:
    names = [name for name, _ in _promises()]
    assert [name for name in names if names.count(name) > 1 or not _KEBAB_CASE.fullmatch(name)] == []
    assert [name for name, sentence in _promises() if not sentence.endswith(".")] == []


def test_every_test_of_behaviour_says_which_promise_it_proves() -> None:
    silent = [test for path in sorted(TESTS.glob("behaviour/test_*.py")) for test in _tests_without_promise(path)]
    assert silent == [], 'say which promise these prove with @pytest.mark.promise("...")'


def _tests_without_promise(path: Path) -> Iterator[str]:
    marked = dict(_marked(ast.parse(path.read_text(encoding="utf-8"))))
    for test, names in marked.items():
        is_a_test = test.rpartition("::")[2].startswith("test")
        if is_a_test and not names and not marked.get(test.rpartition("::")[0]):
            yield f"{path.name}::{test}"
