"""What entities that came in an answer keep their values in behaves as what ftrack_api makes for them."""

from __future__ import annotations

import copy
import pickle
import sys
from typing import Any

import pytest
from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.symbol import NOT_SET

from trackteroid.client.entities import (
    Places,
    Values,
    forget_all_but_key,
    forget_key,
    has_local_values,
    local_in,
    local_references,
    remote_in,
    stored_names,
    take,
    value_in,
    values_in,
)

PLACES = Places(["id", "name"])


def values() -> Values:
    return Values(PLACES, ("1", "sh010"))


def pair(remote: Any, local: Any = NOT_SET) -> dict[str, Any]:
    return {"local": local, "remote": remote}


@pytest.mark.parametrize(
    "look",
    [
        dict,
        lambda found: {**found},
        lambda found: dict(found.items()),
        lambda found: dict(zip(found, found.values(), strict=True)),
        lambda found: {name: found[name] for name in found},
    ],
)
def test_whoever_looks_at_all_of_it_finds_all_values(look: Any) -> None:
    assert look(values()) == {"id": pair("1"), "name": pair("sh010")}
    assert len(values()) == 2
    assert "name" in values()
    assert "status" not in values()


def test_what_was_set_here_stays_when_the_server_tells_more() -> None:
    storage = values()
    storage["name"]["local"] = "mine"
    take(storage, Places(["id", "name", "bid"]), ("1", "theirs", 8.0))
    assert dict(storage) == {"id": pair("1"), "name": pair("theirs", "mine"), "bid": pair(8.0)}
    take(storage, PLACES, ("1", "again"))
    assert storage["name"] == pair("again", "mine")


def test_copies_do_not_share_what_is_set() -> None:
    storage = values()
    storage["name"]["local"] = "mine"
    for other in (copy.deepcopy(storage), pickle.loads(pickle.dumps(storage))):
        assert dict(other) == dict(storage)
        other["id"]["local"] = "2"
        assert storage["id"]["local"] is NOT_SET


def test_reading_makes_nothing_that_stays() -> None:
    many = [Values(PLACES, (str(number), "sh010")) for number in range(10)]
    size = sys.getsizeof(many[0])
    assert values_in(many, "name") == ["sh010"] * 10
    assert values_in(many, "status") == [NOT_SET] * 10
    assert not any(storage.pairs for storage in many)
    assert sys.getsizeof(many[0]) == size


def test_names_and_changes_are_found_without_making_pairs() -> None:
    entity: Any = type("Entity", (), {})()
    entity._ftrack_attribute_storage = storage = values()
    assert stored_names(entity) == ["id", "name"]
    assert not has_local_values(entity)
    assert not storage.pairs


# Rows of values that were set here.


def given() -> Values:
    return Values(Places(["id", "name"], is_local=True), ("1", "sh010"))


def test_a_row_that_was_given_is_local() -> None:
    assert dict(given()) == {"id": pair(NOT_SET, "1"), "name": pair(NOT_SET, "sh010")}
    assert [local_in(given(), name) for name in ("id", "status")] == ["1", NOT_SET]
    assert [remote_in(given(), name) for name in ("id", "status")] == [NOT_SET, NOT_SET]
    assert [value_in(given(), name) for name in ("id", "status")] == ["1", NOT_SET]


def test_what_was_given_stays_local_when_the_server_tells_of_it() -> None:
    storage = given()
    take(storage, Places(["id", "bid"]), ("1", 8.0))
    assert dict(storage) == {"id": pair("1", "1"), "name": pair(NOT_SET, "sh010"), "bid": pair(8.0)}


def test_references_are_found_among_what_was_given_and_set_since() -> None:
    entity, status, other = (FtrackEntity.__new__(FtrackEntity) for _ in range(3))
    for each in (entity, status, other):
        each.entity_type = "Task"
    places = Places(["id", "status", "type"], is_local=True, references=("status", "type"))
    row: Any = Values(places, ("1", status, None))
    storage: Any = pickle.loads(pickle.dumps(Values(places)))
    assert (storage.places, storage.places.is_local, storage.places.references) == (places, True, ("status", "type"))
    vars(entity)["_ftrack_attribute_storage"] = row
    assert local_references(entity) == {"status": status}
    assert not row.pairs
    row["type"]["local"], row["status"]["local"] = other, None
    assert local_references(entity) == {"type": other}


@pytest.mark.parametrize("kept", [(), ("name",)])
def test_all_but_the_key_is_forgotten_until_the_server_tells_of_it(kept: tuple[str, ...]) -> None:
    storage = given()
    assert storage["name"]["local"] == "sh010"
    assert forget_all_but_key(storage, ("id",), kept)
    assert [local_in(storage, name) for name in ("id", "name")] == ["1", "sh010" if kept else NOT_SET]
    take(storage, PLACES, ("1", "theirs"))
    forget_key(storage, ["id"])
    assert remote_in(storage, "id") == "1"
    assert storage["name"] == pair("theirs", "sh010" if kept else NOT_SET)


def test_a_key_that_the_server_never_tells_is_forgotten() -> None:
    storage = given()
    forget_all_but_key(storage, ("id",))
    assert value_in(storage, "id") == "1"
    forget_key(storage, ["id"])
    assert value_in(storage, "id") is NOT_SET


def test_what_the_server_repeats_makes_no_pairs() -> None:
    storage = values()
    take(storage, Places(["name", "id"]), ("sh010", "1"))
    assert not storage.pairs
    take(storage, Places(["name", "bid"]), ("sh020", 8.0))
    assert dict(storage) == {"id": pair("1"), "name": pair("sh020"), "bid": pair(8.0)}
