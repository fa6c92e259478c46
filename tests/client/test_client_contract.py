"""ftrack_api still is what the client folder believes it to be."""

import ast
import hashlib
import inspect
import operator
import textwrap
from typing import Any

import ftrack_api.accessor.server
import ftrack_api.session
import pytest
from client_support import FakeServer, Mounting

from trackteroid.client import arguments, contract, local_changes
from trackteroid.client.hydration import answers
from trackteroid.session import Session

READY, LOCKS = contract.READY_ATTRIBUTES, set(contract.LOCKS)


def find(name: str) -> Any:
    return operator.attrgetter(name)(ftrack_api)


def fingerprint(function: Any) -> str:
    """Return a digest of a function's syntax tree, the same in every Python and for every documentation and layout."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    words = [
        (
            type(node).__name__,
            [value for name, value in ast.iter_fields(node) if isinstance(value, str) and name != "kind"],
        )
        for node in ast.walk(tree)
    ]
    return hashlib.sha256(repr(words).encode()).hexdigest()[:16]


def test_the_initialiser_sets_the_attributes_that_reading_connects_for() -> None:
    session = Mounting(FakeServer()).stock()
    assert set(vars(session)) - READY == contract.CONNECTION_ATTRIBUTES - LOCKS | (LOCKS & set(vars(session)))
    assert set(vars(session)) >= READY
    assert LOCKS & set(vars(session))


def test_a_session_has_the_ready_attributes_before_it_connects() -> None:
    assert vars(Session()).keys() >= READY
    assert not vars(Session()).keys() & contract.CONNECTION_ATTRIBUTES


def test_an_entity_has_the_attributes_that_we_set_ourselves() -> None:
    session = Mounting(FakeServer()).stock()
    assert set(vars(session.types["Task"](session, {}, reconstructing=True))) == contract.ENTITY_ATTRIBUTES


@pytest.mark.promise("ftrack-api-changes-are-noticed")
@pytest.mark.parametrize(
    ("owner", "name"), [(owner, name) for owner, names in contract.PRIVATE_MEMBERS.items() for name in names]
)
def test_a_private_member_exists(owner: str, name: str) -> None:
    assert hasattr(find(owner), name)


def test_the_methods_that_decide_between_our_way_and_ftrack_apis_exist() -> None:
    for name in answers.SESSION_METHODS:
        assert inspect.isfunction(getattr(ftrack_api.session.Session, name))
    for name in (*answers.ENTITY_METHODS, *local_changes.RESETTING_METHODS):
        assert hasattr(find("entity.base.Entity"), name)


@pytest.mark.promise("session-takes-ftrack-api-arguments")
def test_the_arguments_of_a_session_are_ftrack_apis_and_ours() -> None:
    stock = inspect.signature(ftrack_api.Session.__init__).parameters
    ours = inspect.signature(Session.__init__).parameters
    assert list(ours) == [*stock, "reuse_query_results", "retries", "missing"]
    differing = [name for name in stock if ours[name].default != stock[name].default]
    assert differing == ["auto_populate"]
    assert set(arguments.ARGUMENTS) == set(stock) - {"self"}


@pytest.mark.promise("ftrack-api-changes-are-noticed")
@pytest.mark.parametrize(("name", "expected"), contract.REPRODUCED.items())
def test_what_we_reproduce_has_not_changed(name: str, expected: str) -> None:
    found = fingerprint(find(name))
    assert found in (expected, *contract.EARLIER.get(name, ())), (
        f"ftrack_api.{name} changed. Check that trackteroid.client still does the same, then note {found} for it in "
        "trackteroid/client/contract.py."
    )
