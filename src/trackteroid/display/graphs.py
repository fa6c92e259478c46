"""Graphs of types and what leads from one to another: as text for Graphviz, and as a picture in SVG."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from trackteroid.spelling import visible, visible_lines
from trackteroid.values import frozen

_WIDTH, _HEIGHT, _ACROSS, _DOWN, _MARGIN = 130, 30, 150, 50, 12
_CHARACTER = 6.5
_ARROW = (
    '<defs><marker id="trackteroid-arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" '
    'orient="auto" markerUnits="userSpaceOnUse"><path d="M0,0 L8,4 L0,8 z" fill="#678"/></marker></defs>'
)


@frozen
class Edge:
    """What leads from one type to another.

    Attributes:
        start: the one type.
        end: the other one.
        name: the attribute, or the path.
        is_many: whether it leads to any number of entities.
        is_marked: whether it is drawn so that it is seen first.
    """

    start: str
    end: str
    name: str
    is_many: bool = False
    is_marked: bool = False


class Graph:
    """Types and what leads from one to another. Print it for Graphviz; notebooks draw it.

    Attributes:
        nodes: the names of the types.
        edges: what leads from one to another.
    """

    __slots__ = ("edges", "nodes")

    def __init__(self, nodes: Iterable[str], edges: Iterable[Edge]) -> None:
        """Make it of nodes and edges; what edges lead to is a node too."""
        self.edges = tuple(edges)
        ends = (name for edge in self.edges for name in (edge.start, edge.end))
        self.nodes = tuple(dict.fromkeys([*nodes, *ends]))

    def dot(self) -> str:
        """Return the text that Graphviz draws: ``dot -Tsvg``."""
        lines = [f"  {_quoted(name)};" for name in self.nodes]
        for edge in self.edges:
            style = ", penwidth=2" if edge.is_marked else ""
            arrow = ", arrowhead=crow" if edge.is_many else ""
            lines.append(f"  {_quoted(edge.start)} -> {_quoted(edge.end)} [label={_quoted(edge.name)}{arrow}{style}];")
        return "\n".join(["digraph {", "  rankdir=LR;", "  node [shape=box];", *lines, "}"])

    def svg(self) -> str:
        """Return a picture of it, to be put into a page: without scripts, and without anything from elsewhere."""
        places = self._places()
        width = max((x for x, _ in places.values()), default=0) + _WIDTH + _MARGIN
        height = max((y for _, y in places.values()), default=0) + _HEIGHT + _MARGIN
        below = [_deep(places[edge.start][0], places[edge.end][0]) for edge in self.edges]
        height += max(below, default=0)
        labels: dict[tuple[str, str], list[str]] = {}
        for edge in self.edges:
            labels.setdefault((edge.start, edge.end), []).append(edge.name + (" *" if edge.is_many else ""))
        marked = {(edge.start, edge.end) for edge in self.edges if edge.is_marked}
        lines = [_line(places, ends, names, ends in marked) for ends, names in labels.items()]
        boxes = [
            f'<rect x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" rx="4" fill="#f4f6fa" stroke="#456"/>'
            f'<text x="{x + _WIDTH // 2}" y="{y + _HEIGHT // 2 + 4}" text-anchor="middle" fill="#123">'
            f"{escape(visible(name))}</text>"
            for name, (x, y) in places.items()
        ]
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">\n'
            + "\n".join([_ARROW, *lines, *boxes])
        ) + "\n</svg>"

    def _places(self) -> dict[str, tuple[int, int]]:
        """Return where each node stands: as far to the right as it is steps away from the first one."""
        levels: dict[str, int] = {}
        for node in self.nodes:
            waiting = [] if node in levels else [node]
            levels.setdefault(node, 0)
            while waiting:
                here = waiting.pop(0)
                for edge in self.edges:
                    if edge.start == here and edge.end not in levels:
                        levels[edge.end] = levels[here] + 1
                        waiting.append(edge.end)
        rows: Counter[int] = Counter()
        places: dict[str, tuple[int, int]] = {}
        for node, level in levels.items():
            places[node] = (_MARGIN + level * (_WIDTH + _ACROSS), _MARGIN + rows[level] * (_HEIGHT + _DOWN))
            rows[level] += 1
        return places

    def __str__(self) -> str:
        return self.dot()

    def __repr__(self) -> str:
        return f"<Graph of {len(self.nodes)} types and {len(self.edges)} relations>"

    def _repr_svg_(self) -> str:
        return self.svg()

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self) if cycle else self.dot())


class Explanation(str):
    """What is said of a query or a path, and its `graph`."""

    __slots__ = ("graph",)

    graph: Graph

    @classmethod
    def of(cls, text: str, nodes: Iterable[str], edges: Iterable[Edge]) -> Explanation:
        """Return a text with the graph of these nodes and edges."""
        made = cls(visible_lines(text))
        made.graph = Graph(nodes, edges)
        return made

    def _repr_html_(self) -> str:
        return f"<div><pre>{escape(self)}</pre>{self.graph.svg()}</div>"


def _quoted(text: str) -> str:
    escaped = visible(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _line(places: Mapping[str, tuple[int, int]], ends: tuple[str, str], names: list[str], is_marked: bool) -> str:
    (x1, y1), (x2, y2) = places[ends[0]], places[ends[1]]
    color, width = ("#c40", 2) if is_marked else ("#678", 1)
    text, most = ", ".join(dict.fromkeys(names)), int(_ACROSS / _CHARACTER)
    label = escape(visible(text if len(text) <= most else f"{text[: most - 3]}..."))
    if x2 - x1 == _WIDTH + _ACROSS:  # to the next ones on the right
        path = f"M{x1 + _WIDTH},{y1 + _HEIGHT // 2} L{x2},{y2 + _HEIGHT // 2}"
        x, y = x1 + _WIDTH + 8, y1 + _HEIGHT // 2 - 5 + (y2 - y1) // 6
    else:  # below the boxes, the further the deeper
        deep = max(y1, y2) + _HEIGHT + _deep(x1, x2)
        start, end = x1 + _WIDTH // 2 + (12 if x2 >= x1 else -12), x2 + _WIDTH // 2 + (-12 if x2 >= x1 else 12)
        path = f"M{start},{y1 + _HEIGHT} C{start},{deep} {end},{deep} {end},{y2 + _HEIGHT}"
        x, y = (start + end) // 2 + 10, (y1 + y2) // 2 + _HEIGHT + (deep - (y1 + y2) // 2 - _HEIGHT) * 3 // 4 + 10
    return (
        f'<path d="{path}" fill="none" stroke="{color}" stroke-width="{width}" marker-end="url(#trackteroid-arrow)"/>'
        f'<text x="{x}" y="{y}" fill="{color}" font-size="11">{label}</text>'
    )


def _deep(x1: int, x2: int) -> int:
    """Return how far below the boxes a line is that does not lead to the next ones on the right."""
    return 24 + 22 * abs(x1 - x2) // (_WIDTH + _ACROSS)
