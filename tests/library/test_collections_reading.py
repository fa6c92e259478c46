"""Reading attributes: from all entities at once, from memory only, and never wrong about what is not there."""

from typing import Any

import pytest
from collection_tools import UNNOTICED, collection, ids, versions
from fake_session import AnsweredFromMemory, FakeSession, FakeTrackteroidSession, record
from ftrack_api.symbol import NOT_SET

from trackteroid.collections import EmptyCollection
from trackteroid.collections.context import depth_of
from trackteroid.entities import AssetBuild, Project, Shot, TypedContext
from trackteroid.errors import RelationError, UnknownAttributeError
from trackteroid.schema.relations import SchemaEntry


@pytest.fixture(params=[FakeSession, FakeTrackteroidSession])
def session(request: pytest.FixtureRequest) -> AnsweredFromMemory:
    return request.param()


def task(identifier: str, **values: Any) -> dict[str, Any]:
    return record("Task", identifier, **values)


@pytest.mark.promise("scalars-are-lists")
def test_scalars_give_one_value_per_entity(session: AnsweredFromMemory) -> None:
    found = versions(session, 1, 2, 3, comment="same")
    assert found.version == [1, 2, 3]
    assert found.comment == ["same", "same", "same"]


@pytest.mark.promise("what-was-not-asked-for-is-not-set")
@UNNOTICED
def test_what_is_not_loaded_is_not_set_and_false(session: AnsweredFromMemory) -> None:
    found = collection(session, record("AssetVersion", "a", comment="x"), record("AssetVersion", "b"))
    assert found.comment == ["x", NOT_SET]
    assert not found.comment[1]


@pytest.mark.promise("local-values-come-first")
def test_local_values_come_before_those_of_the_server(session: AnsweredFromMemory) -> None:
    found = versions(session, 1, 2)
    found.values()[1]["version"] = 20
    assert found.version == [1, 20]


@pytest.mark.promise("references-are-collections")
def test_references_are_collections_without_duplicates(session: AnsweredFromMemory) -> None:
    found = collection(
        session,
        record("AssetVersion", "a", task=task("t1", name="anim")),
        record("AssetVersion", "b", task=task("t2", name="comp")),
        record("AssetVersion", "c", task=task("t1", name="anim")),
    )
    assert repr(found.task) == "EntityCollection[Task]{2}"
    assert found.task.name == ["anim", "comp"]


@pytest.mark.promise("partly-loaded-references-show")
@UNNOTICED
def test_null_and_unloaded_references_hide_nothing(session: AnsweredFromMemory) -> None:
    found = collection(
        session,
        record("AssetVersion", "a"),
        record("AssetVersion", "b", task=None),
        record("AssetVersion", "c", task=task("t", name="anim")),
    )
    assert found.task.name == ["anim"]


@pytest.mark.promise("null-references-are-empty")
@UNNOTICED
@pytest.mark.parametrize("values", [{}, {"task": None}], ids=["unloaded", "null"])
def test_references_to_nothing_are_empty_and_typed(session: AnsweredFromMemory, values: dict[str, Any]) -> None:
    found = collection(session, record("AssetVersion", "a", **values))
    assert repr(found.task).startswith("EmptyCollection[Task]")
    assert found.task.source.owner is found
    assert depth_of(found.task) == 1
    assert not found.task.name


@pytest.mark.parametrize("values", [{}, {"versions": []}], ids=["unloaded", "loaded"])
def test_arrays_of_nothing_are_empty_and_typed(session: AnsweredFromMemory, values: dict[str, Any]) -> None:
    found = collection(session, record("Asset", "a", **values))
    assert isinstance(found.versions, EmptyCollection)
    assert repr(found.versions).startswith("EmptyCollection[AssetVersion]")


@pytest.mark.promise("references-are-collections", "partly-loaded-references-show")
@UNNOTICED
def test_arrays_are_joined_without_duplicates(session: AnsweredFromMemory) -> None:
    found = collection(
        session,
        record("AssetVersion", "a", components=[record("FileComponent", "1"), record("SequenceComponent", "2")]),
        record("AssetVersion", "b", components=[record("FileComponent", "1"), record("ContainerComponent", "3")]),
        record("AssetVersion", "not loaded"),
    )
    assert repr(found.components) == "EntityCollection[Component]{3}"
    assert ids(found.components) == ["1", "2", "3"]


@pytest.mark.promise("reached-types-follow-the-schema")
@pytest.mark.parametrize(
    ("attribute", "reached", "expected"),
    [
        ("parent", record("Shot", "s"), "EntityCollection[TypedContext]{1}"),
        ("parent", record("Project", "p"), "EntityCollection[TypedContext]{1}"),
        ("children", [record("Shot", "s"), record("Project", "p")], "EntityCollection[TypedContext]{2}"),
        ("ancestors", [record("Folder", "f")], "EntityCollection[TypedContext]{1}"),
        ("descendants", [record("Task", "t")], "EntityCollection[TypedContext]{1}"),
        ("priority", record("Priority", "p"), "EntityCollection[Priority]{1}"),
        ("components", [record("FileComponent", "f")], "EntityCollection[Component]{1}"),
        ("managers", [record("Manager", "m")], "EntityCollection[Manager]{1}"),
    ],
)
def test_the_type_of_what_is_reached(session: AnsweredFromMemory, attribute: str, reached: Any, expected: str) -> None:
    of = "AssetVersion" if attribute == "components" else "Shot"
    assert repr(collection(session, record(of, "x", **{attribute: reached})).attribute(attribute)) == expected


@pytest.mark.promise("reached-types-follow-the-schema")
def test_mixed_results_have_the_type_the_schema_names(session: AnsweredFromMemory) -> None:
    mixed = collection(
        session,
        record("Appointment", "a", resource=record("User", "u"), context=record("Shot", "s")),
        record("Appointment", "b", resource=record("Group", "g"), context=record("Project", "p")),
    )
    assert repr(mixed.resource) == "EntityCollection[Resource]{2}"
    assert repr(mixed[0].resource) == "EntityCollection[User]{1}"
    assert repr(mixed.context) == "EntityCollection[TypedContext]{2}"


@pytest.mark.promise("type-names-with-blanks")
def test_types_with_a_blank_in_their_name_are_reached_as_the_class_to_import(session: AnsweredFromMemory) -> None:
    found = collection(session, record("Appointment", "a", context=record("AssetBuild", "b", name="lamp")))
    assert found.context.entity_type is AssetBuild
    assert found.context.name == ["lamp"]


@pytest.mark.promise("reached-types-follow-the-schema")
@pytest.mark.parametrize("order", [1, -1])
def test_attributes_of_mixed_collections_do_not_depend_on_the_order(session: AnsweredFromMemory, order: int) -> None:
    records = [
        record("Shot", "s", status=record("Status", "st", name="Done")),
        record("Project", "p", status="active", full_name="The Project"),
    ][::order]
    mixed = collection(session, *records, of="TypedContext")
    assert mixed.status.name == ["Done"]
    assert mixed.full_name == [NOT_SET, "The Project"][::order]
    assert mixed[Project].status == ["active"]
    assert TypedContext(mixed[Project]).status == ["active"]


@pytest.mark.promise("mappings-are-dictionaries")
@UNNOTICED
def test_mappings_are_plain_dictionaries(session: AnsweredFromMemory) -> None:
    entries = [record("Metadata", parent_id="a", key=key, value=value) for key, value in (("k", "v"), ("x", "y"))]
    found = collection(
        session, record("Asset", "a", metadata=entries), record("Asset", "b", metadata=[]), record("Asset", "c")
    )
    assert found.metadata == [{"k": "v", "x": "y"}, {}, NOT_SET]
    assert list(map(type, found.metadata[:2])) == [dict, dict]


def custom(entity: str, **values: Any) -> list[dict[str, Any]]:
    return [
        record("ContextCustomAttributeValue", configuration_id=f"c-{key}", entity_id=entity, key=key, value=value)
        for key, value in values.items()
    ]


@pytest.mark.promise("custom-attributes-have-a-prefix")
@UNNOTICED
def test_custom_attributes_tell_missing_from_unloaded(session: AnsweredFromMemory) -> None:
    found = collection(
        session,
        record("Shot", "a", custom_attributes=custom("a", fps=24.0, note=None)),
        record("Shot", "b", custom_attributes=custom("b", note="hi")),
        record("Shot", "c"),
    )
    assert found.custom_fps == [24.0, None, NOT_SET]
    assert found.custom_attributes[:2] == [{"fps": 24.0, "note": None}, {"note": "hi"}]


@pytest.mark.promise("read-early-seen-once-loaded")
@UNNOTICED
def test_values_read_too_early_are_seen_once_they_are_loaded(session: AnsweredFromMemory) -> None:
    found = collection(session, record("Shot", "a"))
    assert found.custom_fps == [NOT_SET]
    assert not found.assets
    session.load(record("Shot", "a", custom_attributes=custom("a", fps=25.0), assets=[record("Asset", "x")]))
    assert found.custom_fps == [25.0]
    assert ids(found.assets) == ["x"]


@pytest.mark.promise("attributes-named-like-methods-or-keywords")
@pytest.mark.parametrize("name", ["sort", "group", "entity_type", "filter", "query", "keys"])
def test_attributes_named_like_methods_are_read_with_attribute(session: AnsweredFromMemory, name: str) -> None:
    holders = {"sort": "Shot", "group": "Membership", "entity_type": "CustomAttributeConfiguration"}
    if name not in holders:
        with pytest.raises(UnknownAttributeError):
            versions(session, 1).attribute(name)
        return
    value = record("Group", "g", name="x") if name == "group" else 3.0
    found = collection(session, record(holders[name], "a", **{name: value})).attribute(name)
    assert ids(found) == ["g"] if name == "group" else found == [3.0]


def test_attributes_with_unusual_names_are_read(session: AnsweredFromMemory) -> None:
    found = collection(
        session, record("TypedContextLink", "l", **{"from": record("Shot", "s", name="one"), "to": record("Shot", "t")})
    )
    assert found.attribute("from").name == ["one"]
    assert ids(getattr(found, "to")) == ["t"]  # noqa: B009
    assert collection(session, record("AssetVersion", "a", _link="x"))._link == ["x"]


@pytest.mark.promise("unknown-attributes-are-refused")
@pytest.mark.parametrize(
    ("name", "suggestion"), [("versoin", '"version"'), ("Taks", '"Task"'), ("commment", '"comment"'), ("zzzzzz", "")]
)
def test_unknown_names_raise_with_suggestions(session: AnsweredFromMemory, name: str, suggestion: str) -> None:
    with pytest.raises(AttributeError, match=f"AssetVersion has no attribute.*{name}.*{suggestion}") as caught:
        getattr(versions(session, 1), name)
    assert isinstance(caught.value, UnknownAttributeError)
    assert caught.value.name == name


@pytest.mark.promise("unknown-attributes-are-refused")
@pytest.mark.parametrize("name", ["logging", "copy", "Criteria", "__array__", "_ipython_display_"])
def test_names_of_python_are_no_attributes(session: AnsweredFromMemory, name: str) -> None:
    assert not hasattr(versions(session, 1), name)


def test_errors_on_the_way_to_the_schema_are_not_hidden(session: AnsweredFromMemory) -> None:
    found = versions(session, 1)
    del session.schemas
    for name in ("version", "typo"):
        with pytest.raises(AttributeError, match="schemas"):
            getattr(found, name)


def test_ftrack_api_keeps_a_local_and_a_remote_value_under_these_names(session: AnsweredFromMemory) -> None:
    """The fast way of reading depends on it; if a new ftrack_api changes it, `collections.stored` has to follow."""
    (version,) = session.load(record("AssetVersion", "v", comment="remote"))
    attribute = version.attributes.get("comment")
    assert attribute is not None
    storage = attribute.get_entity_storage(version)
    version["comment"] = "local"
    assert storage["comment"] == {"local": "local", "remote": "remote"}
    assert storage["version"] == {"local": NOT_SET, "remote": NOT_SET}
    assert attribute.get_entity_storage(version) is storage


class TestTypeShortcuts:
    @pytest.mark.promise("types-are-read-by-name")
    def test_they_follow_the_relation(self, session: AnsweredFromMemory) -> None:
        location = record("ComponentLocation", "l", resource_identifier="/x")
        found = collection(
            session,
            record("AssetVersion", "a", components=[record("Component", "c", component_locations=[location])]),
        )
        assert found.ComponentLocation.resource_identifier == ["/x"]
        assert found.ComponentLocation == found.components.component_locations

    @pytest.mark.promise("casts-hold-on-reading")
    def test_brackets_select_the_type(self, session: AnsweredFromMemory) -> None:
        asset = collection(session, record("Asset", "a", parent=record("Shot", "s", name="sh")))
        assert asset.Shot.name == ["sh"]
        assert repr(asset.Sequence) == "EmptyCollection[Sequence]"
        assert asset.TypedContext.name == ["sh"]

    @pytest.mark.promise("casts-hold-on-reading")
    def test_brackets_in_the_middle_select_the_type_too(self, session: AnsweredFromMemory) -> None:
        schema = SchemaEntry(entities={"Task": {"Sequence": ("parent[Shot].parent",)}})
        below = [
            record("Task", kind, parent=record(kind, kind, parent=record("Sequence", f"above {kind}")))
            for kind in ("Shot", "AssetBuild")
        ]
        assert ids(collection(session, *below, schema=schema).Sequence) == ["above Shot"]

    @pytest.mark.promise("types-are-read-by-name")
    def test_without_brackets_the_type_is_selected_all_the_same(self, session: AnsweredFromMemory) -> None:
        schema = SchemaEntry(entities={"Task": {"Shot": ("parent",)}})
        tasks = [record("Task", kind, parent=record(kind, f"of {kind}")) for kind in ("Shot", "AssetBuild")]
        shots = collection(session, *tasks, schema=schema).Shot
        assert (repr(shots), ids(shots)) == ("EntityCollection[Shot]{1}", ["of Shot"])

    @pytest.mark.promise("several-paths-are-united")
    def test_several_paths_are_united(self, session: AnsweredFromMemory) -> None:
        schema = SchemaEntry(entities={"Task": {"Folder": ("parent[Folder]", "parent[Shot].parent[Folder]")}})
        folders = collection(
            session,
            record("Task", "t", parent=record("Folder", "f1")),
            record("Task", "u", parent=record("Shot", "s", parent=record("Folder", "f2"))),
            schema=schema,
        ).Folder
        assert repr(folders) == "EntityCollection[Folder]{2}"
        assert ids(folders) == ["f1", "f2"]

    @pytest.mark.promise("null-references-are-empty")
    def test_null_steps_end_in_an_empty_collection(self, session: AnsweredFromMemory) -> None:
        found = collection(session, record("AssetVersion", "a", task=None))
        assert repr(found.Project) == "EmptyCollection[Project]"
        assert found.Project.name[0] or True

    def test_a_step_that_a_project_does_not_have_is_no_error(self, session: AnsweredFromMemory) -> None:
        below_project = record("Asset", "a", parent=record("Project", "p"))
        below_shot = record("Asset", "b", parent=record("Shot", "s", project=record("Project", "q")))
        assert ids(collection(session, below_project, below_shot).parent.project) == ["q"]
        assert repr(collection(session, below_project).parent.project) == "EmptyCollection[Project]"

    @pytest.mark.promise("unknown-relation-says-where-to-add-it")
    def test_unknown_relations_name_both_types(self, session: AnsweredFromMemory) -> None:
        with pytest.raises(RelationError, match=r"State.*AssetVersion"):
            _ = collection(session, record("State", "s")).AssetVersion


def bare(values: dict[str, Any]) -> dict[str, Any]:
    return record(values["__entity_type__"], values["id"])


class TestAutoPopulate:
    @pytest.mark.promise("reading-sends-no-request")
    @UNNOTICED
    def test_is_off_unless_the_session_says_so(self, session: AnsweredFromMemory) -> None:
        found = versions(session, 1, 2)
        _ = found.comment, found.task, found.custom_x, found.metadata, found.Project.name
        assert session.requests == []

    def test_loads_missing_values_in_one_query(self) -> None:
        session = FakeSession(auto_populate=True)
        found = versions(session, 1, 2, 3)
        found.values()[0]["comment"] = "local"
        session.answer(
            "select comment from AssetVersion", [record("AssetVersion", f"v{n}", comment=f"c{n}") for n in (2, 3)]
        )
        assert found.comment == ["local", "c2", "c3"]
        assert found.comment == ["local", "c2", "c3"]
        assert session.queries == ['select comment from AssetVersion where id in ("v2","v3")']

    def test_asks_once_for_several_kinds_of_entities(self) -> None:
        session = FakeSession(auto_populate=True)
        records = [record("Shot", "s", name="sh"), record("Task", "t", name="comp"), record("Project", "p", name="pr")]
        mixed = collection(session, *map(bare, records), of="TypedContext")
        session.answer("select name from Context", records)
        assert mixed.name == ["sh", "comp", "pr"]
        assert len(session.queries) == 1

    @pytest.mark.promise("auto-populate-asks-once")
    @pytest.mark.parametrize(
        "read",
        [
            lambda found: [each.comment[0] for each in found],
            lambda found: found.map(lambda v: v.comment[0]),
            lambda found: [v.comment[0] for v in found.filter(lambda v: v.comment)],
            lambda found: [v.comment[0] for v in found.sort(lambda v: v.comment)],
            lambda found: list(found.group(lambda v: v.comment)),
            lambda found: [v[0].comment[0] for v in found],
            lambda found: found.fold([], lambda texts, v: texts + v.comment),
        ],
        ids=["loop", "map", "filter", "sort", "group", "item", "fold"],
    )
    def test_asks_once_for_a_whole_loop(self, read: Any) -> None:
        session = FakeSession(auto_populate=True)
        numbers = range(1, 6)
        session.answer("select comment", [record("AssetVersion", f"v{n}", comment=f"c{n}") for n in numbers])
        assert read(versions(session, *numbers)) == [f"c{n}" for n in numbers]
        assert session.queries == ['select comment from AssetVersion where id in ("v1","v2","v3","v4","v5")']

    @pytest.mark.promise("auto-populate-asks-once")
    def test_asks_once_per_level_of_what_a_loop_reads(self) -> None:
        session = FakeSession(auto_populate=True)
        tasks = [record("Task", f"t{n}") for n in range(4)]
        found = collection(session, *(record("AssetVersion", str(n)) for n in range(4)))
        session.answer("select task from", [record("AssetVersion", str(n), task=task) for n, task in enumerate(tasks)])
        status = [record("Status", s) for s in "xy"]
        session.answer("select status from", [{**task, "status": status[n % 2]} for n, task in enumerate(tasks)])
        session.answer("select name from", [record("Status", s, name=s.upper()) for s in "xy"])
        assert [v.task.status.name for v in found] == [["X"], ["Y"], ["X"], ["Y"]]
        assert session.queries == [
            'select task from AssetVersion where id in ("0","1","2","3")',
            'select status from Task where id in ("t0","t1","t2","t3")',
            'select name from Status where id in ("x","y")',
        ]

    @pytest.mark.promise("auto-populate-asks-once")
    def test_loads_custom_attributes_too(self) -> None:
        session = FakeSession(auto_populate=True)
        answer = [record("Shot", n, custom_attributes=custom(n, fps=24.0)) for n in "ab"]
        session.answer("select custom_attributes from Shot", answer)
        found = collection(session, record("Shot", "a"), record("Shot", "b"))
        assert found.custom_fps == [24.0, 24.0]
        assert len(session.queries) == 1

    @pytest.mark.promise("auto-populate-asks-once")
    def test_does_not_ask_again_for_what_the_server_does_not_have(self) -> None:
        session = FakeSession(auto_populate=True)
        session.answer("select comment", [])
        assert [v.comment for v in versions(session, 1, 2, 3)] == [[NOT_SET]] * 3
        assert len(session.requests) == 1

    def test_leaves_out_entities_that_are_not_on_the_server_yet(self) -> None:
        session = FakeSession(auto_populate=True)
        created = session.create("Shot", {"name": "new"})
        from trackteroid.collections import make_collection

        fresh = make_collection(Shot, [created], session=session, schema=SchemaEntry())
        assert fresh.description in ([""], [NOT_SET])
        assert isinstance(fresh.assets, EmptyCollection)
        assert session.queries == []

    def test_queries_types_with_several_keys(self) -> None:
        session = FakeSession(auto_populate=True)
        found = collection(session, record("Recipient", note_id="n", resource_id='r"1'))
        answer = record("Recipient", note_id="n", resource_id='r"1', text_mentioned="t")
        session.answer("select text_mentioned", [answer])
        assert found.text_mentioned == ["t"]
        assert session.queries[0].endswith('where note_id is "n" and resource_id in ("r\\"1")')
