"""Loading more from a collection, and asking for what belongs to its entities."""

import logging
import re
from typing import Any

import pytest
from collection_tools import collection, ids
from fake_session import FakeSession, record

from trackteroid.collections import EmptyCollection, EntityCollectionOperationError
from trackteroid.collections.context import context_of
from trackteroid.entities import Asset, AssetVersion, Project, Shot, State, Task
from trackteroid.errors import RelationError, UnknownAttributeError
from trackteroid.query import Query
from trackteroid.schema.relations import SchemaEntry


@pytest.fixture
def session() -> FakeSession:
    return FakeSession()


@pytest.fixture
def assets(session: FakeSession) -> Any:
    session.answer("select id, name from Asset", [record("Asset", "a", name="x"), record("Asset", "b", name="y")])
    found = Query(Asset, session=session).by_name("x", "y").get_all()
    session.requests.clear()
    return found


@pytest.mark.promise("fetching-returns-the-collection")
def test_fetching_loads_into_the_same_collection(session: FakeSession, assets: Any) -> None:
    task = record("Task", "t", name="comp")
    session.answer(
        "select versions.version, versions.task.name from Asset",
        [
            record("Asset", "a", versions=[record("AssetVersion", "1", version=1, task=task)]),
            record("Asset", "b", versions=[]),
        ],
    )
    assert assets.fetch_attributes("versions.version", AssetVersion.Task.name) is assets
    assert assets.versions.version == [1]
    assert assets.Task.name == ["comp"]
    assert len(session.queries) == len(session.requests) == 1
    assert session.queries[0].endswith('where id in ("a","b")')


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ((), "select id, name from Asset"),
        (("name",), "select name from Asset"),
        (("name", "name", Asset.name), "select name from Asset"),
        ((AssetVersion,), "select versions from Asset"),
        ((AssetVersion.Task, State.name), "select versions.task, "),
        (("parent[Shot].name", "custom_fps"), "select parent[Shot].name, custom_attributes from Asset"),
    ],
    ids=str,
)
def test_attributes_are_given_like_projections(
    session: FakeSession, assets: Any, attributes: tuple[Any, ...], expected: str
) -> None:
    session.answer(expected, [])
    assets.fetch_attributes(*attributes)
    assert len(session.queries) == 1


@pytest.mark.promise("fetching-without-names-loads-defaults")
def test_without_attributes_those_that_the_studio_chose_are_fetched(
    session: FakeSession, assets: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def resolver(session: object, type_name: str) -> list[str] | None:
        return ["name", "type.name"] if type_name == "Asset" else None

    monkeypatch.setattr("trackteroid.configuration.DEFAULT_PROJECTIONS_RESOLVER", resolver, raising=False)
    session.answer("select name, type.name from Asset", [])
    assets.fetch_attributes()
    assert session.queries == ['select name, type.name from Asset where id in ("a","b")']


@pytest.mark.promise("fetching-keeps-changes")
def test_fetching_keeps_local_changes(session: FakeSession, assets: Any) -> None:
    assets[0].name = "mine"
    session.answer("select name from Asset", [record("Asset", "a", name="theirs")])
    assets.fetch_attributes("name")
    assert assets.name == ["mine", "y"]


@pytest.mark.promise("fetching-asks-in-parts")
@pytest.mark.slow
def test_fetching_asks_for_many_entities_in_parts(session: FakeSession) -> None:
    session.answer("select id, name from Asset", [record("Asset", str(n), name="x") for n in range(2500)])
    many: Any = Query(Asset, session=session).get_all()
    session.requests.clear()
    many.fetch_attributes()
    assert len(session.queries) == len(session.requests) == 3
    asked = [identifier for text in session.queries for identifier in re.findall(r'"(\d+)"', text)]
    assert asked == [str(n) for n in range(2500)]


def test_kinds_of_one_type_are_asked_for_together(session: FakeSession) -> None:
    kinds = [record("Shot", "s"), record("Task", "t"), record("Folder", "f")]
    session.answer("select description from TypedContext", [])
    collection(session, *kinds, of="TypedContext").fetch_attributes("description")
    session.answer("select name from Context", [])
    mixed = collection(session, *kinds, record("Project", "p"), of="TypedContext")
    mixed.fetch_attributes("name")
    assert len(session.queries) == 2
    assert session.queries[-1].endswith('from Context where id in ("s","t","f","p")')


@pytest.mark.promise("fetching-on-mixed-collections")
def test_what_only_some_kinds_have_is_asked_of_these(session: FakeSession) -> None:
    for name in ("Project", "Shot"):
        session.answer(f"select status from {name}", [])
    mixed = collection(session, record("Shot", "s"), record("Project", "p"), of="TypedContext")
    mixed.fetch_attributes("status")
    assert [text.split(" where ")[0] for text in session.queries] == [
        "select status from Project",
        "select status from Shot",
    ]
    session.requests.clear()
    session.answer("select full_name from Project", [])
    mixed.fetch_attributes("full_name")
    assert len(session.queries) == 1


def test_several_keys_are_asked_for_in_few_words(session: FakeSession) -> None:
    keys = [("n1", "a"), ("n1", "b"), ("n2", "a")]
    recipients = collection(session, *(record("Recipient", note_id=note, resource_id=user) for note, user in keys))
    session.answer("select text_mentioned", [])
    recipients.fetch_attributes("text_mentioned")
    assert session.queries[0].endswith(
        'where (note_id is "n1" and resource_id in ("a","b")) or (note_id is "n2" and resource_id in ("a"))'
    )


def test_new_entities_are_not_asked_for(session: FakeSession, assets: Any) -> None:
    task = collection(session, record("Task", "t"))
    created = assets[0].versions.create(task=task)
    created.fetch_attributes("comment")
    assert session.requests == []


class TestOnlyMissing:
    @pytest.fixture
    def found(self, session: FakeSession) -> Any:
        task = record("Task", "t", status=record("Status", "st", name="Done"))
        return collection(
            session,
            record("AssetVersion", "a", comment="x", task=task, components=[record("Component", "c", name="main")]),
            record("AssetVersion", "b", comment="y", task=None, components=[]),
        )

    @pytest.mark.promise("only-missing-asks-for-what-is-missing")
    @pytest.mark.parametrize(
        "attribute", ["comment", "task", "task.status", "task.status.name", "components.name", "id"], ids=str
    )
    def test_asks_nothing_when_everything_is_there(self, session: FakeSession, found: Any, attribute: str) -> None:
        assert found.fetch_attributes(attribute, only_missing=True) is found
        assert session.requests == []

    @pytest.mark.parametrize(
        ("attribute", "asked"),
        [
            ("version", '"a","b"'),
            ("task.name", '"a"'),
            ("task.status.color", '"a"'),
            ("components.size", '"a"'),
            ("components.component_locations.id", '"a"'),
        ],
    )
    def test_asks_for_what_is_not(self, session: FakeSession, found: Any, attribute: str, asked: str) -> None:
        session.answer("select", [])
        found.fetch_attributes("comment", attribute, only_missing=True)
        assert session.queries == [f"select {attribute} from AssetVersion where id in ({asked})"]

    def test_asks_only_for_the_entities_that_lack_something(self, session: FakeSession, found: Any) -> None:
        session.load(record("AssetVersion", "c", comment="z"))
        three = found | collection(session, record("AssetVersion", "c"))
        session.answer("select", [record("AssetVersion", "c", task=None)])
        three.fetch_attributes("comment", "task.status.name", only_missing=True)
        three.fetch_attributes("comment", "task.status.name", only_missing=True)
        assert session.queries == ['select task.status.name from AssetVersion where id in ("c")']

    def test_counts_local_values_as_loaded(self, session: FakeSession, found: Any) -> None:
        found.version = [1, 2]
        found.fetch_attributes("version", only_missing=True)
        assert session.requests == []

    def test_leaves_out_kinds_that_a_path_is_not_about(self, session: FakeSession) -> None:
        asset = collection(session, record("Asset", "a", parent=record("Project", "p")))
        asset.fetch_attributes("parent[Shot].name", "parent.priority.name", only_missing=True)
        assert session.requests == []


def test_misspelt_attributes_are_not_sent(session: FakeSession, assets: Any) -> None:
    with pytest.raises(UnknownAttributeError, match='"versions"'):
        assets.fetch_attributes("version")
    assert session.queries == []


@pytest.mark.promise("get-loads-related-entities")
def test_related_entities_are_loaded_with_their_attributes(session: FakeSession, assets: Any) -> None:
    status = record("Status", "s", state=record("State", "st", name="Done"))
    version = record("AssetVersion", "1", comment="hi", status=status)
    session.answer("select versions", [record("Asset", "a", name="x", versions=[version])])
    found = assets.get(AssetVersion, projections=["comment", AssetVersion.State.name])
    assert repr(found) == "EntityCollection[AssetVersion]{1}"
    assert (found.comment, found.State.name) == (["hi"], ["Done"])
    assert session.queries == ['select versions.comment, versions.status.state.name from Asset where id in ("a","b")']
    assert isinstance(assets.get(AssetVersion)[Task], EmptyCollection)
    with pytest.raises(RelationError):
        collection(session, record("State", "s")).get(AssetVersion)


@pytest.mark.promise("results-keep-their-query")
def test_the_original_query_is_returned_as_a_copy(session: FakeSession, assets: Any) -> None:
    query = assets.as_query()
    assert str(query) == 'select id, name from Asset where (name in ("x","y"))'
    query.by_id("z")
    assert str(assets.as_query()) == 'select id, name from Asset where (name in ("x","y"))'
    assert str(assets.as_query(use_ids=True)) == 'select id, name from Asset where (id in ("a","b"))'


@pytest.mark.promise("query-by-ids")
@pytest.mark.filterwarnings("ignore::trackteroid.errors.MissingValueWarning")
def test_what_was_read_is_asked_for_by_id(session: FakeSession, assets: Any) -> None:
    session.load(record("Asset", "a", versions=[record("AssetVersion", "1")]))
    assert str(assets.versions.as_query()).endswith('from AssetVersion where (id is "1")')
    for part in (assets[:1], assets.filter(lambda a: a.name == ["x"]), assets[0]):
        assert str(part.as_query()).endswith('from Asset where (id is "a")')
    assert not assets[5:].as_query().get_all()
    task = collection(session, record("Task", "t"))
    session.requests.clear()
    created = assets[0].versions.create(task=task)
    assert str(created.as_query()).endswith(f'where (id is "{created.id[0]}")')
    assert session.requests == []


@pytest.mark.promise("children-can-be-queried")
def test_children_are_asked_for_by_their_parents(session: FakeSession) -> None:
    session.answer("select id, name from Project", [record("Project", "p", name="p")])
    project: Any = Query(Project, session=session).get_one()
    session.answer("select id, name, description from TypedContext", [record("Shot", "s", name="sh", description="d")])
    children = project.query_children(projections=["description"])
    assert repr(children) == "EntityCollection[TypedContext]{1}"
    assert (ids(children[Shot]), children.description) == (["s"], ["d"])
    assert session.queries[-1].endswith('where (parent_id in ("p"))')


@pytest.mark.promise("children-can-be-queried")
def test_children_of_several_are_asked_for_at_once_and_through_any_session(session: FakeSession) -> None:
    session.answer("select id, name from Project", [record("Project", each, name=each) for each in "pq"])
    projects: Any = Query(Project, session=session).get_all()
    other = FakeSession()
    other.answer("select id, name from TypedContext", [record("Shot", "s", name="sh")])
    assert context_of(projects.query_children(session=other)).session is other
    assert other.queries[-1].endswith('where (parent_id in ("p","q"))')


@pytest.mark.promise("relation-works-everywhere")
def test_configured_relations_lead_to_related_entities(session: FakeSession) -> None:
    entry = SchemaEntry("studio", {"Asset": {"Task": ("versions.task", "versions.uses_versions.task")}})
    session.answer("select id, name from Asset", [record("Asset", "a", name="x")])
    asset: Any = Query(Asset, session=session, schema=entry).get_one()
    newest = record("AssetVersion", "1", task=record("Task", "t"))
    session.answer("select versions.task", [record("Asset", "a", name="x", versions=[newest])])
    assert ids(asset.get(Task)) == ["t"]
    assert session.queries[-1] == (
        'select versions.task.id, versions.uses_versions.task.id from Asset where id in ("a")'
    )


@pytest.mark.promise("empty-gives-neutral-results")
def test_nothing_is_asked_for_no_entities(session: FakeSession, assets: Any) -> None:
    nothing = assets.filter(lambda _: False)
    assert nothing.fetch_attributes("versions", only_missing=True) is nothing
    assert repr(nothing.get(State)) == "EmptyCollection[State]"
    assert repr(nothing.query_children()) == "EmptyCollection[TypedContext]"
    assert session.requests == []


@pytest.mark.promise("fetching-asks-in-parts")
def test_children_of_many_are_asked_for_in_parts(session: FakeSession) -> None:
    session.answer("select id, name from Project", [record("Project", str(n), name="p") for n in range(1001)])
    projects: Any = Query(Project, session=session).get_all()
    session.answer("select id, name from TypedContext", [record("Shot", "s", name="sh")])
    session.requests.clear()
    assert ids(projects.query_children()) == ["s"]
    assert len(session.queries) == 2


def test_collections_without_a_query_can_load_but_not_ask(session: FakeSession) -> None:
    asset = collection(session, record("Asset", "a"))
    session.answer("select name from Asset", [record("Asset", "a", name="x")])
    assert asset.fetch_attributes("name").name == ["x"]
    for ask in (asset.as_query, asset.query_children):
        with pytest.raises(EntityCollectionOperationError, match="not made by a query"):
            ask()


@pytest.mark.promise("every-way-to-ask-is-logged")
def test_what_is_fetched_is_logged_like_a_query(
    session: FakeSession, assets: Any, caplog: pytest.LogCaptureFixture
) -> None:
    session.answer("select name from Asset", [])
    with caplog.at_level(logging.INFO, logger="trackteroid.query"):
        assets.fetch_attributes("name")
    assert caplog.messages == ['Performing query: "select name from Asset where id in ("a","b")"']
