"""What the server does for versions, notes, lists, people and their time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from server.writing import (
    ADA,
    BOB,
    LATER,
    NOW,
    Operation,
    Server,
    builtin_id,
    create,
    delete,
    fresh_server,
    new_id,
    ref,
    update,
)
from trackteroid.server.core.failures import DuplicateEntryError, IntegrityError, ValidationError


@pytest.fixture
def server() -> Iterator[Server]:
    with fresh_server() as server:
        yield server


@pytest.fixture
def project(server: Server) -> str:
    return server.project()


class TestVersions:
    def latest(self, server: Server, asset: str) -> str | None:
        return server.row("Asset", asset)["latest_version_id"]

    def test_versions_are_numbered_per_asset(self, server: Server, project: str) -> None:
        first, second = server.asset(project)[0], server.asset(project)[0]
        numbers = [server.one(create("AssetVersion", asset_id=asset))["version"] for asset in (first, first, second)]
        assert numbers == [1, 2, 1]

    def test_numbers_go_on_from_the_highest(self, server: Server, project: str) -> None:
        asset = server.asset(project)[0]
        given = server.one(create("AssetVersion", asset=ref("Asset", asset), version="7"))
        following = server.one(create("AssetVersion", asset=ref("Asset", asset), asset_id=asset))
        assert (given["version"], following["version"]) == (7, 8)

    def test_a_version_knows_who_when_and_a_status(self, server: Server, project: str) -> None:
        version = server.one(create("AssetVersion", asset_id=server.asset(project)[0]), actor=BOB)
        assert (version["user_id"], version["date"]["value"], version["comment"]) == (BOB, NOW, "")
        assert version["is_published"] is True
        schema = server.row("ProjectSchema", server.row("Context", project)["project_schema_id"])
        workflow = schema["asset_version_workflow_schema_id"]
        allowed = [row["status_id"] for row in server.rows("WorkflowSchemaStatus", workflow_schema_id=workflow)]
        assert version["status_id"] == min(allowed)
        (change,) = server.rows("StatusChange", parent_id=version["id"])
        assert (change["concrete_type"], change["status_id"]) == ("AssetVersionStatusChange", version["status_id"])

    def test_a_version_needs_an_asset(self, server: Server) -> None:
        with pytest.raises(ValidationError, match=r"AssetVersion \(id .*\) lacks a value for asset_id\."):
            server.apply(create("AssetVersion", comment="x"))
        with pytest.raises(IntegrityError, match=r"refers to Asset gone \(asset_id\), which does not exist\."):
            server.apply(create("AssetVersion", asset_id="gone"))

    def test_the_asset_knows_its_latest_version(self, server: Server, project: str) -> None:
        asset, (one, two) = server.asset(project, versions=2)
        other = server.asset(project)[0]
        assert self.latest(server, asset) == two
        server.apply(update("AssetVersion", one, version=5))
        assert self.latest(server, asset) == one
        server.apply(update("AssetVersion", one, asset_id=other))
        assert (self.latest(server, asset), self.latest(server, other)) == (two, one)
        server.apply(delete("AssetVersion", two))
        assert (self.latest(server, asset), self.latest(server, other)) == (None, one)

    def test_an_asset_may_be_made_after_its_version(self, server: Server, project: str) -> None:
        server.apply(create("AssetVersion", "v", asset_id="a"), create("Asset", "a", name="x", context_id=project))
        assert self.latest(server, "a") == "v"

    def test_assets_may_share_a_name_and_have_no_type(self, server: Server, project: str) -> None:
        assert len({server.asset(project)[0], server.asset(project)[0]}) == 2

    def test_a_location_has_a_component_once(self, server: Server) -> None:
        place = {"component_id": "c", "location_id": builtin_id("Location", "ftrack.server")}
        server.apply(create("FileComponent", "c"), create("ComponentLocation", **place))
        with pytest.raises(IntegrityError, match="There is a ComponentLocation with component_id"):
            server.apply(create("ComponentLocation", **place))


class TestNotes:
    def note(self, server: Server, note_id: str, **data: Any) -> dict[str, Any]:
        return server.one(create("Note", note_id, content="x", **data))

    def test_the_caller_is_author_and_recipient(self, server: Server, project: str) -> None:
        answer = self.note(server, "n", parent_id=project, parent_type="Project")
        assert (answer["user_id"], answer["date"]["value"], answer["thread_activity"]["value"]) == (ADA, NOW, NOW)
        assert [row["resource_id"] for row in server.rows("Recipient")] == [ADA]
        server.apply(create("Recipient", note_id="n", resource_id=ADA, text_mentioned="me"))
        assert [row["text_mentioned"] for row in server.rows("Recipient")] == ["me"]

    def test_one_recipient_becomes_two(self, server: Server) -> None:
        server.apply(
            create("Note", "n", content="x", author=ref("User", BOB)),
            create("Recipient", note_id="n", resource_id=BOB),
        )
        assert {row["resource_id"] for row in server.rows("Recipient")} == {ADA, BOB}

    def test_a_reply_wakes_the_whole_thread(self, server: Server, project: str) -> None:
        self.note(server, "n", parent_id=project, parent_type="Project")
        server.apply(create("Note", "r", content="y", in_reply_to_id="n"))
        server.apply(create("Note", "rr", content="z", in_reply_to=ref("Note", "r")), now=LATER)
        assert {row["thread_activity"] for row in server.rows("Note")} == {LATER}
        assert {(row["parent_id"], row["parent_type"]) for row in server.rows("Note")} == {(project, "Project")}

    def test_a_thread_without_its_newest_reply_is_as_recent_as_the_one_before(self, server: Server) -> None:
        self.note(server, "n")
        server.apply(create("Note", "r", content="y", in_reply_to_id="n"), now=LATER)
        server.apply(delete("Note", "r"))
        assert server.row("Note", "n")["thread_activity"] == NOW

    def test_replies_move_with_their_note(self, server: Server, project: str) -> None:
        server.apply(
            create("Note", "n", content="x"),
            create("Note", "r", content="y", in_reply_to_id="n"),
            create("Note", "rr", content="z", in_reply_to_id="r"),
            update("Project", project, notes=[ref("Note", "n")]),
        )
        assert {(row["parent_id"], row["parent_type"]) for row in server.rows("Note")} == {(project, "Project")}

    def test_the_first_label_is_the_category(self, server: Server) -> None:
        server.apply(create("NoteLabel", "a", name="a"), create("NoteCategory", "b", name="b"))
        self.note(server, "n")
        server.apply(*(create("NoteLabelLink", label_id=label, note_id="n") for label in "ab"))
        assert server.row("Note", "n")["category_id"] == "a"
        server.apply(delete("NoteLabelLink", "n", "a"))
        assert server.row("Note", "n")["category_id"] == "b"
        server.apply(delete("NoteLabelLink", "n", "b"))
        assert server.row("Note", "n")["category_id"] is None

    def test_a_category_is_a_label(self, server: Server) -> None:
        server.apply(create("NoteCategory", "a", name="a"))
        self.note(server, "n", category=ref("NoteCategory", "a"))
        assert server.rows("NoteLabelLink") == [{"note_id": "n", "label_id": "a"}]

    @pytest.mark.parametrize("parent", [("gone", "Shot"), ("gone", None)])
    def test_a_note_about_nothing_is_refused(self, server: Server, parent: tuple[str, str | None]) -> None:
        with pytest.raises(IntegrityError, match=r"gone \(parent_id\), which does not exist"):
            self.note(server, "n", parent_id=parent[0], parent_type=parent[1])


class TestTime:
    def test_a_user_has_one_timer(self, server: Server) -> None:
        server.apply(create("Timer", "t", user_id=ADA), create("Timer", user_id=BOB))
        with pytest.raises(DuplicateEntryError) as caught:
            server.apply(create("Timer", user=ref("User", ADA)))
        assert caught.value.as_record()["exception"] == "DuplicateEntryError"
        assert str(caught.value) == f"User {ADA} has a running timer already; stop or delete it first."
        server.apply(delete("Timer", "t"), create("Timer", user_id=ADA))

    def test_stopping_a_timer_keeps_its_start(self, server: Server) -> None:
        timer = server.one(create("Timer", "t", user_id=ADA, name=None))
        log, _ = server.apply(
            create("Timelog", user_id=ADA, start=timer["start"], duration=10, comment="", name=None, context_id=None),
            delete("Timer", "t"),
            now=LATER,
        )
        assert log["start"] == timer["start"]
        assert log["duration"] == 10

    def test_time_starts_now_and_is_the_callers(self, server: Server) -> None:
        log = server.one(create("Timelog"))
        assert (log["start"]["value"], log["user_id"], log["duration"], log["comment"]) == (NOW, ADA, 0, "")


class TestJobs:
    def test_a_job_is_queued_for_the_caller(self, server: Server) -> None:
        job = server.one(create("Job"))
        assert (job["status"], job["type"], job["user_id"], job["created_at"]["value"]) == (
            "queued",
            "api_job",
            ADA,
            NOW,
        )

    @pytest.mark.parametrize(("status", "finished"), [("running", None), ("done", LATER), ("failed", LATER)])
    def test_a_job_is_finished_when_it_is_done(self, server: Server, status: str, finished: str | None) -> None:
        server.apply(create("Job", "j"))
        answer = server.one(update("Job", "j", status=status), now=LATER)
        assert server.row("Job", "j")["finished_at"] == finished
        assert answer.get("finished_at", {}).get("value") == finished

    def test_unknown_states_are_refused(self, server: Server) -> None:
        with pytest.raises(ValidationError, match=r"Job\.status must be one of queued, running, done, failed"):
            server.apply(create("Job", status="lost"))


def test_a_version_made_before_all_above_it_starts_like_others(server: Server, project: str) -> None:
    shot, asset, version = new_id(), new_id(), new_id()
    server.apply(
        create("AssetVersion", version, asset_id=asset),
        create("Asset", asset, name="a", context_id=shot),
        create("Shot", shot, name="s", parent_id=project),
    )
    _, (usual,) = server.asset(project, versions=1)
    status = server.row("AssetVersion", version)["status_id"]
    assert status == server.row("AssetVersion", usual)["status_id"]
    assert [change["status_id"] for change in server.rows("StatusChange", parent_id=version)] == [status]


class TestReviewsAndLists:
    def test_a_review_session_is_dated_and_signed(self, server: Server, project: str) -> None:
        session = server.one(create("ReviewSession", project_id=project))
        assert (session["name"], session["description"], session["created_by_id"]) == ("New review session", "", ADA)
        assert {session[name]["value"] for name in ("start_date", "end_date", "created_at")} == {NOW}

    def test_objects_of_a_review_session_have_text_and_reference(self, server: Server, project: str) -> None:
        _, (version,) = server.asset(project, versions=1)
        session = server.one(create("ReviewSession", project_id=project))["id"]
        reviewed = server.one(
            create(
                "ReviewSessionObject",
                name="a",
                version="Version 1",
                review_session_id=session,
                asset_version=ref("AssetVersion", version),
            )
        )
        assert (reviewed["version"], reviewed["version_id"]) == ("Version 1", version)
        assert reviewed["asset_version"] == ref("AssetVersion", version)
        server.apply(delete("AssetVersion", version))
        assert server.rows("ReviewSessionObject") == []

    def test_a_review_session_shows_the_picture_of_its_first_object(self, server: Server, project: str) -> None:
        _, (plain, first, second) = server.asset(project, versions=3)
        pictures = {version: server.one(create("FileComponent"))["id"] for version in (first, second)}
        session, reviewed = server.one(create("ReviewSession", project_id=project))["id"], new_id()

        def picture() -> str | None:
            return server.row("ReviewSession", session)["thumbnail_id"]

        def object_of(version: str, order: int, object_id: str | None = None) -> Operation:
            values = {"review_session_id": session, "version_id": version, "sort_order": order}
            return create("ReviewSessionObject", object_id, **values)

        server.apply(*(update("AssetVersion", version, thumbnail_id=made) for version, made in pictures.items()))
        server.apply(object_of(plain, 1))
        assert picture() is None
        server.apply(object_of(second, 3), object_of(first, 2, reviewed))
        assert picture() == pictures[first]
        server.apply(update("ReviewSessionObject", reviewed, sort_order=4))
        assert picture() == pictures[second]
        server.apply(update("AssetVersion", second, thumbnail_id=None))
        assert picture() == pictures[first]
        server.apply(delete("ReviewSessionObject", reviewed))
        assert picture() is None

    def test_a_list_is_dated_and_owned(self, server: Server, project: str) -> None:
        category = server.one(create("ListCategory", name="dailies"))["id"]
        made = server.one(create("TypedContextList", name="l", project_id=project, category_id=category))
        assert (made["date"]["value"], made["user_id"], made["system_type"]) == (NOW, ADA, "task")

    def test_a_list_needs_project_and_category(self, server: Server) -> None:
        with pytest.raises(ValidationError) as caught:
            server.apply(create("TypedContextList", "l", name="l"))
        assert str(caught.value) == 'TypedContextList "l" (id l) lacks a value for category_id and project_id.'

    def test_an_item_must_exist(self, server: Server, project: str) -> None:
        category = server.one(create("ListCategory", name="dailies"))["id"]
        server.apply(create("TypedContextList", "l", name="l", project_id=project, category_id=category))
        with pytest.raises(IntegrityError, match=r"refers to .*Context.* gone \(entity_id\), which does not exist"):
            server.apply(create("ListObject", list_id="l", entity_id="gone"))


def test_a_schema_status_counts_from_the_moment_it_is_made(server: Server, project: str) -> None:
    review = builtin_id("Status", "Pending Review")
    schema = new_id()
    before, _, _, after = server.apply(
        create("Sequence", name="a", parent_id=project),
        create(
            "Schema",
            schema,
            project_schema_id=server.row("Context", project)["project_schema_id"],
            type_id=builtin_id("ObjectType", "Sequence"),
        ),
        create("SchemaStatus", schema_id=schema, status_id=review),
        create("Sequence", name="b", parent_id=project),
    )
    assert "status_id" not in before
    assert after["status_id"] == review
