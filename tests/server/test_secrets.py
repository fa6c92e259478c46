"""What nobody is to see stays where it is: passwords and keys in no text, databases in nobody else's hands."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest

from trackteroid.server import DatabaseError, EmbeddedServer
from trackteroid.server.storage import engines

PASSWORDS = ["p/w", "p@w", "p:w", "p/w@x", "sesame"]
ADDRESSES = [
    "postgresql://u:{}@127.0.0.1:1/db",
    "postgresql://127.0.0.1:1/db?user=u&password={}",
    "postgresql://u:{}@127.0.0.1:port/db",
    "postgres:/u:{}@/db:",
    "postgresql//u:{}@x",
]


@pytest.mark.parametrize("password", PASSWORDS)
@pytest.mark.parametrize("address", ADDRESSES)
def test_no_error_of_a_database_has_its_password(address: str, password: str) -> None:
    with pytest.raises(DatabaseError) as caught:
        EmbeddedServer(address.format(password))
    assert password not in str(caught.value)


@pytest.mark.parametrize("password", ["p/w", "sesame"])
def test_the_name_of_a_database_has_no_password(password: str) -> None:
    for address in ADDRESSES[:2]:
        engine = engines.make_engine(address.format(password))
        assert password not in engines.shown(engine.url)


posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")


@posix
def test_nobody_else_can_read_a_new_database(tmp_path: Path) -> None:
    path = tmp_path / "show.db"
    server = EmbeddedServer(f"sqlite:///{path}")
    server.call([{"action": "create", "entity_type": "Scope", "entity_data": {"name": "London"}}])
    modes = {each.name: each.stat().st_mode & 0o777 for each in tmp_path.iterdir()}
    server.close()
    assert modes
    assert set(modes.values()) == {0o600}


@posix
def test_a_database_that_others_may_read_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "show.db"
    EmbeddedServer(f"sqlite:///{path}").close()
    path.chmod(0o640)
    EmbeddedServer(f"sqlite:///{path}").close()
    assert path.stat().st_mode & 0o777 == 0o640


def test_what_workers_are_told_shows_no_key() -> None:
    from trackteroid.cli.workers import Serving

    serving = Serving("postgresql://u:sesame@host/db", "ann", "open-sesame")
    assert "sesame" not in repr(serving)
    assert pickle.loads(pickle.dumps(serving)) == serving
