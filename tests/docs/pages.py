"""The pages of the documentation, their sections and the code blocks in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(page for page in DOCS.rglob("*.md") if "_build" not in page.parts)]

_BLOCK = re.compile(r"^```(?P<language>\w*)[^\n]*\n(?P<code>.*?)^```$", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^#+ (?P<title>.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A block of code, the line it starts on, and the output that the page shows right behind it, if any."""

    code: str
    line: int
    shown: str | None


def python_blocks(text: str) -> Iterator[Block]:
    """The Python blocks of a page. A ``text`` block with nothing but blank lines before it shows their output."""
    return _blocks(text, "python")


def shell_blocks(text: str) -> list[Block]:
    """The shell blocks of a page that show their output."""
    return [block for block in _blocks(text, "sh") if block.shown is not None]


def _blocks(text: str, language: str) -> Iterator[Block]:
    matches = list(_BLOCK.finditer(text))
    for match, following in zip_longest(matches, matches[1:]):
        if match["language"] == language:
            shown = following is not None and following["language"] == "text"
            adjacent = shown and not text[match.end() : following.start()].strip()
            line = text[: match.start()].count("\n") + 2
            yield Block(match["code"], line, following["code"] if adjacent else None)


def shell_lines(text: str) -> Iterator[str]:
    """The commands of a page's shell blocks."""
    for match in _BLOCK.finditer(text):
        if match["language"] == "sh":
            yield from match["code"].splitlines()


def sections(text: str) -> dict[str, str]:
    """The sections of a page by the anchor of their heading, each up to the next heading of any level."""
    # Lines of code that look like headings do not count; lengths stay as they are.
    prose = _BLOCK.sub(lambda block: re.sub(r"[^\n]", " ", block[0]), text)
    headings = list(_HEADING.finditer(prose))
    ends = [*(following.start() for following in headings[1:]), len(text)]
    return {anchor(heading["title"]): text[heading.start() : end] for heading, end in zip(headings, ends, strict=True)}


def anchor(title: str) -> str:
    """The anchor of a heading, as code hosts and the documentation make it."""
    return re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")
