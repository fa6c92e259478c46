"""The unit of work: one object per row, that stays as the database has it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from server.writing import NOW, fresh_server
from trackteroid.server.core.among import among
from trackteroid.server.core.failures import IntegrityError, ValidationError
from trackteroid.server.core.request import Actor, Request
from trackteroid.server.core.unit_of_work import UnitOfWork, chunks, unit_of_work


@pytest.fixture
def uow() -> Iterator[UnitOfWork]:
    with fresh_server() as server, server.engine.begin() as connection:
        yield unit_of_work(Request(server.model, connection, Actor("a", "a"), NOW))


def test_a_batch_has_one_unit_of_work_and_one_record(uow: UnitOfWork) -> None:
    assert unit_of_work(uow.request) is uow
    assert uow.request.changes is uow.changes


def test_every_way_to_a_row_gives_the_same_object(uow: UnitOfWork) -> None:
    made = uow.insert("Scope", {"id": "s", "name": "a"})
    assert uow.find("Scope", "s") is uow.find("Scope", ("s",)) is made
    assert uow.select("Scope", "name", ["A"]) == [made]
    assert uow.find_all("Scope", [("s",), ("none",)]) == {("s",): made}
    assert uow.find("Scope", "none") is None


def test_rows_are_what_the_database_holds(uow: UnitOfWork) -> None:
    row = uow.insert("Scope", {"id": "s", "name": "a"})
    uow.write(row, {"name": "b"})
    stored = uow.execute(sa.select(uow.model.table(uow.type("Scope")))).mappings().one()
    assert row.values == {"id": "s", "name": "b"}
    assert dict(stored) == row.values | {"name_folded": None}


@pytest.mark.parametrize(
    ("name", "beside"), [("Äpfel", "äpfel"), ("APFEL", None), ("STRA\u1e9eE", "strasse"), (None, None)]
)
def test_what_databases_do_not_fold_is_stored_beside_the_text(
    uow: UnitOfWork, name: str | None, beside: str | None
) -> None:
    row = uow.insert("Scope", {"id": "s", "name": name})
    uow.insert_links("Scope", [{"id": "t", "name": name}])
    changed = uow.insert("Scope", {"id": "u", "name": "Ö"})
    uow.write(changed, {"name": name})
    table = uow.model.table(uow.type("Scope"))
    assert set(uow.execute(sa.select(table.c.name, table.c.name_folded))) == {(name, beside)}
    assert row.values == {"id": "s", "name": name}
    assert all("folded" not in column for change in uow.changes for column in change.new)


def test_many_rows_take_one_statement_per_few_hundred(uow: UnitOfWork) -> None:
    rows = [uow.insert("Scope", {"id": f"s{n:04}", "name": f"n{n}"}) for n in range(1001)]
    uow.write(rows, {"name": "same"})
    assert {row.values["name"] for row in uow.select("Scope", "name", ["same"])} == {"same"}
    assert [len(chunk) for chunk in chunks(range(1001))] == [400, 400, 201]
    uow.remove(rows)
    assert uow.find_all("Scope", [row.key for row in rows]) == {}
    assert list(uow.changes) == []


def test_rows_with_keys_of_several_parts_are_written_together(uow: UnitOfWork) -> None:
    rows = [uow.insert("Metadata", {"parent_id": "p", "key": key, "value": "1"}) for key in "abc"]
    uow.write(rows[:2], {"value": "2"})
    assert [row.values["value"] for row in uow.select("Metadata", "parent_id", ["p"])] == ["2", "2", "1"]
    uow.remove(rows[:2])
    assert [row.key for row in uow.select("Metadata", "parent_id", ["p"])] == [("p", "c")]


def test_rows_know_whether_they_are_still_there(uow: UnitOfWork) -> None:
    row = uow.insert("Scope", {"id": "s", "name": "a"})
    assert uow.is_current(row)
    uow.remove([row])
    again = uow.insert("Scope", {"id": "s", "name": "b"})
    assert not uow.is_current(row)
    assert uow.is_current(again)


def test_rows_of_a_family_have_their_concrete_type(uow: UnitOfWork) -> None:
    uow.insert("SequenceComponent", {"id": "c", "name": "main"})
    row = uow.find("Component", "c")
    assert row is not None
    assert row.type is uow.type("SequenceComponent")


def test_look_ups_are_remembered_until_forgotten(uow: UnitOfWork) -> None:
    answers = iter(range(10))
    assert [uow.remembered("kind", key, lambda: next(answers)) for key in ("a", "a", "b")] == [0, 0, 1]
    uow.forget("kind")
    uow.forget("unknown")
    assert uow.remembered("kind", "a", lambda: next(answers)) == 2


def test_a_key_that_exists_is_told(uow: UnitOfWork) -> None:
    uow.insert("Scope", {"id": "s", "name": "a"})
    with pytest.raises(IntegrityError, match=r'Scope "b" \(id s\) exists already'):
        uow.insert("Scope", {"id": "s", "name": "b"})


KEYS = [
    ("Scope", "s", ("s",)),
    ("Scope", ["s"], ("s",)),
    ("Metadata", ["p", "k"], ("p", "k")),
    ("Event", ["7"], (7,)),
    ("Event", 7, (7,)),
    ("Metadata", ["p", 3], ("p", "3")),
]


@pytest.mark.parametrize(("name", "given", "key"), KEYS)
def test_entity_keys_come_in_several_forms(uow: UnitOfWork, name: str, given: object, key: tuple[object, ...]) -> None:
    assert uow.key_of(uow.type(name), given) == key


@pytest.mark.parametrize(
    ("name", "given"), [("Scope", None), ("Scope", []), ("Scope", {}), ("Metadata", "p"), ("Event", ["x"])]
)
def test_other_entity_keys_are_refused(uow: UnitOfWork, name: str, given: object) -> None:
    with pytest.raises(ValidationError):
        uow.key_of(uow.type(name), given)


def stored(uow: UnitOfWork) -> set[str]:
    """The names of the scopes in the database, looked at past the unit of work."""
    scope = uow.model.table(uow.type("Scope"))
    return set(uow.request.transaction.execute(sa.select(scope.c.name)).scalars())


def test_what_is_written_waits_until_somebody_reads(uow: UnitOfWork) -> None:
    row = uow.insert("Scope", {"id": "s", "name": "a"})
    uow.write(row, {"name": "b"})
    assert uow.find("Scope", "s") is row
    assert stored(uow) == set()
    assert uow.request.connection is uow.request.transaction
    assert stored(uow) == {"b"}


def test_changes_of_one_row_keep_their_order(uow: UnitOfWork) -> None:
    row = uow.insert("Type", {"id": "t", "name": "0", "color": "0", "sort": 0})
    for values in (
        {"name": "1"},
        {"color": "1", "sort": 1},
        {"name": "2", "color": "2"},
        {"name": "3"},
        {"sort": 2},
        {"name": "4"},
    ):
        uow.write(row, values)
    kind = uow.model.table(uow.type("Type"))
    statement = sa.select(kind.c.name, kind.c.color, kind.c.sort).where(kind.c.id == "t")
    assert tuple(uow.execute(statement).one()) == ("4", "2", 2)


def test_a_row_that_others_have_removed_is_not_changed_silently(uow: UnitOfWork) -> None:
    row = uow.insert("Scope", {"id": "s", "name": "a"})
    scope = uow.model.table(uow.type("Scope"))
    uow.execute(sa.delete(scope))
    uow.write(row, {"name": "b"})
    with pytest.raises(LookupError, match="Of 1 rows of scope that were to be changed, only 0 are there"):
        uow.request.connection.execute(sa.select(scope))


def test_rows_that_were_looked_for_together_are_known_until_the_end(uow: UnitOfWork) -> None:
    one, other = (uow.insert("Metadata", {"parent_id": parent, "key": "k", "value": "v"}) for parent in "pq")
    assert uow.select("Metadata", "parent_id", ["p", "q"]) == [one, other]
    third = uow.insert("Metadata", {"parent_id": "p", "key": "l", "value": "v"})
    uow.remove([other])
    assert uow.select("Metadata", "parent_id", ["q", "p"]) == [one, third]
    assert uow.has_any(uow.type("Metadata"), "parent_id", ["q"]) is False
    assert uow.has_any(uow.type("Metadata"), "parent_id", ["unknown"]) is None


@pytest.mark.parametrize("values", [["a"], ["a", "b", "c"], ["a\0b", "c"], ["ä", '"', "'", "\\"], [], ["x"] * 5_000])
def test_a_list_of_any_length_is_one_condition(uow: UnitOfWork, values: list[str]) -> None:
    for name in dict.fromkeys([*values, "other"]):
        uow.insert("Scope", {"id": name, "name": "n"})
    scope = uow.model.table(uow.type("Scope"))
    found = uow.execute(sa.select(scope.c.id).where(among(scope.c.id, values))).scalars()
    assert set(found) == set(values)
