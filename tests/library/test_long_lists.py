"""Long lists cost as much as their changes, not as much as all the lists that there were in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.list_tools import demo, session_of
from trackteroid.client.commit import batch as changes
from trackteroid.client.commit.batch import TYPE, Edit, edit_between, without_common_ends
from trackteroid.operations.record import ListRecord
from trackteroid.operations.values import EntityReference, References
from trackteroid.server import EmbeddedServer

MANY = 150
KEYS = st.lists(st.integers(0, 7).map(str), unique=True, max_size=8)


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    with demo() as server:
        yield server


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The members of lists that somebody has asked for their keys."""
    seen: list[Any] = []
    for place, name in ((changes, "reference_to"), (EntityReference, "of")):
        monkeypatch.setattr(place, name, noting(seen, getattr(place, name)))
    return seen


def noting(seen: list[Any], original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def noted(entity: Any) -> Any:
        seen.append(entity)
        return original(entity)

    return noted


def without_notes(session: Any) -> str:
    return session.query("select id from AssetVersion where not notes any ()").first()["id"]


def append_notes(session: Any, key: str) -> None:
    version = session.query(f"select notes from AssetVersion where id is {key}").one()
    for number in range(MANY):
        version["notes"].append(session.create("Note", {"content": f"note {number}"}))


def test_a_commit_looks_at_what_was_appended_and_not_at_all_lists_before(
    server: EmbeddedServer, looked_at: list[Any]
) -> None:
    with session_of(server) as session:
        key = without_notes(session)
        append_notes(session, key)
        session.commit()
        assert len(looked_at) < 10 * MANY
        assert len(session.query(f"Note where parent_id is {key}").all()) == MANY


def test_so_does_a_file(server: EmbeddedServer, looked_at: list[Any], tmp_path: Path) -> None:
    with session_of(server) as session:
        key = without_notes(session)
        with session.deferred_operations(tmp_path / "notes.dbm"):
            append_notes(session, key)
        session.reconnect_and_commit(tmp_path / "notes.dbm")
        assert len(looked_at) < 20 * MANY
        assert len(session.query(f"Note where parent_id is {key}").all()) == MANY


def test_twenty_thousand_members_are_told_from_as_many() -> None:
    comparisons: list[None] = []

    class Counted(str):
        def __eq__(self, other: object) -> bool:
            comparisons.append(None)
            return super().__eq__(other)

        __hash__ = str.__hash__

    def references(numbers: range) -> References:
        items = (EntityReference("Note", (("id", Counted(number)),)) for number in numbers)
        return References(tuple(items))

    owner = EntityReference("Task", (("id", "owner"),))
    change = ListRecord.between(owner, "notes", references(range(20_000)), references(range(10_000, 30_000)))
    assert (len(change.added.items), len(change.removed.items)) == (10_000, 10_000)
    assert len(comparisons) < 100_000


def members(keys: list[str]) -> list[dict[str, str]]:
    return [{TYPE: "Note", "id": key} for key in keys]


@given(KEYS, KEYS)
def test_what_two_lists_begin_and_end_with_is_no_change(old: list[str], new: list[str]) -> None:
    before, after = without_common_ends(members(old), members(new))
    assert not (before and after and before[0] == after[0])
    assert not (before and after and before[-1] == after[-1])
    edit = edit_between(members(old), members(new))
    assert {key for (key,) in edit.added} == set(new) - set(old)
    assert {key for (key,) in edit.removed} == set(old) - set(new)


@given(st.lists(KEYS, min_size=2))
def test_changes_one_after_the_other_are_the_change_from_the_first_list_to_the_last(lists: list[list[str]]) -> None:
    steps = [edit_between(members(old), members(new)) for old, new in pairwise(lists)]
    assert Edit.combined(steps) == edit_between(members(lists[0]), members(lists[-1]))
