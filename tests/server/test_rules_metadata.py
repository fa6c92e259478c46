"""Metadata: entries of a dictionary that several clients write at once."""

from __future__ import annotations

import pytest

from server.writing import ADA, Operation, Server, create, delete, update
from trackteroid.server.core.failures import IntegrityError, ValidationError, ValueError_


def test_a_key_that_a_colleague_has_removed_is_set_again(server: Server) -> None:
    project = server.project()
    shot = server.context("Shot", project)
    server.apply(create("Metadata", parent_id=shot, key="lens", parent_type="Shot", value="35mm"))
    server.apply(delete("Metadata", shot, "lens"))
    answer = server.one(update("Metadata", [shot, "lens"], value="50mm"))
    row = {"parent_id": shot, "key": "lens", "parent_type": "Shot", "value": "50mm"}
    assert answer == {"__entity_type__": "Metadata", **row}
    assert server.rows("Metadata") == [row | {"home_id": project}]


def test_a_key_that_a_colleague_has_removed_too_is_gone(server: Server) -> None:
    shot = server.context("Shot", server.project())
    server.apply(create("Metadata", parent_id=shot, key="lens", parent_type="Shot", value="35mm"))
    assert [server.one(delete("Metadata", shot, "lens")) for _ in range(2)] == [True, True]
    assert server.rows("Metadata") == []


def test_a_user_has_entries_too(server: Server) -> None:
    server.apply(update("Metadata", [ADA, "colour"], value="red"))
    assert server.rows("Metadata")[0]["parent_type"] == "User"
    server.apply(create("Metadata", parent_id=ADA, key="other", value="x"))
    assert {row["parent_type"] for row in server.rows("Metadata")} == {"User"}


@pytest.mark.parametrize("parent", ["gone", "SHOT"])
def test_entries_need_somebody_they_belong_to_and_a_value(server: Server, parent: str) -> None:
    shot = server.context("Shot", server.project())
    data = {"value": "x"} if parent == "gone" else {}
    with pytest.raises(ValueError_, match="Could not find entity Metadata with entity_key"):
        server.apply(update("Metadata", [shot if parent == "SHOT" else parent, "lens"], **data))


def test_keys_are_told_apart_by_their_case(server: Server) -> None:
    shot = server.context("Shot", server.project())
    server.apply(*(update("Metadata", [shot, key], value=key) for key in ("lens", "Lens", "LENS", "", " lens", "l\nb")))
    assert {row["key"]: row["value"] for row in server.rows("Metadata")} == {
        key: key for key in ("lens", "Lens", "LENS", "", " lens", "l\nb")
    }


@pytest.mark.parametrize(
    "made",
    [
        create("Metadata", key="k", value="v"),
        create("NoteLabelLink", label_id="l"),
        create("NoteLabelLink"),
        create("Recipient"),
    ],
    ids=lambda made: made["entity_type"],
)
def test_what_belongs_to_nothing_is_refused_in_words(server: Server, made: Operation) -> None:
    with pytest.raises((ValidationError, IntegrityError)):
        server.apply(made)
