"""Names that people bring along from elsewhere, and slips of the pen, are answered with what was meant."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fake_session import FakeSession, record
from query_tools import recorded_schemas

import trackteroid
from trackteroid import Asset, AssetVersion, EntityCollection, List, Note, Query, Session, Shot, Task, entities
from trackteroid.collections import arguments as collection_habits
from trackteroid.entities import entity_class
from trackteroid.entities.base import EntityType
from trackteroid.errors import UnknownAttributeError, UnknownEntityTypeError, UnknownImportError, UnknownNameError
from trackteroid.query import help as query_help

UNCONNECTED = Session(server_url="https://nowhere.invalid", api_key="k", api_user="u")


def message(owner: Any, name: str) -> str:
    with pytest.raises(AttributeError) as caught:
        getattr(owner, name)
    return str(caught.value)


class TestQueries:
    @pytest.mark.parametrize(
        ("entity_type", "name", "meant"),
        [
            (Shot, "all", "Use get_all()."),
            (Shot, "one", "Use get_one()."),
            (Shot, "first", "Use get_first()."),
            (Shot, "limit", "Use get_all(limit=...)."),
            (Shot, "order_by", 'Use get_all(order_by="...").'),
            (Shot, "filter", "Use where(...) or one of the by_... criteria."),
            (Shot, "by_project", "Use by_name(Project, ...)."),
            (Shot, "not_by_projects", "Use not_by_name(Project, ...)."),
            (AssetVersion, "by_asset_name", "Use by_name(Asset, ...)."),
            (Asset, "by_asset_type", "Use by_name(AssetType, ...)."),
            (Shot, "by_status_name", "Use by_status(...)."),
            (Note, "by_project", "Use by_id(Project, ...)."),
            (List, "by_shot", "Use by_id(Shot, ...)."),
            (Shot, "by_nmae", 'Did you mean "by_name"?'),
            (Shot, "get_al", 'Did you mean "get_all"?'),
            (Shot, "by_bid_time", "Conditions compare any attribute: where(Shot.bid_time == ...)."),
        ],
    )
    def test_the_error_says_what_to_use(self, entity_type: Any, name: str, meant: str) -> None:
        assert message(Query(entity_type, UNCONNECTED), name) == (
            f"Query({entity_type.__name__}) has no attribute {name!r}. {meant}"
        )
        assert UNCONNECTED.connected is False

    def test_a_criterion_called_like_an_attribute_is_a_condition(self) -> None:
        query: Any = Query(Task, FakeSession())
        assert message(query, "by_bid").endswith("Conditions compare any attribute: where(Task.bid == ...).")
        assert message(query, "not_by_bid").endswith("Conditions compare any attribute: where(Task.bid != ...).")

    def test_every_type_is_understood_after_by(self) -> None:
        for name in entities.__all__:
            if name != "Entity" and f"by_{name.casefold()}" not in Task.criteria:
                assert f" Use by_name({name}, ...)." in message(Query(Task, UNCONNECTED), f"by_{name.casefold()}")

    def test_what_is_recommended_exists_and_works_on_queries(self) -> None:
        for name, called in query_help._CALLED.items():
            assert not hasattr(Query, name), name
            method = re.match(r"\w+", called)
            assert method
            assert hasattr(Query, method.group()) or method.group() in ("copy", "str", "by_id"), called


class TestCollections:
    @pytest.mark.parametrize(
        ("name", "meant"),
        [
            ("first", "Use [0], or [:1] where there may be none."),
            ("append", "Use union(...) or |: collections do not change."),
            ("order_by", "Use sort(...)."),
            ("save", "Use commit()."),
            ("fliter", 'Did you mean "filter"?'),
            ("fetch_atributes", 'Did you mean "fetch_attributes"'),
            ("descripton", 'Did you mean "description"?'),
        ],
    )
    @pytest.mark.parametrize("shots", [[record("Shot", "s")], []])
    def test_the_error_says_what_to_use(self, shots: list[Any], name: str, meant: str) -> None:
        session = FakeSession()
        session.answer("select id, name from Shot", shots)
        assert f" {meant}" in message(Query(Shot, session).get_all(), name)

    def test_what_is_recommended_exists(self) -> None:
        for called in collection_habits._CALLED.values():
            for method in re.findall(r"(\w+)\(", called):
                assert hasattr(EntityCollection, method) or method in ("Query", "len"), called

    def test_attributes_come_before_habits(self) -> None:
        session = FakeSession()
        session.answer("select id, name from Status", [record("Status", "s", name="a", sort=1)])
        assert collection_habits._CALLED.get("children")
        assert Query(entity_class("Status"), session).get_all().attribute("sort") == [1]


class TestClasses:
    @pytest.mark.parametrize("name", ["get_all", "get_one", "by_name", "not_by_status", "where", "inject"])
    def test_what_is_asked_of_queries_says_so(self, name: str) -> None:
        assert f"Query(Shot).{name}(...)" in message(Shot, name)

    def test_what_is_asked_of_collections_says_so(self) -> None:
        assert "Query(Shot).get_all().create(...)" in message(Shot, "create")

    def test_what_only_looks_like_a_criterion_is_reported_by_the_query(self) -> None:
        with pytest.raises(UnknownAttributeError, match='Shot has no attribute "by_nmae"'):
            Query(Shot, FakeSession()).get_all([Shot.by_nmae])

    def test_no_attribute_of_a_server_is_taken_for_one(self) -> None:
        names = {name for schema in recorded_schemas() for name in schema.get("properties", {})}
        own = dir(EntityType)
        assert [name for name in names if name not in own and f"{getattr(Shot, name)!r}" != f"Shot.{name}"] == []


def imported(name: str, module: str = "trackteroid") -> object:
    namespace: dict[str, object] = {}
    exec(f"from {module} import {name}", namespace)
    return namespace[name]


class TestImports:
    @pytest.mark.parametrize(
        ("name", "meant"),
        [
            ("Shoot", "Shot"),
            ("Shto", "Shot"),
            ("Shoott", "Shot"),
            ("SHOT", "Shot"),
            ("shot", "Shot"),
            ("Tasks", "Task"),
            ("Statuses", "Status"),
            ("Projekt", "Project"),
            ("AssetVerison", "AssetVersion"),
            ("Asset_Version", "AssetVersion"),
            ("assetversion", "AssetVersion"),
            ("Querry", "Query"),
            ("Sesion", "SESSION"),
            ("EntityColection", "EntityCollection"),
            ("qurey", "Query"),
        ],
    )
    def test_a_slip_is_an_import_error_that_says_what_was_meant(self, name: str, meant: str) -> None:
        with pytest.raises(ImportError, match=f'trackteroid has no "{name}". Did you mean "{meant}"') as caught:
            imported(name)
        assert isinstance(caught.value, UnknownImportError)
        assert isinstance(caught.value, trackteroid.TrackteroidError)
        assert caught.value.near[0] == meant

    @pytest.mark.parametrize(
        ("module", "name", "meant"),
        [("trackteroid.entities", "Shoot", "Shot"), ("trackteroid.query", "Qurey", "Query")],
    )
    def test_the_packages_below_say_it_too(self, module: str, name: str, meant: str) -> None:
        with pytest.raises(ImportError, match=f'{module} has no "{name}". Did you mean "{meant}"'):
            imported(name, module)

    def test_what_is_no_type_is_an_attribute_error_where_it_is_read(self) -> None:
        assert message(trackteroid, "shot") == 'trackteroid has no "shot". Did you mean "Shot"?'
        assert not hasattr(trackteroid, "qurey")

    @pytest.mark.parametrize("module", [trackteroid, entities])
    def test_names_that_programs_got_from_a_server_are_types(self, module: Any) -> None:
        assert module.Shoot is entity_class("Shoot")
        with pytest.raises(UnknownEntityTypeError, match=r'no entity type "Shoot". Did you mean "Shot"'):
            Query(module.Shoot, FakeSession()).get_all()

    @pytest.mark.parametrize("name", ["Scene", "Stage", "Slot", "Set", "Take", "Shot2", "SubSequence", "Node"])
    def test_other_types_are_left_to_the_server(self, name: str) -> None:
        assert imported(name) is entity_class(name)
        assert imported(name, "trackteroid.entities") is entity_class(name)

    @pytest.mark.parametrize("name", sorted(schema["id"] for schema in recorded_schemas()))
    def test_types_of_recorded_servers_are_no_slips(self, name: str) -> None:
        assert imported(name) is entity_class(name)

    def test_a_type_that_looks_like_a_slip_is_had_on_request(self) -> None:
        with pytest.raises(UnknownNameError, match=r'use entity_class\("Foldder"\)'):
            imported("Foldder")
        assert str(Query(entity_class("Foldder"), UNCONNECTED)) == "select id, name from Foldder"
        with pytest.raises(UnknownNameError):
            imported("Foldder")

    @pytest.mark.parametrize("name", ["testing", "cli", "chains", "session"])
    def test_modules_are_imported_as_before(self, name: str) -> None:
        assert imported(name).__name__ == f"trackteroid.{name}"  # pyright: ignore[reportAttributeAccessIssue]
