"""Hierarchies, drawn in terminals and in notebooks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from trackteroid.display.tables import console, write
from trackteroid.spelling import visible
from trackteroid.values import frozen

#: How many children of one are drawn.
_MOST = 20


@frozen
class Node:
    """One of what is in a hierarchy.

    Attributes:
        id: what it is known by.
        parent: the id of what it is in.
        name: its name.
        type: what it is.
        remark: what else there is to say of it.
    """

    id: str
    parent: str
    name: str
    type: str
    remark: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (visible(self.name), visible(self.type), visible(self.remark))))


class Tree:
    """A hierarchy: print it, or let a notebook draw it. Of many children the first ones are drawn.

    Attributes:
        roots: what is at the top.
        children: what is in each, by its id.
    """

    __slots__ = ("_depth", "children", "roots")

    def __init__(self, roots: Sequence[Node], nodes: Sequence[Node], depth: int | None = None) -> None:
        """Make it of all nodes below the roots, drawn so deep."""
        self.roots = tuple(roots)
        self._depth = depth
        children: dict[str, list[Node]] = {}
        for node in sorted(nodes, key=lambda each: (each.name.casefold(), each.name, each.id)):
            children.setdefault(node.parent, []).append(node)
        self.children: Mapping[str, list[Node]] = children

    def __len__(self) -> int:
        return len(self.roots) + sum(map(len, self.children.values()))

    def __str__(self) -> str:
        return "\n".join(prefix + text for prefix, text, _ in self._lines())

    def __repr__(self) -> str:
        return f"<Tree of {len(self):,} in {', '.join(visible(node.name) for node in self.roots)}>"

    def show(self, *, width: int | None = None, file: Any = None) -> None:
        """Draw it in the terminal, with lines cut at its width.

        Raises:
            MissingExtraError: Rich is not installed.
        """
        write(console(file, width), str(self), overflow="ellipsis", no_wrap=True, crop=True)

    def _repr_html_(self) -> str:
        return f"<div>{''.join(self._html(node, 0) for node in self.roots)}</div>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self) if cycle else str(self))

    def _lines(self) -> Iterator[tuple[str, str, Node | None]]:
        for root in self.roots:
            yield "", str(root), root
            yield from self._below(root, "", 1)

    def _below(self, node: Node, prefix: str, depth: int) -> Iterator[tuple[str, str, Node | None]]:
        shown, more = self._shown(node, depth)
        for number, child in enumerate(shown, start=1):
            is_last = number == len(shown) and not more
            yield f"{prefix}{'└── ' if is_last else '├── '}", str(child), child
            yield from self._below(child, f"{prefix}{'    ' if is_last else '│   '}", depth + 1)
        if more:
            yield f"{prefix}└── ", f"... {more:,} more", None

    def _shown(self, node: Node, depth: int) -> tuple[Sequence[Node], int]:
        """Return the children that are drawn, and how many are not."""
        children = self.children.get(node.id, [])
        most = 0 if self._depth is not None and depth > self._depth else _MOST
        return children[:most], max(0, len(children) - most)

    def _html(self, node: Node, depth: int) -> str:
        shown, more = self._shown(node, depth + 1)
        text = f"{escape(visible(node.name))} <small>{escape(visible(f'{node.type} {node.remark}'.strip()))}</small>"
        if not shown and not more:
            return f'<div style="margin-left:1.5em">{text}</div>'
        inside = "".join(self._html(child, depth + 1) for child in shown)
        inside += f'<div style="margin-left:1.5em">... {more:,} more</div>' if more else ""
        state = " open" if depth < 2 else ""
        return f'<details{state} style="margin-left:1.5em"><summary>{text}</summary>{inside}</details>'
