"""Custom attributes: values by the type of their configuration, in both views, and links."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from server.writing import ADA, BOB, Operation, Server, builtin_id, create, delete, fresh_server, ref, update
from trackteroid.server.core.failures import Failure, IntegrityError, ValidationError, ValueError_


@pytest.fixture
def server() -> Iterator[Server]:
    with fresh_server() as server:
        for kind in KINDS:
            server.apply(configuration(kind))
        yield server


@pytest.fixture
def shot(server: Server) -> str:
    return server.context("Shot", server.project(), name="s")


KINDS = ("text", "boolean", "date", "enumerator", "dynamic enumerator", "number", "expression", "url")


def configuration(kind: str, name: str | None = None, **data: Any) -> Operation:
    """A custom attribute of shots with values of one type; its id and key are its name or that of the type."""
    settings: dict[str, Any] = {
        "key": name or kind,
        "label": kind,
        "entity_type": "task",
        "object_type_id": builtin_id("ObjectType", "Shot"),
        "type_id": builtin_id("CustomAttributeType", kind),
        "config": "{}",
    }
    return create("CustomAttributeConfiguration", name or kind, **(settings | data))


def dense(kind: str, entity_id: str, value: Any) -> Operation:
    return update("ContextCustomAttributeValue", [kind, entity_id], value=value)


def tagged(value: str) -> dict[str, str]:
    return {"__type__": "datetime", "value": value}


#: type, value, as kept, as searched: text and number
VALUES: list[tuple[str, Any, Any, str | None, float | None]] = [
    ("text", "a", "a", "a", None),
    ("text", "", "", "", None),
    ("url", "http://x", "http://x", "http://x", None),
    ("expression", "(self.a)", "(self.a)", "(self.a)", None),
    ("number", 5, 5, "5", 5.0),
    ("number", 5.0, 5.0, "5", 5.0),
    ("number", 0.25, 0.25, "0.25", 0.25),
    ("boolean", True, True, "true", 1.0),
    ("boolean", False, False, "false", 0.0),
    ("date", tagged("2020-01-02T03:04:05+01:00"), tagged("2020-01-02T02:04:05"), "2020-01-02T02:04:05", None),
    ("date", "2020-01-02", tagged("2020-01-02T00:00:00"), "2020-01-02T00:00:00", None),
    ("enumerator", ["a"], ["a"], "a", None),
    ("enumerator", ["a", "b"], ["a", "b"], "a,b", None),
    ("enumerator", "a, b", ["a", "b"], "a,b", None),
    ("enumerator", [], [], None, None),  # nothing chosen is no value, and meets no comparison
    ("enumerator", [""], [], None, None),
    ("dynamic enumerator", ["a"], ["a"], "a", None),
    ("dynamic enumerator", ["a, b"], ["a, b"], "a, b", None),
    ("dynamic enumerator", "a, b", ["a", "b"], "a,b", None),
    *((kind, None, None, None, None) for kind in KINDS),
    # an empty text is a text; of all other types it is no value
    *((kind, "", "", "", None) for kind in ("text", "url", "expression")),
    *((kind, "", None, None, None) for kind in KINDS if kind not in ("text", "url", "expression")),
]


@pytest.mark.parametrize(("kind", "value", "kept", "text", "number"), VALUES)
@pytest.mark.slow
def test_values_are_kept_typed_and_searchable(
    server: Server, shot: str, kind: str, value: Any, kept: Any, text: str | None, number: float | None
) -> None:
    assert server.one(dense(kind, shot, value)) == {
        "__entity_type__": "ContextCustomAttributeValue",
        "configuration_id": kind,
        "entity_id": shot,
        "key": kind,
        "value": kept,
    }
    (row,) = server.rows("CustomAttributeValue")
    assert row == {"configuration_id": kind, "entity_id": shot, "value": kept, "text": text, "number": number}


WRONG: list[tuple[str, Any]] = [
    ("number", "5"),
    ("number", True),
    ("number", float("inf")),
    ("number", 10**400),
    ("text", 5),
    ("text", ["a"]),
    ("boolean", "true"),
    ("boolean", 1),
    ("date", "soon"),
    ("date", 5),
    ("enumerator", 5),
    ("enumerator", [5]),
    ("url", False),
]


@pytest.mark.parametrize(("kind", "value"), WRONG)
@pytest.mark.parametrize("view", ["ContextCustomAttributeValue", "CustomAttributeValue"])
def test_values_of_another_type_are_refused(server: Server, shot: str, kind: str, value: Any, view: str) -> None:
    if view == "ContextCustomAttributeValue":
        operation = dense(kind, shot, value)
    else:
        operation = create(view, configuration_id=kind, entity_id=shot, value=value)
    with pytest.raises(ValidationError, match=f'Custom attribute value for "{kind}" must be of type {kind}. Got '):
        server.apply(operation)
    assert server.rows("CustomAttributeValue") == []


def test_the_first_value_is_stored_and_the_next_one_changes_it(server: Server, shot: str) -> None:
    for value in (1, 2):
        server.apply(dense("number", shot, value))
    server.apply(update("CustomAttributeValue", ["number", shot], value=3))
    server.apply(create("CustomAttributeValue", configuration_id="number", entity_id=shot, value=4))
    assert [row["value"] for row in server.rows("CustomAttributeValue")] == [4]


def test_an_entity_and_its_values_are_made_in_one_batch(server: Server) -> None:
    project = server.project()
    server.apply(create("Shot", "s", name="s", parent_id=project), dense("number", "s", 5))
    assert [(row["entity_id"], row["value"]) for row in server.rows("CustomAttributeValue")] == [("s", 5)]


def test_other_kinds_of_entities_have_values_too(server: Server) -> None:
    server.apply(configuration("text", "nick", entity_type="user", object_type_id=None))
    answer = server.one(update("UserCustomAttributeValue", ["nick", ADA], value="countess"))
    assert (answer["__entity_type__"], answer["entity_id"]) == ("UserCustomAttributeValue", ADA)


FAILING: list[tuple[Operation, type[Failure], str]] = [
    (update("CustomAttributeValue", ["number", "SHOT"], value=1), ValueError_, "Could not find entity CustomAttri"),
    (dense("number", "gone", 1), ValueError_, "Could not find entity ContextCustomAttributeValue with entity_key [num"),
    (dense("gone", "SHOT", 1), IntegrityError, "There is no CustomAttributeConfiguration gone"),
    (
        create("CustomAttributeValue", configuration_id="number", entity_id="gone", value=1),
        IntegrityError,
        "CustomAttributeValue (configuration_id number, entity_id gone) refers to ",
    ),
]


@pytest.mark.parametrize(("operation", "failure", "message"), FAILING)
def test_values_need_an_entity_and_a_configuration(
    server: Server, shot: str, operation: Operation, failure: type[Failure], message: str
) -> None:
    key = operation.get("entity_key", [])
    operation = {**operation, "entity_key": [shot if part == "SHOT" else part for part in key]}
    with pytest.raises(failure) as caught:
        server.apply(operation)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("view", ["CustomAttributeValue", "ContextCustomAttributeValue"])
def test_a_deleted_value_is_gone_in_both_views(server: Server, shot: str, view: str) -> None:
    server.apply(dense("number", shot, 5))
    server.apply(delete(view, "number", shot))
    assert server.rows("CustomAttributeValue") == []


def test_values_go_with_their_entity_and_with_their_configuration(server: Server, shot: str) -> None:
    other = server.context("Shot", server.project())
    server.apply(dense("number", shot, 1), dense("number", other, 1), dense("text", other, "a"))
    server.apply(delete("Shot", shot))
    assert {row["entity_id"] for row in server.rows("CustomAttributeValue")} == {other}
    server.apply(delete("CustomAttributeConfiguration", "number"))
    assert [row["configuration_id"] for row in server.rows("CustomAttributeValue")] == ["text"]


def test_defaults_are_typed_and_searchable(server: Server) -> None:
    server.apply(configuration("number", "speed", default=24))
    row = server.row("CustomAttributeConfiguration", "speed")
    assert (row["default"], row["default_text"], row["default_number"]) == (24, "24", 24.0)
    server.apply(update("CustomAttributeConfiguration", "speed", default=25))
    assert server.row("CustomAttributeConfiguration", "speed")["default_text"] == "25"
    with pytest.raises(ValidationError, match=r'Custom attribute value for "speed" must be of type number\. Got "x"'):
        server.apply(update("CustomAttributeConfiguration", "speed", default="x"))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("text", "url", "expression")])
@pytest.mark.parametrize("given", [{}, {"default": ""}, {"default": None}], ids=repr)
def test_no_default_is_no_value_of_any_type(server: Server, kind: str, given: dict[str, Any]) -> None:
    server.apply(configuration(kind, "unset", **given))
    row = server.row("CustomAttributeConfiguration", "unset")
    assert (row["default"], row["default_text"], row["default_number"]) == (None, None, None)


def test_no_default_of_a_text_is_the_empty_text(server: Server) -> None:
    server.apply(configuration("text", "unset"), configuration("text", "none", default=None))
    assert server.row("CustomAttributeConfiguration", "unset")["default"] == ""
    assert server.row("CustomAttributeConfiguration", "none")["default"] is None


def test_a_key_occurs_once_per_kind_of_entity(server: Server) -> None:
    server.apply(configuration("number", "speed"))
    with pytest.raises(IntegrityError, match='There is a custom attribute "speed" for task already'):
        server.apply(configuration("number", "other", key="speed"))
    server.apply(configuration("number", "other", key="speed", object_type_id=builtin_id("ObjectType", "Sequence")))
    server.apply(configuration("number", "third", key="speed", project_id=server.project()))


HIERARCHICAL = {"entity_type": "show", "object_type_id": None, "is_hierarchical": True}


def test_a_hierarchical_key_occurs_once_per_project(server: Server) -> None:
    project = server.project()
    server.apply(configuration("number", "all", key="speed", **HIERARCHICAL))
    server.apply(configuration("number", "here", key="speed", **HIERARCHICAL, project_id=project))
    server.apply(configuration("number", "shot", key="speed"))
    for again in ({"entity_type": "show"}, {"entity_type": "task"}, {"project_id": project}):
        with pytest.raises(IntegrityError, match=r'"speed" for show already: CustomAttributeConfiguration (all|here) '):
            server.apply(configuration("number", "again", **(HIERARCHICAL | {"key": "SPEED"} | again)))
    with pytest.raises(IntegrityError, match=r"already: CustomAttributeConfiguration all \(hierarchical, for show\)"):
        server.apply(update("CustomAttributeConfiguration", "shot", is_hierarchical=True))


def test_keys_that_meet_at_an_entity_are_spelt_alike(server: Server) -> None:
    server.apply(configuration("number", "all", key="Übergang", **HIERARCHICAL))
    with pytest.raises(IntegrityError, match='"übergang" must be spelt "Übergang"'):
        server.apply(configuration("number", "shot", key="übergang"))
    server.apply(configuration("number", "user", key="übergang", entity_type="user", object_type_id=None))


def test_what_a_configuration_is_about_is_settled(server: Server) -> None:
    with pytest.raises(ValidationError, match="The type of a custom attribute cannot be changed"):
        server.apply(update("CustomAttributeConfiguration", "text", type_id=builtin_id("CustomAttributeType", "url")))
    with pytest.raises(ValidationError, match="cannot be restricted to one project"):
        server.apply(update("CustomAttributeConfiguration", "text", project_id=server.project()))


class TestLinks:
    @pytest.fixture(autouse=True)
    def links(self, server: Server) -> None:
        server.apply(
            create(
                "CustomAttributeLinkConfiguration",
                "supervisor",
                key="supervisor",
                entity_type="task",
                object_type_id=builtin_id("ObjectType", "Shot"),
                entity_type_to="user",
            )
        )

    def test_a_link_knows_both_of_its_ends(self, server: Server, shot: str) -> None:
        answer = server.one(create("CustomAttributeLink", "l", configuration_id="supervisor", from_id=shot, to_id=ADA))
        assert answer["__entity_type__"] == "UserCustomAttributeLink"
        row = server.row("CustomAttributeLink", "l")
        assert (row["from_entity_type"], row["to_entity_type"]) == ("Shot", "User")
        assert (row["from_kind"], row["to_kind"]) == ("ContextCustomAttributeLinkFrom", "UserCustomAttributeLink")

    @pytest.mark.parametrize("end", ["from_id", "to_id"])
    def test_both_ends_must_exist(self, server: Server, shot: str, end: str) -> None:
        ends = {"from_id": shot, "to_id": ADA} | {end: "gone"}
        with pytest.raises(IntegrityError, match=rf"refers to \w+ gone \({end}\), which does not exist"):
            server.apply(create("CustomAttributeLink", configuration_id="supervisor", **ends))

    def test_one_to_one_links_connect_an_entity_with_one_other(self, server: Server, shot: str) -> None:
        server.apply(update("CustomAttributeLinkConfiguration", "supervisor", one_to_one=True))
        other = server.context("Shot", server.project())
        link = {"configuration_id": "supervisor", "from_id": shot, "to_id": ADA}
        server.apply(create("CustomAttributeLink", "first", **link))
        for second in ({"to_id": BOB}, {"from_id": other}):
            with pytest.raises(IntegrityError, match="one-to-one"):
                server.apply(create("CustomAttributeLink", **(link | second)))
        server.apply(delete("CustomAttributeLink", "first"), create("CustomAttributeLink", **(link | {"to_id": BOB})))
        server.apply(create("CustomAttributeLink", **(link | {"from_id": other})))
        assert len(server.rows("CustomAttributeLink")) == 2

    def test_other_links_connect_an_entity_with_many(self, server: Server, shot: str) -> None:
        link = {"configuration_id": "supervisor", "from_id": shot}
        server.apply(*(create("CustomAttributeLink", **link, to_id=user) for user in (ADA, BOB)))
        assert len(server.rows("CustomAttributeLink")) == 2

    def test_links_go_with_either_end(self, server: Server, shot: str) -> None:
        configuration = ref("CustomAttributeLinkConfiguration", "supervisor")
        for gone in (("Shot", shot), ("User", BOB)):
            if not server.rows("Context", id=shot):
                shot = server.context("Shot", server.project())
            server.apply(create("CustomAttributeLink", configuration=configuration, from_id=shot, to_id=BOB))
            server.apply(delete(*gone))
            assert server.rows("CustomAttributeLink") == []
