"""Asking questions: what a criterion means on a real production, and what it is sent as."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import datetime
from typing import Any

import ftrack_api.exception
import pytest
from behaviour_world import selected, where

from trackteroid import (
    SCHEMA,
    Asset,
    AssetVersion,
    Component,
    ComponentLocation,
    Criteria,
    EntityCollection,
    Folder,
    Job,
    Manager,
    Metadata,
    Note,
    ObjectType,
    Priority,
    Project,
    Query,
    Recipient,
    Sequence,
    Session,
    Shot,
    State,
    Status,
    Task,
    Timelog,
    Type,
    TypedContext,
    User,
)
from trackteroid.errors import MissingValueWarning
from trackteroid.schema.relations import SchemaEntry

# The text of a query.


@pytest.mark.promise(
    "query-text-is-stable",
    "conditions-from-near-to-far",
    "one-value-or-several",
    "percent-is-a-wildcard",
    "targets-are-reached-by-relation",
    "id-of-a-target-without-a-join",
    "inject-is-kept-in-parentheses",
)
@pytest.mark.parametrize(
    ("build", "conditions"),
    [
        (lambda q: q(AssetVersion).by_id("a"), '(id is "a")'),
        (lambda q: q(AssetVersion).by_id("a", "b"), '(id in ("a","b"))'),
        (lambda q: q(AssetVersion).by_id("c%", "a", "b"), '(id in ("a","b") or id like "c%")'),
        (lambda q: q(AssetVersion).by_version(1, 2), '(version in ("1","2"))'),
        (lambda q: q(AssetVersion).by_publish_state(False), '(is_published is "False")'),
        (lambda q: q(AssetVersion).by_name("x"), 'asset has (name is "x")'),
        (lambda q: q(Task).by_id(Project, "p"), '(project_id is "p")'),
        (lambda q: q(Component).by_id(Asset, "p", "q"), 'version has (asset_id in ("p","q"))'),
        (lambda q: q(Asset).by_id(AssetVersion, "p"), 'versions any (id is "p")'),
        (lambda q: q(Task).by_id(Project, "p", "q%"), 'project has (id is "p" or id like "q%")'),
        (lambda q: q(Task).by_id(Shot, "p"), 'parent[Shot] has (id is "p")'),
        (lambda q: q(Asset).by_name('a "b" \\'), r'(name is "a \"b\" \\")'),
        (lambda q: q(Shot).not_by_name("this is it"), '(name is_not "this is it")'),
        (lambda q: q(Asset).not_by_name("this is it"), '(name is_not "this is it" or name is none)'),
        (lambda q: q(Shot).not_by_name("x%", "y", "z"), '(name not_in ("y","z") and name not_like "x%")'),
        (lambda q: q(AssetVersion).not_by_name(Task, "x"), 'not task has (name is "x")'),
        (lambda q: q(Asset).not_by_id(AssetVersion, "x"), 'not versions any (id is "x")'),
        (lambda q: q(Component).not_by_size(minimum=5), '(size < "5" or size is none)'),
        (lambda q: q(Shot).inject("name is 1 or name is 2").by_id("x"), '(name is 1 or name is 2) and (id is "x")'),
        (lambda q: q(Shot).inject("android is 1"), "(android is 1)"),
        (lambda q: q(Shot).inject("and order is 1", "where or_ is 2"), "(order is 1) and (or_ is 2)"),
        (
            lambda q: q(AssetVersion).by_status("a").by_name("b.c.d.e").by_version(1),
            '(version is "1") and (status.name is "a") and asset has (name is "b.c.d.e")',
        ),
    ],
)
@pytest.mark.slow
def test_conditions_are_written_as_people_know_them_from_logs(near: Session, build: Any, conditions: str) -> None:
    assert where(build(lambda entity_type: Query(entity_type, session=near))) == conditions


@pytest.mark.promise("repeated-criteria-add-values-and-narrow-ranges", "no-values-find-nothing")
@pytest.mark.parametrize(
    ("build", "conditions"),
    [
        (lambda q: q.by_name("a").by_name("b").by_name("a"), '(name in ("a","b"))'),
        (
            lambda q: q.by_name("a").not_by_name("b").by_name("c").not_by_name("d"),
            '(name in ("a","c")) and (name not_in ("b","d"))',
        ),
        (
            lambda q: q.by_name(Project, "p").by_name("a").by_name(Project, "q"),
            '(name is "a") and project has (name in ("p","q"))',
        ),
        (
            lambda q: q.by_lifespan(start="2026-01-01").by_lifespan(end="2026-02-01"),
            'start_date >= "2026-01-01" and end_date < "2026-02-02"',
        ),
        (
            lambda q: q.by_metadata({"a": "b"}).by_metadata({"c": "d"}),
            '((metadata any (key is "a" and value is "b")) or (metadata any (key is "c" and value is "d")))',
        ),
        (lambda q: q.by_id(), "()"),
        (lambda q: q.not_by_id(*[]), ""),
    ],
)
def test_repeated_criteria_add_values_to_each_other(near: Session, build: Any, conditions: str) -> None:
    assert where(build(Query(Shot, session=near))) == conditions


@pytest.mark.promise("criteria-change-the-query")
def test_a_criterion_changes_the_query_and_returns_it(near: Session) -> None:
    query = Query(Shot, session=near)
    assert query.by_name("a") is query
    assert query.not_by_id("b") is query
    assert query.inject("name is 1") is query
    assert [criterion.name for criterion in query.criteria] == ["by_name", "by_id", "inject"]
    query.criteria.clear()
    assert len(query.criteria) == 3, "the list is the reader's own"


@pytest.mark.promise("copied-queries-are-independent")
def test_a_copy_of_a_query_goes_its_own_way(near: Session) -> None:
    query = Query(Shot, session=near, schema=SchemaEntry("other")).by_name("a")
    copied = copy.copy(query).by_name("b")
    assert (copied.session, copied.schema) == (near, query.schema)
    assert where(query) == '(name is "a")'
    assert where(copied) == '(name in ("a","b"))'


@pytest.mark.promise("query-shows-what-it-asks")
def test_a_query_knows_what_it_asks(near: Session) -> None:
    query = Query(AssetVersion, session=near)
    assert (query.entity_type, query.session, query.schema) == (AssetVersion, near, SCHEMA.default)
    assert query.primary_key == "id"
    assert query.projections == AssetVersion.projections == ["id", "asset.name", "version"]
    assert str(query) == str(Query(AssetVersion, session=near, schema=SCHEMA.default))


# Criteria on the demo production: each finds what people mean by it.

Ask = Callable[[Any], Query]


@pytest.fixture
def ask(session: Session) -> Ask:
    return lambda entity_type: Query(entity_type, session=session)


@pytest.mark.promise(
    "criteria-find-what-they-say",
    "no-values-find-nothing",
    "wrong-arguments-are-refused-by-the-call",
    "inject-adds-own-text",
)
@pytest.mark.parametrize(
    ("build", "count"),
    [
        (lambda q: q(Asset).by_name("SomeAsset"), 3),
        (lambda q: q(Asset).by_name(Project, "DummyProject", "DummyProject2"), 10),
        (lambda q: q(Asset).by_name("SomeAsset").by_name(Project, "DummyProject", "DummyProject2"), 2),
        (lambda q: q(AssetVersion).by_name("SomeAsset").by_version(1, 2).by_name(Project, "Dummy%"), 2),
        (lambda q: q(Shot).by_name(Project, "nope"), 0),
        (lambda q: q(Shot).by_name(Sequence, "bc"), 6),
        (lambda q: q(Task).by_name(Shot, "bc0040"), 3),
        (lambda q: q(TypedContext).by_name("bc0040"), 1),
        (lambda q: q(User).by_name("mira"), 1),
        (lambda q: q(AssetVersion).by_publish_state(False), 63),
        (lambda q: q(AssetVersion).not_by_publish_state(True), 63),
        (lambda q: q(Component).by_size(), None),
        (lambda q: q(Shot).by_id(*[]), 0),
        (lambda q: q(Shot).not_by_id(*[]), 25),
        (lambda q: q(Shot).inject('name is "bc0040" or name is "bc0030"').by_name("bc0040"), 1),
    ],
)
def test_criteria_find_what_they_say(ask: Ask, build: Any, count: int | None) -> None:
    if count is None:
        with pytest.raises(Criteria.InvalidArgumentsError):
            build(ask)
    else:
        assert len(build(ask).get_all()) == count


@pytest.mark.promise("opposites-split-everything")
@pytest.mark.parametrize(
    ("entity_type", "criterion"),
    [
        (Asset, lambda q, negated: (q.not_by_name if negated else q.by_name)("Some%", "AnotherAsset")),
        (Asset, lambda q, negated: (q.not_by_name if negated else q.by_name)(Project, "sync", "Dummy%")),
        (Task, lambda q, negated: (q.not_by_name if negated else q.by_name)(Project, "sync", "Dummy%")),
        (AssetVersion, lambda q, negated: (q.not_by_status if negated else q.by_status)("Approved", "%eview")),
        (AssetVersion, lambda q, negated: (q.not_by_publisher if negated else q.by_publisher)("mira")),
        (
            AssetVersion,
            lambda q, negated: (q.not_by_publish_time if negated else q.by_publish_time)(start="2026-02-01"),
        ),
        (Component, lambda q, negated: (q.not_by_size if negated else q.by_size)(minimum=1000000)),
        (Component, lambda q, negated: (q.not_by_location if negated else q.by_location)("ftrack.unmanaged")),
        (Task, lambda q, negated: (q.not_by_assignee if negated else q.by_assignee)("mira", "s%")),
        (Task, lambda q, negated: (q.not_by_state if negated else q.by_state)("Done")),
        (Shot, lambda q, negated: (q.not_by_metadata if negated else q.by_metadata)({"a": "b"}, {"c": "d%"})),
        (
            Shot,
            lambda q, negated: (q.not_by_metadata if negated else q.by_metadata)({"camera": "A", "lens": "no such"}),
        ),
    ],
)
def test_an_entity_meets_a_criterion_or_its_opposite(near: Session, entity_type: Any, criterion: Any) -> None:
    def ask(of: Any) -> Query:
        return Query(of, session=near)

    positive, negative = criterion(ask(entity_type), False), criterion(ask(entity_type), True)
    having, lacking, everything = positive.get_all(), negative.get_all(), ask(entity_type).get_all()
    assert not having & lacking
    assert set((having | lacking).keys()) == set(everything.keys())


TEXTS = (
    'say "hi"',
    "back\\slash",
    "ends \\",
    "limit 5",
    "offset 2",
    "this is it",
    "{x}",
    "\u6f22 \u00e9",
    "it's",
    "a or b",
)


@pytest.mark.promise("values-arrive-unchanged")
def test_any_text_is_found_as_it_was_written(author: Session, project: Any) -> None:
    project.children[Folder].create_batch(*({"name": text} for text in TEXTS))
    author.commit()
    folders = Query(Folder, session=author).by_id(Project, *project.id)
    everything = {*TEXTS, "folder"}
    for text in TEXTS:
        assert copy.copy(folders).by_name(text).get_all().name == [text]
        assert set(copy.copy(folders).not_by_name(text).get_all().name) == everything - {text}
    assert set(copy.copy(folders).by_name(*TEXTS).get_all().name) == set(TEXTS)


@pytest.mark.promise("percent-is-a-wildcard")
def test_wildcards_can_be_meant_literally(author: Session, project: Any) -> None:
    project.children[Folder].create_batch({"name": "100%"}, {"name": "100 km"})
    author.commit()
    folders = Query(Folder, session=author).by_id(Project, *project.id)
    assert sorted(copy.copy(folders).by_name("100%").get_all().name) == ["100 km", "100%"]
    assert copy.copy(folders).by_name("100\\%").get_all().name == ["100%"]


# Projections.


class TestProjections:
    @pytest.mark.promise("what-was-not-asked-for-is-not-set")
    def test_what_was_not_asked_for_is_not_set_and_false(self, fresh: Session) -> None:
        version = Query(AssetVersion, session=fresh).get_first()
        with pytest.warns(MissingValueWarning, match='"comment" of AssetVersion was not loaded'):
            assert not version.comment[0]
        with fresh.reading_missing("not_set"):
            assert repr(version.comment) == "[Symbol(NOT_SET)]"
        assert Query(AssetVersion, session=fresh).get_first(projections=["comment"]).comment == ["Hello World"]

    @pytest.mark.promise("default-projections-come-first")
    def test_defaults_come_first_and_nothing_twice(self, near: Session, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level("INFO", "trackteroid.query"):
            Query(AssetVersion, session=near).get_first(projections=["version", Project.name, "comment", "comment"])
        text = caplog.messages[0]
        assert "select id, asset.name, version, task.project.name, comment from AssetVersion" in text

    @pytest.mark.promise("projections-hold-for-one-call")
    def test_they_hold_for_one_call(self, fresh: Session) -> None:
        query = Query(AssetVersion, session=fresh)
        query.get_first(projections=["comment"])
        assert selected(query) == "id, asset.name, version"
        assert repr(query.get_first().fetch_attributes().task) == "EmptyCollection[Task] (not loaded)"

    @pytest.mark.promise("projections-can-be-names-types-or-chains")
    def test_a_type_stands_for_the_path_to_it(self, ask: Ask) -> None:
        found = ask(AssetVersion).get_first(projections=[Project.name])
        assert found.Project.name == found.task.project.name == ["DummyProject"]

    @pytest.mark.promise("chains-can-be-kept")
    def test_chains_can_be_kept_and_continued(self, ask: Ask) -> None:
        state = Task.State
        names = [state.name, state.short]
        assert list(map(str, names)) == ["Task.State.name", "Task.State.short"]
        assert not hasattr(state, "__wrapped__")
        found = ask(AssetVersion).get_first(projections=names)
        assert found.Task.State.name[0]
        assert found.Task.State.short[0]

    @pytest.mark.promise("projections-can-be-names-types-or-chains")
    def test_a_chain_may_begin_with_the_queried_type(self, ask: Ask) -> None:
        assert ask(AssetVersion).get_first(projections=[AssetVersion.comment]).comment == ["Hello World"]

    @pytest.mark.promise("projections-come-in-a-list-tuple-or-set")
    @pytest.mark.parametrize("container", [list, tuple, set])
    def test_they_come_in_a_list_a_tuple_or_a_set(self, ask: Ask, container: Any) -> None:
        assert ask(AssetVersion).get_first(projections=container(["comment"])).comment == ["Hello World"]

    @pytest.mark.promise("projections-can-be-names-types-or-chains")
    def test_long_paths_end_in_values(self, ask: Ask) -> None:
        found = ask(AssetVersion).get_first(projections=["comment", "asset.parent.project.name"])
        assert found.asset.parent.project.name == ["DummyProject"]


# Terminators.


class TestTerminators:
    @pytest.mark.promise("order-by-several-and-related-keys")
    def test_the_server_orders_by_what_is_not_even_loaded(self, ask: Ask) -> None:
        found = ask(Asset).get_all(limit=8, order_by="parent.project.name", order="descending")
        found.fetch_attributes("parent.project.name")
        assert found.parent.project.name == ["sync"]

    @pytest.mark.promise("order-by-several-and-related-keys")
    def test_several_keys_order_one_after_the_other(self, ask: Ask) -> None:
        for order, is_reversed in (("ascending", False), ("descending", True)):
            found = ask(AssetVersion).get_all(limit=40, order_by=["asset.name", "version"], order=order)
            pairs = [(version.asset.name[0].casefold(), version.version[0]) for version in found]
            assert pairs == sorted(pairs, reverse=is_reversed)

    @pytest.mark.promise("server-orders-and-limits")
    def test_descending_numbers(self, ask: Ask) -> None:
        versions = ask(AssetVersion).get_all(limit=8, order="descending", order_by="version").version
        assert versions == sorted(versions, reverse=True)
        assert len(versions) == 8

    @pytest.mark.promise("server-orders-and-limits")
    def test_null_values_are_ordered_by_the_server_too(self, ask: Ask) -> None:
        assert len(ask(Task).get_all(order_by="end_date")) == 100

    @pytest.mark.promise("pages-join-without-a-gap")
    def test_pages_join_without_a_gap(self, ask: Ask) -> None:
        parts = [ask(Task).get_all(limit=40, offset=offset, order_by=["name", "id"]) for offset in (0, 40, 80)]
        assert [len(part) for part in parts] == [40, 40, 20]
        assert len(parts[0] | parts[1] | parts[2]) == 100

    @pytest.mark.promise("limit-of-zero-asks-nothing")
    @pytest.mark.parametrize("ask_for", [{"limit": 0}, {"limit": 0, "projections": ["description"]}])
    def test_a_limit_of_zero_asks_nothing(self, near: Session, requests_of: Any, ask_for: dict[str, Any]) -> None:
        assert near.schemas
        with requests_of(near) as asked:
            assert repr(Query(Shot, session=near).get_all(**ask_for)) == "EmptyCollection[Shot]"
        assert asked == []

    @pytest.mark.promise("finding-nothing-is-no-error")
    @pytest.mark.parametrize("method", ["get", "get_all", "get_first"])
    def test_finding_nothing_is_no_error(self, ask: Ask, method: str) -> None:
        found = getattr(ask(Asset).by_name("nope"), method)()
        assert repr(found) == "EmptyCollection[Asset]"
        assert (found or "text") == "text"

    @pytest.mark.promise("get-first-is-by-primary-key")
    def test_the_first_is_the_first_by_primary_key(self, ask: Ask) -> None:
        ids = sorted(ask(Shot).get_all().id)
        assert ask(Shot).get_first().id == ids[:1]
        assert ask(Shot).get_first(offset=2).id == ids[2:3]

    @pytest.mark.promise("get-one-is-exactly-one")
    def test_one_is_exactly_one(self, ask: Ask) -> None:
        one = ask(Project).by_name("sync").get_one()
        assert isinstance(one, EntityCollection)
        assert len(one) == 1

    @pytest.mark.promise("get-one-is-exactly-one")
    @pytest.mark.parametrize(
        ("wanted", "error"),
        [
            ("nope", ftrack_api.exception.NoResultFoundError),
            ("%", ftrack_api.exception.MultipleResultsFoundError),
        ],
    )
    def test_none_or_several_are_errors_that_show_the_query(self, ask: Ask, wanted: str, error: Any) -> None:
        query = ask(Asset).by_name(wanted)
        with pytest.raises(error) as raised:
            query.get_one()
        assert str(query) in str(raised.value)

    @pytest.mark.promise("inputs-and-outputs-follow-links")
    def test_inputs_and_outputs_are_each_others_opposite(self, ask: Ask) -> None:
        linked = ask(AssetVersion).inject("incoming_links any ()").get_all()
        assert linked, "the demo production has linked versions"
        inputs = ask(AssetVersion).by_id(*linked[0].id).get_inputs(AssetVersion, projections=["comment"])
        assert len(inputs.comment) == len(inputs) > 0
        outputs = ask(AssetVersion).by_id(*inputs.id).get_outputs()
        assert linked[0] in outputs

    @pytest.mark.promise("inputs-and-outputs-follow-links")
    def test_without_links_there_are_no_inputs(self, ask: Ask) -> None:
        assert repr(ask(Shot).by_name("nope").get_inputs(Shot)) == "EmptyCollection[Shot]"


# Types and relations.


@pytest.mark.promise("entities-are-told-apart-by-type-and-key", "keys-and-values")
@pytest.mark.parametrize("entity_type", [Recipient, Metadata])
def test_entities_without_an_id_are_told_apart(ask: Ask, session: Session, entity_type: Any) -> None:
    found = ask(entity_type).get_all()
    assert len(found) == len(
        session.query(f"select {', '.join(found.values()[0].primary_key_attributes)} from {entity_type}").all()
    )
    assert {type(key) for key in found.keys()} == {tuple}  # noqa: SIM118


@pytest.mark.promise("members-of-any-type-can-be-read")
def test_members_of_any_type_can_be_read(ask: Ask) -> None:
    task = ask(Task).get_first(projections=["priority.name", "managers", "status_changes"])
    assert repr(task.priority) == "EntityCollection[Priority]{1}"
    assert isinstance(task.priority.entity_type, type(Priority))
    assert repr(task.managers) == "EmptyCollection[Manager]"
    assert task.managers.entity_type is Manager


@pytest.mark.promise("type-names-with-blanks")
def test_types_with_blanks_in_their_names_are_found(ask: Ask) -> None:
    from trackteroid import AssetBuild

    builds = ask(AssetBuild).get_all(projections=[ObjectType.name])
    assert len(builds) == 17
    assert builds.ObjectType.name == ["Asset Build"]


@pytest.mark.promise("projects-from-what-tasks-have")
@pytest.mark.parametrize(
    ("source", "target"),
    [pytest.param(source, Project, id=source.__name__) for source in (Status, Type, Priority, ObjectType)],
)
def test_projects_are_found_from_what_their_tasks_have(ask: Ask, source: Any, target: Any) -> None:
    assert ask(source).by_name(target, "sync").get_all()


@pytest.mark.promise("every-type-has-its-own-relations")
@pytest.mark.parametrize(
    ("entity_type", "target", "value"),
    [
        (Folder, Project, "sync"),
        (Project, Shot, "bc0040"),
        (Project, Asset, "SomeAsset"),
        (Type, Task, "Compositing"),
        (Status, State, "Done"),
    ],
)
def test_every_type_has_relations_of_its_own(ask: Ask, entity_type: Any, target: Any, value: str) -> None:
    assert ask(entity_type).by_name(target, value).get_all()


@pytest.mark.promise("paths-can-be-explained")
def test_the_path_to_a_type_can_be_explained(near: Session) -> None:
    explained = Query(AssetVersion, session=near).explain(Shot)
    assert "asset.parent[Shot]" in explained
    assert "curated" in explained
    assert "can be null: asset, parent" in explained


@pytest.mark.promise("paths-can-be-explained")
def test_a_collection_explains_the_path_too(near: Session) -> None:
    assert "asset.parent[Shot]" in Query(AssetVersion, session=near).get_first().explain(Shot)


@pytest.mark.promise("relations-belong-to-schema-and-entry")
def test_two_queries_with_different_schemas_do_not_meet(near: Session) -> None:
    from trackteroid.schema.entries import SchemaEntries

    entries = SchemaEntries(
        lambda api_version: {
            "overrides": [{"name": "other", "entities": {"Task": {"Shot": "parent[AssetBuild].parent[Shot]"}}}]
        }
    )
    default, changed = (
        Query(Task, session=near, schema=entries.default),
        Query(Task, session=near, schema=entries.other),
    )
    assert where(default.by_name(Shot, "x")) == 'parent[Shot] has (name is "x")'
    assert where(changed.by_name(Shot, "x")) == 'parent[AssetBuild].parent[Shot] has (name is "x")'
    assert where(default.by_name(Shot, "y")) == 'parent[Shot] has (name in ("x","y"))'


@pytest.mark.promise("schema-entry-stays-with-the-query")
def test_copies_and_results_keep_the_schema_of_their_query(near: Session) -> None:
    from trackteroid.schema.entries import SchemaEntries

    path = "parent[AssetBuild].parent[Shot]"
    entry = SchemaEntries(lambda api_version: {"entities": {"Task": {"Shot": path}}}).default
    query = Query(Task, session=near, schema=entry)
    assert where(copy.copy(query).by_name(Shot, "x")) == f'{path} has (name is "x")'
    for found in (query.get_first(), next(query.iterate(1)), query.get_first().as_query().get_first()):
        assert path in found.explain(Shot)


# Single criteria.


@pytest.mark.promise("criteria-compare-what-exists")
@pytest.mark.parametrize(
    ("build", "conditions"),
    [
        (lambda q: q(Timelog).by_lifespan(end=datetime(2026, 2, 1)), '(start <= "2026-02-01T00:00:00")'),
        (lambda q: q(Note).by_name("hello"), '(content is "hello")'),
        (lambda q: q(Note).by_name(User, "mira"), 'author[User] has (username is "mira")'),
        (lambda q: q(User).by_name(Task, "x"), None),
        (lambda q: q(ComponentLocation).by_name(Asset, "x"), 'component.version.asset has (name is "x")'),
        (lambda q: q(Project).by_status("active"), '(status is "active")'),
        (lambda q: q(Shot).by_metadata({"a": "b"}), '((metadata any (key is "a" and value is "b")))'),
        (lambda q: q(Shot).by_metadata({"a": "b%"}), '((metadata any (key is "a" and value like "b%")))'),
        (
            lambda q: q(Job).by_creation_date("2026-01-31"),
            '(created_at >= "2026-01-31" and created_at < "2026-02-01")',
        ),
    ],
)
def test_single_criteria_compare_what_exists(near: Session, build: Any, conditions: str | None) -> None:
    query = build(lambda entity_type: Query(entity_type, session=near))
    assert conditions is None or where(query) == conditions
    query.get_all(limit=1)  # the server understands it


@pytest.mark.promise("opposite-of-several-paths")
def test_the_opposite_of_several_paths_is_that_none_of_them_leads_there(near: Session) -> None:
    """A task lies in a sequence directly or in one of its shots, never both; the opposite must not ask for both."""
    from trackteroid.schema.entries import SchemaEntries

    paths = ["parent[Sequence]", "parent[Shot].parent[Sequence]"]
    entry = SchemaEntries(lambda api_version: {"entities": {"Task": {"Sequence": paths}}}).default
    inside = Query(Task, session=near, schema=entry).by_name(Sequence, "bc").get_all()
    outside = Query(Task, session=near, schema=entry).not_by_name(Sequence, "bc").get_all()
    assert inside
    assert len(inside) + len(outside) == len(Query(Task, session=near).get_all())
