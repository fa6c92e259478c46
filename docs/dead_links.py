"""Look for links within the built documentation that lead nowhere: pages, pictures, files and anchors.

python docs/dead_links.py docs/_build

`make docs` runs it after the build. Addresses elsewhere are not asked.
"""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote

_LINK = re.compile(r'\b(?:href|src)="([^"]+)"')
_ID = re.compile(r'\bid="([^"]+)"')
_ELSEWHERE = re.compile(r"[a-z][a-z+.-]*:|//")


def dead_links(site: Path) -> Iterator[str]:
    """Yield each link that leads nowhere, with the page it is on."""
    for page in sorted(site.rglob("*.html")):
        for written in dict.fromkeys(_LINK.findall(page.read_text(encoding="utf-8"))):
            link = html.unescape(written)
            if not _ELSEWHERE.match(link) and not _leads_somewhere(page, link):
                yield f"{page.relative_to(site).as_posix()}: {link}"


def _leads_somewhere(page: Path, link: str) -> bool:
    address, _, anchor = link.partition("#")
    path = unquote(address.partition("?")[0])
    target = page.parent / path if path else page
    if not target.exists():
        return False
    return not anchor or target.suffix != ".html" or unquote(anchor) in _anchors(target.resolve())


@cache
def _anchors(page: Path) -> set[str]:
    return {html.unescape(each) for each in _ID.findall(page.read_text(encoding="utf-8"))}


if __name__ == "__main__":
    if found := list(dead_links(Path(sys.argv[1]))):
        sys.exit("These links lead nowhere:\n" + "\n".join(found))
