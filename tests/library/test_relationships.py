"""Which path leads from one entity type to another."""

import gc
import weakref
from functools import cache

import pytest
from query_tools import SCHEMAS, ListeningSession, recorded_schema, recorded_schemas, shuffled_schemas

from trackteroid import NoteComponent, Query, Session, User
from trackteroid.errors import RelationError, UnknownEntityTypeError
from trackteroid.schema.relations import Relations, SchemaEntry, relations_of
from trackteroid.schema.types import Schema
from trackteroid.server import EmbeddedServer


def relations(**entities: dict[str, tuple[str, ...]]) -> Relations:
    return Relations(recorded_schema(), SchemaEntry("test", entities))


PATHS = """
AssetVersion   Asset                asset
AssetVersion   Task                 task
AssetVersion   Project              task.project
AssetVersion   User                 user
AssetVersion   Status               status
AssetVersion   State                status.state
AssetVersion   Type                 task.type
AssetVersion   AssetType            asset.type
AssetVersion   Shot                 asset.parent[Shot]
AssetVersion   TypedContext         asset.parent[TypedContext]
AssetVersion   Component            components*
AssetVersion   FileComponent        components[FileComponent]*
AssetVersion   ComponentLocation    components.component_locations*
AssetVersion   Note                 notes*
AssetVersion   Metadata             metadata*
AssetVersion   AssetVersionLink     incoming_links*
AssetVersion   AssetVersionList     lists*
AssetVersion   ReviewSessionObject  review_session_objects*
Asset          AssetVersion         versions*
Asset          Component            versions.components*
Asset          ComponentLocation    versions.components.component_locations*
Asset          Project              parent.project,parent[Project]
Asset          Shot                 parent[Shot]
Asset          Task                 versions.task*
Asset          User                 versions.user*
Asset          AssetType            type
Shot           Project              project
Shot           Status               status
Shot           State                status.state
Shot           User                 created_by
Shot           Asset                assets*
Shot           AssetVersion         assets.versions*
Shot           Component            assets.versions.components*
Shot           Task                 children[Task]*
Shot           Sequence             parent[Sequence]
Shot           Folder               parent[Folder]
Shot           Timelog              timelogs*
Shot           Appointment          appointments*
Shot           TypedContextLink     incoming_links*
Task           Shot                 parent[Shot]
Task           AssetBuild           parent[AssetBuild]
Sequence       Shot                 children[Shot]*
Episode        Sequence             children[Sequence]*
Folder         Folder               parent[Folder]
Project        Shot                 descendants[Shot]*
Project        Task                 descendants[Task]*
Component      AssetVersion         version
Component      Asset                version.asset
Component      Project              version.asset.parent.project,version.asset.parent[Project]
FileComponent  Shot                 version.asset.parent[Shot]
ComponentLocation  AssetVersion     component.version
ComponentLocation  Location         location
Note           User                 author
Note           NoteCategory         category
Note           Recipient            recipients*
Recipient      Group                recipient[Group]
Timelog        User                 user
Timelog        Task                 context[Task]
Timelog        Project              context.project,context[Project]
Appointment    User                 resource[User]
Appointment    Shot                 context[Shot]
User           Task                 assignments.context[Task]*
User           Component            thumbnail
User           Group                memberships.group*
AssetVersionList   AssetVersion     items*
AssetVersionList   Project          project
AssetVersionList   User             owner
TypedContextList   Shot             items[Shot]*
ReviewSession  AssetVersion         review_session_objects.asset_version*
ReviewSession  Project              project
ReviewSessionInvitee  Project       review_session.project
Status         Project              tasks.project*
Type           Project              tasks.project*
Type           Shot                 tasks.parent[Shot]*
AssetVersionList   Shot             items.asset.parent[Shot]*
ReviewSession  Shot                 review_session_objects.asset_version.asset.parent[Shot]*
Timer          Project              context.project,context[Project]
Appointment    Project              context.project,context[Project]
""".strip().splitlines()


#: Where newer servers want more: authors of notes may be from outside.
NEWER_PATHS = {("Note", "User"): "author[User]"}


@pytest.mark.promise("relations-are-inferred")
@pytest.mark.parametrize("version", SCHEMAS)
@pytest.mark.parametrize(("source", "target", "path"), [line.split() for line in PATHS], ids=lambda each: each)
def test_the_path_between_two_types_is_the_one_people_mean(version: str, source: str, target: str, path: str) -> None:
    if version != "4.13.0":
        path = NEWER_PATHS.get((source, target), path)
    found = Relations(recorded_schema(version), SchemaEntry()).relation(source, target)
    assert found.paths == tuple(path.rstrip("*").split(","))
    assert found.collection is path.endswith("*")


def test_all_assets_of_a_project_are_found_wherever_they_are_in_its_tree() -> None:
    assert relations().relation("Project", "Asset").paths == ("descendants.assets", "assets")


@pytest.mark.parametrize("version", SCHEMAS)
@pytest.mark.parametrize("source", ["AssetVersion", "AssetType", "Component", "Job"])
def test_nothing_is_found_by_way_of_notes_that_not_everything_has(version: str, source: str) -> None:
    known = Relations(recorded_schema(version), SchemaEntry())
    for target in ("Project", "ProjectSchema", "CalendarEvent", "Disk"):
        paths = known.relation(source, target).paths
        assert not [path for path in paths if "notes." in path], f"{source} to {target}: only by way of notes, {paths}"


@pytest.mark.promise("relations-do-not-depend-on-order")
@pytest.mark.slow
def test_paths_do_not_depend_on_the_order_in_which_a_server_lists_things() -> None:
    ordered = relations()
    shuffled = [Relations(Schema.from_schemas(shuffled_schemas(seed)), SchemaEntry()) for seed in (1, 2)]
    for source in ("AssetVersion", "Asset", "Shot", "Note", "User", "Appointment", "ReviewSession", "Component"):
        for target in recorded_schema().types:
            expected = ordered.find(source, target)
            assert all(each.find(source, target) == expected for each in shuffled), (source, target)


@pytest.mark.promise("relations-do-not-lead-above-a-project")
def test_no_type_leads_to_itself_unless_a_context_lies_in_another() -> None:
    found = {name: relations().find(name, name) for name in recorded_schema().types}
    leading = {name for name, relation in found.items() if relation}
    assert leading == {name for name in found if recorded_schema().is_a(name, "TypedContext")}


@pytest.mark.promise("relations-are-inferred")
def test_every_path_exists_in_the_schema() -> None:
    schema, found = recorded_schema(), relations()
    for source in ("AssetVersion", "Shot", "Project", "Timelog", "Job"):
        for target in schema.types:
            if relation := found.find(source, target):
                ends = {schema.end(source, path) for path in relation.paths}
                assert all(end and schema.is_a(target, end) for end in ends), relation


@pytest.mark.promise("relations-avoid-other-meanings")
@pytest.mark.parametrize(
    "avoided",
    [
        *("thumbnail.", "created_by.", "owner.", "latest_version.", "lists.", "completed_by.", "parent.created_by"),
        *("parent.", "children.", "ancestors.", "descendants.", "status_changes.", "context.", "custom_attributes."),
    ],
)
def test_no_inferred_path_goes_through_what_means_something_else(avoided: str) -> None:
    assert not [path for path in inferred_paths() if avoided in path]


@cache
def inferred_paths() -> list[str]:
    """Return all paths from types of every kind to any other type."""
    sources = """
        AssetVersion Asset Shot Timelog Note ReviewSession ReviewSessionInvitee AssetVersionList CalendarEvent
        AssetVersionStatusChange Appointment
    """
    known = relations()
    found = [known.find(source, target) for source in sources.split() for target in recorded_schema().types]
    return [path for relation in found if relation and relation.origin == "inferred" for path in relation.paths]


@pytest.mark.promise("relations-avoid-other-meanings")
def test_who_completed_something_leads_to_nothing_else() -> None:
    """Newer servers tell who completed a task, which says nothing about what else that person has."""
    task = next(each for each in recorded_schemas() if each["id"] == "Task")
    newer = task | {"properties": task["properties"] | {"completed_by": {"$ref": "User"}}}
    schema = Schema.from_schemas([each for each in recorded_schemas() if each is not task] + [newer])
    found = Relations(schema, SchemaEntry())
    for target in schema.types:
        assert not any("completed_by." in path for path in _paths(found, "Task", target)), target


def _paths(found: Relations, source: str, target: str) -> tuple[str, ...]:
    relation = found.find(source, target)
    return relation.paths if relation else ()


@pytest.mark.promise("relations-do-not-lead-above-a-project")
def test_nothing_is_above_a_project_and_no_project_below_anything() -> None:
    found = relations()
    for source in recorded_schema().types:
        for target in ("Project", "Shot", "Task", "TypedContext"):
            relation = found.find(source, target)
            for path in relation.paths if relation else ():
                assert "project.parent" not in path, relation
                assert not path.endswith(("children[Project]", "descendants[Project]")), relation


@pytest.mark.promise("relations-of-server-types")
def test_object_types_of_a_server_can_be_reached_like_the_known_ones() -> None:
    scene = {
        "id": "Scene",
        "primary_key": ["id"],
        "properties": {
            "id": {"type": "string"},
            "parent": {"$ref": "Context"},
            "children": {"items": {"$ref": "Context"}},
        },
        "alias_for": {"id": "Task", "classifiers": {"object_typeid": "1"}},
    }
    found = Relations(Schema.from_schemas([*shuffled_schemas(1), scene]), SchemaEntry())
    assert found.relation("AssetVersion", "Scene").paths == ("asset.parent[Scene]",)
    assert found.relation("Shot", "Scene").paths == ("parent[Scene]",)
    assert found.relation("Scene", "Shot").paths == ("children[Shot]",)
    assert found.relation("Project", "Scene").paths == ("descendants[Scene]",)
    assert found.relation("Scene", "Scene").paths == ("parent[Scene]",)
    assert found.relation("TypedContextList", "Scene").paths == ("items[Scene]",)
    assert found.relation("User", "Scene").paths == ("assignments.context[Scene]",)


class TestConfiguredRelations:
    @pytest.mark.promise("configured-relations-win")
    def test_they_win_over_all_others(self) -> None:
        found = relations(AssetVersion={"Project": ("asset.parent.project",)}).relation("AssetVersion", "Project")
        assert (found.paths, found.origin) == (("asset.parent.project",), "resolver")

    @pytest.mark.promise("configured-relations-win")
    def test_they_hold_for_every_kind_of_the_type_they_are_written_for(self) -> None:
        found = relations(TypedContext={"Sequence": ("parent[Shot].parent[Sequence]",)})
        assert found.relation("Task", "Sequence").paths == ("parent[Shot].parent[Sequence]",)
        assert found.relation("TypedContext", "Sequence").origin == "resolver"

    @pytest.mark.promise("every-type-has-its-own-relations")
    def test_the_most_specific_type_wins(self) -> None:
        found = relations(
            TypedContext={"Sequence": ("ancestors[Sequence]",)}, Task={"Sequence": ("parent[Shot].parent[Sequence]",)}
        )
        assert found.relation("Task", "Sequence").paths == ("parent[Shot].parent[Sequence]",)
        assert found.relation("Shot", "Sequence").paths == ("ancestors[Sequence]",)

    @pytest.mark.promise("schema-says-one-or-several")
    @pytest.mark.parametrize(
        ("path", "collection"),
        [
            ("assets.versions", True),
            ("parent[Shot].parent[Sequence]", False),
            ("ancestors[Sequence]", True),
            ("parent.ancestors[Sequence]", True),
            ("project", False),
            ("parent.assets.type", True),
        ],
    )
    def test_the_schema_says_whether_there_can_be_several(self, path: str, collection: bool) -> None:
        assert relations(Task={"Sequence": (path,)}).relation("Task", "Sequence").collection is collection

    @pytest.mark.promise("configuration-mistakes-are-reported-every-time")
    @pytest.mark.parametrize(
        ("source", "target", "paths", "message"),
        [
            ("Task", "Sht", ("parent",), 'Task to Sht: .*no entity type "Sht"'),
            ("Task", "Shot", ("parnt[Shot]",), 'no attribute "parnt"'),
            ("Task", "Shot", ("parent[Sht]",), 'no entity type "Sht"'),
            ("Task", "Shot", ("parent[Shot]", "ancestors[Shot]"), "ambiguous"),
            ("Task", "Shot", ("parent[Shot",), "is not a path"),
            ("Task", "Shot", ("name.shot",), "plain value"),
            ("TypedContext", "Shot", ("parnt[Shot]",), 'TypedContext to Shot: .*no attribute "parnt"'),
        ],
    )
    def test_mistakes_are_reported_every_time_their_path_is_used_and_only_then(
        self, source: str, target: str, paths: tuple[str, ...], message: str
    ) -> None:
        entry = SchemaEntry("vfx", {source: {target: paths, "Sequence": ("ancestors[Sequence]",)}})
        found = relations_of(ListeningSession(), entry)
        for _ in range(2):
            for use in (found.relation, found.find, found.explain):
                with pytest.raises(RelationError, match=message) as raised:
                    use("Task", target)
                assert 'RELATIONSHIPS_RESOLVER, schema "vfx"' in str(raised.value)
        assert found.relation("Task", "Sequence").origin == "resolver"
        assert found.relation("Task", "Project").origin == "inferred"
        with pytest.raises(RelationError, match="No path is known from Task to UserApplicationState"):
            found.relation("Task", "UserApplicationState")

    def test_what_starts_at_a_misspelt_type_is_told_once_as_it_can_never_be_used(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        session = ListeningSession()
        entry = SchemaEntry("vfx", {"Tsk": {"Shot": ("parent[Shot]",)}, "Submarine": {"Shot": ("parent",)}})
        assert relations_of(session, entry).relation("Task", "Shot").origin == "curated"
        relations_of(session, entry)
        (message,) = caplog.messages  # of the other type, nobody knows that it is a mistake
        assert 'schema "vfx": the server has no entity type "Tsk"' in message
        assert 'Did you mean "Task"?' in message


class TestUnknownRelations:
    @pytest.mark.promise("unknown-relation-says-where-to-add-it")
    def test_the_error_names_both_types_what_is_known_and_the_setting(self) -> None:
        with pytest.raises(RelationError) as raised:
            relations().relation("Disk", "UserApplicationState")
        message = str(raised.value)
        for part in (
            "from Disk to UserApplicationState",
            "Project",
            "RELATIONSHIPS_RESOLVER",
            "TRACKTEROID_CONFIGURATION",
        ):
            assert part in message
        assert relations().find("Disk", "UserApplicationState") is None

    def test_it_is_an_attribute_error(self) -> None:
        with pytest.raises(AttributeError):
            relations().relation("Disk", "UserApplicationState")

    def test_misspelt_types_get_suggestions(self) -> None:
        with pytest.raises(UnknownEntityTypeError, match='"Shot"'):
            relations().relation("AssetVersion", "Shott")


def test_a_path_can_be_explained() -> None:
    assert relations().explain("AssetVersion", "Project") == (
        "AssetVersion -> Project (curated, at most one)\n  task.project; can be null: task, project"
    )
    configured = relations(Task={"Sequence": ("parent[Shot].parent[Sequence]",)})
    assert "(resolver, at most one)" in configured.explain("Task", "Sequence")
    assert relations().explain("Shot", "AssetVersion").endswith("(inferred, any number)\n  assets.versions")


@pytest.mark.promise("relations-belong-to-schema-and-entry")
class TestTablesOfASession:
    def test_they_are_made_once_per_entry(self) -> None:
        session = ListeningSession()
        default, vfx = SchemaEntry(), SchemaEntry("vfx", {"Task": {"Sequence": ("ancestors[Sequence]",)}})
        assert relations_of(session, default) is relations_of(session, default)
        assert relations_of(session, vfx).relation("Task", "Sequence").origin == "resolver"
        assert relations_of(session, default).relation("Task", "Sequence").origin == "curated"

    def test_they_are_made_anew_for_other_schemas(self) -> None:
        session = ListeningSession()
        before = relations_of(session, SchemaEntry())
        session.schemas = shuffled_schemas(3)
        assert relations_of(session, SchemaEntry()) is not before

    def test_they_do_not_keep_a_session_alive(self) -> None:
        session = ListeningSession()
        relations_of(session, SchemaEntry())
        remembered = weakref.ref(session)
        del session
        gc.collect()
        assert remembered() is None


@pytest.mark.promise("schema-has-default-and-overrides")
def test_an_entry_can_be_read_like_the_dictionary_it_once_was() -> None:
    entry = SchemaEntry("vfx", {"Task": {"Shot": ("parent[Shot]",)}})
    assert entry["name"] == "vfx"
    assert entry["entities"] == {"Task": {"Shot": ("parent[Shot]",)}}
    with pytest.raises(KeyError):
        entry["overrides"]


@pytest.mark.parametrize("version", ["4.13.0", "4.13.8"])
def test_the_user_of_an_attachment_is_who_wrote_the_note_in_every_schema(version: str) -> None:
    server = EmbeddedServer("sqlite://", schema=version)
    with Session(server_url=server, plugin_paths=[]) as session:
        query = Query(NoteComponent, session=session).where(NoteComponent.User.username == "ann")
        assert "note.author[User]" in str(query)
        assert len(query.get_all(projections=[User.username])) == 0
    server.close()
