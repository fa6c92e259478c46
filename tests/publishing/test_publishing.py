"""Publishing in one call: everything that belongs to a version, or nothing of it."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import ftrack_api
import ftrack_api.event.base
import pytest
import requests

from publishing.kept import components, kept, rows
from trackteroid import Asset, AssetVersion, Query, Session, Shot, Task
from trackteroid.errors import CreationError, PublishingError, RefusedError, TrackteroidError, TransferError
from trackteroid.publishing import delivery
from trackteroid.publishing import disk as disks
from trackteroid.publishing.paths import gathered


@pytest.mark.promise("published-in-one-transaction")
def test_one_call_makes_asset_version_component_thumbnail_and_review(session: Session, shot: Any, files: Path) -> None:
    done = shot.publish(
        files / "comp.png", asset="precomp", type="Compositing", comment="First light", location="ftrack.server"
    )
    session.reset()
    version = (
        Query(AssetVersion, session=session)
        .by_id(*done.version.keys())
        .get_one(
            projections=["comment", "version", "asset.name", "asset.type.name", "asset.parent.name", "thumbnail_id"]
        )
    )
    assert (version.comment, version.version, version.asset.name) == (["First light"], [1], ["precomp"])
    assert (version.asset.type.name, version.asset.parent) == (["Compositing"], shot)
    assert version.thumbnail_id == done.components.id == done.thumbnails.id
    with done.components.open() as data:
        assert data.read() == (files / "comp.png").read_bytes()
    assert len(done.jobs) == 1
    assert set(done.jobs.status) <= {"queued", "running", "done"}  # the server encodes meanwhile
    assert repr(done).splitlines()[0] == "Published: precomp v001 (new asset)"


def test_the_next_version_of_the_asset_that_is_there_needs_no_type(shot: Any, files: Path) -> None:
    first = shot.publish(files / "scene.ma", asset="precomp", type="Compositing")
    second = shot.publish(files / "scene.ma", asset="precomp")
    third = first.version.asset.publish(files / "scene.ma", comment="again")
    assert first.version.asset == second.version.asset == third.version.asset
    assert [*first.version.version, *second.version.version, *third.version.version] == [1, 2, 3]


@pytest.mark.promise("first-publishers-share-the-asset")
@pytest.mark.parametrize("tool", ["this library", "another one"])
@pytest.mark.parametrize("where", ["ftrack.server", "studio.disk"])
def test_who_is_second_by_a_moment_publishes_below_the_asset_of_the_first(
    session: Session, database: Path, shot: Any, files: Path, disk: Any, where: str, tool: str
) -> None:
    """The other one is through between the look for the asset and the commit: while the file is sent."""
    assert disk
    with Session(f"sqlite:///{database.as_posix()}", plugin_paths=[]) as other:
        theirs = Query(Shot, session=other).by_id(shot.id[0]).get_one()
        overtaking = [theirs]

        def overtake(_: object) -> None:
            if not overtaking:
                return
            overtaking.clear()
            if tool == "this library":
                theirs.publish(files / "scene.ma", asset="First", type="Scene")
            else:
                new: Any = {
                    "name": "First",
                    "parent": theirs.values()[0],
                    "type": other.query("AssetType where name is Scene").one(),
                }
                other.create("AssetVersion", {"asset": other.create("Asset", new)})
                other.commit()

        done = shot.publish(files / "scene.ma", asset="first", type="Scene", location=where, on_progress=overtake)
    assert (done.version.asset.name, done.version.version) == (["First"], [2])
    assert rows(session, shot)[:2] == (1, 2)
    with done.components.open() as data:
        assert data.read() == b"requires maya;"


def test_a_transaction_in_which_somebody_was_first_can_be_run_again(
    session: Session, database: Path, shot: Any, files: Path
) -> None:
    """It is refused as a whole: only whoever wrote it can do all of it again."""
    with Session(f"sqlite:///{database.as_posix()}", plugin_paths=[]) as other:
        theirs = Query(Shot, session=other).by_id(shot.id[0]).get_one()

        def come_second() -> None:
            with session.transaction():
                shot.publish(files / "scene.ma", asset="first", type="Scene")
                theirs.publish(files / "scene.ma", asset="first", type="Scene")

        with pytest.raises(RefusedError, match="Run the block again: it finds theirs"):
            come_second()
        assert rows(session, shot)[:2] == (1, 1)
    with session.transaction():
        done = shot.publish(files / "scene.ma", asset="first", type="Scene")
    assert (done.version.version, rows(session, shot)[:2]) == ([2], (1, 2))


def test_an_asset_that_somebody_has_deleted_or_renamed_is_made_anew(
    session: Session, database: Path, shot: Any, files: Path
) -> None:
    seen: set[str] = set()
    with Session(f"sqlite:///{database.as_posix()}", plugin_paths=[]) as other:
        for name in (None, "other", "another"):
            done = shot.publish(files / "scene.ma", asset="again", type="Scene")
            assert (done.version.version, done.version.asset.name) == ([1], ["again"])
            seen.update(done.version.asset.id)
            asset: Any = other.query(f"Asset where id is {done.version.asset.id[0]}").one()
            if name is None:
                other.delete(asset)
            else:
                asset["name"] = name
            other.commit()
    assert len(seen) == 3
    assert rows(session, shot) == (2, 2, ["main", "main"])


def test_one_block_publishes_twice_to_an_asset_that_it_makes(session: Session, shot: Any, files: Path) -> None:
    with session.transaction():
        first = shot.publish(files / "scene.ma", asset="both", type="Scene")
        second = shot.publish(files / "scene.ma", asset="BOTH", type="Scene")
    assert first.version.asset == second.version.asset
    assert rows(session, shot) == (1, 2, ["main", "main"])
    assert [first.version.version, second.version.version] == [[1], [2]]
    with pytest.raises(RuntimeError), session.transaction():
        raise RuntimeError(shot.publish(files / "scene.ma", asset="gone", type="Scene"))
    assert shot.publish(files / "scene.ma", asset="gone", type="Scene").version.version == [1]


def test_what_was_published_says_where_its_version_is(shot: Any, files: Path) -> None:
    done = shot.publish(files / "scene.ma", asset="scene", type="Scene")
    with pytest.raises(AttributeError, match=r"its `version` has: `\.version\.id`"):
        done.id  # noqa: B018
    with pytest.raises(AttributeError, match='Did you mean "components"'):
        done.componets  # noqa: B018
    assert not hasattr(done, "id")


def test_it_takes_few_requests_however_many_frames(session: Session, shot: Any, files: Path) -> None:
    with session.profile() as profile:
        shot.publish(f"{files}/plate.%04d.exr [1001-1003]", asset="plate", type="Compositing", name="plate")
    commits = [each for each in profile.exchanges if "create" in str(each)]
    assert len(commits) == 1


def test_every_context_gets_a_version_of_its_own(session: Session, shot: Any, files: Path) -> None:
    shots = Query(Shot, session=session).get_all(limit=2).union(shot)
    done = shots.publish(files / "scene.ma", asset="shared", type="Scene", location="ftrack.server")
    assert sorted(done.versions.asset.parent.keys()) == sorted(shots.keys())
    assert [file.read() for file in done.components.open()] == [b"requires maya;"] * 3


@pytest.mark.parametrize("given", ["notation", "list"])
def test_frames_become_a_sequence(shot: Any, files: Path, given: str) -> None:
    frames = [files / f"plate.{frame}.exr" for frame in (1003, 1001, 1002)]
    paths = f"{files}/plate.%04d.exr [1001-1003]" if given == "notation" else frames
    done = shot.publish(paths, asset="plate", type="Compositing", name="plate", location="ftrack.server")
    (sequence,) = done.components.values()
    assert sequence.entity_type == "SequenceComponent"
    assert [member["name"] for member in sequence["members"]] == ["1001", "1002", "1003"]
    assert sequence["size"] == sum(frame.stat().st_size for frame in frames)
    assert len(done.uploaded) == 3


def test_several_files_are_called_like_themselves_or_as_one_says(shot: Any, files: Path) -> None:
    several = [*files.glob("plate.*.exr"), files / "scene.ma", files / "comp.png"]
    done = shot.publish(several, asset="all", type="Compositing")
    assert sorted(done.components.name) == ["comp", "plate", "scene"]
    named = done.version.publish({"beauty": files / "comp.png", "source": files / "scene.ma"})
    assert named.components.name == ["beauty", "source"]


def test_components_are_created_from_files_where_they_were_read_from(session: Session, files: Path) -> None:
    version = Query(AssetVersion, session=session).get_first()
    made = version.Component.create_from(files / "scene.ma", name="scene", location="ftrack.server")
    assert made.name == ["scene"]
    assert made.version == version
    with pytest.raises(PublishingError, match=r"Write: version.Component.create_from"):
        components(session, *made.keys()).create_from(files / "scene.ma")


def test_versions_of_tasks_with_attributes_of_their_own(session: Session, shot: Any, files: Path) -> None:
    task = Query(Task, session=session).get_first()
    done = shot.publish(files / "scene.ma", asset="scene", type="Scene", task=task, status="Pending Review")
    assert done.version.task == task
    assert done.version.status.name == ["Pending Review"]


# Locations

ADDED = ftrack_api.symbol.COMPONENT_ADDED_TO_LOCATION_TOPIC


def test_by_default_the_location_is_what_the_session_picks(session: Session, shot: Any, files: Path) -> None:
    done = shot.publish(files / "scene.ma", asset="scene", type="Scene")
    picked: Any = session.pick_location()
    assert done.location == picked["name"] == "ftrack.unmanaged"
    assert done.uploaded == ()
    assert done.components.component_locations.resource_identifier == [str(files / "scene.ma")]


def test_no_location_at_all_leaves_it_to_the_session(session: Session, shot: Any, files: Path) -> None:
    done = shot.publish(files / "scene.ma", asset="scene", type="Scene", location=None)
    origin: Any = session.get("Location", ftrack_api.symbol.ORIGIN_LOCATION_ID)
    assert origin.get_resource_identifier(done.components.values()[0]) == str(files / "scene.ma")
    assert not session.query(f"ComponentLocation where component_id is {done.components.id[0]}").all()


def test_a_location_that_names_folders_by_version_gets_the_number_that_the_version_has(
    session: Session, shot: Any, files: Path, disk: Any, tmp_path: Path
) -> None:
    for number in ("v001", "v002"):
        several = [*files.glob("plate.*.exr"), files / "scene.ma"]
        done = shot.publish(several, asset="plate", type="Compositing")
        folder = tmp_path / "disk/showroom/ep01/sq010" / shot.name[0] / "plate" / number
        names = ["plate.1001.exr", "plate.1002.exr", "plate.1003.exr", "scene.ma"]
        assert kept(folder) == {name: (files / name).read_bytes() for name in names}
    assert done.version.version == [2]
    assert disk.get_filesystem_path(done.components.values()[0]).startswith(str(tmp_path / "disk"))


def test_nothing_on_a_disk_is_overwritten(shot: Any, files: Path, disk: Any, tmp_path: Path) -> None:
    """What is in the way of a new version gives that the next number; of one that has a number, it is an error."""
    place = f"showroom/ep01/sq010/{shot.name[0]}/scene/v001/main.ma"
    there = tmp_path / "disk" / place
    there.parent.mkdir(parents=True)
    there.write_bytes(b"somebody else's")
    done = shot.publish(files / "scene.ma", asset="scene", type="Scene")
    assert done.version.version == [2]
    more = there.with_name("more.ma")
    more.write_bytes(b"somebody else's")
    more.rename(there.parent.with_name("v002") / "more.ma")
    with pytest.raises(TransferError, match="is there already, and nothing is overwritten"):
        done.version.publish(files / "scene.ma", name="more")
    assert sorted(kept(tmp_path / "disk").values()) == [b"requires maya;", b"somebody else's", b"somebody else's"]
    assert kept(tmp_path / "disk")[place] == b"somebody else's"
    assert disk["name"] == "studio.disk"


def test_disks_without_second_names_for_files_do_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    written, target = tmp_path / "a", tmp_path / "b"
    written.write_bytes(b"1")
    disks.give_name(written, target)
    assert kept(tmp_path) == {"b": b"1"}
    written.write_bytes(b"2")
    with pytest.raises(FileExistsError):
        disks.give_name(written, target)


def test_accessors_of_a_studio_keep_files_and_lose_them_again(
    session: Session, shot: Any, files: Path, disk: Any, tmp_path: Path
) -> None:
    class Own(ftrack_api.accessor.base.Accessor):  # not a kind of a disk, as that of an object store
        def __init__(self) -> None:
            super().__init__()
            self._disk = ftrack_api.accessor.disk.DiskAccessor(prefix=str(tmp_path / "own"))

        def __getattribute__(self, name: str) -> Any:
            return object.__getattribute__(self, name) if name == "_disk" else getattr(self._disk, name)

    Own.__abstractmethods__ = frozenset()
    disk.accessor = Own()
    shot.publish(files / "scene.ma", asset="scene", type="Scene")
    assert list(kept(tmp_path / "own").values()) == [b"requires maya;"]
    with pytest.raises(RuntimeError), session.transaction():
        raise RuntimeError(shot.publish(files / "scene.ma", asset="scene"))
    assert len(kept(tmp_path / "own")) == 1


def test_who_listens_is_told_of_components_that_were_added(
    session: Session, shot: Any, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[ftrack_api.event.base.Event] = []
    monkeypatch.setattr(session.event_hub, "publish", lambda event, **_: told.append(event) or [])
    done = shot.publish(files / "scene.ma", asset="scene", type="Scene", location="ftrack.server")
    added = [event["data"] for event in told if event["topic"] == ADDED]
    server = ftrack_api.symbol.SERVER_LOCATION_ID
    assert [each["component_id"] for each in added if each["location_id"] == server] == done.components.id


# Thumbnails and reviews


def test_thumbnails_and_reviews_are_made_where_they_can_be(shot: Any, files: Path) -> None:
    plain = shot.publish(files / "scene.ma", asset="scene", type="Scene")
    assert not plain.thumbnails
    assert not plain.jobs
    given = shot.publish(files / "scene.ma", asset="scene", thumbnail=files / "comp.png")
    assert given.thumbnails.name == ["thumbnail"]
    assert given.versions.thumbnails()[0].content_type == "image/png"
    none = shot.publish(files / "comp.png", asset="scene", thumbnail=None, reviewable=False)
    assert not none.thumbnails
    assert not none.jobs
    with pytest.raises(PublishingError, match=r"Nothing of scene.ma can be reviewed"):
        shot.publish(files / "scene.ma", asset="scene", reviewable=True)


def test_a_version_keeps_the_thumbnail_that_it_has(shot: Any, files: Path) -> None:
    done = shot.publish(files / "comp.png", asset="scene", type="Scene", location="ftrack.server")
    shown = done.version.thumbnail_id
    more = done.version.publish(files / "comp.png", name="more")
    assert not more.thumbnails
    assert done.version.thumbnail_id == shown
    assert done.version.publish(files / "comp.png", name="other", thumbnail=files / "comp.png").thumbnails


@pytest.mark.promise("killed-publishing-leaves-nothing-half")
def test_who_is_killed_after_the_commit_has_asked_for_the_review(
    session: Session, shot: Any, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked for in the call that commits, so there is no moment in between."""

    def die(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(delivery.Delivery, "has_arrived", die)
    with pytest.raises(KeyboardInterrupt):
        shot.publish(files / "comp.png", asset="scene", type="Scene", location="ftrack.server")
    (component,) = session.query(f"Component where version.asset.context_id is {shot.id[0]} and name is main").all()
    assert len(session.query(f'Job where data like "%{component["id"]}%"').all()) == 1


def test_a_lost_answer_leaves_one_version_with_one_review(
    session: Session, shot: Any, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send, lost = session._request.post, list[str]()

    def losing(address: str, **options: Any) -> Any:
        answer = send(address, **options)
        if not lost and "encode_media" in str(options.get("data")):
            lost.append(address)
            raise requests.ConnectionError("lost")
        return answer

    monkeypatch.setattr(session._request, "post", losing)
    done = shot.publish(files / "comp.png", asset="scene", type="Scene", location="ftrack.server")
    assert lost
    assert rows(session, shot) == (1, 1, ["main"])
    assert len(done.jobs) == len(session.query(f'Job where data like "%{done.components.id[0]}%"').all()) == 1


def test_a_server_that_makes_no_reviews_has_the_rest(
    session: Session, shot: Any, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = session.call

    def without_encoding(data: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if data[0]["action"] == "encode_media":  # nor says that it takes it along with a commit
            raise ftrack_api.exception.ServerError("Invalid action u'encode_media'")
        return call(data)

    monkeypatch.setattr(session, "call", without_encoding)
    monkeypatch.setattr(delivery, "_REVIEWS_IN_COMMITS", "said by no server")
    done = shot.publish(files / "comp.png", asset="scene", type="Scene")
    assert "no review" in repr(done)
    assert done.version.version == [1]
    with pytest.raises(PublishingError, match="Everything is published, but") as caught:
        shot.publish(files / "comp.png", asset="scene", reviewable=True)
    assert getattr(caught.value.published, "version").version == [2]  # noqa: B009


# What is wrong


@pytest.mark.parametrize(
    ("paths", "options", "message"),
    [
        ("comp.pgn", {}, r'There is no file .*comp\.pgn\. Did you mean "comp\.png"\?'),
        (".", {}, "is a folder. Name the files in it"),
        ([], {}, "There is nothing to publish"),
        ("plate.%04d.exr [1001-1005]", {}, r"2 of 5 files .* the first is plate\.1004\.exr"),
        ("scene.ma", {"location": "ftrack.sever"}, 'Did you mean "ftrack.server"'),
        ("scene.ma", {"thumbnail": "scene.ma"}, "is no picture that can be a thumbnail"),
        ("scene.ma", {"type": None}, "a new one needs a type"),
        ("scene.ma", {"asset": None}, "name the asset"),
        ("scene.ma", {"coment": "x"}, 'no attribute "coment".*"comment"'),
        ("scene.ma", {"type": "Compositting"}, "Compositing"),
        ({"main": "scene.ma", " ": "comp.png"}, {}, "has no name"),
        ({None: "scene.ma"}, {}, "has no name: None is none"),
        ("scene.ma", {"name": 5}, "has no name: 5 is none"),
        ("", {}, "'' is no path of a file"),
        (b"scene.ma", {}, "is no path"),
        ("a" * 5000, {}, r"aaa\.\.\. cannot be read"),
        ("a\0b", {}, "There is no file"),
        ("nowhere.ma", {}, r"There is no file .*nowhere\.ma\. It is a link that leads nowhere"),
        ("plate.%04d.exr [1-999999999]", {}, "names 999,999,999 files"),
        ("plate.%04d.exr [1003-1001]", {}, "goes backwards"),
        ("scene.ma", {"thumbnail": ["comp.png", "scene.ma"]}, "thumbnail names 2 files"),
        ("scene.ma", {"on_progress": 5}, "on_progress is 5, which cannot be called"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_sent(
    session: Session, shot: Any, files: Path, monkeypatch: pytest.MonkeyPatch, paths: Any, options: Any, message: str
) -> None:
    monkeypatch.chdir(files)
    if os.name != "nt":  # where not everybody may make links
        (files / "nowhere.ma").symlink_to("gone")
    elif paths == "nowhere.ma":
        pytest.skip("no links")
    before = rows(session, shot)
    with session.profile() as profile, pytest.raises(TrackteroidError, match=message):
        shot.publish(paths, **({"asset": "new", "type": "Scene"} | options))
    assert "upload" not in str(profile)
    assert rows(session, shot) == before
    assert not session.recorded_operations


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes")
def test_only_ordinary_files_are_published(shot: Any, files: Path) -> None:
    """Whoever opened a pipe to see what is in it would wait for ever."""
    os.mkfifo(files / "pipe.ma")
    with pytest.raises(PublishingError, match="is no ordinary file"):
        shot.publish(files / "pipe.ma", asset="new", type="Scene")


def test_names_that_are_taken_and_arguments_for_something_new(session: Session, shot: Any, files: Path) -> None:
    done = shot.publish(files / "scene.ma", asset="scene", type="Scene")
    with pytest.raises(PublishingError, match='has a component "main" already'):
        done.version.publish(files / "comp.png")
    with pytest.raises(PublishingError, match="takes no asset, comment"):
        done.version.publish(files / "comp.png", asset="x", comment="y")
    with pytest.raises(PublishingError, match='"scene" is of the type Scene, not Render'):
        shot.publish(files / "scene.ma", asset="scene", type="Render")
    with pytest.raises(PublishingError, match="Files are published below contexts"):
        done.components.publish(files / "scene.ma")
    with pytest.raises(PublishingError, match="nothing to publish below"):
        Query(Shot, session=session).by_name("nowhere").get_all().publish(files / "scene.ma", asset="x")
    with pytest.raises(PublishingError, match="Several components would be called"):
        shot.publish([files / "scene.ma", Path(files, "..", "given", "scene.ma")], asset="scene")


def test_versions_in_names_are_no_frames() -> None:
    here = Path(__file__).parent
    assert [each.name for each in gathered([here / "conftest.py", here / "kept.py"])] == ["conftest", "kept"]


# All or nothing


@pytest.fixture
def sent() -> list[str]:
    """The ids of the components whose files were sent to a server that refuses them."""
    return []


@pytest.fixture
def refusing(session: Session, disk: Any, shot: Any, sent: list[str], monkeypatch: pytest.MonkeyPatch) -> Session:
    """The session of somebody whose commits are refused, once it has a location and a shot."""
    assert disk
    assert shot
    call = session.call

    def refused(data: list[dict[str, Any]]) -> list[dict[str, Any]]:
        sent.extend(each["component_id"] for each in data if each["action"] == "get_upload_metadata")
        if any(operation["action"] == "create" for operation in data):
            raise RefusedError("Nobody may create anything.")
        return call(data)

    monkeypatch.setattr(session, "call", refused)
    return session


@pytest.mark.promise("refused-files-are-removed")
@pytest.mark.parametrize("where", ["ftrack.server", "studio.disk"])
def test_files_are_removed_when_the_commit_is_refused(
    refusing: Session, shot: Any, files: Path, tmp_path: Path, database: Path, sent: list[str], where: str
) -> None:
    with pytest.raises(RefusedError):
        shot.publish(files / "comp.png", asset="new", type="Scene", location=where)
    assert sent
    assert not kept(tmp_path / "disk")
    assert not refusing.recorded_operations
    assert not refusing.query(f"select id from Asset where name is new and context_id is {shot.id[0]}").all()
    with closing(sqlite3.connect(database)) as connection:
        states = dict(connection.execute("select component_id, state from stored_file").fetchall())
    assert {states.get(component_id, "removed") for component_id in sent} == {"removed"}


def test_ctrl_c_while_sending_leaves_nothing(
    session: Session, shot: Any, files: Path, tmp_path: Path, disk: Any
) -> None:
    before = rows(session, shot)

    def interrupt(progress: Any) -> None:
        if progress.done > 2500:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        shot.publish(f"{files}/plate.%04d.exr [1001-1003]", asset="new", type="Scene", on_progress=interrupt)
    assert not kept(tmp_path / "disk")
    assert rows(session, shot) == before
    assert shot.publish(f"{files}/plate.%04d.exr [1001-1003]", asset="new", type="Scene").version.version == [1]
    assert disk["name"] in shot.publish(files / "scene.ma", asset="new").location


@pytest.mark.skipif(os.name == "nt", reason="no such limit")
def test_a_server_whose_disk_is_full_is_sent_it_once(
    session: Session, shot: Any, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, written = rows(session, shot), list[int]()

    def full(_: int) -> None:
        written.append(1)
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(TransferError, match=r"status 507: .*it is full"):
            shot.publish(files / "scene.ma", asset="new", type="Scene", location="ftrack.server")
    assert len(written) == 1
    assert rows(session, shot) == before
    assert shot.publish(files / "scene.ma", asset="new", type="Scene", location="ftrack.server").version.version == [1]


def test_a_transaction_around_takes_everything_back_or_commits_once(
    session: Session, shot: Any, files: Path, tmp_path: Path, disk: Any
) -> None:
    before = rows(session, shot)
    with pytest.raises(RuntimeError) as caught, session.transaction():
        raise RuntimeError(shot.publish(files / "scene.ma", asset="new", type="Scene"))
    assert not caught.value.args[0].is_committed
    assert (rows(session, shot), kept(tmp_path / "disk")) == (before, {})
    with session.transaction():
        shot.publish(files / "scene.ma", asset="new", type="Scene")
        session.create("Scope", {"name": "together"})
    assert len(kept(tmp_path / "disk")) == 1
    assert session.query("Scope where name is together").one()
    assert disk


def test_a_file_that_changes_while_it_is_read_is_not_published(shot: Any, files: Path, session: Session) -> None:
    before = rows(session, shot)

    def scribble(progress: Any) -> None:
        if progress.done:
            (files / "scene.ma").write_bytes(b"something else!")

    with pytest.raises(TransferError, match="was written to while it was read"):
        shot.publish(files / "scene.ma", asset="new", type="Scene", location="ftrack.server", on_progress=scribble)
    assert rows(session, shot) == before


def test_a_wrong_status_sends_nothing(session: Session, shot: Any, files: Path) -> None:
    with session.profile() as profile, pytest.raises(CreationError, match="nonsense"):
        shot.publish(files / "scene.ma", asset="new", type="Scene", status="nonsense", location="ftrack.server")
    assert "upload" not in str(profile)
    assert not Query(Asset, session=session).by_name("new").inject(f"context_id is {shot.id[0]}").get_all()
