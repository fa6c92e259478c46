"""Criteria: the text they become, and the errors they raise when they are called."""

import copy
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any

import arrow
import pytest
from hypothesis import given
from hypothesis import strategies as st
from query_tools import VALUES, ListeningSession, UnreachableSession, query, where

from trackteroid.entities import (
    Asset,
    AssetVersion,
    AssetVersionList,
    Component,
    ComponentLocation,
    Disk,
    Entity,
    Event,
    Folder,
    Group,
    Job,
    List,
    ListCategory,
    Manager,
    Metadata,
    Note,
    NoteCategory,
    Project,
    Sequence,
    Shot,
    State,
    Status,
    Task,
    Timelog,
    Timer,
    Type,
    TypedContext,
    User,
)
from trackteroid.errors import CriterionNotImplementedError, InvalidArgumentsError, RelationError
from trackteroid.query import Criteria
from trackteroid.schema.relations import SchemaEntry

TWO_PATHS = SchemaEntry(
    "two", {"AssetVersion": {"Sequence": ("asset.parent[Shot].parent[Sequence]", "asset.parent[Sequence]")}}
)

Build = Callable[[], Any]

CET = timezone(timedelta(hours=1))
FIRST, LAST = "2026-01-01T08:00:00", "2026-01-31T18:00:00"

WITHOUT_SCHEMA: list[tuple[Callable[[Any], Any], Any, str]] = [
    (AssetVersion, lambda q: q.by_id("a"), '(id is "a")'),
    (AssetVersion, lambda q: q.by_id("a", "b"), '(id in ("a","b"))'),
    (AssetVersion, lambda q: q.by_id("a", "b", "c%", "%d"), '(id in ("a","b") or id like "c%" or id like "%d")'),
    (AssetVersion, lambda q: q.by_version(1, 2), '(version in ("1","2"))'),
    (AssetVersion, lambda q: q.by_version("%"), '(version like "%")'),
    (AssetVersion, lambda q: q.by_publish_state(False), '(is_published is "False")'),
    (AssetVersion, lambda q: q.by_name("x"), 'asset has (name is "x")'),
    (AssetVersion, lambda q: q.by_publisher("joe"), '(user.username is "joe")'),
    (
        AssetVersion,
        lambda q: q.by_resource_identifier("/a%"),
        'components.component_locations any (resource_identifier like "/a%")',
    ),
    (AssetVersion, lambda q: q.by_status("Done"), '(status.name is "Done")'),
    (AssetVersion, lambda q: q.by_state("Done"), '(status.state.name is "Done")'),
    (AssetVersion, lambda q: q.by_type("Render"), 'asset has (type.name is "Render")'),
    (AssetVersion, lambda q: q.by_outgoing_link("a"), 'used_in_versions any (id is "a")'),
    (AssetVersion, lambda q: q.by_incoming_link("a"), 'uses_versions any (id is "a")'),
    (AssetVersion, lambda q: q.by_publish_time(start=FIRST, end=LAST), f'(date >= "{FIRST}" and date <= "{LAST}")'),
    (AssetVersion, lambda q: q.by_publish_time(FIRST, LAST), f'(date >= "{FIRST}" and date <= "{LAST}")'),
    (AssetVersion, lambda q: q.by_publish_time(end=LAST), f'(date <= "{LAST}")'),
    (AssetVersion, lambda q: q.by_publish_time(end="2026-01-31"), '(date < "2026-02-01")'),
    (Shot, lambda q: q.by_name("a", "b"), '(name in ("a","b"))'),
    (Shot, lambda q: q.by_status("x"), '(status.name is "x")'),
    (Shot, lambda q: q.by_state("x"), '(status.state.name is "x")'),
    (Shot, lambda q: q.by_type("x"), '(type.name is "x")'),
    (Shot, lambda q: q.by_assignee("joe"), '(assignments.resource.username is "joe")'),
    (Shot, lambda q: q.by_outgoing_link("a"), 'outgoing_links any (to_id is "a")'),
    (Shot, lambda q: q.by_incoming_link("a"), 'incoming_links any (from_id is "a")'),
    (
        Shot,
        lambda q: q.by_status_change_time(FIRST, LAST),
        f'status_changes any (date >= "{FIRST}" and date <= "{LAST}")',
    ),
    (Shot, lambda q: q.by_lifespan(FIRST, LAST), f'start_date >= "{FIRST}" and end_date <= "{LAST}"'),
    (Component, lambda q: q.by_resource_identifier("x"), 'component_locations any (resource_identifier is "x")'),
    (Component, lambda q: q.by_location("x"), 'component_locations any (location.name is "x")'),
    (Component, lambda q: q.by_file_type(".exr"), '(file_type is ".exr")'),
    (Component, lambda q: q.by_version(1), 'version has (version is "1")'),
    (Component, lambda q: q.by_system_type("file"), '(system_type is "file")'),
    (Component, lambda q: q.by_size(1, 2), 'size >= "1" and size <= "2"'),
    (Component, lambda q: q.by_size(maximum=2), 'size <= "2"'),
    (Component, lambda q: q.by_size(0, 2), 'size <= "2"'),
    (Project, lambda q: q.by_status("active"), '(status is "active")'),
    (Project, lambda q: q.by_lifespan(start=FIRST), f'start_date >= "{FIRST}"'),
    (ComponentLocation, lambda q: q.by_name("x"), 'location has (name is "x")'),
    (ComponentLocation, lambda q: q.by_version(1), 'component.version has (version is "1")'),
    (ComponentLocation, lambda q: q.by_resource_identifier("x"), '(resource_identifier is "x")'),
    (Asset, lambda q: q.by_type("x"), '(type.name is "x")'),
    (User, lambda q: q.by_name("joe"), '(username is "joe")'),
    (User, lambda q: q.by_active_state(True, False), '(is_active in ("True","False"))'),
    (Timelog, lambda q: q.by_lifespan(FIRST, LAST), f'(start >= "{FIRST}" and start <= "{LAST}")'),
    (Event, lambda q: q.by_action("x").by_data("y"), '(action is "x") and (data is "y")'),
    (Job, lambda q: q.by_status("done"), '(status is "done")'),
    (Job, lambda q: q.by_lifespan(FIRST, LAST), f'created_at >= "{FIRST}" and finished_at <= "{LAST}"'),
    (
        Job,
        lambda q: q.by_creation_date("2024-02-28"),
        '(created_at >= "2024-02-28" and created_at < "2024-02-29")',
    ),
    (
        Job,
        lambda q: q.by_finish_date(arrow.get(2024, 12, 31)),
        '(finished_at >= "2024-12-31" and finished_at < "2025-01-01")',
    ),
    (Job, lambda q: q.by_data({"a": 1}), r'(((data like "%\"a\": 1%" or data like "%\"a\":1%")))'),
    (Job, lambda q: q.by_name("x"), r'(((data like "%\"name\": \"x\"%" or data like "%\"name\":\"x\"%")))'),
    (
        Shot,
        lambda q: q.by_metadata({"a": "b", "c": "d%"}, {"e": 1}),
        '((metadata any (key is "a" and value is "b") and metadata any (key is "c" and value like "d%")) '
        'or (metadata any (key is "e" and value is "1")))',
    ),
    (Shot, lambda q: q.inject("a is 1 or b is 2"), "(a is 1 or b is 2)"),
    (Shot, lambda q: q.inject("and a is 1", "where b is 2").inject("c is 3"), "(a is 1) and (b is 2) and (c is 3)"),
    (Shot, lambda q: q.inject("android is 1", "order is 1"), "(android is 1) and (order is 1)"),
    (Shot, lambda q: q.by_lifespan(date(2026, 1, 31)), 'start_date >= "2026-01-31"'),
    (Shot, lambda q: q.by_lifespan(end=date(2024, 2, 28)), 'end_date < "2024-02-29"'),
    (Shot, lambda q: q.by_lifespan(end=datetime(2026, 1, 31)), 'end_date <= "2026-01-31T00:00:00"'),
    (Shot, lambda q: q.by_lifespan(end="2026-01-31T00:00"), 'end_date <= "2026-01-31T00:00"'),
    (Shot, lambda q: q.by_lifespan(end="9999-12-31"), 'end_date < "9999-12-31T23:59:59.999999"'),
    (Shot, lambda q: q.by_lifespan(end=arrow.get(2026, 1, 31)), 'end_date <= "2026-01-31T00:00:00+00:00"'),
    (
        Shot,
        lambda q: q.by_lifespan(datetime(2026, 1, 31, tzinfo=CET), datetime(2026, 2, 1, tzinfo=CET)),
        'start_date >= "2026-01-30T23:00:00+00:00" and end_date <= "2026-01-31T23:00:00+00:00"',
    ),
    (
        Job,
        lambda q: q.by_creation_date(datetime(2026, 1, 31, 15, tzinfo=CET)),
        '(created_at >= "2026-01-30T23:00:00+00:00" and created_at < "2026-01-31T23:00:00+00:00")',
    ),
    (
        Job,
        lambda q: q.by_creation_date("2026-01-31T00:30:00+01:00"),
        '(created_at >= "2026-01-30T23:00:00+00:00" and created_at < "2026-01-31T23:00:00+00:00")',
    ),
    (
        Shot,
        lambda q: q.by_lifespan(end=datetime(2026, 1, 31, tzinfo=timezone.utc)),
        'end_date <= "2026-01-31T00:00:00+00:00"',
    ),
]


@pytest.mark.promise("criteria-find-what-they-say", "one-value-or-several", "inject-adds-own-text")
@pytest.mark.parametrize(("entity_type", "criteria", "text"), WITHOUT_SCHEMA, ids=[each[2] for each in WITHOUT_SCHEMA])
def test_criteria_without_a_target_need_no_server(entity_type: Any, criteria: Callable[[Any], Any], text: str) -> None:
    assert where(criteria(query(entity_type, UnreachableSession()))) == text


WITH_TARGET: list[tuple[Callable[[], Any], str]] = [
    (lambda: query(Task).by_id(Project, "p"), '(project_id is "p")'),
    (lambda: query(Component).by_id(Asset, "p", "q"), 'version has (asset_id in ("p","q"))'),
    (lambda: query(Asset).by_id(AssetVersion, "p"), 'versions any (id is "p")'),
    (lambda: query(AssetVersion).by_id(Project, "p"), 'task has (project_id is "p")'),
    # The shortcut is only for plain values, and only where the foreign key exists.
    (lambda: query(Task).by_id(Project, "p", "q%"), 'project has (id is "p" or id like "q%")'),
    (lambda: query(AssetVersion).by_id(Shot, "s"), 'asset.parent[Shot] has (id is "s")'),
    (lambda: query(Note).by_id(User, "u"), 'author has (id is "u")'),
    (lambda: query(Type).by_id(Project, "p"), 'tasks.project any (id is "p")'),
    (lambda: query(Note).by_id(Shot, "s", "t"), '(parent_id in ("s","t"))'),
    (
        lambda: query(AssetVersion, entry=TWO_PATHS).by_name(Sequence, "a"),
        '(asset.parent[Shot].parent[Sequence] has (name is "a") or asset.parent[Sequence] has (name is "a"))',
    ),
    (
        lambda: query(Asset).by_name(Project, "p", "q"),
        '(parent.project has (name in ("p","q")) or parent[Project] has (name in ("p","q")))',
    ),
    (lambda: query(Asset).by_name(AssetVersion, "x"), 'versions any (asset.name is "x")'),
    (lambda: query(Shot).by_name(Asset, "x"), 'assets any (name is "x")'),
    (lambda: query(Shot).by_name(User, "joe"), 'created_by has (username is "joe")'),
    (lambda: query(Component).by_name(Asset, "x"), 'version.asset has (name is "x")'),
    (lambda: query(Component).by_name(ComponentLocation, "disk"), 'component_locations any (location.name is "disk")'),
    (lambda: query(AssetVersion).by_status(Task, "x"), 'task has (status.name is "x")'),
    (lambda: query(AssetVersion).by_type(Task, "x"), 'task has (type.name is "x")'),
    (lambda: query(AssetVersion).by_type(Asset, "x"), 'asset has (type.name is "x")'),
    (lambda: query(Shot).by_status(AssetVersion, "x"), 'assets.versions any (status.name is "x")'),
    (lambda: query(Task).by_status(Shot, "x"), 'parent[Shot] has (status.name is "x")'),
    (lambda: query(Asset).by_type(Shot, "x"), 'parent[Shot] has (type.name is "x")'),
    (lambda: query(Component).by_version(AssetVersion, 1), 'version has (version is "1")'),
    (lambda: query(ComponentLocation).by_version(AssetVersion, 1), 'component.version has (version is "1")'),
    (
        lambda: query(Shot).by_lifespan(Project, start=FIRST, end=LAST),
        f'project.start_date >= "{FIRST}" and project.end_date <= "{LAST}"',
    ),
    (lambda: query(Status).by_name(State, "Done"), 'state has (name is "Done")'),
    (lambda: query(User).by_name(Group, "x"), 'memberships.group any (name is "x")'),
    (lambda: query(Timelog).by_name(User, "joe"), 'user has (username is "joe")'),
    (
        lambda: query(Timelog).by_name(Project, "p"),
        '(context.project has (name is "p") or context[Project] has (name is "p"))',
    ),
    (lambda: query(Note).by_name(NoteCategory, "x"), 'category has (name is "x")'),
    (lambda: query(AssetVersionList).by_name(ListCategory, "x"), 'category has (name is "x")'),
    (lambda: query(Job).by_name(User, "joe"), 'user has (username is "joe")'),
    (
        lambda: query(AssetVersion).by_metadata(Task, {"a": "b"}),
        '((task.metadata any (key is "a" and value is "b")))',
    ),
]


@pytest.mark.promise("targets-are-reached-by-relation", "id-of-a-target-without-a-join")
@pytest.mark.parametrize(("build", "text"), WITH_TARGET, ids=[each[1] for each in WITH_TARGET])
def test_criteria_with_a_target_follow_the_relation_to_it(build: Build, text: str) -> None:
    assert where(build()) == text


NEGATED: list[tuple[Callable[[], Any], str]] = [
    (lambda: query(Shot).not_by_name("a"), '(name is_not "a")'),
    (lambda: query(Shot).not_by_name("x%", "y", "z"), '(name not_in ("y","z") and name not_like "x%")'),
    (lambda: query(Shot).not_by_name("this is it"), '(name is_not "this is it")'),
    # What can be empty is not what was asked for, either.
    (lambda: query(Asset).not_by_name("a"), '(name is_not "a" or name is none)'),
    (lambda: query(Asset).not_by_name("a", "b%"), '((name is_not "a" and name not_like "b%") or name is none)'),
    (lambda: query(Asset).not_by_name(None), "(name is_not none)"),
    (lambda: query(Asset).not_by_name("a", None), '(name is_not "a" and name is_not none)'),
    # Keys of references can be empty, whatever the schema says.
    (lambda: query(Task).not_by_id(Project, "p"), '(project_id is_not "p" or project_id is none)'),
    (lambda: query(Note).not_by_id(Shot, "s", "t"), '(parent_id not_in ("s","t") or parent_id is none)'),
    # Through a relation, the negation goes outside.
    (lambda: query(AssetVersion).not_by_name("x"), 'not asset has (name is "x")'),
    (lambda: query(AssetVersion).not_by_name(Task, "x"), 'not task has (name is "x")'),
    (lambda: query(Task).not_by_status("x", "y%"), 'not status has (name is "x" or name like "y%")'),
    (lambda: query(Task).not_by_state("x"), 'not status.state has (name is "x")'),
    (lambda: query(Component).not_by_id(Asset, "a"), 'not version has (asset_id is "a")'),
    (lambda: query(Asset).not_by_id(AssetVersion, "x"), 'not versions any (id is "x")'),
    (lambda: query(Shot).not_by_assignee("joe"), 'not assignments.resource any (username is "joe")'),
    # Behind dots, "none" is met where references lead nowhere; so the opposite asks for what they lead to.
    (lambda: query(Task).not_by_status(None), "status has (name is_not none)"),
    (lambda: query(Task).not_by_state("x", None), 'status.state has (name is_not "x" and name is_not none)'),
    (lambda: query(Shot).not_by_assignee(None), "not assignments any (resource.username is none)"),
    (lambda: query(AssetVersion).not_by_name(Task, None), "not task has (name is none)"),
    (lambda: query(AssetVersion).not_by_id(User, "x"), '(user_id is_not "x" or user_id is none)'),
    (lambda: query(AssetVersion).not_by_id(Manager, "x"), 'not task has (managers any (id is "x"))'),
    (lambda: query(AssetVersion).not_by_publish_state(True), '(is_published is_not "True")'),
    (
        lambda: query(AssetVersion).not_by_publish_time(FIRST, LAST),
        f'(date < "{FIRST}" or date > "{LAST}" or date is none)',
    ),
    (
        lambda: query(Shot).not_by_lifespan("2026-01-01", "2026-01-31"),
        '(start_date < "2026-01-01" or end_date >= "2026-02-01" or start_date is none or end_date is none)',
    ),
    (
        lambda: query(Shot).not_by_lifespan(Project, end="2026-01-31"),
        'not project has (end_date < "2026-02-01")',
    ),
    (lambda: query(Component).not_by_size(1, 2), '(size < "1" or size > "2" or size is none)'),
    (
        lambda: query(Job).not_by_finish_date("2026-01-31"),
        '(finished_at < "2026-01-31" or finished_at >= "2026-02-01" or finished_at is none)',
    ),
    (lambda: query(Shot).not_by_status_change_time(FIRST), f'not status_changes any (date >= "{FIRST}")'),
    (
        lambda: query(AssetVersion, entry=TWO_PATHS).not_by_name(Sequence, "a", "b%"),
        '(not asset.parent[Shot].parent[Sequence] has (name is "a" or name like "b%") '
        'and not asset.parent[Sequence] has (name is "a" or name like "b%"))',
    ),
    (
        lambda: query(AssetVersion, entry=TWO_PATHS).not_by_metadata(Sequence, {"a": "b"}),
        '(not asset.parent[Shot].parent[Sequence] has ((metadata any (key is "a" and value is "b"))) '
        'and not asset.parent[Sequence] has ((metadata any (key is "a" and value is "b"))))',
    ),
    (
        lambda: query(Asset).not_by_id(Project, "p%"),
        '(not parent.project has (id like "p%") and not parent[Project] has (id like "p%"))',
    ),
    (lambda: query(Shot).not_by_metadata({"a": "b"}), '((not metadata any (key is "a" and value is "b")))'),
    (
        lambda: query(Shot).not_by_metadata({"a": "b", "c": "d"}),
        '((not metadata any (key is "a" and value is "b") or not metadata any (key is "c" and value is "d")))',
    ),
    (
        lambda: query(AssetVersion).not_by_metadata(Task, {"a": "b"}),
        'not task has ((metadata any (key is "a" and value is "b")))',
    ),
]


@pytest.mark.promise("opposites-split-everything")
@pytest.mark.parametrize(("build", "text"), NEGATED, ids=[each[1] for each in NEGATED])
def test_negated_criteria_mean_the_opposite(build: Build, text: str) -> None:
    assert where(build()) == text


MERGED: list[tuple[Callable[[], Any], str]] = [
    (lambda: query(Shot).by_name("a").by_name("c", "a"), '(name in ("a","c"))'),
    (
        lambda: query(Shot).by_name("a").not_by_name("b").by_name("c").not_by_name("d"),
        '(name in ("a","c")) and (name not_in ("b","d"))',
    ),
    (
        lambda: query(Shot).by_name("a").by_name(Project, "p").by_name("c").by_name(Project, "q"),
        '(name in ("a","c")) and project has (name in ("p","q"))',
    ),
    (
        lambda: query(AssetVersion).by_publish_time(start=FIRST).by_publish_time(end=LAST),
        f'(date >= "{FIRST}") and (date <= "{LAST}")',
    ),
    (
        lambda: query(AssetVersion).by_publish_time("2026-01-01", "2026-01-03").by_publish_time("2026-01-02"),
        '(date >= "2026-01-01" and date < "2026-01-04") and (date >= "2026-01-02")',
    ),
]


@pytest.mark.promise("repeated-criteria-add-values-and-narrow-ranges", "inject-adds-own-text")
@pytest.mark.parametrize(("build", "text"), MERGED, ids=[each[1] for each in MERGED])
def test_repeated_criteria_widen_values_and_narrow_ranges(build: Build, text: str) -> None:
    assert where(build()) == text


@pytest.mark.promise("conditions-from-near-to-far")
def test_criteria_are_ordered_by_the_number_of_relations_and_not_by_dots_in_values() -> None:
    built = query(AssetVersion).by_name(Shot, "s").by_state("x").by_name("a.b.c.d").by_status("y").by_id("1.2.3.4")
    assert where(built.inject('comment is "1.2.3"')) == (
        '(id is "1.2.3.4") and (comment is "1.2.3") and asset has (name is "a.b.c.d") and (status.name is "y") '
        'and asset.parent[Shot] has (name is "s") and (status.state.name is "x")'
    )


ERRORS: list[tuple[Callable[[], Any], str]] = [
    (lambda: query(Shot).by_type(Project, "x"), "by_type does not support the target Project.* Asset, TypedContext"),
    (
        lambda: query(Shot).by_assignee(User, "x"),
        "by_assignee does not support the target User; it supports no targets",
    ),
    (lambda: query(Shot).by_name(int, "x"), "entity class such as Project"),
    (lambda: query(Shot).by_name(Project), r"by_name\(Project\) has no values"),
    (lambda: query(Shot).by_name(["x"]), r"single values, not \['x'\].*by_name\(\*values\)"),
    (lambda: query(Shot).by_name(Project, Shot), "single values"),
    (lambda: query(Shot).by_name("x", state="y"), "not the keywords state"),
    (lambda: query(Shot).by_lifespan(strt="x"), 'no argument "strt".*"start"'),
    (lambda: query(Shot).by_lifespan(), "without any bound says nothing"),
    (lambda: query(Shot).by_lifespan("a", "b", "c"), "each at most once"),
    (lambda: query(Shot).by_lifespan("a", start="b"), "each at most once"),
    (lambda: query(Component).by_size(), "Give minimum or maximum"),
    (lambda: query(Component).by_size(0, 0), "Give minimum or maximum"),
    (lambda: query(AssetVersion).by_publish_state(True, False), "exactly one value, not 2"),
    (lambda: query(Shot).by_metadata("a"), "takes dictionaries"),
    (lambda: query(Shot).by_metadata({}), "takes dictionaries"),
    (lambda: query(Job).by_creation_date("yesterday"), r"by_creation_date takes a day: a date, .*not 'yesterday'"),
    (lambda: query(Job).by_finish_date(20260131), "takes a day"),
    (lambda: query(Job).by_finish_date("2026-02-30"), "takes a day"),
    (lambda: query(Shot).by_lifespan(start="soon"), "by_lifespan takes a moment as start: a date, .*not 'soon'"),
    (lambda: query(Shot).by_lifespan(end="2026-13-01"), "takes a moment as end"),
    (lambda: query(Shot).by_lifespan(end="2026-01-01T25:00"), "takes a moment as end"),
    (lambda: query(Shot).by_lifespan(end="2026"), "takes a moment as end"),
    (lambda: query(Shot).by_lifespan(end="01/31/2026"), "takes a moment as end"),
    (lambda: query(Shot).by_lifespan(1769817600), "takes a moment as start"),
    (lambda: query(Shot).by_lifespan(True), "takes a moment as start"),
    (lambda: query(Shot).by_lifespan(["2026-01-01"]), "takes a moment as start"),
    (lambda: query(Shot).by_lifespan(Shot.start_date), "takes a moment as start"),
    (lambda: query(Shot).by_lifespan(end=timedelta(days=1)), "takes a moment as end"),
    (lambda: query(Shot).by_lifespan(end=datetime.min.replace(tzinfo=CET)), "takes a moment as end"),
    (lambda: query(Shot).not_by_lifespan("soon"), "not_by_lifespan takes a moment"),
    (lambda: query(Shot).by_lifespan(Project, "soon"), "takes a moment as start"),
    (lambda: query(AssetVersion).by_publish_time(end="x"), "takes a moment as end"),
    (lambda: query(Timelog).by_lifespan("x"), "takes a moment as start"),
    (lambda: query(Component).by_size("large"), "by_size takes a number as minimum, not 'large'"),
    (lambda: query(Component).by_size(maximum=float("nan")), "takes a number as maximum"),
    (lambda: query(Component).by_size(maximum=True), "takes a number as maximum"),
    (lambda: query(AssetVersion).by_publish_state("maybe"), "takes True or False, not 'maybe'"),
    (lambda: query(Shot).by_name(Shot.name), r"not Shot.name. Conditions go into where"),
    (lambda: query(Shot).by_name(Shot.name == "a"), "Conditions go into where"),
    (lambda: query(Shot).by_metadata({"a": ["b"]}), "single values"),
    (lambda: query(Shot).by_metadata({1: "b"}), "text as keys"),
    (lambda: query(Job).by_data({"a": {1, 2}}), "looks for JSON"),
    (lambda: query(Shot).inject(""), "takes query text"),
    (lambda: query(Shot).inject(1), "takes query text"),
    (lambda: query(Shot).inject("or a is 1"), 'begins with "or"'),
    (lambda: query(Shot).inject("where"), "is not a condition"),
    (lambda: query(Shot).inject(Shot, "a is 1"), "does not support the target"),
]


@pytest.mark.promise("wrong-arguments-are-refused-by-the-call")
@pytest.mark.parametrize(("build", "message"), ERRORS, ids=[each[1] for each in ERRORS])
def test_wrong_arguments_are_reported_by_the_call(build: Build, message: str) -> None:
    with pytest.raises(Criteria.InvalidArgumentsError, match=message) as raised:
        build()
    assert isinstance(raised.value, ValueError)


def test_a_target_that_has_nothing_to_compare_is_reported_by_the_call() -> None:
    with pytest.raises(InvalidArgumentsError, match=r'by_name cannot be asked of Metadata: .*no attribute "name"'):
        query(Asset).by_name(Metadata, "x")


def test_an_unknown_relation_is_reported_by_the_call() -> None:
    with pytest.raises(RelationError, match=r"from Disk to Timer.*RELATIONSHIPS_RESOLVER"):
        query(Disk).by_id(Timer, "x")


@pytest.mark.promise("unknown-criterion-is-refused")
def test_a_criterion_of_other_types_is_not_implemented() -> None:
    with pytest.raises(
        Criteria.CriterionNotImplementedError, match=r"by_version makes no sense for Shot.*by_name"
    ) as raised:
        query(Shot).by_version  # noqa: B018
    assert isinstance(raised.value, NotImplementedError)
    assert issubclass(CriterionNotImplementedError, AttributeError)
    assert not hasattr(query(Shot), "not_by_version")
    assert not hasattr(query(Shot), "by_comment")


@pytest.mark.promise("unknown-criterion-is-refused")
def test_a_misspelt_criterion_gets_a_suggestion() -> None:
    with pytest.raises(AttributeError, match=r'by_nam.*"by_name"'):
        query(Shot).by_nam  # noqa: B018
    assert not hasattr(query(Shot), "not_inject")


@pytest.mark.promise("criteria-by-name")
@pytest.mark.parametrize("entity_type", [Shot, AssetVersion, Folder, List, Status])
def test_completion_offers_exactly_the_criteria_of_the_type(entity_type: Any) -> None:
    offered = {name for name in dir(query(entity_type)) if name.startswith(("by_", "not_by_")) or name == "inject"}
    names = set(entity_type.criteria)
    assert offered == names | {f"not_{name}" for name in names if name != "inject"}
    assert all(callable(getattr(query(entity_type), name)) for name in offered)


def test_every_type_can_be_asked_by_id_and_metadata_and_in_its_own_words() -> None:
    assert {"by_id", "by_metadata", "inject"} <= set(Entity.criteria)
    assert Criteria.names >= {name for each in (Shot, AssetVersion, Component, Job, User) for name in each.criteria}


def test_no_values_match_nothing_and_their_opposite_everything() -> None:
    assert where(query(Shot).not_by_id()) == ""
    assert where(query(Shot).not_by_id().by_name("x")) == '(name is "x")'
    assert where(query(Shot).by_id().by_id("a")) == '(id is "a")'


@pytest.mark.promise("copied-queries-are-independent")
def test_a_query_that_is_copied_goes_its_own_way() -> None:
    first = query(Shot).by_name("a")
    second = copy.copy(first).by_name("b").by_status("x")
    assert where(first) == '(name is "a")'
    assert where(second) == '(name in ("a","b")) and (status.name is "x")'
    assert (second.session, second.schema, second.entity_type) == (first.session, first.schema, Shot)
    assert [criterion.name for criterion in second.criteria] == ["by_name", "by_status"]


@pytest.mark.promise("relation-works-everywhere", "relations-belong-to-schema-and-entry")
def test_two_entries_never_influence_each_other() -> None:
    session = ListeningSession()
    default, other = query(AssetVersion, session), query(AssetVersion, session, TWO_PATHS)
    other.by_name(Sequence, "a")
    default.by_name(Sequence, "a")
    assert where(default) == 'asset.parent[Sequence] has (name is "a")'
    assert where(other).startswith("(asset.parent[Shot]")


@pytest.mark.promise("values-arrive-unchanged")
@given(st.lists(VALUES.filter(lambda text: "%" not in text), min_size=1, max_size=4))
def test_values_of_any_kind_stay_inside_their_quotes(values: list[str]) -> None:
    text = where(query(Shot, UnreachableSession()).by_name(*values))
    outside = "".join(_outside_of_quotes(text))
    assert outside in ("(name is )", f"(name in ({',' * (len(set(values)) - 1)}))")


def _outside_of_quotes(text: str) -> list[str]:
    kept, quoted, escaped = [], False, False
    for character in text:
        if escaped:
            escaped = False
        elif quoted and character == "\\":
            escaped = True
        elif character == '"':
            quoted = not quoted
        elif not quoted:
            kept.append(character)
    return kept


@pytest.mark.promise("typed-contexts-as-targets")
def test_typed_contexts_can_be_targets_of_each_other() -> None:
    assert where(query(Shot).by_name(TypedContext, "x")) == 'parent[TypedContext] has (name is "x")'
