"""The records of decisions are numbered without gaps, and whoever refers to one finds it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from docs.pages import DOCS, ROOT

FOLDER = DOCS / "decisions"
RECORDS = {int(record.name[:4]): record.name for record in sorted(FOLDER.glob("0*.md"))}

_NAME = re.compile(r"(?P<number>\d{4})-[a-z][a-z0-9-]*\.md")
_LINK = re.compile(rf"\[(?:[^\]]*\s)?(?P<said>\d+)\]\((?:[^)]*/)?{_NAME.pattern}[^)]*\)")
_PROSE = re.compile(r"\bdecisions?\s+(?P<number>\d{1,4})\b", re.IGNORECASE)


def _texts() -> Iterator[tuple[str, str]]:
    """What the repository says, file by file."""
    folders = ("src", "tests", "docs", "benchmarks", ".github")
    files = [path for folder in folders for path in sorted((ROOT / folder).rglob("*")) if "_build" not in path.parts]
    for path in [*files, *sorted(ROOT.glob("*.md")), ROOT / "pyproject.toml", ROOT / "Makefile"]:
        if path.suffix in {".md", ".py", ".pyi", ".toml", ".yml", ".lark"} or path.name == "Makefile":
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def test_numbers_have_no_gaps() -> None:
    assert len(RECORDS) == len(list(FOLDER.glob("0*.md"))), "two records have one number"
    assert list(RECORDS) == list(range(1, len(RECORDS) + 1))


def test_every_record_is_titled_with_its_number_and_listed() -> None:
    index = (FOLDER / "index.md").read_text(encoding="utf-8")
    for number, name in RECORDS.items():
        title = (FOLDER / name).read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
        assert title.startswith(f"{number}. "), f"{name} is titled {title!r}"
        entry = f"{title.replace('. ', '. [', 1)}]({name})"
        assert entry in index, f"{name} is not listed. Run: python docs/generate.py"


def test_every_reference_to_a_record_leads_to_one() -> None:
    names, numbers = set(RECORDS.values()), set(RECORDS)
    for path, text in _texts():
        assert {each[0] for each in _NAME.finditer(text)} <= names, f"{path} names a record that does not exist"
        assert {int(each["number"]) for each in _PROSE.finditer(text)} <= numbers, f"{path} counts wrongly"
        wrong = [each[0] for each in _LINK.finditer(text) if int(each["said"]) != int(each["number"])]
        assert not wrong, f"{path} calls a record by another number: {wrong}"
