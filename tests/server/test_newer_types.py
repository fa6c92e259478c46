"""What the types and attributes of the newer schema do."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from server.guarded import Person, create, delete, guarded_server, role, update
from trackteroid.server import DatabaseError, EmbeddedServer
from trackteroid.server.storage.builtin import find_id


@pytest.fixture
def server() -> Iterator[EmbeddedServer]:
    server = guarded_server()
    yield server
    server.close()


def query(server: EmbeddedServer, text: str) -> list[dict[str, Any]]:
    return server.call([{"action": "query", "expression": text}])[0]["data"]


def one(server: EmbeddedServer, text: str) -> dict[str, Any]:
    (record,) = query(server, text)
    return record


PLACED = ("Asset where id is p-asset", "AssetVersion where id is p-version", "Note where id is p-version-note")


def projects(server: EmbeddedServer) -> list[str]:
    return [one(server, f"select project_id from {text}")["project_id"] for text in PLACED]


class TestProjects:
    """Assets, versions and notes are in the project of what they belong to."""

    def test_they_know_it_from_the_beginning(self, server: EmbeddedServer) -> None:
        assert projects(server) == ["p", "p", "p"]
        assert one(server, "select project.name from Note where id is q-note")["project"]["name"] == "q"

    @pytest.mark.parametrize(
        "move",
        [
            update("Asset", "p-asset", context_id="q-shot"),
            update("AssetVersion", "p-version", asset_id="q-asset"),
            update("Shot", "p-shot", parent_id="q"),
        ],
        ids=["asset", "version", "shot"],
    )
    def test_they_move_with_it(self, server: EmbeddedServer, move: dict[str, Any]) -> None:
        server.call([update("Shot", "p-shot", name="moved"), move])
        assert projects(server)[1:] == ["q", "q"]
        assert projects(server)[0] == ("p" if move["entity_type"] == "AssetVersion" else "q")
        assert one(server, "select project_id from Note where id is p-note")["project_id"] == (
            "q" if move["entity_type"] == "Shot" else "p"
        )

    def test_what_a_client_says_does_not_count(self, server: EmbeddedServer) -> None:
        server.call([update("Asset", "p-asset", project_id="q"), update("AssetVersion", "p-version", project_id="q")])
        server.call([update("Note", "p-version-note", project_id="q")])
        assert projects(server) == ["p", "p", "p"]

    def test_what_is_made_before_what_it_belongs_to_learns_of_it(self, server: EmbeddedServer) -> None:
        server.call(
            [
                create("Note", "late-note", content="x", parent_id="late-version", parent_type="AssetVersion"),
                create("AssetVersion", "late-version", asset_id="late-asset"),
                create("Asset", "late-asset", name="a", context_id="late-shot"),
                create("Shot", "late-shot", name="s", parent_id="late-sequence"),
                create("Sequence", "late-sequence", name="q", parent_id="q"),
            ]
        )
        for entity_type, name in (("Note", "note"), ("AssetVersion", "version"), ("Asset", "asset")):
            found = one(server, f"select project_id from {entity_type} where id is late-{name}")
            assert found["project_id"] == "q", name

    def test_replies_are_where_their_thread_is(self, server: EmbeddedServer) -> None:
        server.call([create("Note", "reply", content="y", in_reply_to_id="p-note")])
        assert one(server, "select project_id from Note where id is reply")["project_id"] == "p"
        server.call([update("Note", "p-note", parent_id="q-task", parent_type="Task")])
        assert one(server, "select project_id from Note where id is reply")["project_id"] == "q"

    def test_notes_of_what_is_reviewed_are_where_the_session_is(self, server: EmbeddedServer) -> None:
        server.call([create("Note", "n", content="y", parent_id="p-object", parent_type="ReviewSessionObject")])
        assert one(server, "select project_id from Note where id is n")["project_id"] == "p"
        server.call([update("ReviewSession", "p-review", project_id="q")])
        assert one(server, "select project_id from Note where id is n")["project_id"] == "q"

    def test_everything_goes_with_a_project(self, server: EmbeddedServer) -> None:
        server.call([delete("Project", "p")])
        assert not query(server, "Note where project_id is p")
        assert [asset["id"] for asset in query(server, "Asset")] == ["q-asset"]

    def test_assets_know_what_is_above_them(self, server: EmbeddedServer) -> None:
        above = one(server, "select ancestors.name from Asset where id is p-asset")["ancestors"]
        assert [context["name"] for context in above] == ["sh010"]
        found = query(server, "select id from Asset where ancestors any (id is p-shot)")
        assert [asset["id"] for asset in found] == ["p-asset"]


def status(name: str) -> str:
    return find_id("Status", name)


class TestStatusRules:
    """A status follows another one where the rules of the project schema let it."""

    @pytest.fixture(autouse=True)
    def only_to_progress(self, server: EmbeddedServer) -> None:
        """Tasks that are not started can only be begun."""
        schema = one(server, "select project_schema_id from Project where id is p")["project_schema_id"]
        self.group: dict[str, Any] = {"schema_id": schema, "status_id": status("Not started")}
        task = {"object_type_id": find_id("ObjectType", "Task")}
        server.call([update("Task", f"{project}-task", status_id=status("Not started")) for project in "pq"])
        server.call(
            [
                create("TypedContextStatusRuleGroup", "rules", **self.group, **task),
                create("StatusRule", "rule", status_rule_group_id="rules", status_id=status("In progress")),
            ]
        )

    def test_another_status_is_refused_in_words(self, server: EmbeddedServer) -> None:
        with pytest.raises(DatabaseError, match=r"comp.* cannot go from Not started to Approved: .* to In progress\."):
            server.call([update("Task", "p-task", status_id=status("Approved"))])

    def test_the_status_they_lead_to_is_taken_and_from_there_all_is_free(self, server: EmbeddedServer) -> None:
        server.call([update("Task", "p-task", status_id=status("In progress"))])
        server.call([update("Task", "p-task", status_id=status("Approved"))])
        assert one(server, "select status.name from Task where id is p-task")["status"]["name"] == "Approved"

    def test_other_object_types_and_versions_are_free(self, server: EmbeddedServer) -> None:
        server.call([update("Shot", "p-shot", status_id=status("Completed"))])
        server.call([update("AssetVersion", "p-version", status_id=status("Completed"))])

    def test_versions_have_rules_of_their_own(self, server: EmbeddedServer) -> None:
        server.call([update("AssetVersion", "p-version", status_id=status("Not started"))])
        server.call([create("AssetVersionStatusRuleGroup", "versions", **self.group)])
        with pytest.raises(DatabaseError, match="lead from Not started to nothing"):
            server.call([update("AssetVersion", "p-version", status_id=status("Approved"))])
        assert one(server, "select entity_type from StatusRuleGroup where id is versions")["entity_type"] == (
            "assetversion"
        )

    def test_rules_may_be_for_a_role(self, server: EmbeddedServer) -> None:
        server.call([update("TypedContextStatusRuleGroup", "rules", role_id=role("User"))])
        artist, manager = Person(server, "artist").holds("User"), Person(server, "manager").holds("Project Manager")
        change = update("Task", "p-task", status_id=status("Approved"))
        assert artist.call(change)["exception"] == "ValidationError"
        assert "exception" not in manager.call(change)

    def test_rules_that_are_gone_hold_no_more(self, server: EmbeddedServer) -> None:
        server.call([delete("StatusRuleGroup", "rules")])
        assert query(server, "StatusRule") == []
        server.call([update("Task", "p-task", status_id=status("Approved"))])

    def test_a_group_is_of_tasks_or_of_versions(self, server: EmbeddedServer) -> None:
        with pytest.raises(DatabaseError, match="make a TypedContextStatusRuleGroup or an AssetVersionStatusRuleGroup"):
            server.call([create("StatusRuleGroup", **self.group, entity_type="task")])


class TestKeys:
    """API keys are entities of which nobody can read the key."""

    def test_people_see_their_own(self, server: EmbeddedServer) -> None:
        ann, bob = Person(server, "ann"), Person(server, "bob")
        (key,) = ann.query("select identifier, prefix, resource_id from ApiKey")
        assert (key["identifier"], key["prefix"], key["resource_id"]) == ("reset_remote", ann.key[:6], ann.id)
        assert key["id"] not in bob.ids("ApiKey")
        assert len(query(server, "ApiKey")) == 2

    @pytest.mark.parametrize("name", ["digest", "label", "user_id"])
    def test_what_is_kept_of_a_key_stays_with_the_server(self, server: EmbeddedServer, name: str) -> None:
        Person(server, "ann")
        for text in (f"select {name} from ApiKey", f"ApiKey where {name} is x", f"ApiKey order by {name}"):
            with pytest.raises(DatabaseError, match=f"ApiKey has no attribute {name}"):
                query(server, text) if "select" not in text else strictly(server, text)

    def test_deleting_one_revokes_it(self, server: EmbeddedServer) -> None:
        ann = Person(server, "ann")
        assert "exception" not in ann.call(delete("ApiKey", ann.ids("ApiKey")[0]))
        assert ann.call({"action": "query", "expression": "Task"})["exception"] == "InvalidCredentialsError"

    def test_they_are_made_elsewhere(self, server: EmbeddedServer) -> None:
        with pytest.raises(DatabaseError, match="reset_remote"):
            server.call([create("ApiKey", identifier="mine")])

    def test_what_they_are_called_can_be_changed_and_nothing_else(self, server: EmbeddedServer) -> None:
        ann, bob = Person(server, "ann"), Person(server, "bob")
        (key,) = ann.ids("ApiKey")
        server.call([update("ApiKey", key, identifier="render farm")])
        assert ann.query("select identifier from ApiKey")[0]["identifier"] == "render farm"
        for change in ({"prefix": "zzz"}, {"resource_id": bob.id}):
            with pytest.raises(DatabaseError, match="only the identifier can be changed"):
                server.call([update("ApiKey", key, **change)])

    def test_one_cannot_take_the_keys_of_others(self, server: EmbeddedServer) -> None:
        ann, bob = Person(server, "ann"), Person(server, "bob").holds("Project Manager")
        (key,) = ann.ids("ApiKey")
        assert "exception" in bob.call(delete("ApiKey", key))
        assert ann.ids("ApiKey") == [key]

    def test_whoever_is_in_has_a_session(self, server: EmbeddedServer) -> None:
        ann, bob = Person(server, "ann"), Person(server, "bob")
        ann.query("Task")
        (session,) = ann.query("select user.username, accessed_time, creation_time from UserSession")
        assert session["user"]["username"] == "ann"
        assert session["accessed_time"]["value"] >= session["creation_time"]["value"]
        bob.query("Task")
        assert [each["user_id"] for each in bob.query("UserSession")] == [bob.id]
        with pytest.raises(DatabaseError, match="delete the ApiKey to end it"):
            server.call([delete("UserSession", session["id"])])


def strictly(server: EmbeddedServer, text: str) -> Any:
    headers = {"ftrack-user": server.username, "ftrack-api-key": server.api_key, "ftrack-strict-api": "true"}
    body = json.dumps([{"action": "query", "expression": text}]).encode()
    answer = json.loads(server.api.respond(headers, body, "").body)
    if isinstance(answer, dict):
        raise DatabaseError(answer["content"])
    return answer[0]["data"]


class TestReviews:
    """Folders of review sessions, and what is drawn in them."""

    def test_sessions_are_in_folders(self, server: EmbeddedServer) -> None:
        server.call(
            [
                create("ReviewSessionFolder", "dailies", name="Dailies", project_id="p"),
                update("ReviewSession", "p-review", review_session_folder_id="dailies"),
            ]
        )
        folder = one(server, "select name, review_sessions.name, project.name from ReviewSessionFolder")
        assert [session["name"] for session in folder["review_sessions"]] == ["r"]
        assert query(server, "Project where review_session_folders any (name is Dailies)")[0]["id"] == "p"
        server.call([delete("ReviewSessionFolder", "dailies")])
        session = one(server, "select review_session_folder from ReviewSession where id is p-review")
        assert session["review_session_folder"] is None

    def test_folders_are_of_a_project_and_seen_as_its_sessions_are(self, server: EmbeddedServer) -> None:
        server.call([create("ReviewSessionFolder", project, project_id=project) for project in "pq"])
        manager, guest = Person(server, "manager").holds("Project Manager", "p"), Person(server, "guest")
        assert manager.ids("ReviewSessionFolder") == ["p"]
        assert guest.ids("ReviewSessionFolder") == []
        assert "exception" not in manager.call(update("ReviewSessionFolder", "p", name="Weekly"))
        elsewhere = manager.call(create("ReviewSessionFolder", project_id="q"))
        assert "refers to Project q (project_id), which does not exist" in elsewhere["content"]

    def test_annotations_are_of_a_frame_of_what_is_reviewed(self, server: EmbeddedServer) -> None:
        drawn = create(
            "ReviewSessionObjectAnnotation", "a", review_session_object_id="p-object", frame_number=12, data="[]"
        )
        server.call([drawn])
        text = "select annotations.frame_number, annotations.data, annotations.updated_at from ReviewSessionObject"
        (annotation,) = next(each["annotations"] for each in query(server, text) if each["id"] == "p-object")
        assert (annotation["frame_number"], annotation["data"]) == (12, "[]")
        assert annotation["updated_at"] is not None
        server.call([create("ReviewSessionObjectAnnotationComponent", component_id="p-component", frame_number="12",
                            review_session_object_id="p-object")])  # fmt: skip
        text = "select url, frame_number from ReviewSessionObjectAnnotationComponent"
        assert "id=p-component" in one(server, text)["url"]["url"]
        server.call([delete("ReviewSession", "p-review")])
        assert query(server, "ReviewSessionObjectAnnotation") == []
        assert query(server, "ReviewSessionObjectAnnotationComponent") == []

    def test_the_picture_of_a_session_is_that_of_a_version(self, server: EmbeddedServer) -> None:
        server.call([update("AssetVersion", "p-version", thumbnail_id="p-component")])
        text = "select thumbnail_id, thumbnail_source_id from ReviewSession where id is p-review"
        assert one(server, text)["thumbnail_source_id"] == "p-version"
        server.call([update("ReviewSession", "p-review", thumbnail_source_id="q-version")])
        assert one(server, text)["thumbnail_source_id"] == "p-version"
        server.call([delete("ReviewSessionObject", "p-object")])
        assert (one(server, text)["thumbnail_id"], one(server, text)["thumbnail_source_id"]) == (None, None)

    def test_the_invited_are_known_by_their_address(self, server: EmbeddedServer) -> None:
        server.call(
            [
                create("Collaborator", "eve", email="Eve@client.example", first_name="Eve"),
                create("ReviewSessionInvitee", "i", email="eve@CLIENT.example", name="E", review_session_id="p-review"),
                create("ReviewSessionInvitee", "x", email="x@client.example", name="X", review_session_id="p-review"),
                create("ReviewSessionObjectStatus", review_session_invitee_id="i", review_session_object_id="p-object",
                       status="approved"),
            ]
        )  # fmt: skip
        assert one(server, "select resource_id from ReviewSessionInvitee where id is x")["resource_id"] is None
        said = one(server, "select resource.first_name from ReviewSessionObjectStatus")
        assert said["resource"] == {
            "__entity_type__": "Collaborator",
            "id": "eve",
            "resource_type": "collaborator",
            "first_name": "Eve",
        }


class TestPeople:
    """Users and collaborators are people."""

    def test_people_are_asked_for_together(self, server: EmbeddedServer) -> None:
        server.call([create("Collaborator", "eve", email="eve@client.example", first_name="Eve")])
        people = query(server, "select first_name from BaseUser")
        assert {person["__entity_type__"] for person in people} == {"User", "Collaborator"}
        assert [each["id"] for each in query(server, "Collaborator where first_name is eve")] == ["eve"]
        assert "eve" not in {user["id"] for user in query(server, "User")}

    def test_a_collaborator_writes_notes(self, server: EmbeddedServer) -> None:
        server.call([create("Collaborator", "eve", first_name="Eve")])
        server.call([create("Note", "n", content="x", user_id="eve", parent_id="p-task", parent_type="Task")])
        author = one(server, "select author.first_name from Note where id is n")["author"]
        assert (author["__entity_type__"], author["first_name"]) == ("Collaborator", "Eve")
        assert query(server, 'Note where author.first_name is "eve"')[0]["id"] == "n"

    def test_an_address_is_of_one_person(self, server: EmbeddedServer) -> None:
        server.call([create("Collaborator", email="eve@client.example")])
        with pytest.raises(DatabaseError, match="email"):
            server.call([create("User", username="eve", email="EVE@client.example")])

    def test_people_as_such_are_not_made(self, server: EmbeddedServer) -> None:
        with pytest.raises(DatabaseError, match="make a User, a Collaborator or a Group"):
            server.call([create("BaseUser", first_name="Nobody")])

    def test_views_are_shared(self, server: EmbeddedServer) -> None:
        ann, bob = Person(server, "ann").holds("Assigned"), Person(server, "bob")
        share = {"id": bob.id, "__entity_type__": "User"}
        made = ann.call(create("UserView", "v", name="Mine", **{"global": False, "shared_with": [share]}))
        assert "exception" not in made, made
        view = one(server, "select user_id, global, shared_with from UserView")
        assert (view["user_id"], view["global"], [each["id"] for each in view["shared_with"]]) == (
            ann.id,
            False,
            [bob.id],
        )
        assert bob.ids("UserView") == []


class TestTasks:
    """Parts of tasks, links of theirs, pictures and notes."""

    def test_a_task_is_split_into_parts(self, server: EmbeddedServer) -> None:
        part = {"task_id": "p-task", "start_date": "2024-05-01T09:00:00", "end_date": "2024-05-02T18:00:00"}
        server.call([create("SplitTaskPart", "part", label="first", **part)])
        task = one(server, "select split_parts.label from Task where id is p-task")
        assert [each["label"] for each in task["split_parts"]] == ["first"]
        with pytest.raises(DatabaseError, match="lacks a value for end_date"):
            server.call([create("SplitTaskPart", task_id="p-task", start_date="2024-05-01")])
        server.call([delete("Task", "p-task")])
        assert query(server, "SplitTaskPart") == []

    def test_parts_are_of_their_task_to_whoever_may_change_it(self, server: EmbeddedServer) -> None:
        part = {"start_date": "2024-05-01T09:00:00", "end_date": "2024-05-02T18:00:00"}
        server.call([create("SplitTaskPart", project, task_id=f"{project}-task", **part) for project in "pq"])
        artist, guest = Person(server, "artist").holds("User", "p"), Person(server, "guest").holds("Assigned", "p")
        assert artist.ids("SplitTaskPart") == guest.ids("SplitTaskPart") == ["p"]
        assert "exception" not in artist.call(update("SplitTaskPart", "p", label="mine"))
        assert guest.refused(update("SplitTaskPart", "p", label="not mine"))

    def test_links_have_a_type_and_a_lag(self, server: EmbeddedServer) -> None:
        link = {"from_id": "p-task", "to_id": "q-task"}
        server.call([create("TypedContextLink", "l", **link)])
        assert one(server, "select type, lag from TypedContextLink")["type"] == "end_to_start"
        server.call([update("TypedContextLink", "l", lag=2.5, type="start_to_start")])
        assert one(server, "select lag from TypedContextLink where type is start_to_start")["lag"] == 2.5
        with pytest.raises(DatabaseError, match="type"):
            server.call([update("TypedContextLink", "l", type="sideways")])

    def test_a_context_shows_its_own_picture(self, server: EmbeddedServer) -> None:
        text = "select thumbnail_source_id from Task where id is p-task"
        assert one(server, text)["thumbnail_source_id"] is None
        server.call([update("Task", "p-task", thumbnail_id="p-component")])
        assert one(server, text)["thumbnail_source_id"] == "p-task"
        with pytest.raises(DatabaseError, match="calculated by the server"):
            server.call([update("Task", "p-task", thumbnail_source_id="p-shot")])

    def test_notes_are_of_a_frame_and_have_drawings(self, server: EmbeddedServer) -> None:
        key = {"note_id": "p-note", "component_id": "p-component"}
        drawing = {"strokes": [[1, 2], [3, 4]]}
        server.call(
            [update("Note", "p-note", frame_number=1012), create("NoteAnnotationComponent", **key, data=drawing)]
        )
        server.call([create("NoteComponent", note_id="q-note", component_id="q-component")])
        assert one(server, "select frame_number from Note where frame_number > 1000")["frame_number"] == 1012
        kinds = {each["note_id"]: each["__entity_type__"] for each in query(server, "NoteComponent")}
        assert kinds == {"p-note": "NoteAnnotationComponent", "q-note": "NoteComponent"}
        assert one(server, "select data from NoteAnnotationComponent")["data"] == drawing


class TestNamesThatAreTaken:
    """A site may have called an object type of its own like a type that came later."""

    @pytest.fixture
    def database(self, tmp_path: Path) -> str:
        address = f"sqlite:///{tmp_path / 'old.db'}"
        EmbeddedServer(address).close()
        with closing(sqlite3.connect(tmp_path / "old.db")) as connection, connection:
            statement = "INSERT INTO object_type (id, name, name_folded) VALUES (?, ?, ?)"
            for name in ("Image", "User View"):
                connection.execute(statement, (f"own {name}", name, name.lower()))
            columns = "id, concrete_type, object_type_id, name, name_folded"
            statement = f"INSERT INTO context ({columns}) VALUES (?, ?, ?, ?, ?)"
            connection.execute(statement, ("x", "UserView", "own User View", "x", "x"))
        return address

    def test_they_are_left_out_and_told_and_everything_else_works(
        self, database: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        with closing(EmbeddedServer(database)) as server:
            (schemas,) = server.call([{"action": "query_schemas"}])
            (schema,) = [each for each in schemas if each["id"] == "UserView"]
            assert "parent" not in schema["properties"], "the type of the newer schema is there"
            assert "The object type 'User View' needs another name: there is an entity type UserView." in caplog.text
            assert "The object type 'Image' needs another name: there is an entity type Image." in caplog.text
            assert query(server, "UserView") == []
            assert query(server, "select name from TypedContext") is not None
            server.call([create("ObjectType", "scene", name="Scene")])
            assert query(server, "Scene") == []
            update = {"action": "update", "entity_type": "ObjectType", "entity_key": ["own User View"]}
            server.call([{**update, "entity_data": {"name": "Viewpoint"}}])
            assert query(server, "Viewpoint") == []

    def test_nobody_can_take_one_from_now_on(self, server: EmbeddedServer) -> None:
        server.call([create("ObjectType", "z", name="Scene")])
        for name, taken in (("User View", "UserView"), ("Scene", "Scene")):
            with pytest.raises(DatabaseError, match=f"there is an entity type {taken}"):
                server.call([create("ObjectType", "a", name=name)])


class TestScene:
    """An object type that a site adds is an entity type like any other."""

    @pytest.fixture(autouse=True)
    def scene(self, server: EmbeddedServer) -> str:
        flags = {"is_typeable": False, "is_prioritizable": False, "is_taskable": True}
        server.call([create("ObjectType", "scene", name="Scene", **flags)])
        return "scene"

    def test_it_is_in_the_schema(self, server: EmbeddedServer) -> None:
        (schemas,) = server.call([{"action": "query_schemas"}])
        (schema,) = [each for each in schemas if each["id"] == "Scene"]
        assert schema["$mixin"] == {"$ref": "TypedContext"}
        assert schema["alias_for"] == {"id": "Task", "classifiers": {"object_typeid": "scene"}}
        assert {"type_id", "priority_id", "end_date", "split_parts"} <= set(schema["immutable"])
        assert "status_id" not in schema["immutable"]
        assert schema["properties"]["priority_id"]["default"] is None

    def test_it_is_made_and_found_and_has_custom_attributes(self, server: EmbeddedServer) -> None:
        text = one(server, 'CustomAttributeType where name is "text"')["id"]
        attribute = {
            "key": "mood",
            "entity_type": "task",
            "object_type_id": "scene",
            "type_id": text,
            "default": "calm",
        }
        server.call(
            [
                create("CustomAttributeConfiguration", **attribute),
                create("Scene", "sc", name="kitchen", parent_id="p", priority_id=None),
                create("Task", "below", name="comp", parent_id="sc"),
            ]
        )
        found = one(
            server, 'select custom_attributes, children.name, object_type.name from Scene where name is "kitchen"'
        )
        assert [each["value"] for each in found["custom_attributes"] if each["key"] == "mood"] == ["calm"]
        assert ([child["name"] for child in found["children"]], found["object_type"]["name"]) == (["comp"], "Scene")
        assert found["object_type_id"] == "scene"

    def test_it_changes_with_its_object_type(self, server: EmbeddedServer) -> None:
        server.call([create("Scene", "sc", name="kitchen", parent_id="p")])
        with pytest.raises(DatabaseError, match=r"Scene\.end_date is settled when the entity is made"):
            server.call([update("Scene", "sc", end_date="2024-05-01")])
        server.call([update("ObjectType", "scene", is_schedulable=True)])
        server.call([update("Scene", "sc", end_date="2024-05-01")])
