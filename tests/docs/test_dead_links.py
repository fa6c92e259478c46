"""Links of the built documentation that lead nowhere are found."""

from __future__ import annotations

import runpy
from pathlib import Path

from docs.pages import DOCS

dead_links = runpy.run_path(str(DOCS / "dead_links.py"))["dead_links"]


def test_missing_pages_files_and_anchors_are_named_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "a page.html").write_text(
        '<h1 id="here">A</h1><a href="#here"></a><a href="#gone"></a>', encoding="utf-8"
    )
    (tmp_path / "folder" / "b.html").write_text(
        '<a href="../a%20page.html#here"></a><a href="../a%20page.html#there"></a><a href="c.html"></a>'
        '<img src="picture.svg"><a href="https://elsewhere.example/x"></a><link href="../a%20page.html?v=1">',
        encoding="utf-8",
    )
    assert list(dead_links(tmp_path)) == [
        "a page.html: #gone",
        "folder/b.html: ../a%20page.html#there",
        "folder/b.html: c.html",
        "folder/b.html: picture.svg",
    ]
