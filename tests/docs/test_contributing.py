"""The map for contributors names rooms that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "trackteroid"
#: Files and folders of the package: ``query/query.py``, ``client/commit/``, ``session.py``.
ROOMS = re.compile(r"`([a-z_]+(?:/[a-z_]+)*(?:\.py|/))`")


def test_every_room_of_the_map_exists() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    start, end = text.index("## The map"), text.index("## Where things go")
    named = set(ROOMS.findall(text[start:end])) - {"src/trackteroid/"}
    assert len(named) > 50
    assert [each for each in sorted(named) if not (SOURCE / each).exists()] == []


def test_every_folder_of_the_package_is_on_the_map() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    folders = [each.name for each in SOURCE.iterdir() if each.is_dir() and (each / "__init__.py").exists()]
    assert [name for name in folders if f"`{name}/" not in text] == []
