"""Messages: what went wrong, with which name, whose it is, and what was probably meant."""

from __future__ import annotations

import contextlib
import importlib
import re
from typing import Any

import pytest
from behaviour_world import pending, where

from trackteroid import (
    OBJECT_TYPES,
    PROJECT_SCHEMAS,
    SCHEMA,
    TASK_TYPES,
    Asset,
    AssetVersion,
    Criteria,
    EntityCollectionOperationError,
    ListCategory,
    Manager,
    Project,
    Query,
    Session,
    Shot,
    State,
    Task,
    Timelog,
    TrackteroidError,
    TypedContext,
    User,
)

Shott = importlib.import_module("trackteroid").Shott  # as a typing error looks that Python cannot find


@pytest.fixture
def shots(near: Session) -> Any:
    return Query(Shot, session=near).by_name("bc%").get_all(projections=["parent", "custom_attributes", "status.name"])


def task_of(shots: Any) -> Any:
    return shots[0].children[Task]


#: What somebody does, what the message has to name (the name, whose it is, what was meant), and what catches it.
MISTAKES: dict[str, tuple[Any, list[str], type[Exception]]] = {
    "attribute": (lambda c: c.nmae, ['"nmae"', "Shot", '"name"'], AttributeError),
    "attribute of a part": (lambda c: c.status.nmae, ['"nmae"', "Status", '"name"'], AttributeError),
    "attribute of nothing": (lambda c: c.filter(lambda _: False).nmae, ['"nmae"', "Shot", '"name"'], AttributeError),
    "type": (lambda c: c.Staus, ['"Staus"', "Shot", '"Status"'], AttributeError),
    "queried type": (lambda c: Query(Shott, c.query.session).get_all(), ['"Shott"', '"Shot"'], LookupError),
    "target type": (lambda c: c.query.by_name(Shott, "x"), ['"Shott"', '"Shot"'], LookupError),
    "type of get": (lambda c: c.get(Shott), ['"Shott"', '"Shot"'], AttributeError),
    "projection": (lambda c: c.query.get_all(["nmae"]), ['"nmae"', "Shot", '"name"'], AttributeError),
    "projected path": (lambda c: c.query.get_all(["parent.nmae"]), ['"nmae"', '"name"'], AttributeError),
    "projected chain": (lambda c: c.query.get_all([Shot.Status.nmae]), ['"nmae"', "Status", '"name"'], AttributeError),
    "projected type": (lambda c: c.query.get_all([Shot.Staus]), ['"Staus"', "Shot", '"Status"'], AttributeError),
    "fetched attribute": (
        lambda c: c.fetch_attributes("descripton"),
        ['"descripton"', "Shot", '"description"'],
        AttributeError,
    ),
    "order": (lambda c: c.query.get_all(order_by="nmae"), ['"nmae"', "Shot", '"name"'], AttributeError),
    "criterion": (lambda c: c.query.by_nam, ["by_nam", "Shot", '"by_name"'], AttributeError),
    "negated criterion": (lambda c: c.query.not_by_nam, ["not_by_nam", "Shot", '"not_by_name"'], AttributeError),
    "criterion of others": (
        lambda c: c.query.by_publisher,
        ["by_publisher", "Shot", "by_assignee"],
        NotImplementedError,
    ),
    "keyword of a criterion": (
        lambda c: c.query.by_lifespan(strat="x"),
        ["by_lifespan", '"strat"', '"start"'],
        ValueError,
    ),
    "keyword of create": (lambda c: c.create(nmae="x"), ['"nmae"', "Shot", '"name"'], AttributeError),
    "keyword of create below": (
        lambda c: task_of(c).create(name="x", tpye="Compositing"),
        ['"tpye"', "Task", '"type"'],
        AttributeError,
    ),
    "name of a type in create": (
        lambda c: task_of(c).create(name="x", type="Compositin"),
        ['"Compositin"', "Type", '"Compositing"'],
        AssertionError,
    ),
    "assigned attribute": (lambda c: setattr(c, "nmae", ["x"] * 6), ['"nmae"', "Shot", '"name"'], AttributeError),
    "assigned custom attribute": (
        lambda c: setattr(c[0], "custom_fsp", 3),
        ['"fsp"', "Shot", "fps"],
        AttributeError,
    ),
    "entry of the schema": (lambda c: SCHEMA.defalt, ['"defalt"', "SCHEMA", '"default"'], AttributeError),
    "task type": (lambda c: TASK_TYPES.get("Compositin", c.query.session), ['"Compositin"', '"Compositing"'], KeyError),
    "object type": (lambda c: OBJECT_TYPES.get("Asset Biuld", c.query.session), ['"Asset Build"'], AttributeError),
    "project schema": (lambda c: PROJECT_SCHEMAS.get("VFXX", c.query.session), ['"VFXX"', '"VFX"'], KeyError),
}


@pytest.mark.promise("create-refuses-unknown-keywords", "misspelt-names-get-suggestions")
@pytest.mark.parametrize(("mistake", "named", "caught"), MISTAKES.values(), ids=list(MISTAKES))
def test_a_misspelt_name_is_shown_with_its_owner_and_its_neighbours(
    shots: Any, mistake: Any, named: list[str], caught: type[Exception]
) -> None:
    with pytest.raises(caught) as raised:
        mistake(shots)
    message = str(raised.value)
    assert [each for each in named if each not in message] == [], message
    assert pending(shots.query.session) == []


@pytest.mark.promise("unknown-custom-attributes-are-refused")
@pytest.mark.parametrize(
    ("mistake", "named", "caught"),
    [
        pytest.param(lambda c: c.create(name="x", custom_fsp=3), ['"fsp"', "Shot", "fps"], AttributeError, id="create"),
    ],
)
def test_a_misspelt_custom_attribute_too(shots: Any, mistake: Any, named: list[str], caught: type[Exception]) -> None:
    with pytest.raises(caught) as raised:
        mistake(shots)
    assert [each for each in named if each not in str(raised.value)] == []


@pytest.mark.promise("unknown-criterion-is-refused")
def test_a_misspelt_criterion_is_an_error_of_the_family(shots: Any) -> None:
    with pytest.raises(TrackteroidError):
        shots.query.by_nam("x")


@pytest.mark.promise("unknown-relation-says-where-to-add-it")
@pytest.mark.parametrize(
    ("mistake", "named"),
    [
        (lambda c: c.ListCategory, ["Shot", "ListCategory", "RELATIONSHIPS_RESOLVER", "Sequence"]),
        (lambda c: c.query.by_name(ListCategory, "x"), ["Shot", "ListCategory", "RELATIONSHIPS_RESOLVER"]),
        (lambda c: c.query.get_all([ListCategory.name]), ["Shot", "ListCategory", "RELATIONSHIPS_RESOLVER"]),
        (lambda c: c.query.get_all([Timelog.Manager]), ["Timelog", "Manager", "RELATIONSHIPS_RESOLVER"]),
        (lambda c: c.get(ListCategory), ["Shot", "ListCategory", "RELATIONSHIPS_RESOLVER"]),
        (lambda c: c.query.explain(ListCategory), ["Shot", "ListCategory", "RELATIONSHIPS_RESOLVER"]),
    ],
    ids=["attribute", "target", "projection", "chain", "get", "explain"],
)
def test_an_unknown_relation_names_both_ends_and_where_to_add_it(shots: Any, mistake: Any, named: list[str]) -> None:
    with pytest.raises(AttributeError) as raised:
        mistake(shots)
    assert [each for each in named if each not in str(raised.value)] == []


@pytest.mark.promise(
    "wrong-arguments-are-refused-by-the-call", "inject-is-kept-in-parentheses", "wrong-options-are-refused"
)
@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        (lambda q: q(AssetVersion).by_status(Shot, "x"), "by_status does not support the target Shot.*Task"),
        (
            lambda q: q(AssetVersion).by_publisher(User, "x"),
            "by_publisher does not support the target User.*no targets",
        ),
        (lambda q: q(Shot).by_name(int, "x"), r"by_name\(int\).*entity class"),
        (lambda q: q(Shot).by_name(Project), r"by_name\(Project\) has no values"),
        (lambda q: q(Shot).by_name(Project, Task, "x"), "by_name takes single values, not Task"),
        (lambda q: q(Shot).by_name(["a", "b"]), r"by_name takes single values.*by_name\(\*values\)"),
        (lambda q: q(Shot).by_name(name="x"), "by_name takes values only, not the keywords name"),
        (lambda q: q(Shot).by_lifespan(), "by_lifespan without any bound.*start or end"),
        (lambda q: q(Shot).by_lifespan("a", "b", "c"), "by_lifespan takes start and end"),
        (lambda q: q(AssetVersion).by_publish_state(), "by_publish_state takes exactly one value, not 0"),
        (lambda q: q(Shot).by_metadata("x"), "by_metadata takes dictionaries"),
        (lambda q: q(Shot).by_metadata({}), "by_metadata takes dictionaries"),
        (lambda q: q(Shot).inject("or name is 1"), 'begins with "or"'),
        (lambda q: q(Shot).inject(Project, "name is 1"), "inject does not support the target Project"),
        (lambda q: q(Shot).get_all(projections="name"), r"as a list.*\['name'\]"),
        (lambda q: q(Shot).get_all(projections=[3]), "3 is no projection"),
        (lambda q: q(Shot).get_all(limit=-1), "limit is -1"),
        (lambda q: q(Shot).get_all(offset=-1), "offset is -1"),
        (lambda q: q(Shot).get_all(order="up"), "order is 'up'.*ascending.*descending"),
        (lambda q: q(int), "entity class such as Shot"),
        (lambda q: q("Shot"), "entity class such as Shot"),
        (
            lambda q: q(Asset).by_name(Manager, "x"),
            'by_name cannot be asked of Manager: Manager has no attribute "name"',
        ),
    ],
)
def test_wrong_arguments_of_a_query_are_told_by_the_call(near: Session, mistake: Any, message: str) -> None:
    with pytest.raises(Criteria.InvalidArgumentsError, match=message) as raised:
        mistake(lambda of: Query(of, session=near))
    assert isinstance(raised.value, ValueError)


@pytest.mark.promise("failed-criterion-changes-nothing")
@pytest.mark.parametrize(
    "mistake",
    [
        lambda q: q.by_lifespan(),
        lambda q: q.by_status(Asset, "x").by_name(ListCategory, "x"),
        lambda q: q.by_name(Shott, "x"),
        lambda q: q.inject("or x"),
        lambda q: q.by_name("y", ["z"]),
    ],
)
def test_a_criterion_that_failed_leaves_the_query_as_it_was(near: Session, mistake: Any) -> None:
    query = Query(Shot, session=near).by_name("x")
    with pytest.raises(TrackteroidError):
        mistake(query)
    assert where(query) == '(name is "x")'


@pytest.mark.promise(
    "create-says-what-is-missing", "create-needs-a-specific-type", "wrong-use-of-collections-is-refused"
)
@pytest.mark.parametrize(
    ("mistake", "caught", "message"),
    [
        (lambda c: c[99], IndexError, "Shot.*99"),
        (lambda c: c["nope"], KeyError, "Shot.*'nope'"),
        (lambda c: c[1.5], TypeError, "position, a slice, an id, or an entity class"),
        (lambda c: c[int], TypeError, "position, a slice, an id, or an entity class"),
        (lambda c: Task(c), AssertionError, r"Shot.*Task.*collection\[Task\]"),
        (lambda c: Task("x"), AssertionError, r"takes a collection"),
        (lambda c: c.union(Query(Task, session=c.query.session).get_first()), ValueError, "Shot.*Task.*types differ"),
        (lambda c: c.union(3), ValueError, "both must be collections"),
        (lambda c: c.apply(lambda _: "x"), TypeError, "attribute"),
        (lambda c: c.create(), AssertionError, "new Shot needs 'name'"),
        (lambda c: c.create_batch(), AssertionError, "nothing to create"),
        (lambda c: c.children.create(name="x"), AssertionError, r"TypedContext.*more specific.*\[TheType\]"),
        (lambda c: setattr(c, "name", "x"), TypeError, r'"name".*6 values.*1 given.*apply'),
        (lambda c: setattr(c, "name", [3] * 6), TypeError, '"name" takes a text.*3'),
        (lambda c: setattr(c, "status", c), TypeError, '"status" takes Status.*Shot'),
        (lambda c: setattr(c.filter(lambda _: False), "name", "x"), EntityCollectionOperationError, "no entities"),
        (lambda c: c.link_inputs(Query(State, session=c.query.session).get_first()), ValueError, "cannot be linked"),
        (lambda c: c.notes.create(content="x"), AssertionError, "Ambiguous|Nothing tells|what the new note is about"),
    ],
)
def test_wrong_use_of_a_collection_is_told(shots: Any, mistake: Any, caught: type[Exception], message: str) -> None:
    with pytest.raises(caught) as raised:
        mistake(shots)
    assert re.search(message, str(raised.value)), str(raised.value)
    assert pending(shots.query.session) == []


@pytest.mark.promise("contexts-and-versions-can-be-linked")
@pytest.mark.parametrize("method", ["link_inputs", "link_outputs", "unlink_inputs", "unlink_outputs"])
def test_linking_something_else_is_told(shots: Any, method: str) -> None:
    with pytest.raises(TrackteroidError):
        getattr(shots, method)(3)


@pytest.mark.promise("messages-say-what-to-do")
def test_every_message_says_what_to_do_next(near: Session) -> None:
    """Not more than a sample: each of these ends in something to do."""
    query = Query(TypedContext, session=near)
    with pytest.raises(AttributeError, match="TRACKTEROID_CONFIGURATION"):
        query.by_name(ListCategory, "x")
    with pytest.raises(ValueError, match=r"Write \["):
        query.get_all(projections="name")
    with pytest.raises(ValueError, match="Unpack a list"):
        query.by_name(["a"])


@pytest.mark.promise("wrong-use-of-collections-is-refused")
@pytest.mark.parametrize(
    "mistake",
    [
        pytest.param(lambda c: c.get("Task"), id="get of a text"),
        pytest.param(lambda c: c.create_batch([{"name": "a"}]), id="create_batch of a list"),
        pytest.param(lambda c: c.query.get_all(order_by=3), id="order by a number"),
        pytest.param(lambda c: c.query.get_all(order_by=[Shot.name]), id="order by a chain"),
    ],
)
def test_other_things_than_expected_are_told(shots: Any, mistake: Any) -> None:
    """Or they are accepted, as a chain could be."""
    with contextlib.suppress(TrackteroidError):
        mistake(shots)
    assert pending(shots.query.session) == []
