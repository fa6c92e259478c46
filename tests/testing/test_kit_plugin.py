"""The plugin as users have it: a tool for the official client, a folder with a few lines, and pytest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TOOL = """
from ftrack_api.session import Session

def approve(name):
    with Session() as session:
        status = session.query('Status where name is "Approved"').one()
        for shot in session.query(f'Shot where name is "{name}"'):
            shot["status"] = status
        session.commit()
"""
TESTS = """
import tool
from trackteroid import Query, Shot

def test_approve(ftrack_tool, ftrack_make):
    ftrack_make.shots(2)
    tool.approve("sh0010")
    assert Query(Shot).get_all(["status.name"], order_by="name").status.name[0] == "Approved"

def test_nothing_is_left(ftrack_tool, stock_session):
    assert not stock_session.query("Shot").all()
"""
WRONG = """
import pytest

def test_late(ftrack_server, request):
    request.getfixturevalue("demo_production")

@pytest.mark.ftrack_server(dmeo=True)
def test_misspelt(ftrack_server): ...
"""


def run_pytest(folder: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error::ResourceWarning", *options]
    variables = {name: value for name, value in os.environ.items() if not name.startswith("FTRACK")} | environment
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=variables, timeout=300)


@pytest.mark.slow
def test_a_tool_is_tested_from_nothing_in_two_processes(tmp_path: Path) -> None:
    (tmp_path / "tool.py").write_text(TOOL, encoding="utf-8")
    (tmp_path / "test_tool.py").write_text(TESTS, encoding="utf-8")
    (tmp_path / "test_wrong.py").write_text(WRONG, encoding="utf-8")
    # A conftest.py may load what is installed; it is the same plugin.
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["trackteroid.testing.plugin"]\n', encoding="utf-8")
    done = run_pytest(tmp_path, "-p", "trackteroid.testing.plugin", "--strict-markers", "-n", "2")
    assert "1 failed, 2 passed" in done.stdout, done.stdout
    assert "has begun without the demo production. Name demo_production" in done.stdout
    assert "unexpected keyword argument 'dmeo'" in done.stdout


def test_tests_that_use_nothing_of_it_import_nothing_for_it() -> None:
    program = (
        "import sys, trackteroid.testing.plugin\n"
        "print(sorted({each.split('.')[0] for each in sys.modules} & {'ftrack_api', 'requests', 'sqlalchemy'}))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("package", "asked", "extra"),
    [
        ("hypothesis", "import trackteroid.testing.strategies", "testing"),
        ("sqlalchemy", "from trackteroid.testing import FreshServer", "server"),
    ],
)
def test_what_is_not_installed_is_named(package: str, asked: str, extra: str) -> None:
    program = f"import sys; sys.modules[{package!r}] = None\n{asked}"
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=False)
    assert f'needs {package}, which is not installed: pip install "trackteroid[{extra}]"' in done.stderr
