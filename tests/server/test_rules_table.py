"""The table of rules: it names what exists, and subtypes inherit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from server.writing import NOW, Server, create, fresh_server, update
from trackteroid.server.core.request import Actor, Request
from trackteroid.server.core.unit_of_work import UnitOfWork
from trackteroid.server.model import standard_model
from trackteroid.server.model.types import ObjectType
from trackteroid.server.rules import RULES, Rules, rules_of
from trackteroid.server.rules.step import Step


@pytest.fixture
def uow() -> Iterator[UnitOfWork]:
    with fresh_server() as server, server.engine.connect() as connection:
        yield UnitOfWork(Request(server.model, connection, Actor("a", "a"), NOW))


@pytest.mark.parametrize("name", sorted(RULES))
def test_rules_name_types_and_columns_that_exist(name: str) -> None:
    entity_type, rules = standard_model().type(name), RULES[name]
    assert entity_type.served
    assert entity_type.view is None or rules == Rules(read_only=rules.read_only)
    assert set(rules.needs) <= entity_type.stored().keys()
    assert {column for column in rules.optional if not entity_type.attributes[column].required} == set()


def test_subtypes_do_what_their_bases_do_and_more(uow: UnitOfWork) -> None:
    context, typed, task = (rules_of(uow.type(name)) for name in ("Context", "TypedContext", "Task"))
    assert task == typed
    assert typed.before[: len(context.before)] == context.before
    assert len(typed.before) > len(context.before)
    assert rules_of(uow.type("Disk")) == Rules()


def test_extending_adds_up() -> None:
    def rule(_step: Step) -> None: ...

    both = Rules(before=(rule,), needs=("a",), upsert=True).extended(
        Rules(before=(rule,), read_only="no", administrators="test")
    )
    assert both == Rules(before=(rule, rule), needs=("a",), upsert=True, read_only="no", administrators="test")


class TestStep:
    def step(self, uow: UnitOfWork, old: dict[str, object] | None = None, **values: object) -> Step:
        kind = uow.type("Scope")
        return Step(uow, kind, dict(values), old) if old else Step(uow, kind, dict(values))

    def test_a_new_row_changes_whatever_has_a_value(self, uow: UnitOfWork) -> None:
        step = self.step(uow, name="a", other=None)
        assert step.is_new
        assert (step.changes("name"), step.changes("other"), step.changes("absent")) == (True, False, False)

    def test_an_existing_row_changes_what_differs(self, uow: UnitOfWork) -> None:
        step = self.step(uow, {"id": "s", "name": "a", "other": 1}, name="a", other=2)
        assert not step.is_new
        assert (step.changes("name"), step.changes("other"), step.changes("id")) == (False, True, False)
        assert (step.value("id"), step.value("other")) == ("s", 2)

    def test_required_values_are_lacking_when_they_are_null(self, uow: UnitOfWork) -> None:
        assert self.step(uow).lacks("name")
        assert self.step(uow, name=None).lacks("name")
        assert not self.step(uow, name="").lacks("name")
        assert not self.step(uow, other=None).lacks("other")

    def test_only_new_rows_are_supplied(self, uow: UnitOfWork) -> None:
        new, old = self.step(uow), self.step(uow, {"id": "s"})
        for step in (new, old):
            step.supply("name", "a")
        assert (new.values, old.values) == ({"name": "a"}, {})


def test_every_type_without_needs_can_be_made_empty_handed() -> None:
    """The server's own defaults satisfy whatever the clients' schema requires and nobody else can know."""
    with fresh_server() as server:
        for name in ("User", "Group", "Job", "Timelog", "Timer", "Note", "Component", "Status", "WorkflowSchema"):
            made = server.one(create(name))
            assert made["__entity_type__"] == name
            assert server.one(update(name, str(made["id"])))["id"] == made["id"]


def test_site_object_types_are_typed_contexts_like_any_other() -> None:
    with fresh_server() as server:
        server.apply(create("ObjectType", "scene", name="Scene"))
        server.model = standard_model().with_object_types([ObjectType("scene", "Scene")])
        scene = server.one(create("Scene", name="sc", parent_id=_project(server)))
        assert (scene["__entity_type__"], scene["object_type_id"]) == ("Scene", "scene")
        general = server.one(create("TypedContext", name="t", object_type_id="scene", parent_id=scene["id"]))
        assert general["__entity_type__"] == "Scene"


def _project(server: Server) -> str:
    return server.project()
