"""Importing the session costs nothing but the import."""

import os
import subprocess
import sys

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
from trackteroid.session import SESSION
repr(SESSION), hash(SESSION), SESSION.closed
assert not SESSION.connected
assert "trackteroid.server" not in sys.modules
print(complaints)
"""


def test_importing_opens_no_socket_and_no_file() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FTRACK_")}
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", AUDIT], capture_output=True, text=True, env=environment, check=False
    )
    assert result.stderr == ""
    assert result.stdout.strip() == "[]"
