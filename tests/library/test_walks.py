"""How far a reader has to walk: through how many of our files the two usual calls lead, and how often into another one.

It is counted in a warm session, and only on the client's side, so it comes to the same on every machine. Whoever has to
raise a number has spread one idea over more files than before.
"""

import os
from collections.abc import Callable, Iterator

import pytest

import trackteroid
from counting import Walk, walk_of
from demo_servers import demo_server
from trackteroid import Asset, AssetVersion, Query, Session, Task

_ROOT = os.path.dirname(trackteroid.__file__) + os.sep
_OTHERS = (f"{_ROOT}server{os.sep}", f"{_ROOT}testing{os.sep}")


@pytest.fixture
def session() -> Iterator[Session]:
    with Session(server_url=demo_server()) as session:
        yield session


def _walk(action: Callable[[], object]) -> Walk:
    """Return the walk of what was done twice before."""
    action()
    action()
    return walk_of(action, lambda file: file.startswith(_ROOT) and not file.startswith(_OTHERS))


def _check(walk: Walk, *, files: int, changes: int) -> None:
    found, changed = len(walk.files), walk.changes
    listed = "\n".join(f"  {file.removeprefix(_ROOT)}: {', '.join(names)}" for file, names in walk.files.items())
    said = f"It leads through {found} files, and {changed} times into another one:\n{listed}"
    assert found <= files, f"This call may lead through {files} files. {said}"
    assert changed <= changes, f"This call may lead into another file {changes} times. {said}"


def test_asking_leads_through_few_files(session: Session) -> None:
    def ask() -> object:
        return Query(AssetVersion, session=session).by_name("bc0040_comp").get_all(projections=[Task.Status.name])

    assert ask()
    _check(_walk(ask), files=26, changes=125)


def test_creating_leads_through_few_files(session: Session) -> None:
    asset = Query(Asset, session=session).by_name("bc0040_comp").get_one(projections=["versions.task"])
    _check(_walk(lambda: asset.versions.create(task=asset.versions.task)), files=16, changes=140)
