"""What the documentation shows of collections, run against the demo production on a real server in this process."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from collection_tools import connected_to, connected_to_copy
from ftrack_api.exception import NoResultFoundError
from ftrack_api.symbol import NOT_SET

from trackteroid import (
    Asset,
    AssetBuild,
    AssetVersion,
    Component,
    ComponentLocation,
    EmptyCollection,
    EntityCollection,
    Folder,
    Note,
    NoteCategory,
    ObjectType,
    Project,
    Query,
    Session,
    Shot,
    State,
    Status,
    Task,
    TypedContext,
    User,
)


@pytest.fixture(scope="module")
def unchanged(database: Path) -> Iterator[Session]:
    """A session of the demo production that no test changes."""
    with connected_to(database) as session:
        yield session


@pytest.fixture
def ask(unchanged: Session) -> Iterator[Any]:
    """`Query` with the session of the demo production; what is there must not change."""
    unchanged.cache.clear()
    yield lambda entity_type: Query(entity_type, session=unchanged)
    assert len(unchanged.recorded_operations) == 0


@pytest.fixture
def session(database: Path, tmp_path: Path) -> Iterator[Session]:
    """A session of a demo production of its own, which may be changed."""
    with connected_to_copy(database, tmp_path) as session:
        yield session


class TestAccess:
    def test_16_iterables_all_the_way_down(self, ask: Any) -> None:
        def paths(limit: int) -> Any:
            found = ask(TypedContext).get_all(
                limit=limit, projections=[Component.name, ComponentLocation.resource_identifier], order_by="id"
            )
            return (
                found[Shot]
                .filter(lambda shot: shot.Component.name and shot.Component.name[0] == "main")
                .ComponentLocation.resource_identifier
            )

        assert (paths(0)[0] or "Not existing") == "Not existing"
        assert paths(200)[0].startswith("/mnt/projects/")
        assert sum(path.startswith("/mnt/projects/") for path in paths(200)) > 10

    @pytest.mark.parametrize(("item", "size"), [(0, 1), (-1, 1), (slice(2, 5), 3)])
    def test_17_items(self, ask: Any, item: Any, size: int) -> None:
        assert repr(ask(AssetVersion).get_all(limit=10)[item]) == f"EntityCollection[AssetVersion]{{{size}}}"

    def test_17_items_by_id_and_type(self, ask: Any) -> None:
        versions = ask(AssetVersion).get_all(limit=10)
        assert versions[versions.id[3]] == versions[3]
        shots = ask(TypedContext).get_all()[Shot]
        assert repr(shots) == "EntityCollection[Shot]{25}"

    def test_18_a_type_stands_for_the_way_to_it(self, ask: Any) -> None:
        found = ask(AssetVersion).get_all(limit=3, projections=[ComponentLocation.resource_identifier])
        assert found.ComponentLocation.resource_identifier == found.components.component_locations.resource_identifier
        assert found.ComponentLocation.resource_identifier[0].startswith("/mnt/projects/")

    def test_19_custom_attributes(self, ask: Any) -> None:
        shots = ask(Shot).by_name("sh010", "sh020").by_name(Project, "showroom").get_all(["custom_attributes"])
        shots = shots.sort(lambda shot: shot.name)
        assert all(isinstance(number, float) for number in shots.custom_frame_start)
        assert len(shots.custom_frame_start) == len(shots.custom_frame_end) == len(shots)
        assert all(a < b for a, b in zip(shots.custom_frame_start, shots.custom_frame_end, strict=True))

    def test_20_an_overview(self, ask: Any) -> None:
        found = ask(AssetVersion).by_name("AnotherAsset", "SomeAsset").by_name(Project, "DummyProject")
        five = found.get_all(projections=[Asset.name, "version"], order_by=["asset.name", "version"])
        assert [(index, repr(each), each.id) for index, each in enumerate(five)] == [
            (index, "EntityCollection[AssetVersion]{1}", [identifier]) for index, identifier in enumerate(five.id)
        ]
        assert five.map(lambda v: f"{v.Asset.name[0]}_v{v.version[0]:03}")[0] == "AnotherAsset_v001"
        groups = five.group(lambda v: v.Asset.name[0])
        assert {key: repr(group) for key, group in groups.items()} == {
            "AnotherAsset": "EntityCollection[AssetVersion]{3}",
            "SomeAsset": "EntityCollection[AssetVersion]{2}",
        }
        assert five.group_and_map(lambda v: v.Asset.name[0], lambda part: part.version) == {
            "AnotherAsset": [1, 2, 3],
            "SomeAsset": [1, 2],
        }
        assert repr(five.partition(lambda v: v.version[0] == 2)) == (
            "(EntityCollection[AssetVersion]{2}, EntityCollection[AssetVersion]{3})"
        )

    def test_21_sets(self, ask: Any) -> None:
        a, b = ask(AssetVersion).get_all(limit=3), ask(AssetVersion).get_all(limit=3, offset=1)
        assert list(a.union(b).keys()) == [*a.keys(), list(b.keys())[-1]]
        sizes = [a.difference(b), b.difference(a), a.symmetric_difference(b), a.intersection(b)]
        assert list(map(len, sizes)) == [1, 1, 2, 2]

    def test_22_fetching(self, ask: Any) -> None:
        found = (
            ask(Asset)
            .get_all()
            .fetch_attributes(Task.State.name, "versions")
            .filter(lambda asset: "Blocked" in asset.Task.State.name)
        )
        assert found
        assert "Blocked" in found.Task.State.name
        assert repr(found.AssetVersion).startswith("EntityCollection[AssetVersion]")

    def test_23_fallbacks(self, ask: Any) -> None:
        nothing = ask(Asset).by_name("NoSuchAsset").get_all()
        assert repr(nothing) == "EmptyCollection[Asset]"
        assert not nothing
        assert (nothing or "nothing found") == "nothing found"

    def test_24_fallbacks_at_the_end_of_chains(self, ask: Any) -> None:
        projections = ["versions.is_published", "versions.user.username"]
        asset = ask(Asset).get_first(projections=projections)
        published = asset.versions.filter(lambda v: v.is_published[0]).user.username or []
        assert isinstance(published, list)
        assert (asset.versions.filter(lambda _: False).user.username or []) == []


class TestMethods:
    @pytest.fixture
    def comp(self, ask: Any) -> Any:
        """The versions of bc0020_comp, 1 to 24, in order."""
        return ask(AssetVersion).by_name("bc0020_comp").get_all(order_by="version")

    def test_27_count(self, ask: Any) -> None:
        assets = ask(Asset).get_all()
        contains = lambda text: assets.count(lambda asset: text in asset.name[0])  # noqa: E731
        assert (len(assets), contains("character"), contains("environment")) == (100, 65, 18)

    def test_28_filter(self, ask: Any) -> None:
        assets = ask(Asset).get_all()
        assert repr(assets.filter(lambda a: "aria_turntable" in a.name[0])) == "EntityCollection[Asset]{1}"

    def test_29_filter_by_what_belongs_to_it(self, ask: Any) -> None:
        assets = ask(Asset).get_all(projections=[AssetVersion])
        assert repr(assets.filter(lambda asset: len(asset.AssetVersion) >= 10)) == "EntityCollection[Asset]{11}"

    def test_30_fold(self, ask: Any) -> None:
        found = ask(AssetVersion).get_all(limit=5, projections=[Component.size])
        total = found.Component.fold(0, lambda size, component: size + component.size[0])
        assert total == sum(found.Component.size) > 0

    def test_31_group(self, ask: Any) -> None:
        found = ask(AssetVersion).get_all(limit=15)
        groups = found.group(lambda v: v.asset.name)
        assert list(groups) == list(dict.fromkeys(v.asset.name[0] for v in found))
        assert sum(map(len, groups.values())) == 15

    def test_32_group_by_state(self, ask: Any) -> None:
        found = ask(AssetVersion).by_name("bc0030_comp").get_all(projections=[State.name])
        assert {key: repr(group) for key, group in found.group(lambda v: v.State.name[0]).items()} == {
            "Done": "EntityCollection[AssetVersion]{1}",
            "In Progress": "EntityCollection[AssetVersion]{9}",
        }

    def test_33_group_and_map(self, ask: Any) -> None:
        found = ask(AssetVersion).by_publisher("noor").get_all([Asset.name, Status.name, Note.content])
        said = found.group_and_map(
            lambda v: f"{v.Asset.name[0]}_v{v.version[0]:03}",
            lambda v: f"{v.Status.name[0]} - {v.Note.content[0] if v.Note else 'no notes'}",
        )
        assert sorted(said) == ["bc0040_comp_v001", "bc0040_comp_v002", "bc0040_comp_v003"]
        assert said["bc0040_comp_v003"] == "Pending Review - no notes"
        assert not said["bc0040_comp_v001"].endswith("no notes")

    def test_34_keys_of_groups(self, ask: Any) -> None:
        found = ask(TypedContext).get_all(projections=[ObjectType.name])
        assert set(found.group(lambda context: context.ObjectType.name[0])) == {
            "Folder",
            "Asset Build",
            "Episode",
            "Sequence",
            "Shot",
            "Milestone",
            "Task",
        }

    def test_35_map(self, ask: Any) -> None:
        found = ask(AssetVersion).by_name("bc0040_comp").get_all(order_by="version")
        assert found.map(lambda v: f"{v.asset.name[0]}:v{v.version[0]:03}") == [
            f"bc0040_comp:v00{number}" for number in (1, 2, 3)
        ]

    def test_36_and_38_max_and_min(self, comp: Any) -> None:
        assert repr(comp.max(lambda v: v.version)) == "EntityCollection[AssetVersion]{1}"
        assert (comp.max(lambda v: v.version).version, comp.min(lambda v: v.version).version) == ([24], [1])

    def test_37_and_39_max_and_min_of_what_belongs_to_it(self, ask: Any) -> None:
        assets = ask(Asset).get_all(projections=[AssetVersion.version])
        assert assets.max(lambda asset: asset.AssetVersion.version).name == ["bc0020_comp"]
        assert assets.min(lambda asset: asset.AssetVersion.version).AssetVersion.version == [1]

    def test_40_partition(self, ask: Any) -> None:
        tasks = ask(Task).get_all(projections=[State.name])
        assert repr(tasks.partition(lambda task: task.State.name == ["Done"])) == (
            "(EntityCollection[Task]{11}, EntityCollection[Task]{89})"
        )

    @pytest.mark.parametrize("reverse", [False, True])
    def test_41_sort(self, comp: Any, reverse: bool) -> None:
        ordered = comp.sort(lambda v: v.version, reverse=reverse)
        assert ordered.version == sorted(range(1, 25), reverse=reverse)

    def test_42_sort_by_what_it_belongs_to(self, ask: Any) -> None:
        found = ask(AssetVersion).get_all(limit=20).sort(lambda v: v.Asset.name)
        names = found.fold([], lambda so_far, v: so_far + v.asset.name)
        assert names == sorted(names)
        assert len(names) == 20
        assert len(found.asset.name) < 20, "read from all of them, names of the same asset appear once"

    def test_43_difference(self, comp: Any) -> None:
        a, b, c = comp[2:7], comp[5:19:13] | comp[3:7], comp[5:12]
        assert a.difference(b).version == [3]
        assert b.difference(a).version == [19]
        assert c.difference(b, a).version == [8, 9, 10, 11, 12]
        assert repr(a.difference(b, comp)) == "EmptyCollection[AssetVersion]"

    def test_44_to_46_intersection_symmetric_difference_union(self, comp: Any) -> None:
        a, b = comp[2:7], comp[5:8]
        assert a.intersection(b).version == [6, 7]
        assert a.symmetric_difference(b).version == [3, 4, 5, 8]
        assert a.union(b).version == [3, 4, 5, 6, 7, 8]
        assert a.union(b, comp[0]).version == [3, 4, 5, 6, 7, 8, 1]

    def test_47_coercion(self, ask: Any) -> None:
        folders, shots = TypedContext(ask(Folder).get_all()), TypedContext(ask(Shot).get_all(limit=10))
        assert list(map(repr, (folders, shots, folders.union(shots)))) == [
            f"EntityCollection[TypedContext]{{{count}}}" for count in (6, 10, 16)
        ]

    def test_48_parents(self, ask: Any) -> None:
        found = ask(TypedContext).get_all(projections=["parent"])
        assert repr(found.parent) == "EntityCollection[TypedContext]{58}"
        assert repr(found.parent[Project]) == "EntityCollection[Project]{4}"
        kinds = found.parent.fetch_attributes(ObjectType.name).ObjectType.name
        assert set(kinds) == {"Folder", "Asset Build", "Episode", "Sequence", "Shot"}

    def test_49_kinds(self, ask: Any) -> None:
        found = ask(TypedContext).get_all()
        assert repr(found[Folder]) == "EntityCollection[Folder]{6}"
        assert repr(found[AssetBuild]) == "EntityCollection[AssetBuild]{17}"


class TestAuthoring:
    def test_25_apply_to_what_it_was_read_from(self, session: Session) -> None:
        (status,) = Query(Status, session=session).by_name("In progress").get_all()
        tasks = Query(Task, session=session).by_state("Not Started").get_all([Status.name], limit=5)
        versions = [task.Status.apply(lambda _: status).name for task in tasks]
        assert versions == [["In progress"]] * 5
        assert tasks.Status.name == ["In progress"]
        tasks.commit()
        session.reconnect()
        found = Query(Task, session=session).by_id(*tasks.keys()).get_all([Status.name])
        assert found.Status.name == ["In progress"]

    def test_26_apply_with_a_name(self, session: Session) -> None:
        found = Query(AssetVersion, session=session).by_name("bc0040_comp").get_all(["comment"], order_by="version")
        before = found.comment
        found.apply(lambda v: f"{v.comment[0]} (edited)", "comment")
        found.commit()
        session.reconnect()
        again = Query(AssetVersion, session=session).by_name("bc0040_comp").get_all(["comment"], order_by="version")
        assert again.comment == [f"{text} (edited)" for text in before]

    def test_50_assignment(self, session: Session) -> None:
        def found() -> Any:
            query = Query(AssetVersion, session=session).by_name("bc0040_comp")
            return query.get_all([ComponentLocation.resource_identifier], order_by="version")

        versions = found()
        before = versions.ComponentLocation.resource_identifier
        versions.ComponentLocation[0].resource_identifier = "new value"
        assert versions.ComponentLocation.resource_identifier == ["new value", *before[1:]]
        versions.commit()
        session.reconnect()
        versions = found()
        assert versions.ComponentLocation.resource_identifier == ["new value", *before[1:]]
        versions.ComponentLocation.resource_identifier = ["a", "b", "c"]
        versions.commit()
        session.reconnect()
        assert found().ComponentLocation.resource_identifier == ["a", "b", "c"]

    def test_51_notes(self, session: Session) -> None:
        def found() -> Any:
            query = Query(AssetVersion, session=session).by_name("bc0040_comp").by_version(2)
            return query.get_one([Note.content, NoteCategory.name])

        version = found()
        user = Query(User, session=session).by_name("noor").get_one()
        category = Query(NoteCategory, session=session).by_name("For client").get_one()
        assert sorted(version.Note.group(lambda note: note.NoteCategory.name[0])) == ["Client feedback", "Internal"]
        new = version.Note.create(author=user, content="Thanks!", is_todo=False, category=category)
        assert repr(new) == "EntityCollection[Note]{1}"
        version.Note = version.Note.union(new)
        assert sorted(version.Note.group(lambda note: note.NoteCategory.name[0])) == [
            "Client feedback",
            "For client",
            "Internal",
        ]
        version.commit()
        session.reconnect()
        again = found().Note.filter(lambda note: note.content == ["Thanks!"])
        assert again.fetch_attributes("author.username", "recipients.resource_id").author.username == ["noor"]
        assert user.id[0] in again.recipients.resource_id

    def test_52_links(self, session: Session) -> None:
        unlinked = ("Small Round Table", "Small Round Stool", "Tall Oak Shelf", "Long Glass Counter")
        builds = Query(AssetBuild, session=session).by_name(*unlinked).get_all(order_by="name")
        names = builds.name
        builds[1].link_inputs(builds[0]).link_outputs(builds[2]).commit()
        assert builds[1].incoming_links.attribute("from").name == names[:1], "visible before it is fetched"

        def linked() -> tuple[list[str], list[str]]:
            build = (
                Query(AssetBuild, session=session)
                .by_id(builds.id[1])
                .get_one(["incoming_links.from.name", "outgoing_links.to.name"])
            )
            return build.incoming_links.attribute("from").name, build.outgoing_links.to.name

        session.reconnect()
        assert linked() == (names[:1], names[2:3])
        Query(AssetBuild, session=session).by_id(builds.id[1]).get_one().link_inputs(
            Query(AssetBuild, session=session).by_id(builds.id[3]).get_one()
        ).commit()
        session.reconnect()
        inputs, outputs = linked()
        assert (sorted(inputs), outputs) == (sorted([names[0], names[3]]), names[2:3])

    def test_53_delete(self, session: Session) -> None:
        (identifier, *_) = Query(AssetVersion, session=session).by_name("Backdrop").get_all().id
        Query(AssetVersion, session=session).by_id(identifier).get_one().delete().commit()
        session.reconnect()
        query = Query(AssetVersion, session=session).by_id(identifier)
        with pytest.raises(NoResultFoundError) as caught:
            query.get_one()
        assert str(query) in str(caught.value)


@pytest.mark.filterwarnings("ignore::trackteroid.errors.MissingValueWarning")
def test_what_was_not_asked_for_is_not_set(ask: Any) -> None:
    version = ask(AssetVersion).get_first()
    assert isinstance(version, EntityCollection)
    assert version.comment == [NOT_SET]
    assert isinstance(version.task, EmptyCollection)
