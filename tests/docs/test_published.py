"""What package indexes are told: the addresses of the project, and a description whose links lead somewhere there."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path
from typing import Any

import pytest

from docs.pages import ROOT
from trackteroid import __version__

URL = "https://forge.example/studio/trackteroid"


def _builder() -> Any:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


builder = _builder()


def place(is_shown: bool, path: str) -> str:
    return f"{'raw' if is_shown else 'page'}:{path}"


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("[Tables](docs/tables.md)", "[Tables](page:docs/tables.md)"),
        ("[a](docs/tables.md#seeing) and [b](LICENSE)", "[a](page:docs/tables.md#seeing) and [b](page:LICENSE)"),
        ("![A picture](docs/a%20b.svg)", "![A picture](raw:docs/a%20b.svg)"),
        ("[![A picture](docs/a%20b.svg)](LICENSE)", "[![A picture](raw:docs/a%20b.svg)](page:LICENSE)"),
        ("[`code`](LICENSE)", "[`code`](page:LICENSE)"),
        ('<img src="docs/tables.md" alt="">', '<img src="raw:docs/tables.md" alt="">'),
        ('<a href="LICENSE">', '<a href="page:LICENSE">'),
        ("see [it]\n\n[it]: LICENSE", "see [it]\n\n[it]: page:LICENSE"),
        ("[elsewhere](https://x.example/LICENSE)", "[elsewhere](https://x.example/LICENSE)"),
        ("[mail](mailto:a@b.example), [below](#below)", "[mail](mailto:a@b.example), [below](#below)"),
        ("`[code](LICENSE)`", "`[code](LICENSE)`"),
        ("```python\nx[0](LICENSE)\n```\n[a](LICENSE)", "```python\nx[0](LICENSE)\n```\n[a](page:LICENSE)"),
    ],
)  # fmt: skip
def test_links_to_files_of_the_project_become_absolute_and_nothing_else_changes(
    tmp_path: Path, written: str, published: str
) -> None:
    (tmp_path / "docs").mkdir()
    for name in ("docs/tables.md", "docs/a b.svg", "LICENSE"):
        (tmp_path / name).touch()
    assert builder.absolute(written, tmp_path, place) == published


@pytest.mark.parametrize("written", ["[a](missing.md)", "![a](docs)", '<img src="missing.svg">'])
def test_a_link_that_leads_nowhere_stops_the_build(tmp_path: Path, written: str) -> None:
    (tmp_path / "docs").mkdir()
    with pytest.raises(ValueError, match="no such file"):
        builder.absolute(written, tmp_path, place)


@pytest.mark.parametrize("told", ["forge.example", "ftp://forge.example", "https://", "https://x.example/?a", "a b"])
def test_what_is_no_address_stops_the_build(told: str) -> None:
    with pytest.raises(ValueError, match="TRACKTEROID_PROJECT_URL"):
        builder.address({"TRACKTEROID_PROJECT_URL": told})


@pytest.mark.parametrize(("told", "url"), [({}, None), ("", None), (f"{URL}/", URL), (f" {URL} ", URL)])
def test_the_address_is_told_by_a_variable(told: Any, url: str | None) -> None:
    assert builder.address({"TRACKTEROID_PROJECT_URL": told} if isinstance(told, str) else told) == url


def test_no_file_of_the_project_names_an_address_of_it() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert "[project.urls]" not in text
    hook = text.partition("[tool.hatch.metadata.hooks.custom]")[2].partition("[tool.hatch.build")[0]
    assert "{url}" in hook
    assert "://" not in hook


@pytest.mark.slow
def test_a_wheel_has_the_addresses_and_a_description_without_relative_links(tmp_path: Path) -> None:
    said = _build(tmp_path, URL)
    assert "Built without" not in said
    for metadata in _metadata(tmp_path):
        assert dict(each.split(", ") for each in metadata.get_all("Project-URL", [])) == {
            "Homepage": URL,
            "Documentation": f"{URL}/blob/v{__version__}/docs/index.md",
            "Source": URL,
            "Changelog": f"{URL}/blob/v{__version__}/CHANGELOG.md",
            "Issues": f"{URL}/issues",
        }
        description = metadata.get_payload()
        assert isinstance(description, str)
        assert f"]({URL}/raw/v{__version__}/docs/_static/overview.svg)" in description
        assert f'src="{URL}/raw/v{__version__}/docs/_static/logo.svg"' in description
        addresses = re.findall(r'(?:\]\(|src=")([^)"\s]+)', description)
        assert len(addresses) > 20
        assert [each for each in addresses if not each.startswith("https://")] == []


@pytest.mark.slow
def test_a_wheel_without_an_address_is_built_and_says_so_in_one_line(tmp_path: Path) -> None:
    said = _build(tmp_path, None)
    assert len([line for line in said.splitlines() if "Built without" in line]) == 1
    assert "TRACKTEROID_PROJECT_URL=https://..." in said
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for metadata in _metadata(tmp_path):
        assert metadata.get_all("Project-URL") is None
        assert metadata.get_payload() == readme
        assert metadata["Description-Content-Type"] == "text/markdown"


@pytest.mark.slow
def test_a_wheel_that_is_made_from_the_source_distribution_knows_the_addresses_too(tmp_path: Path) -> None:
    _build(tmp_path, URL)
    (source,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (folder,) = (tmp_path / "unpacked").iterdir()
    _build(tmp_path / "again", None, folder)
    (metadata, *_) = _metadata(tmp_path / "again")
    assert f"Homepage, {URL}" in metadata.get_all("Project-URL", [])


def _build(target: Path, url: str | None, folder: Path = ROOT) -> str:
    """Build a wheel and a source distribution into a folder, and return what was said."""
    variables = {name: value for name, value in os.environ.items() if name != "TRACKTEROID_PROJECT_URL"}
    if url is not None:
        variables["TRACKTEROID_PROJECT_URL"] = url
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(target)]
    done = subprocess.run(
        command, cwd=folder, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def _metadata(target: Path) -> list[Message]:
    """Return what a wheel and a source distribution say of themselves."""
    (wheel,), (source,) = target.glob("*.whl"), target.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
        of_wheel = archive.read(name).decode()
    with tarfile.open(source) as archive:
        file = archive.extractfile(f"{source.name.removesuffix('.tar.gz')}/PKG-INFO")
        assert file is not None
        of_source = file.read().decode()
    return [Parser().parsestr(each) for each in (of_wheel, of_source)]
