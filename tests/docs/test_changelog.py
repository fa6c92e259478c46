"""The changelog is in the form of Keep a Changelog, and its newest version is that of the distribution."""

from __future__ import annotations

import re

import trackteroid
from docs.pages import ROOT

_VERSION = re.compile(r"\[(?P<version>\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?)\] - (?P<date>\d{4}-\d\d-\d\d|unreleased)")
_KINDS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]

_TEXT = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
SECTIONS = [part.splitlines() for part in _TEXT.split("\n## ")[1:]]
VERSIONS = [_VERSION.fullmatch(lines[0]) for lines in SECTIONS]


def test_every_section_is_a_version_with_its_date_and_kinds_of_changes() -> None:
    for lines, version in zip(SECTIONS, VERSIONS, strict=True):
        assert version, f"{lines[0]!r} is no version with a date, as [1.0.0a2] - 2026-11-21"
        kinds = [line.removeprefix("### ") for line in lines if line.startswith("### ")]
        assert kinds == [kind for kind in _KINDS if kind in kinds], f"{lines[0]} has {kinds}; there are {_KINDS}"


def test_only_the_newest_version_may_be_unreleased() -> None:
    dates = [version["date"] for version in VERSIONS if version]
    assert "unreleased" not in dates[1:]
    assert dates == sorted(dates, reverse=True)  # letters come after digits


def test_the_newest_version_is_that_of_the_distribution() -> None:
    assert VERSIONS[0]
    assert VERSIONS[0]["version"] == trackteroid.__version__
