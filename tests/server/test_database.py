"""Opening databases, and their transactions."""

from __future__ import annotations

import gc
import threading
import weakref
from pathlib import Path

import pytest
import sqlalchemy as sa

from trackteroid.server import Database, DatabaseError
from trackteroid.server.model import standard_model
from trackteroid.server.storage import engines

SCOPE = standard_model().table(standard_model().type("Scope"))


@pytest.fixture(params=["file", "memory"])
def database(request: pytest.FixtureRequest, tmp_path: Path):
    url = "sqlite://" if request.param == "memory" else f"sqlite:///{(tmp_path / 'x.db').as_posix()}"
    database = Database(url)
    yield database
    database.close()


def names(database: Database) -> list[str]:
    with database.begin(write=False) as connection:
        return list(connection.execute(sa.select(SCOPE.c.name).order_by(SCOPE.c.name)).scalars())


def test_a_transaction_that_raises_leaves_nothing(database: Database) -> None:
    def work(connection: sa.Connection) -> None:
        connection.execute(sa.insert(SCOPE).values(id="a", name="a"))
        raise LookupError

    with pytest.raises(LookupError):
        database.run(work, write=True)
    assert names(database) == []


def test_writers_take_turns(database: Database) -> None:
    def work(connection: sa.Connection) -> None:
        count = len(connection.execute(sa.select(SCOPE.c.id)).all())
        connection.execute(sa.insert(SCOPE).values(id=str(count), name=str(count)))

    threads = [threading.Thread(target=database.run, args=(work,), kwargs={"write": True}) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names(database) == [str(number) for number in range(8)]


def test_references_are_checked_in_every_transaction_after_the_first(database: Database) -> None:
    asset = standard_model().table(standard_model().type("Asset"))

    def work(connection: sa.Connection) -> None:
        connection.execute(sa.insert(asset).values(id="a", context_id="missing"))

    with pytest.raises(sa.exc.IntegrityError, match="FOREIGN KEY"):
        database.run(work, write=True)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nonsense", "'nonsense' is not a database URL. Use sqlite:///"),
        ("mysql://ann:sesame@somewhere/x", "mysql databases are not supported. Use sqlite:///"),
        ("postgresql://ann:sesame@host:port/x", r"'postgresql://ann:\*\*\*@host:port/x' is not a database URL"),
        ("sqlite:////no/such/folder/x.db", "The folder .*folder does not exist. Create it"),
    ],
)
def test_a_url_that_means_nothing_is_answered_with_what_does(url: str, message: str) -> None:
    with pytest.raises(DatabaseError, match=message) as caught:
        Database(url)
    assert "sesame" not in str(caught.value)


def test_a_name_that_may_be_shown_has_no_password() -> None:
    engine = engines.make_engine("postgresql://ann:sesame@host/x")
    assert engines.shown(engine.url) == "postgresql://ann:***@host/x"
    engine.dispose()


def test_a_missing_driver_is_named_with_the_way_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(DatabaseError, match=r'pip install "trackteroid\[postgres\]"'):
        Database("postgresql://ann@host/x")


@pytest.mark.slow
def test_a_database_that_is_dropped_without_closing_leaves_no_connection_open(tmp_path: Path) -> None:
    """Python 3.13 warns of every SQLite connection that is, and warnings are errors here."""
    for url in ("sqlite://", f"sqlite:///{(tmp_path / 'dropped.db').as_posix()}"):
        dropped = weakref.ref(Database(url))
        gc.collect()
        assert dropped() is None
