"""Who may make, change and delete what, on a server that asks for permissions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from server.guarded import Operation, Person, create, delete, guarded_server, role, update
from trackteroid.server import DatabaseError, EmbeddedServer
from trackteroid.server.auth.kinds import ACTIONS, ADMINISTRATOR_ID, KINDS, OWN, ROLES
from trackteroid.server.auth.policy import PLACES, UNPLACED, place_of
from trackteroid.server.model import standard_model
from trackteroid.server.storage.builtin import find_id


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    server = guarded_server()
    yield server
    server.close()


@pytest.fixture(scope="module")
def nobody(server: EmbeddedServer) -> Person:
    return Person(server, "nobody")


@pytest.fixture(scope="module")
def artist(server: EmbeddedServer) -> Person:
    return Person(server, "artist").holds("User", "p")


@pytest.fixture(scope="module")
def manager(server: EmbeddedServer) -> Person:
    return Person(server, "manager").holds("Project Manager", "p")


@pytest.fixture(scope="module")
def guest(server: EmbeddedServer) -> Person:
    return Person(server, "guest").holds("Project Manager", "p").holds("Assigned", "q")


def test_every_type_has_a_place() -> None:
    for entity_type in standard_model():
        place = place_of(entity_type)
        assert (place is None) == (entity_type.name in UNPLACED)
        columns = entity_type.attributes if entity_type.view else standard_model().columns(entity_type.table)
        if place is not None:
            named = (*place.on, *place.authors, *place.sees, *filter(None, (place.owner, place.part_of)))
            assert set(named) <= set(columns)
            assert bool(place.kind) != bool(place.part_of)
            assert not place.kind or place.kind in KINDS
            assert not place.owner or OWN + place.kind in KINDS
    assert set(PLACES) <= set(standard_model().types)


def test_roles_grant_what_there_is() -> None:
    for declared in ROLES:
        assert {kind for kind, _ in declared.permissions} <= set(KINDS)
        assert {action for _, action in declared.permissions} <= set(ACTIONS)
    assert role("Administrator") == ADMINISTRATOR_ID


def project_of(project: str) -> list[Operation]:
    """One change of everything in a project."""
    return [
        update("Task", f"{project}-task", name="renamed"),
        update("Project", project, full_name="renamed"),
        delete("Task", f"{project}-task"),
        delete("Project", project),
        create("Task", name="new", parent_id=f"{project}-shot"),
        update("AssetVersion", f"{project}-version", comment="changed"),
        create("AssetVersion", asset_id=f"{project}-asset"),
        delete("Component", f"{project}-component"),
        create("Note", content="n", parent_id=f"{project}-task", parent_type="Task"),
        update("Note", f"{project}-note", content="changed"),
        delete("Note", f"{project}-note"),
        create("Metadata", parent_id=f"{project}-task", parent_type="Task", key="new", value="v"),
        update("Metadata", f"{project}-task", "k", value="changed"),
        update("List", f"{project}-list", name="changed"),
        delete("ListObject", f"{project}-item"),
        update("TypedContextList", f"{project}-list", items=[]),
        update("ReviewSession", f"{project}-review", name="changed"),
        delete("ReviewSessionObject", f"{project}-object"),
        create("Timelog", context_id=f"{project}-task", duration=1.0),
        delete("Timelog", f"{project}-timelog"),
    ]


@pytest.mark.parametrize(
    "operation", project_of("q"), ids=lambda operation: f"{operation['action']} {operation['entity_type']}"
)
def test_nobody_changes_another_project(
    server: EmbeddedServer, nobody: Person, artist: Person, manager: Person, operation: Operation
) -> None:
    before = everything(server)
    for person in (nobody, artist, manager):
        answer = person.call(operation)
        assert isinstance(answer, dict), answer
        assert answer["exception"] in ("PermissionError", "ValueError", "IntegrityError")
        assert "renamed" not in answer["content"]
    assert everything(server) == before


#: Whoever looks at a project may write notes of their own, and sees and logs no hours but their own.
OWN_WORK = [("create", "Note"), ("create", "Timelog"), ("delete", "Timelog")]


@pytest.mark.parametrize(
    "operation",
    [each for each in project_of("q") if (each["action"], each["entity_type"]) not in OWN_WORK],
    ids=lambda operation: f"{operation['action']} {operation['entity_type']}",
)
def test_nobody_changes_a_project_that_they_only_look_at(
    server: EmbeddedServer, guest: Person, operation: Operation
) -> None:
    before = everything(server)
    guest.refused(operation)
    assert everything(server) == before


def everything(server: EmbeddedServer) -> Any:
    with server.database.begin(write=False) as connection:
        return {
            table.name: sorted(map(repr, connection.execute(table.select())))
            for table in standard_model().metadata.tables.values()
        }


@pytest.mark.parametrize(
    "operation", project_of("p"), ids=lambda operation: f"{operation['action']} {operation['entity_type']}"
)
def test_a_manager_may_do_everything_in_their_project(manager: Person, operation: Operation) -> None:
    (answer,) = manager.call({"action": "_authorize_operation", "operation": operation})
    assert answer["data"] == {"is_authorized": True, "reason": None}


ARTIST = {
    "rename a task": (update("Task", "p-task", name="new name"), True),
    "make a task": (create("Task", name="new", parent_id="p-shot"), False),
    "delete a task": (delete("Task", "p-task"), False),
    "publish": (create("AssetVersion", asset_id="p-asset", task_id="p-task"), True),
    "publish for another": (create("AssetVersion", asset_id="p-asset", user_id="user-manager"), False),
    "publish as oneself": (create("AssetVersion", asset_id="p-asset", user_id="user-artist"), True),
    "claim a version": (update("AssetVersion", "p-version", user_id="user-artist"), False),
    "delete a version": (delete("AssetVersion", "p-version"), False),
    "write a note": (create("Note", content="n", parent_id="p-task", parent_type="Task"), True),
    "write a note for another": (
        create("Note", content="n", parent_id="p-task", parent_type="Task", user_id="user-manager"),
        False,
    ),
    "change the note of another": (update("Note", "p-note", content="changed"), False),
    "claim the note of another": (update("Note", "p-note", user_id="user-artist"), False),
    "delete the note of another": (delete("Note", "p-note"), False),
    "log time": (create("Timelog", context_id="p-task", duration=1.0), True),
    "log time for another": (create("Timelog", context_id="p-task", duration=1.0, user_id="user-manager"), False),
    "change the time of another": (update("Timelog", "p-timelog", duration=1.0), False),
    "set metadata": (update("Metadata", "p-task", "k", value="changed"), True),
    "add to a list": (update("TypedContextList", "p-list", items=[{"__entity_type__": "Task", "id": "p-task"}]), True),
    "review": (create("ReviewSession", name="r", project_id="p"), False),
    "move a task away": (update("Task", "p-task", parent_id="q-shot"), False),
    "move an asset away": (update("Asset", "p-asset", context_id="q-shot"), False),
    "take an asset over": (update("Asset", "q-asset", context_id="p-shot"), None),
    "list what is elsewhere": (create("ListObject", list_id="p-list", entity_id="q-task"), False),
    "link to what is elsewhere": (create("TypedContextLink", from_id="p-task", to_id="q-task"), False),
    "reply to what is elsewhere": (
        create("Note", content="n", parent_id="p-task", parent_type="Task", in_reply_to_id="q-note"),
        False,
    ),
    "publish for a task elsewhere": (create("AssetVersion", asset_id="p-asset", task_id="q-task"), False),
    "show a picture of elsewhere": (update("Task", "p-task", thumbnail_id="q-component"), False),
    "change a status": (update("Status", find_id("Status", "Completed"), name="x"), False),
    "make a project": (create("Project", name="new", full_name="new"), False),
    "make a user": (create("User", username="new"), False),
    "change a setting": (create("Setting", name="n", group="g", value="v"), False),
    "make an object type": (create("ObjectType", name="Turntable"), False),
    "rename oneself": (update("User", "user-artist", first_name="Art"), True),
    "rename another": (update("User", "user-manager", first_name="Art"), False),
    "rename the administrator": (None, False),
    "make a dashboard": (create("Dashboard", name="mine"), True),
    "start a job": (create("Job", type="api_job", status="running"), True),
    "start the job of another": (create("Job", user_id="user-manager", status="running"), False),
    "make a role": (create("SecurityRole", name="God"), False),
}


@pytest.mark.parametrize("deed", ARTIST)
def test_what_an_artist_may_do_in_their_project(
    server: EmbeddedServer, artist: Person, manager: Person, deed: str
) -> None:
    del manager
    operation, allowed = ARTIST[deed]
    if operation is None:
        (me,) = server.call([{"action": "query", "expression": "select id from User where username is demo"}])[0][
            "data"
        ]
        operation = update("User", me["id"], username="deposed")
    answer = artist.call({"action": "_authorize_operation", "operation": operation})
    if allowed is None:
        assert answer["exception"] == "ValueError"
        return
    assert "exception" not in answer, answer
    assert answer[0]["data"]["is_authorized"] is allowed, answer
    if not allowed:
        assert without_ids(artist.call(operation)["content"]) == without_ids(answer[0]["data"]["reason"])


def without_ids(message: str) -> str:
    """The message about a row that the server has numbered itself."""
    return re.sub(r"id [0-9a-f-]{36}", "id", message)


def test_a_refusal_says_who_what_and_which_role(artist: Person, nobody: Person) -> None:
    told = artist.refused(delete("Task", "p-task"))
    assert told.startswith("artist may not delete a Task. It takes a role with the permission to delete contexts")
    assert told.endswith("API or Administrator or Project Manager.")
    told = artist.refused(update("Note", "p-note", content="changed"))
    assert told.startswith(
        "artist may not update Note (id p-note). It takes a role with the permission to update notes"
    )
    assert "nobody may not create a Task." in nobody.refused(create("Task", name="t", parent_id="p-shot"))


def test_what_goes_with_a_row_is_not_asked_for(server: EmbeddedServer) -> None:
    person = Person(server, "planner").holds("Project Manager", "p")
    server.call(
        [
            create("Task", "goes", name="goes", parent_id="p-shot"),
            create("Note", "with", content="n", parent_id="goes", parent_type="Task"),
        ]
    )
    assert isinstance(person.call(delete("Task", "goes")), list)
    assert server.call([{"action": "query", "expression": 'Note where id is "with"'}])[0]["data"] == []


def test_a_batch_cannot_put_a_row_elsewhere_in_two_steps(artist: Person) -> None:
    note = create("Note", "smuggled", content="n", parent_id="p-task", parent_type="Task")
    for batch in (
        [note, update("Note", "smuggled", parent_id="q-task", parent_type="Task")],
        [create("Note", "orphan", content="n"), update("Note", "orphan", parent_id="q-task")],
    ):
        assert artist.call(*batch)["content"].endswith("q-task (parent_id), which does not exist.")


def test_members_that_somebody_may_not_see_are_ignored_like_those_that_are_gone(
    server: EmbeddedServer, artist: Person
) -> None:
    note = {"__entity_type__": "Note", "id": "q-note"}
    (answer,) = artist.call(update("Task", "p-task", notes={"__type__": "list_changes", "add": [note]}))
    assert answer["ignored"] == [note]
    query = {"action": "query", "expression": 'select parent_id from Note where id is "q-note"'}
    assert server.call([query])[0]["data"][0]["parent_id"] == "q-task"


def test_a_component_is_made_before_its_version(artist: Person) -> None:
    answer = artist.call(
        create("AssetVersion", "published", asset_id="p-asset"),
        create("FileComponent", "file", name="main"),
        update("FileComponent", "file", version_id="published"),
        create("ComponentLocation", component_id="file", location_id="ce9b348f-8809-11e3-821c-20c9d081909b"),
    )
    assert isinstance(answer, list), answer
    assert isinstance(artist.call(create("FileComponent", "thumbnail", name="thumbnail")), list)
    assert isinstance(artist.call(update("AssetVersion", "published", thumbnail_id="thumbnail")), list)


def test_the_list_of_a_task_is_no_change_of_the_task(server: EmbeddedServer) -> None:
    viewer = Person(server, "viewer").holds("Assigned")
    note = create("Note", "added", content="n")
    answer = viewer.call(note, update("Task", "p-task", notes=[{"__entity_type__": "Note", "id": "added"}]))
    assert isinstance(answer, list), answer
    assert viewer.query('select parent_id from Note where id is "added"')[0]["parent_id"] == "p-task"


def test_a_picture_that_is_used_elsewhere_stays(server: EmbeddedServer) -> None:
    planner = Person(server, "tidy").holds("Project Manager", "p")
    server.call([create("FileComponent", "picture", name="t"), update("Task", "q-task", thumbnail_id="picture")])
    assert "is used where they may not see it" in planner.refused(delete("FileComponent", "picture"))
    server.call([update("Task", "q-task", thumbnail_id=None), update("Task", "p-task", thumbnail_id="picture")])
    assert isinstance(planner.call(delete("FileComponent", "picture")), list)


class TestAdministrators:
    @pytest.fixture
    def fresh(self) -> Iterator[EmbeddedServer]:
        server = EmbeddedServer("sqlite://")
        yield server
        server.close()

    def me(self, server: EmbeddedServer) -> str:
        return server.call([{"action": "query", "expression": "select id from User where username is demo"}])[0][
            "data"
        ][0]["id"]

    def leaving(self, server: EmbeddedServer) -> list[Operation]:
        me = self.me(server)
        (held,) = server.call([{"action": "query", "expression": "select id from UserSecurityRole"}])[0]["data"]
        return [
            delete("UserSecurityRole", held["id"]),
            update("UserSecurityRole", held["id"], is_all_open_projects=False),
            update("UserSecurityRole", held["id"], security_role_id=role("User")),
            update("User", me, is_active=False),
            delete("User", me),
            delete("SecurityRole", ADMINISTRATOR_ID),
            {"action": "remove_user_security_role", "user_id": me, "role_id": ADMINISTRATOR_ID},
            {
                "action": "update_user_security_role",
                "user_id": me,
                "role_id": ADMINISTRATOR_ID,
                "new_role_id": role("User"),
            },
        ]

    def test_the_last_one_cannot_leave(self, fresh: EmbeddedServer) -> None:
        for operation in self.leaving(fresh):
            with pytest.raises(DatabaseError, match="The last administrator cannot leave"):
                fresh.call([operation])

    def test_somebody_else_can_follow(self, fresh: EmbeddedServer) -> None:
        Person(fresh, "heir").holds("Administrator")
        fresh.call([update("User", self.me(fresh), is_active=False)])

    @pytest.mark.parametrize("is_open", [True, False])
    def test_others_do_not_touch_them(self, is_open: bool) -> None:
        server = EmbeddedServer("sqlite://", is_open=is_open)
        me, manager = self.me(server), Person(server, "manager").holds("Project Manager")
        reset = {"action": "reset_remote", "reset_type": "api_key", "entity_type": "User", "entity_key": me}
        for operation in (
            update("User", me, username="gone"),
            update("User", me, is_active=False),
            delete("User", me),
            reset,
        ):
            assert "Only administrators may" in manager.refused(operation) or not is_open
        server.close()

    def test_a_key_follows_its_user_and_not_the_name(self) -> None:
        server = EmbeddedServer("sqlite://")
        me, other = self.me(server), Person(server, "other")
        server.call(
            [
                update("User", me, username="swap"),
                update("User", other.id, username="demo"),
                update("User", me, username="other"),
            ]
        )
        with pytest.raises(DatabaseError, match="InvalidCredentialsError"):
            server.call([{"action": "query", "expression": "User"}])
        assert other.call({"action": "query", "expression": "User"})["exception"] == "InvalidCredentialsError"
        server.username, other.name = "other", "demo"
        assert server.call([{"action": "permissions", "entity_types": []}])[0]["data"]["user_id"] == me
        assert other.call({"action": "permissions", "entity_types": []})[0]["data"]["user_id"] == other.id
        server.close()

    def test_a_database_with_users_makes_nobody_an_administrator(self, tmp_path: Any) -> None:
        url = f"sqlite:///{(tmp_path / 'one.db').as_posix()}"
        EmbeddedServer(url).close()
        with pytest.raises(DatabaseError, match="has no user"):
            EmbeddedServer(url, user="newcomer")


@pytest.mark.slow
def test_a_database_that_outlives_the_process_is_guarded(tmp_path: Any) -> None:
    url = f"sqlite:///{(tmp_path / 'one.db').as_posix()}"
    for with_demo, asked, is_open in (
        (False, None, False),
        (True, None, True),
        (False, True, True),
        (True, False, False),
    ):
        server = EmbeddedServer(url, with_demo=with_demo, is_open=asked)
        assert server.is_open is is_open
        server.close()
    memory = EmbeddedServer("sqlite://")
    assert memory.is_open
    memory.close()


@pytest.mark.parametrize("number", [7, 2**63 - 1, 2**63, -1])
def test_a_key_that_is_a_number_leads_nowhere_for_anybody(artist: Person, number: int) -> None:
    answer = artist.call(create("Feed", social_id=number))
    assert answer["exception"] in ("IntegrityError", "ValidationError", "PermissionError"), answer
