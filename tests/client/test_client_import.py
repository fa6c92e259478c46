"""Importing the session costs nothing but the import."""

import os
import subprocess
import sys

import pytest

AUDIT = """
import sys, ftrack_api
allowed = tuple(path for path in sys.path if path) + (sys.prefix, sys.base_prefix)
complaints = []
def watch(event, arguments):
    if event.startswith(("socket.", "urllib.", "http.", "subprocess.", "os.system", "sqlite3.", "dbm.")):
        complaints.append((event, str(arguments)))
    if event == "open" and not str(arguments[0]).endswith((".py", ".pyc", ".so", ".pyd")) \\
            and isinstance(arguments[0], str) and "__pycache__" not in arguments[0]:
        complaints.append((event, str(arguments)))
sys.addaudithook(watch)
from trackteroid import OBJECT_TYPES, SESSION, Scene
repr(OBJECT_TYPES), repr(Scene), repr(SESSION), hash(SESSION), SESSION.closed
assert not SESSION.connected
assert "trackteroid.server" not in sys.modules
print(complaints)
"""


#: A server that is named but never asked: nothing listens there.
KNOWN = {"FTRACK_SERVER": "http://127.0.0.1:9", "FTRACK_API_KEY": "key", "FTRACK_API_USER": "user"}


@pytest.mark.promise("importing-needs-no-server")
@pytest.mark.parametrize("credentials", [{}, KNOWN], ids=["no server", "a server"])
def test_importing_opens_no_socket_and_no_file(credentials: dict[str, str]) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FTRACK_")} | credentials
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", AUDIT], capture_output=True, text=True, env=environment, check=False
    )
    assert result.stderr == ""
    assert result.stdout.strip() == "[]"


LOADED = """
import importlib, sys
importlib.import_module(sys.argv[1])
print(*(name for name in ("ftrack_api", "requests", "sqlalchemy", "trackteroid.session") if name in sys.modules))
print(len([name for name in sys.modules if name.startswith("trackteroid")]))
"""


@pytest.mark.parametrize(
    ("module", "libraries", "most"),
    [
        ("trackteroid", [], 3),
        ("trackteroid.server", [], 5),
        ("trackteroid.server.language", [], 20),
        ("trackteroid.server.app", ["sqlalchemy"], 220),
        ("trackteroid.cli", [], 20),
    ],
)
def test_the_server_the_grammar_and_the_command_line_do_without_the_client(
    module: str, libraries: list[str], most: int
) -> None:
    done = subprocess.run([sys.executable, "-c", LOADED, module], capture_output=True, text=True, check=True)
    found, count = done.stdout.splitlines()
    assert found.split() == libraries, f"{module} loads {found}"
    assert int(count) <= most, f"{module} loads {count} modules of Trackteroid"


ASKED = """
import sys
from trackteroid.cli import main
try:
    main(prog_name="trackteroid")
except SystemExit:
    print(*(name for name in ("ftrack_api", "requests", "sqlalchemy", "alembic", "uvicorn") if name in sys.modules))
"""


@pytest.mark.parametrize(
    ("arguments", "variables", "answer"),
    [
        (["--help"], {}, "  generate    Fill a database with a made-up production"),
        (["--version"], {}, "trackteroid, version"),
        ([], {"COMP_LINE": "trackteroid "}, "plain\tgenerate"),
        ([], {"COMP_LINE": "trackteroid o"}, "plain\toperations"),
        ([], {"COMP_LINE": "trackteroid --h"}, "plain\t--help"),
    ],
)
def test_help_and_completion_of_the_command_line_load_neither_client_nor_server(
    arguments: list[str], variables: dict[str, str], answer: str
) -> None:
    completing = {"_TRACKTEROID_COMPLETE": "bash_complete"} if variables else {}
    done = subprocess.run(
        [sys.executable, "-c", ASKED, *arguments],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | completing | variables,
    )
    *said, loaded = done.stdout.splitlines()
    assert answer in "\n".join(said)
    assert loaded == ""


@pytest.mark.slow
def test_whatever_is_named_in_the_package_can_be_imported_from_it() -> None:
    program = (
        "from trackteroid import *\nimport trackteroid\nprint(len([globals()[name] for name in trackteroid.__all__]))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 100
