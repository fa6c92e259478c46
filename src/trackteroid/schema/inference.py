"""The shortest path between two entity types, found in the schema alone.

To-one steps are tried first, then to-many steps, then both. The result depends on names only, never on the order in
which a server lists its types and attributes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from trackteroid.schema.types import AttributeSchema, Schema

_DEAD_ENDS = re.compile(r"thumbnail.*|created_by|owner|latest_version|lists|completed_by|from_status")
"""What a path never continues from, and ends at only if there is nothing better."""

_NOT_STEPPED_THROUGH = frozenset(
    (
        *("parent", "children", "ancestors", "descendants", "incoming_links", "outgoing_links"),
        *("status_changes", "dashboard_resources", "user_security_role_projects"),
    )
)
"""What says nothing about the meaning of a longer path."""

_OTHER_CONTEXTS = frozenset(("children", "ancestors", "descendants"))
"""What lies around a context that a path has led to has no more to do with the beginning of the path than any other."""

_Accepts = Callable[[AttributeSchema], bool]


#: What the steps of a path may be, from the most to the least meaningful.
_FEW: tuple[_Accepts, ...] = (
    lambda each: each.kind == "reference" and not _is_dead_end(each),
    lambda each: each.is_many and not _is_dead_end(each),
)
_MANY: tuple[_Accepts, ...] = (lambda each: not _is_dead_end(each), lambda _: True)


def infer(schema: Schema, source: str, target: str) -> str | None:
    """Return the path from *source* to *target*, or None.

    If nothing leads to the target itself but something to what it is a kind of, the last step is narrowed:
    ``resource[User]``.
    """
    return None if source == target else next(_iter_paths(schema, source, target), None)


def _iter_paths(schema: Schema, source: str, target: str) -> Iterator[str]:
    """Yield the shortest path of each kind, from the most to the least meaningful."""
    for accepts in _FEW:
        yield from _iter_narrowed(schema, source, target, accepts)
    for attribute in sorted(schema.types[source].attributes.values(), key=lambda each: each.name):
        if attribute.target == target and _is_dead_end(attribute):
            yield attribute.name
    for accepts in _MANY:
        yield from _iter_narrowed(schema, source, target, accepts)


def _iter_narrowed(schema: Schema, source: str, target: str, accepts: _Accepts) -> Iterator[str]:
    for reached in schema.lineage(target):
        is_narrowed = reached != target
        if path := _shortest(schema, source, reached, accepts, is_narrowed=is_narrowed):
            yield f"{path}[{target}]" if is_narrowed else path


def _shortest(schema: Schema, source: str, target: str, accepts: _Accepts, *, is_narrowed: bool) -> str | None:
    """Search breadth first. Of equally long ways to a type, the one that is called like it wins, then alphabet."""
    visited = {source}
    frontier: dict[str, tuple[str, ...]] = {source: ()}
    while frontier:
        ends: list[tuple[bool, tuple[str, ...]]] = []
        ways: dict[str, list[tuple[bool, tuple[str, ...]]]] = {}
        for here, path in frontier.items():
            for attribute in schema.types[here].attributes.values():
                if attribute.target is None or not (_is_way(here, attribute) and accepts(attribute)):
                    continue
                way = (not _is_called_like(attribute), (*path, attribute.name))
                if attribute.target != target:
                    is_open = attribute.target in schema.types and attribute.target not in visited
                    if is_open and _is_stepped_through(attribute, path):
                        ways.setdefault(attribute.target, []).append(way)
                elif not (path and is_narrowed and attribute.name in _OTHER_CONTEXTS):
                    ends.append(way)
        if ends:
            return ".".join(min(ends)[1])
        frontier = {name: min(found)[1] for name, found in ways.items()}
        visited.update(frontier)
    return None


def _is_way(here: str, attribute: AttributeSchema) -> bool:
    # Every context has a parent by the schema, but a project is the root of its tree.
    is_above_root = here == "Project" and attribute.name in ("parent", "ancestors")
    return attribute.projectable and not is_above_root


def _is_dead_end(attribute: AttributeSchema) -> bool:
    return _DEAD_ENDS.fullmatch(attribute.name) is not None


def _is_stepped_through(attribute: AttributeSchema, path: tuple[str, ...]) -> bool:
    # "Context" may be a project or any part of one: what lies behind it differs from entity to entity.
    is_meaningful = attribute.name not in _NOT_STEPPED_THROUGH and attribute.target != "Context"
    # What somebody works on has to do with that person, not with everything else he or she has ever touched.
    is_meaningful = is_meaningful and not (path and attribute.target == "Appointment")
    return is_meaningful and attribute.kind != "mapped" and not _is_dead_end(attribute)


def _is_called_like(attribute: AttributeSchema) -> bool:
    own = re.sub(r"(?<!^)(?=[A-Z])", "_", attribute.target or "").lower()
    return attribute.name in (own, f"{own}s")
