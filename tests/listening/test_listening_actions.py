"""Actions, forms, jobs, requests and replies, as those see them who start them."""

from __future__ import annotations

import datetime
import enum
import json
import threading
from collections.abc import Callable
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackteroid import AssetVersion, Project, Query, Session, Shot, Task
from trackteroid.entities import Job
from trackteroid.errors import EntityCollectionOperationError, InvalidArgumentsError
from trackteroid.events import Message, Multiline, Received, RunningJob
from trackteroid.events.forms import Field, FormError, form_of
from trackteroid.server import EmbeddedServer
from trackteroid.server.core import clock
from trackteroid.testing import Events, ExpectedEventError


@pytest.fixture
def versions(session: Session) -> Any:
    return Query(AssetVersion, session=session).get_all(["version"], limit=2, order_by="version", order="descending")


class Quality(enum.Enum):
    DRAFT = "Draft"
    FINAL = "Final quality"


def deliver(
    versions: Any,
    *,
    width: Annotated[int, "Width in pixels"] = 1920,
    target: Literal["client", "vendor"] = "client",
    quality: Quality = Quality.DRAFT,
    formats: list[Literal["exr", "mov"]],
    notes: Annotated[str, Multiline] = "",
    due: datetime.date | None = None,
    notify: bool = True,
    scale: float = 1.0,
) -> str:
    return f"{len(versions)} {width} {target} {quality.name} {formats} {notes!r} {due} {notify} {scale}"


def test_a_form_is_made_of_the_parameters(session: Session, events: Events, versions: Any) -> None:
    session.action("Deliver", on=AssetVersion)(deliver)
    reply = events.launch("deliver", versions)
    assert reply["title"] == "Deliver"
    assert [(each["name"], each["label"], each["type"], each["value"]) for each in reply["items"]] == [
        ("width", "Width in pixels", "number", 1920),
        ("target", "Target", "enumerator", "client"),
        ("quality", "Quality", "enumerator", "DRAFT"),
        ("formats", "Formats", "enumerator", []),
        ("notes", "Notes", "textarea", ""),
        ("due", "Due", "date", ""),
        ("notify", "Notify", "boolean", True),
        ("scale", "Scale", "number", 1.0),
    ]
    quality, formats = reply["items"][2:4]
    assert quality["data"][1] == {"label": "Final quality", "value": "FINAL"}
    assert formats["multi_select"] is True


def test_what_is_entered_becomes_values(session: Session, events: Events, versions: Any) -> None:
    session.action("Deliver", on=AssetVersion)(deliver)
    entered = {"width": "640", "quality": "FINAL", "formats": ["mov"], "due": "2026-02-03T00:00:00", "notify": "false"}
    assert events.launch("deliver", versions, **entered) == {
        "success": True,
        "message": "2 640 client FINAL ['mov'] '' 2026-02-03 False 1.0",
    }


def test_all_that_does_not_fit_is_told_to_the_user_at_once(session: Session, events: Events, versions: Any) -> None:
    called: list[Any] = []
    session.action("Deliver", on=AssetVersion)(
        lambda versions, width=1, due=datetime.date(2026, 1, 1): called.append(1)
    )
    reply = events.launch("deliver", versions, width="wide", due="soon")
    assert reply == {
        "success": False,
        "message": "Width: 'wide' is not a whole number. Due: 'soon' is not a date such as 2026-01-31.",
    }
    assert not called


FORM, _ = form_of(deliver)
KINDS: dict[str, tuple[type, ...]] = {
    "width": (int,),
    "target": (str,),
    "quality": (Quality,),
    "formats": (list,),
    "notes": (str,),
    "due": (datetime.date, type(None)),
    "notify": (bool,),
    "scale": (float,),
}


def entered_in(field: Field, entered: Any) -> Any:
    """The value of what was entered, or the message about it."""
    try:
        return field.value(entered)
    except FormError as error:
        return error


@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none(), st.lists(st.text(), max_size=3)))
def test_whatever_is_entered_is_a_value_of_the_kind_or_a_message(entered: Any) -> None:
    for field in FORM.fields:
        found = entered_in(field, entered)
        assert isinstance(found, KINDS[field.name]) or field.label in str(found)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda: None, "takes no selection"),
        (lambda versions, *rest: None, "no form can be made"),
        (lambda versions, other={}: None, "There is no field for other"),
    ],
)
def test_functions_of_which_no_form_can_be_made_are_refused(function: Any, words: str) -> None:
    session = Session(server_url="http://127.0.0.1:9", api_key="k", api_user="u")
    with pytest.raises(InvalidArgumentsError, match=words):
        session.action("Deliver", on=AssetVersion)(function)


def test_actions_are_offered_for_what_they_fit(session: Session, events: Events, versions: Any) -> None:
    newest = int(versions.version[0])
    session.action("Deliver", on=AssetVersion, icon="i", description="d", variant="v")(lambda versions: None)
    session.action("Newest", on=AssetVersion, when=AssetVersion.version >= newest)(lambda versions: None)
    session.action("Shots", on=Shot)(lambda shots: None)
    session.action("Mine", on=AssetVersion, users=["somebody"])(lambda versions: None)

    def offered(*selections: tuple[str, Any]) -> list[str]:
        selection = [{"entityId": each, "entityType": kind} for kind, found in selections for each in found.id]
        replies = events.deliver(events.made("ftrack.action.discover", {"selection": selection}))
        return [item["label"] for reply in replies for item in reply["items"]]

    task, shot = (Query(each, session=session).get_first() for each in (Task, Shot))
    oldest = Query(AssetVersion, session=session).where(AssetVersion.version < newest).get_first()
    assert offered(("assetversion", versions[:1])) == ["Deliver", "Newest"]
    assert offered(("assetversion", versions[:1]), ("assetversion", oldest)) == ["Deliver"]
    assert offered(("task", shot)) == ["Shots"]
    assert offered(("task", task)) == offered(("task", shot), ("task", task)) == []
    assert offered(("assetversion", versions), ("task", shot)) == offered() == []
    (reply, _) = events.deliver(
        events.made(
            "ftrack.action.discover", {"selection": [{"entityId": versions.id[0], "entityType": "assetversion"}]}
        )
    )
    assert reply == {
        "items": [
            {"label": "Deliver", "actionIdentifier": "deliver-v", "icon": "i", "description": "d", "variant": "v"}
        ]
    }


@pytest.mark.parametrize(
    ("result", "reply"),
    [
        (None, {"success": True, "message": "Do: done."}),
        ("Done.", {"success": True, "message": "Done."}),
        (Message("Half of it.", success=False), {"success": False, "message": "Half of it."}),
        ({"items": []}, {"items": []}),
    ],
)
def test_what_an_action_returns_is_told(
    session: Session, events: Events, versions: Any, result: Any, reply: Any
) -> None:
    session.action("Do", on=AssetVersion)(lambda versions: result)
    assert events.launch("do", versions) == reply


def test_what_an_action_raises_is_told_and_undone(session: Session, events: Events, versions: Any) -> None:
    @session.action("Do", on=AssetVersion)
    def do(versions: Any) -> None:
        versions.apply(lambda _: "half", "comment")
        raise ValueError("no disk")

    registry_replies: list[Any] = []
    with pytest.raises(ValueError, match="no disk"):
        registry_replies += events.deliver(
            events.made(
                "ftrack.action.launch",
                {"actionIdentifier": "do", "selection": [{"entityId": versions.id[0], "entityType": "assetversion"}]},
            )
        )
    assert not session.recorded_operations


def test_an_action_for_other_things_says_so(session: Session, events: Events, versions: Any) -> None:
    session.action("Do", on=Shot)(lambda shots: None)
    reply = events.launch("do", versions)
    assert reply == {"success": False, "message": "Do is for entities of type Shot, and none is selected."}
    with pytest.raises(ExpectedEventError, match=r"registered: \['do'\]"):
        events.launch("due", versions)
    with pytest.raises(InvalidArgumentsError, match='an action "do" already'):
        session.action("Do", on=Task)(lambda tasks: None)


def test_selections_are_collections_in_their_order(session: Session) -> None:
    shots = Query(Shot, session=session).get_all(limit=3)
    selection = [{"entityId": each, "entityType": "task"} for each in reversed(shots.id)]
    event = {"topic": "ftrack.action.launch", "data": {"selection": selection}}
    assert session.from_event(event, Shot).id == list(reversed(shots.id))
    assert session.from_event(selection).id == list(reversed(shots.id))
    assert session.from_event(Received.of(event, session), Shot, ["parent.name"]).parent.name
    project = Query(Project, session=session).get_first()
    mixed = [*selection, {"entityId": project.id[0], "entityType": "show"}]
    with pytest.raises(EntityCollectionOperationError, match="from_event\\(event, Task\\)"):
        session.from_event(mixed)
    assert session.from_event(mixed, Project).id == project.id
    assert not session.from_event([], Shot)


def job_of(session: Session, identifier: str) -> tuple[str, dict[str, Any]]:
    """What people see of a job: its status and data."""
    found = Query(Job, session=session).by_id(identifier).get_one(["status", "data"])
    return found.status[0], json.loads(found.data[0])


def test_a_job_tells_how_far_it_is_beside_what_is_pending(
    server: EmbeddedServer, session: Session, versions: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trackteroid.events.jobs._SELDOM", 0)
    with Session(server_url=server) as watching:
        versions.apply(lambda _: "pending", "comment")
        with session.job("Deliver", versions) as job:
            assert job_of(watching, job.id)[0] == "running"
            job.progress(0.4, "copying")
            assert job_of(watching, job.id)[1]["description"] == "Deliver: copying (40%)"
            with pytest.raises(InvalidArgumentsError, match="from 0 to 1"):
                job.progress(40)
        status, data = job_of(watching, job.id)
        assert (status, data["description"], data["progress"]) == ("done", "Deliver", 1.0)
        assert [each["entityId"] for each in data["selection"]] == versions.id
        with pytest.raises(RuntimeError), session.job("Fail") as job:
            raise RuntimeError("disk full")
        status, data = job_of(watching, job.id)
        assert (status, data["description"]) == ("failed", "Fail failed: RuntimeError: disk full")
        assert "test_listening_actions.py" in data["traceback"]
    assert len(session.recorded_operations) == 2
    session.rollback()


def listening(
    session: Session, work: Callable[[], object], until: Callable[[], object] | None = None, **options: Any
) -> None:
    """Let a session listen while somebody works."""
    worker = threading.Thread(target=work)
    started: list[int] = []

    def is_over() -> bool:
        if not started:
            started.append(1)
            worker.start()
        return not worker.is_alive() and (until is None or bool(until()))

    session.listen(until=is_over, duration=60, **options)
    worker.join()


def test_long_actions_run_beside_others_with_a_job(server: EmbeddedServer, session: Session, versions: Any) -> None:
    replies: list[Any] = []
    may_end = threading.Event()
    sessions, jobs = list[Session](), list[str]()

    @session.action("Long", on=AssetVersion, job=True)
    def long(versions: Any, *, job: RunningJob, how: Received) -> None:
        sessions.append(how.session)
        jobs.append(job.id)
        assert how.user == "demo"
        assert may_end.wait(60)
        job.progress(0.5)

    session.answers("studio.ask")(lambda event: {"asked": event.data})
    session.answers("studio.fail")(lambda event: 1 / 0)
    with Session(server_url=server) as asking:

        def ask(topic: str, data: Any) -> None:
            replies.extend(reply.data for reply in asking.publish(topic, data, wait=30, replies=1))

        def work() -> None:
            selection = [{"entityId": each, "entityType": "assetversion"} for each in versions.id]
            ask("ftrack.action.launch", {"actionIdentifier": "long", "selection": selection})
            ask("studio.ask", {"a": 1})
            ask("studio.fail", {})
            may_end.set()

        listening(session, work)
        assert replies == [
            {"success": True, "message": "Long has started. Its job tells how far it is."},
            {"asked": {"a": 1}},
            {"success": False, "message": "ZeroDivisionError: division by zero"},
        ]
        assert sessions[0] is not session
        assert job_of(asking, jobs[0])[0] == "done"


@pytest.mark.parametrize("wrong", [datetime.timedelta(hours=-1), datetime.timedelta(hours=1)], ids=["behind", "ahead"])
def test_requests_to_a_group_are_answered_although_the_clock_of_the_server_is_another(
    server: EmbeddedServer, session: Session, wrong: datetime.timedelta
) -> None:
    session.answers("studio.ask")(lambda _: "yes")
    replies: list[Any] = []
    with clock.frozen(datetime.datetime.now(datetime.timezone.utc) + wrong), Session(server_url=server) as asking:
        # So that the group is there, which begins now.
        session.events.group("answering", "topic=*").take(most=1, wait=0)

        def work() -> None:
            replies.extend(reply.data for reply in asking.publish("studio.ask", {}, wait=5, replies=1))

        listening(session, work, group="answering")
    assert replies == ["yes"]


def test_nobody_may_answer(session: Session) -> None:
    assert session.publish("studio.nobody", wait=0.1) == []
    assert session.publish("studio.nobody") == []
