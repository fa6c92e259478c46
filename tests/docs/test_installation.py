"""The recipes of docs/installation.md, run letter by letter, and the lists that they install.

Those that need the package index are skipped without one.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import click
import nbformat
import pytest
from nbclient import NotebookClient
from packaging.requirements import Requirement

from demo_servers import demo_database
from docs.pages import DOCS, ROOT, sections
from docs.serving import serving
from releases.client_releases import NotInstalledError, published
from trackteroid.cli import main

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PAGE = (DOCS / "installation.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LISTS = ROOT / "requirements"
NEVER = 'sphinx-notfound-page; sys_platform == "never"'
CLIENT = "ftrack-python-api"
WHEELHOUSE_MB, DEMO_MB = 30, 100
#: What the package is built of, beside its source.
BUILT_OF = ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE")
ASK = "from trackteroid import Query, Project; print(sorted(Query(Project).get_all().name))"
SLIM = "import importlib.util as u; print([n for n in ('sphinx', 'babel', 'docutils') if u.find_spec(n)])"


def _block(anchor: str, language: str = "sh") -> str:
    found = re.search(rf"^```{language}\n(.*?)^```$", sections(PAGE)[anchor], re.DOTALL | re.MULTILINE)
    assert found, f"{anchor} has no block of {language}"
    return found[1]


def _list(name: str) -> set[Requirement]:
    lines = (LISTS / name).read_text(encoding="utf-8").splitlines()
    return {Requirement(line) for line in lines if line and not line.startswith(("#", "-"))}


# The lists


def test_the_slim_list_has_what_the_client_and_the_library_declare_and_no_documentation_tool() -> None:
    of_client = {Requirement(line) for line in metadata.requires(CLIENT) or ()}
    of_library = {Requirement(line) for line in PROJECT["project"]["dependencies"]}
    needed = {each.name: each for each in of_client | of_library if each.name not in (CLIENT, "sphinx-notfound-page")}
    listed = {each.name: each for each in _list("slim.txt")}
    assert sorted(listed) == sorted(needed)
    for name, each in listed.items():
        declared = [other for other in of_client | of_library if other.name == name]
        assert all(set(other.specifier) <= set(each.specifier) or name == "requests" for other in declared), name


def test_the_list_of_the_server_is_its_extra() -> None:
    extra = {Requirement(line) for line in PROJECT["project"]["optional-dependencies"]["server"]}
    assert _list("slim-server.txt") == extra


def test_uv_is_told_the_same_here_in_the_list_and_on_the_page() -> None:
    assert PROJECT["tool"]["uv"] == {"override-dependencies": [NEVER]}
    assert NEVER in (LISTS / "overrides.txt").read_text(encoding="utf-8").splitlines()
    assert tomllib.loads(_block("uv", "toml"))["tool"]["uv"] == PROJECT["tool"]["uv"]


def test_windows_gets_the_lines_that_pip_gets_elsewhere() -> None:
    windows = _block("windows", "powershell").replace("\\", "/").splitlines()
    assert [line for line in windows if line.startswith(("pip", "python"))] == [
        line for line in _block("pip").splitlines() if not line.startswith(".")
    ]
    _check_command(windows[-1].split())


def test_the_container_starts_a_server_with_options_that_exist() -> None:
    lines = _block("containers", "dockerfile").splitlines()
    _check_command(json.loads(lines[-1].removeprefix("CMD ")))
    copied = [name for line in lines if line.startswith("COPY") for name in line.split()[1:-1]]
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert {*BUILT_OF, "requirements", "src"} == set(copied)
    runs = [line.removeprefix("RUN ").replace(" --no-cache-dir --no-compile", "") for line in lines if "RUN" in line]
    assert runs == [line for line in _block("pip").splitlines() if line.startswith("pip")]


def _check_command(words: list[str]) -> None:
    assert words[0] == "trackteroid"
    command = main.get_command(click.Context(main), words[1])
    assert command is not None
    command.make_context(words[1], words[2:])


# The recipes


@pytest.fixture(scope="module")
def index() -> None:
    """The package index can be reached."""
    try:
        published()
    except NotInstalledError as error:
        pytest.skip(str(error))


@pytest.fixture
def clone(tmp_path: Path, index: None) -> Path:
    """A copy of what a recipe needs of the clone."""
    folder = tmp_path / "clone"
    for name in ("src", "requirements", "recipes"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "build"))
    for name in BUILT_OF:
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture
def server(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment for clients of a server with the demo production."""
    with serving(demo_database(tmp_path)) as environment:
        yield environment


def _run(script: str, folder: Path, **variables: str) -> str:
    """Run a script of the page as its reader would, with the Python of the tests; return what it prints."""
    mine = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    path = os.pathsep.join([str(Path(sys.executable).parent), mine["PATH"]])
    done = subprocess.run(
        ["bash", "-euc", script],
        cwd=folder,
        env=mine | {"PATH": path, "PIP_NO_COMPILE": "1"} | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def _megabytes(folder: Path) -> float:
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file()) / 2**20


def _check(python: Path, folder: Path) -> None:
    """An installation with the server is slim, and answers."""
    assert _run(f"{python} -c {shlex.quote(SLIM)}", folder) == "[]\n"
    answer = _run(f"{python} -c {shlex.quote(ASK)}", folder, FTRACK_SERVER="sqlite:///try.db?demo")
    assert "'sync'" in answer


@pytest.mark.slow
@pytest.mark.recipe
@pytest.mark.promise("slim-installation")
def test_uv_installs_the_client_and_the_server_without_documentation_tools(clone: Path) -> None:
    _run(_block("uv"), clone)
    _check(clone / "show/bin/python", clone)


@pytest.mark.slow
@pytest.mark.recipe
@pytest.mark.promise("slim-installation")
def test_a_wheelhouse_is_small_and_installs_without_an_index(clone: Path) -> None:
    anchor = "a-wheelhouse-for-machines-without-a-network"
    _run(_block(anchor), clone)
    assert _megabytes(clone / "wheelhouse") < WHEELHOUSE_MB
    offline = clone.with_name("offline")
    offline.mkdir()
    shutil.move(clone / "wheelhouse", offline / "wheelhouse")
    there = sections(PAGE)[anchor].rpartition("```sh\n")[2].partition("```")[0]
    _run(there, offline, PIP_INDEX_URL="http://127.0.0.1:9", PIP_NO_CACHE_DIR="1", PIP_FIND_LINKS="")
    _check(offline / "show/bin/python", offline)


@pytest.mark.slow
@pytest.mark.recipe
@pytest.mark.promise("slim-installation")
def test_rez_builds_a_package_whose_command_and_library_work(clone: Path, server: dict[str, str]) -> None:
    packages = clone.with_name("packages")
    python = packages / "python" / "3.11.0" / "package.py"
    python.parent.mkdir(parents=True)
    python.write_text(
        f"name = 'python'\nversion = '3.11.0'\n"
        f"def commands():\n    env.PATH.prepend({str(Path(sys.executable).parent)!r})\n",
        encoding="utf-8",
    )
    rez = {"REZ_LOCAL_PACKAGES_PATH": str(packages), "REZ_PACKAGES_PATH": str(packages), "PYTHONWARNINGS": "ignore"}
    assert "trackteroid, version" in _run(_block("rez"), clone, **rez)
    variables = {name: value for name, value in server.items() if name.startswith("FTRACK")} | rez
    asked = _run(f"rez-env trackteroid -- python -S -c {shlex.quote(ASK)}", clone, **variables)
    assert "'sync'" in asked


INSIDE = """
import sys, threading
sys.path.append("vendor")
sys.executable = "/opt/application/bin/application"
from trackteroid import *
from trackteroid import Query, Session, SESSION
assert threading.active_count() == 1, threading.enumerate()
import ftrack_api, urllib3
assert "vendor" in ftrack_api.__file__ and urllib3.__version__.startswith("1."), (ftrack_api, urllib3)
version = Query(AssetVersion).by_name("bc0040_comp").by_version(1).get_one(projections=["comment"])
version.comment = "Seen from inside"
version.commit()
with SESSION.deferred_operations("later.operations"):
    version.comment = "Later"
assert threading.active_count() == 1, threading.enumerate()
SESSION.reconnect_and_commit("later.operations")
print(Query(AssetVersion).by_id(*version.keys()).get_one(projections=["comment"]).comment)
"""


@pytest.mark.slow
@pytest.mark.promise("works-inside-of-applications")
def test_one_folder_of_pure_python_works_inside_of_an_application(clone: Path, server: dict[str, str]) -> None:
    _run(_block("inside-maya-nuke-houdini-and-blender"), clone)
    compiled = [each for each in (clone / "vendor").rglob("*") if each.suffix in (".so", ".pyd", ".dll")]
    assert compiled == []
    # No site-packages, and no environment of Python: what an application brings.
    variables = {name: value for name, value in server.items() if name.startswith("FTRACK")}
    printed = _run(f"{shlex.quote(sys.executable)} -E -S -c {shlex.quote(INSIDE)}", clone, **variables)
    assert printed == "['Later']\n"


@pytest.mark.slow
@pytest.mark.recipe
@pytest.mark.promise("slim-installation")
def test_pip_installs_no_documentation_tools_and_notebooks_of_a_jupyter_elsewhere_use_it_as_their_kernel(
    clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _run(_block("pip"), clone)
    _check(clone / "show/bin/python", clone)
    _run(_block("jupyter"), clone, JUPYTER_DATA_DIR=str(tmp_path / "jupyter"))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    monkeypatch.setenv("FTRACK_SERVER", "sqlite://?demo")
    monkeypatch.delenv("PYTHONPATH", raising=False)
    cells = [nbformat.v4.new_code_cell(each) for each in ("import sys; print(sys.prefix)", SLIM, ASK)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, kernel_name="trackteroid", timeout=60).execute()
    prefix, documentation, asked = ("".join(each["text"] for each in cell["outputs"]) for cell in notebook.cells)
    assert prefix.strip() == str(clone / "show")
    assert documentation == "[]\n"
    assert "'sync'" in asked


@pytest.mark.slow
def test_make_demo_runs_in_a_small_environment(clone: Path) -> None:
    shutil.copy(ROOT / "Makefile", clone / "Makefile")
    assert "Done." in _run("make demo PYTHON=python", clone)
    assert _megabytes(clone / ".venv-demo") < DEMO_MB
