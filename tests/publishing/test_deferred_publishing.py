"""Publishing later: the file tells what is to be sent, and its replay sends it once, if it is still the same."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from publishing.kept import components, kept, rows
from trackteroid import Query, Session, Shot
from trackteroid.cli import main
from trackteroid.errors import OperationsFileError, PublishingError, RefusedError, TransferError
from trackteroid.operations import replay
from trackteroid.operations.format import file as operations_file
from trackteroid.operations.format.repair import repair
from trackteroid.operations.replaying import Step


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "publish.dbm"


@pytest.fixture
def published(session: Session, shot: Any, files: Path, path: Path) -> Any:
    """What a farm has published into a file: frames and a picture."""
    with session.deferred_operations(path):
        frames = sorted(files.glob("plate.*.exr"))
        done = shot.publish([*frames, files / "comp.png"], asset="late", type="Compositing", location="ftrack.server")
    assert repr(done).startswith("To be published when its block ends or is replayed: late")
    return done


def uploads(profile: Any) -> int:
    return sum(str(each).count("get_upload_metadata") for each in profile.exchanges)


@pytest.mark.promise("deferred-files-are-sent-once")
def test_nothing_is_sent_before_the_replay_and_everything_once(
    session: Session, published: Any, shot: Any, files: Path, path: Path
) -> None:
    assert not session.query(f"Component where id is {published.components.id[0]}").all()
    first = replay(session, path)
    assert (first.uploaded, first.reviews, len(first.committed)) == (4, 1, 1)
    before = rows(session, shot)
    second = replay(session, path)
    assert (second.uploaded, second.reviews, len(second.already_committed)) == (0, 0, 1)
    assert rows(session, shot) == before
    session.reset()
    found = components(session, *published.components.keys())
    assert found.version.version == [1]
    members = session.query(f"FileComponent where container_id is {published.components.id[1]}").all()
    assert len(members) == 3
    picture = found.filter(lambda component: component.name == ["comp"])
    with picture.open() as data:
        assert data.read() == (files / "comp.png").read_bytes()


@pytest.mark.parametrize("step", [Step.DELIVERED, Step.MARKED_SENDING, Step.ANSWERED, Step.REVIEWED])
def test_a_replay_that_was_interrupted_goes_on(
    session: Session, published: Any, shot: Any, path: Path, step: Step
) -> None:

    def interrupt(done: Step) -> None:
        if done is step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replay(session, path, on_step=interrupt)
    done = replay(session, path)
    arrived = step in (Step.ANSWERED, Step.REVIEWED)
    assert (done.uploaded, done.reviews) == (0 if arrived else 4, 0 if step is Step.REVIEWED else 1)
    assert rows(session, shot) == (1, 1, ["comp", "plate"])
    assert len(published.components.members) == 3
    source = published.components.filter(lambda component: component.name == ["comp"]).id[0]
    assert len(session.query(f'select id from Job where data like "%{source}%"').all()) == 1


@pytest.mark.promise("changed-files-are-refused")
@pytest.mark.parametrize("how", ["content", "size", "gone"])
def test_a_file_that_has_changed_is_refused_before_anything_is_sent(
    session: Session, published: Any, files: Path, path: Path, how: str
) -> None:
    frame = files / "plate.1002.exr"
    content = frame.read_bytes()
    if how == "gone":
        frame.unlink()
    else:
        frame.write_bytes(content[::-1] if how == "content" else content + b"more")
    plan = session.plan(path, check=True)
    assert plan.has_conflicts
    assert "REFUSED" in str(plan)
    with session.profile() as profile, pytest.raises(TransferError, match=r"Nothing was sent: .*plate\.1002\.exr"):
        replay(session, path)
    assert uploads(profile) == 0
    frame.write_bytes(content)
    assert replay(session, path).uploaded == 4
    assert published


def test_a_replay_that_is_refused_leaves_no_files(
    session: Session, shot: Any, files: Path, path: Path, tmp_path: Path, disk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = shot.publish(files / "scene.ma", asset="late", type="Scene").version
    before = kept(tmp_path / "disk")
    with session.deferred_operations(path):
        version.publish(files / "scene.ma", name="more")
    with monkeypatch.context() as patch:
        patch.setattr(session, "commit", lambda: (_ for _ in ()).throw(RefusedError("No.")))
        with pytest.raises(RefusedError):
            replay(session, path)
    assert kept(tmp_path / "disk") == before
    with monkeypatch.context() as patch:  # its answer is lost, so that it may have arrived
        patch.setattr(session, "commit", lambda: (_ for _ in ()).throw(requests.ConnectionError("lost")))
        with pytest.raises(requests.ConnectionError):
            replay(session, path)
    assert len(kept(tmp_path / "disk")) == len(before) + 1
    replay(session, path)
    assert len(kept(tmp_path / "disk")) == len(before) + 1
    assert disk


def test_numbers_that_are_not_known_yet_are_no_names_of_folders(
    session: Session, shot: Any, files: Path, path: Path, disk: Any
) -> None:
    assert disk
    with pytest.raises(PublishingError, match="by the number of their version"), session.deferred_operations(path):
        shot.publish(files / "scene.ma", asset="late", type="Scene")
    assert not path.exists()


def test_files_without_uploads_can_be_read_by_older_tools(
    session: Session, published: Any, path: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.dbm"
    with session.deferred_operations(other):
        session.create("Scope", {"name": "older"})
    formats = [operations_file.read(each).header for each in (other, path)]
    assert [header.format for header in formats if header] == [2, 3]
    assert published


def test_what_is_added_to_a_file_is_sent_as_well(
    session: Session, published: Any, shot: Any, files: Path, path: Path
) -> None:
    with session.deferred_operations(path, clear=False), session.transaction():
        shot.publish(files / "scene.ma", asset="later", type="Scene", location="ftrack.server")
    assert len(operations_file.read(path).attached.transfers) == 5
    assert replay(session, path).uploaded == 5
    assert published


def test_a_shot_from_before_a_replay_can_be_published_to_again(database: Path, files: Path, tmp_path: Path) -> None:
    """It knows of the asset that was made in the block, under the connection that there was then."""
    with Session(f"sqlite:///{database.as_posix()}", plugin_paths=[]) as session:
        shot = Query(Shot, session=session).get_first(projections=["assets.name"])
        for name in ("first", "second"):
            with session.deferred_operations(tmp_path / name):
                shot.publish(files / "scene.ma", asset=f"{name} of all", type="Scene", location="ftrack.server")
            assert session.reconnect_and_commit(tmp_path / name).uploaded == 1


def test_files_that_make_the_same_asset_share_it_in_any_order(
    session: Session, shot: Any, files: Path, tmp_path: Path
) -> None:
    paths = [tmp_path / "1.dbm", tmp_path / "2.dbm"]
    for each in (*paths, paths[0]):
        with session.deferred_operations(each, clear=False):
            shot.publish(files / "scene.ma", asset="shared", type="Scene", location="ftrack.server")
    session.rollback()
    assert [replay(session, each).uploaded for each in reversed(paths)] == [1, 2]
    assert rows(session, shot) == (1, 3, ["main"] * 3)


def test_a_damaged_file_is_repaired_with_what_it_sends_or_not_at_all(
    published: Any, path: Path, tmp_path: Path
) -> None:
    whole = operations_file.read(path)
    repaired = repair(path, tmp_path / "repaired.dbm")
    assert operations_file.read(repaired.output).attached == whole.attached
    path.write_bytes(path.read_bytes().replace(b'"transfers"', b'"tramsfers"'))
    with pytest.raises(OperationsFileError):
        operations_file.read(path)
    with pytest.raises(OperationsFileError, match="without their data"):
        repair(path, tmp_path / "again.dbm")
    assert published


def test_people_see_what_a_file_will_send(
    session: Session, published: Any, files: Path, path: Path, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTRACK_SERVER", f"sqlite:///{database.as_posix()}")
    shown = CliRunner().invoke(main, ["operations", "show", os.fspath(path)])
    assert f"Send {files / 'comp.png'}" in shown.output
    assert "Ask for 1 review" in shown.output
    done = CliRunner().invoke(main, ["operations", "commit", os.fspath(path)])
    assert "Sent 4 files.\nAsked for 1 review." in done.output
    assert session
    assert published
