"""Custom attributes as users of the library set them, on a server."""

from __future__ import annotations

import datetime
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from collection_tools import collection
from fake_session import FakeSession, record
from ftrack_api.exception import ServerError
from ftrack_api.symbol import NOT_SET

from demo_servers import demo_database
from trackteroid import (
    Asset,
    AssetType,
    AssetVersion,
    Folder,
    Project,
    Query,
    Sequence,
    Session,
    Shot,
    Task,
    TypedContextList,
    User,
)
from trackteroid.client.custom_attributes import Finder
from trackteroid.errors import AssignmentError, UnknownAttributeError
from trackteroid.server import EmbeddedServer

CHOICES = ("final", "wip", "on hold, client")


def config(*choices: str, several: bool = False) -> str:
    data = json.dumps([{"menu": choice.title(), "value": choice} for choice in choices])
    return json.dumps({"multiSelect": several, "data": data})


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_database(tmp_path_factory.mktemp("demo"))


@pytest.fixture
def server(production: Path, tmp_path: Path) -> Iterator[EmbeddedServer]:
    """A server on a copy of the demo production."""
    copy = tmp_path / "copy.db"
    shutil.copy(production, copy)
    server = EmbeddedServer(f"sqlite:///{copy.as_posix()}")
    yield server
    server.close()


@pytest.fixture
def session(server: EmbeddedServer) -> Iterator[Session]:
    with Session(server_url=server) as session:
        yield session


@pytest.fixture
def admin(server: EmbeddedServer) -> Iterator[Session]:
    with Session(server_url=server) as admin:
        yield admin


def configure(admin: Session, key: str, kind: str = "task", type_: str = "text", **more: Any) -> str:
    """Make a custom attribute, of shots unless it says otherwise, and return its id."""
    if kind == "task":
        name = more.pop("of", "Shot")
        more["object_type"] = admin.query(f'ObjectType where name is "{name}"').one()
    values = {"entity_type": kind, "key": key, "label": key, "config": "{}", "default": ""}
    of_type = admin.query(f'CustomAttributeType where name is "{type_}"').one()
    made = admin.create("CustomAttributeConfiguration", {**values, "type": of_type, **more})
    admin.commit()
    return str(made["id"])


def project_of(admin: Session) -> str:
    """The project of the shot that is looked at."""
    return str(admin.query('select project_id from Shot where name is "bc0010"').one()["project_id"])


def shot(session: Session, name: str = "bc0010", **options: Any) -> Any:
    return Query(Shot, session=session).by_name(name).get_one(projections=["custom_attributes"], **options)


class TestMadeWhileTheSessionRuns:
    def test_an_attribute_is_set_without_reconnecting(self, session: Session, admin: Session) -> None:
        found = shot(session)
        found.custom_handles = 12
        session.commit()
        configure(admin, "unit", default="main")
        found.custom_unit = "second"  # it was loaded before the attribute was made
        assert found.custom_unit == ["second"]
        session.commit()
        assert found.custom_unit == ["second"]
        assert shot(admin).custom_unit == ["second"]
        assert found.custom_handles == [12]

    def test_all_of_them_cost_one_request(self, session: Session, admin: Session) -> None:
        found = [shot(session, name) for name in ("bc0010", "bc0020", "bc0030")]
        found[0].custom_handles = 12
        session.commit()
        for key in ("unit", "camera"):
            configure(admin, key)
        sent = count_calls(session)
        for each in found:
            each.custom_unit = "second"
            each.custom_attributes = {"camera": "A", "unit": "main"}
        assert len(sent) == 1

    def test_ftrack_apis_own_way_finds_it_too(self, session: Session, admin: Session) -> None:
        found = shot(session).values()[0]
        found["custom_attributes"]["handles"] = 12
        session.commit()
        configure(admin, "unit")
        found["custom_attributes"]["unit"] = "second"
        session.commit()
        assert shot(admin).custom_unit == ["second"]
        with pytest.raises(KeyError, match=r'Shot has no custom attribute "units".*Did you mean "unit"'):
            found["custom_attributes"]["units"] = "second"

    def test_something_new_has_it(self, session: Session, admin: Session) -> None:
        sequence = Query(Sequence, session=session).get_first()
        sequence.children[Shot].create(name="one", custom_handles=3)
        configure(admin, "unit", default="main")
        sequence.children[Shot].create(name="two", custom_unit="second")
        session.create(
            "Shot", {"name": "three", "parent": sequence.values()[0], "custom_attributes": {"unit": "third"}}
        )
        session.commit()
        assert [shot(admin, name).custom_unit for name in ("one", "two", "three")] == [["main"], ["second"], ["third"]]

    def test_what_nobody_made_is_refused_with_what_there_is(self, session: Session, admin: Session) -> None:
        found = shot(session)
        found.custom_handles = 12
        configure(admin, "unit")
        with pytest.raises(
            UnknownAttributeError, match=r'Shot has no custom attribute "units"\. It has .*unit.*\. Did you'
        ):
            found.custom_units = "second"

    def test_what_was_taken_back_leaves_no_value(self, session: Session, admin: Session) -> None:
        found = shot(session)
        configure(admin, "unit", default="main")
        found.custom_unit = "second"
        session.rollback()
        assert found.custom_unit in ([None], [NOT_SET])
        assert shot(session).custom_unit == ["main"]
        found.custom_unit = "third"
        session.commit()
        assert shot(admin).custom_unit == ["third"]


def count_calls(session: Session) -> list[Any]:
    """The list that every request of the session is noted in from now on."""
    sent: list[Any] = []
    call = session.call

    def counting(data: Any) -> Any:
        sent.append(data)
        return call(data)

    session.call = counting  # type: ignore[method-assign]
    return sent


@pytest.mark.parametrize("kind", [Project, Folder, Sequence, Shot, Task, Asset, AssetVersion])
@pytest.mark.slow
def test_hierarchical_attributes_of_everything_in_a_project_can_be_set(
    session: Session, admin: Session, kind: Any
) -> None:
    configure(admin, "vendor", "show", is_hierarchical=True, default="nobody")
    if kind is Folder:
        admin.create("Folder", {"name": "f", "parent": admin.query("Project").first()})
        admin.commit()
    found = Query(kind, session=session).get_first(projections=["custom_attributes"])
    assert found.custom_vendor == ["nobody"]
    found.custom_vendor = "inhouse"
    session.commit()
    again = Query(kind, session=admin).by_id(found.id[0]).get_one(projections=["custom_attributes"])
    assert again.custom_vendor == ["inhouse"]
    assert len(Query(kind, session=admin).where(kind.custom_vendor == "inhouse").get_all()) == 1


@pytest.mark.parametrize("kind", [User, TypedContextList])
def test_hierarchical_attributes_are_not_of_people_and_lists(session: Session, admin: Session, kind: Any) -> None:
    configure(admin, "vendor", "show", is_hierarchical=True)
    found = Query(kind, session=session).get_first(projections=["custom_attributes"])
    with pytest.raises(UnknownAttributeError, match="has no custom attribute"):
        found.custom_vendor = "inhouse"


def test_what_shows_as_the_default_is_stored_all_the_same(session: Session, admin: Session) -> None:
    """Below something with another value, and once the default changes, it makes a difference."""
    configure(admin, "rate", "show", "number", is_hierarchical=True, default=25)
    found = shot(session)
    found.custom_rate = 25
    session.commit()
    assert len(admin.query('CustomAttributeValue where configuration.key is "rate"').all()) == 1


class TestChoices:
    @pytest.fixture(autouse=True)
    def attributes(self, admin: Session) -> None:
        configure(admin, "intent", type_="enumerator", config=config(*CHOICES), default=["wip"])
        configure(admin, "looks", type_="enumerator", config=config(*CHOICES, several=True), default=[])
        configure(admin, "lens", type_="dynamic enumerator")

    @pytest.mark.parametrize(
        ("key", "value", "kept"),
        [
            ("intent", "final", ["final"]),
            ("intent", ["final"], ["final"]),
            ("intent", "on hold, client", ["on hold, client"]),
            ("intent", ["on hold, client"], ["on hold, client"]),
            ("intent", None, None),
            ("intent", [], []),
            ("looks", ["final", "on hold, client"], ["final", "on hold, client"]),
            ("looks", ("wip", "wip"), ["wip"]),
            ("looks", "wip, final", ["wip", "final"]),
            ("lens", "35mm, anamorphic", ["35mm, anamorphic"]),
            ("lens", ["35mm, anamorphic", "50mm"], ["35mm, anamorphic", "50mm"]),
            ("lens", "50mm", ["50mm"]),
        ],
    )
    @pytest.mark.slow
    def test_are_taken(self, session: Session, admin: Session, key: str, value: Any, kept: Any) -> None:
        found = shot(session)
        setattr(found, f"custom_{key}", [value])
        session.commit()
        assert getattr(found, f"custom_{key}") == [kept]
        assert getattr(shot(admin), f"custom_{key}") == [kept]

    @pytest.mark.parametrize(
        ("key", "value", "message"),
        [
            ("intent", "finall", r'takes one of "final", "wip", "on hold, client" \(or None\).*Did you mean "final"\?'),
            ("intent", ["final", "wip"], r'takes one of "final", .*\[.final., .wip.\] \(list\) was given'),
            ("intent", "final, wip", "takes one of"),
            ("intent", "", "takes one of"),
            ("intent", 5, "takes one of"),
            ("looks", ["final", "x"], r'takes some of "final", "wip"'),
            ("looks", "final, on hold", "takes some of"),
            ("lens", ["50mm", 5], "takes a text or a list of texts"),
            ("lens", "", "takes a text or a list of texts"),
        ],
    )
    @pytest.mark.slow
    def test_are_checked(self, session: Session, key: str, value: Any, message: str) -> None:
        found = shot(session)
        for attempt in (
            lambda: setattr(found, f"custom_{key}", [value]),
            lambda: (
                Query(Sequence, session=session).get_first().children[Shot].create(name="x", **{f"custom_{key}": value})
            ),
        ):
            with pytest.raises(AssignmentError, match=message):
                attempt()
        assert not session.recorded_operations

    def test_that_are_none_any_more_are_still_read(self, session: Session, admin: Session) -> None:
        found = shot(session)
        found.custom_intent = "final"
        session.commit()
        (made,) = admin.query('CustomAttributeConfiguration where key is "intent"').all()
        made["config"] = config("approved")
        admin.commit()
        assert shot(session).custom_intent == [["final"]]
        session.reconnect()
        with pytest.raises(AssignmentError, match='takes one of "approved"'):
            shot(session).custom_intent = "final"


UNSET = ("number", "boolean", "date", "enumerator", "dynamic enumerator")


@pytest.mark.parametrize("type_", UNSET)
def test_what_is_not_set_is_missing(session: Session, admin: Session, type_: str) -> None:
    configure(admin, "extra", type_=type_)
    everything = Query(Shot, session=session)
    assert set(everything.get_all(projections=["custom_attributes"]).custom_extra) == {None}
    assert len(everything.where(Shot.custom_extra.is_none()).get_all()) == len(everything.get_all())
    for condition in ('value is ""', 'value like "%"', "value > 0", "value < 9", "value is false", 'value is_not ""'):
        assert session.query(f'Shot where custom_attributes any (key is "extra" and {condition})').all() == []


class TestSameKeys:
    def test_the_one_of_the_project_is_set(self, session: Session, admin: Session) -> None:
        configure(admin, "rate", type_="text", default="all")
        configure(admin, "rate", "show", "text", is_hierarchical=True, default="hierarchical")
        here = configure(admin, "rate", type_="number", default=1, project_id=project_of(admin))
        found = shot(session)
        assert found.custom_rate == [1]
        with pytest.raises(AssignmentError, match='"rate" of Shot takes a number'):
            found.custom_rate = "text"
        found.custom_rate = 5
        session.commit()
        (row,) = admin.query('CustomAttributeValue where configuration.key is "rate"').all()
        assert (row["configuration_id"], row["value"]) == (here, 5)

    @pytest.mark.parametrize("auto_populate", [True, False])
    @pytest.mark.slow
    def test_something_new_has_the_one_of_its_project(
        self, server: EmbeddedServer, admin: Session, auto_populate: bool
    ) -> None:
        project = project_of(admin)
        for kind, default in (("task", "shot"), ("asset", "asset"), ("assetversion", "version"), ("list", "list")):
            configure(admin, "rate", kind, default=default)
            configure(admin, "rate", kind, "number", default=1, project_id=project)
        with Session(server_url=server, auto_populate=auto_populate) as session:
            sequence = Query(Sequence, session=session).where(Sequence.project_id == project).get_first()
            found = sequence.children[Shot].create(name="new", custom_rate=5)
            kind = Query(AssetType, session=session).get_first()
            asset = found.Asset.create(name="a", type=kind, custom_rate=6)
            session.create("AssetVersion", {"asset": asset.values()[0], "custom_attributes": {"rate": 7}})
            session.create(
                "TypedContextList",
                {
                    "name": "l",
                    "project": session.get("Project", project),
                    "category": session.query("ListCategory").first(),
                    "custom_attributes": {"rate": 8},
                },
            )
            session.commit()
        rows = admin.query('CustomAttributeValue where configuration.key is "rate"').all()
        assert sorted(row["value"] for row in rows) == [5, 6, 7, 8]
        assert shot(admin, "new").custom_rate == [5]

    def test_the_project_is_looked_up_where_only_keys_are_known(self, server: EmbeddedServer, admin: Session) -> None:
        sequence = admin.query(f"Sequence where project_id is {project_of(admin)}").first()
        configure(admin, "rate", type_="number", default=1, project_id=project_of(admin))
        with Session(server_url=server, auto_populate=False) as session:
            session.create("Shot", {"name": "new", "parent_id": sequence["id"], "custom_attributes": {"rate": 5}})
            session.commit()
        assert shot(admin, "new").custom_rate == [5]

    def test_one_that_was_made_meanwhile_is_not_passed_over(self, session: Session, admin: Session) -> None:
        everywhere = configure(admin, "rate", type_="number", default=1)
        found = shot(session)
        here = configure(admin, "rate", type_="number", default=2, project_id=project_of(admin))
        found.custom_rate = 5
        with pytest.raises(ServerError, match=f"{here}.*{everywhere}"):
            session.commit()
        session.rollback()
        again = shot(session)
        assert again.custom_rate == [2]
        again.custom_rate = 5
        session.commit()
        assert shot(admin).custom_rate == [5]

    def test_a_server_that_shows_a_key_twice_is_read_and_written_as_ftrack_api_does(self) -> None:
        session = FakeSession()
        session.answer("select key, ", [])
        rows = [
            record("ContextCustomAttributeValue", configuration_id=f"c{n}", entity_id="s", key="rate", value=n)
            for n in (1, 2)
        ]
        found = collection(session, record("Shot", "s", custom_attributes=rows))
        assert found.custom_rate == [1]
        assert found.custom_attributes == [{"rate": 1}]
        assert found.values()[0]["custom_attributes"]["rate"] == 1
        found.custom_rate = 5
        (operation,) = session.recorded_operations
        assert operation.entity_key["configuration_id"] == "c1"
        assert found.custom_rate == [5]


def test_sessions_of_different_servers_do_not_mistake_their_configurations() -> None:
    """ftrack_api remembers them by what a session prints as, which is the same for all databases in memory."""
    for value in "ab":
        with Session(server_url="sqlite://") as session:
            configure(session, "nick", "user")
            session.create("User", {"username": "x", "custom_attributes": {"nick": value}})
            session.commit()
            assert Query(User, session=session).by_name("x").get_one(["custom_attributes"]).custom_nick == [value]


def test_configurations_that_a_user_may_not_see_are_asked_for_once_only() -> None:
    session = FakeSession()
    session.answer("select key, ", [])
    rows = [record("ContextCustomAttributeValue", configuration_id="c", entity_id="s", key="rate", value=1)]
    found = collection(session, record("Shot", "s", custom_attributes=rows))
    for value in (2, "three", datetime.date(2026, 1, 4)):
        found.custom_rate = [value]
    assert len([text for text in session.queries if "CustomAttributeConfiguration" in text]) == 1
    assert Finder(session).keys(found.values()[0]) == ["rate"]


VALUES = [5, None, 7, None, None, 9]


class TestSeveralTimes:
    def test_in_one_commit(self, session: Session, admin: Session) -> None:
        found = shot(session)
        for value in VALUES:
            found.custom_handles = [value]
            assert found.custom_handles == [value]
        session.commit()
        assert shot(admin).custom_handles == [9]

    def test_in_several_commits(self, session: Session, admin: Session) -> None:
        found = shot(session)
        for value in VALUES:
            found.custom_handles = [value]
            session.commit()
            assert found.custom_handles == shot(admin).custom_handles == [value]

    def test_of_something_new(self, session: Session, admin: Session) -> None:
        found = Query(Sequence, session=session).get_first().children[Shot].create(name="new", custom_handles=1)
        for value in VALUES:
            found.custom_attributes = {"handles": value, "fstart": 3}
        session.commit()
        again = shot(admin, "new")
        assert (again.custom_handles, again.custom_fstart) == ([9], [3])

    def test_in_deferred_operations(self, session: Session, admin: Session, tmp_path: Path) -> None:
        configure(admin, "unit", default="main")
        path = tmp_path / "later.dbm"
        with session.deferred_operations(path):
            found = shot(session)
            for value in VALUES:
                found.custom_handles = [value]
            found.custom_unit = "second"
            new = Query(Sequence, session=session).get_first().children[Shot].create(name="new", custom_unit="third")
            new.custom_unit = None
            new.custom_unit = "fourth"
        assert shot(admin).custom_handles != [9]
        admin.reconnect_and_commit(path)
        admin.reconnect_and_commit(path)
        again = shot(admin)
        assert (again.custom_handles, again.custom_unit) == ([9], ["second"])
        assert shot(admin, "new").custom_unit == ["fourth"]


def test_a_dictionary_of_the_official_client_replaces_them(server: EmbeddedServer) -> None:
    """What it leaves out is deleted, and shows its default again."""
    with Session(server_url=server, auto_populate=True) as session:
        entity = session.query('Shot where name is "bc0010"').one()
        entity["custom_attributes"]["handles"] = 12
        session.commit()
        entity["custom_attributes"] = {"fstart": 5}
        session.commit()
    with Session(server_url=server) as session:
        found = shot(session)
        assert (found.custom_fstart, found.custom_handles) == ([5], [0])


def test_whoever_loads_custom_attributes_may_set_them_without_asking_again(session: Session) -> None:
    with session.profile() as sent:
        shots = Query(Shot, session).get_all(["custom_attributes"])
        shots.custom_frame_end = shots.custom_fend
        with pytest.raises(AssignmentError, match="takes a number"):
            shots.apply(lambda _: "late", "custom_frame_end")
    assert sent.requests == 1
    session.rollback()


def test_loading_does_not_fail_where_the_configurations_cannot_be_asked_for(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trackteroid.client.custom_attributes._QUERY", "select id from Nowhere")
    shots = Query(Shot, session).by_name("bc0010").get_all(["custom_attributes"])
    assert shots.custom_fend
    with session.profile() as sent:
        Query(Shot, session).by_name("bc0020").get_all(["custom_attributes"])
    assert sent.requests == 2, "they are asked for again, and the shots by themselves"
