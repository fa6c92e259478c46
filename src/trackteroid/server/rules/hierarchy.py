"""Projects, and the tree of contexts in them: which project an entity belongs to, and who is above whom.

The hidden type ContextAncestor holds one row for every context and each context above it, the project included, with
how far above it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from trackteroid.server.core.among import among
from trackteroid.server.core.changes import Row
from trackteroid.server.core.failures import IntegrityError, ValidationError
from trackteroid.server.core.unit_of_work import UnitOfWork, chunks
from trackteroid.server.rules.step import Step, about

_CLOSURE = "ContextAncestor"
_WAITING = "contexts waiting for their parent"


@about("object_type_id")
def set_object_type(step: Step) -> None:
    """The object type of a context follows from its entity type."""
    step.supply("object_type_id", step.uow.model.object_type_ids.get(step.type.name))
    if step.value("object_type_id") is None:
        raise ValidationError("A TypedContext needs an object_type_id; or make a type such as Task or Shot.")


@about("id", "parent_id", "project_id")
def place_project(step: Step) -> None:
    """A project is its own project and has nothing above it."""
    if step.is_new:
        step.values["project_id"] = step.values.get("id")
    if step.value("parent_id") is not None:
        raise ValidationError("A Project is the top of its tree; it cannot have a parent.")
    if step.value("project_id") != step.value("id"):
        raise ValidationError("project_id of a Project is its own id and cannot be changed.")


@about("parent_id", "project_id")
def place_in_project(step: Step) -> None:
    """The project of a context is that of its parent, whatever a client says."""
    if not step.is_new and not step.changes("parent_id") and not step.changes("project_id"):
        return
    parent = _context(step.uow, step.value("parent_id"))
    if parent is not None:
        step.values["project_id"] = parent.values["project_id"]


def name_project(step: Step) -> None:
    """The short and the full name stand in for each other when only one is given."""
    if step.is_new:
        name, full_name = step.values.get("name"), step.values.get("full_name")
        step.values["name"] = name or full_name
        step.values["full_name"] = full_name or name


def choose_project_schema(step: Step) -> None:
    """A project that names no project schema gets the first one of the server, by name."""
    if step.is_new and step.lacks("project_schema_id"):
        table = step.uow.model.table("ProjectSchema")
        first = sa.select(table.c.id).order_by(table.c.name, table.c.id).limit(1)
        step.values["project_schema_id"] = step.uow.execute(first).scalar()


def read_ancestors(steps: Sequence[Step]) -> None:
    """Look at once for who is above the parents of contexts."""
    uow = steps[0].uow
    parents = {step.value("parent_id") for step in steps if step.changes("parent_id")}
    found: dict[str, list[tuple[int, str]]] = {
        key[0]: [] for key in uow.find_all("Context", [(parent,) for parent in parents if isinstance(parent, str)])
    }
    closure = uow.model.table(_CLOSURE)
    statement = sa.select(closure.c.context_id, closure.c.depth, closure.c.ancestor_id)
    for row in uow.execute(statement.where(among(closure.c.context_id, list(found)))):
        found[row.context_id].append((row.depth, row.ancestor_id))
    uow.remember(_CLOSURE, {key: tuple(above for _, above in sorted(ancestors)) for key, ancestors in found.items()})


@about("parent_id")
def keep_ancestors(step: Step) -> None:
    """Keep the ancestors of a new or moved context, and of all below it, complete."""
    own_id, parent_id = step.value("id"), step.value("parent_id")
    if step.is_new:
        _attach(step.uow, {own_id: 0}, parent_id)
        for waiting in sorted(_waiting(step.uow).pop(own_id, ())):
            row = _context(step.uow, waiting)
            if row is not None and row.values["parent_id"] == own_id:
                _attach_branch(step.uow, waiting, own_id)
    elif step.changes("parent_id"):
        uow, closure = step.uow, step.uow.model.table(_CLOSURE)
        above = _ancestors(uow, own_id)
        for chunk in chunks([own_id, *_below(uow, own_id)]):
            for ancestors in chunks(above):
                gone = closure.c.context_id.in_(chunk), closure.c.ancestor_id.in_(ancestors)
                uow.execute(sa.delete(closure).where(*gone))
        for waiting in _waiting(uow).values():
            waiting.discard(own_id)
        uow.forget(_CLOSURE)
        _attach_branch(uow, own_id, parent_id)


def _attach_branch(uow: UnitOfWork, top: str, parent_id: str | None) -> None:
    """Put a context, whose parent is now `parent_id`, and all below it in place."""
    contexts = {top: 0} | _below(uow, top)
    _attach(uow, contexts, parent_id)
    parent = _context(uow, parent_id)
    if parent is not None:
        branch = uow.find_all("Context", [(context_id,) for context_id in contexts])
        uow.write(list(branch.values()), {"project_id": parent.values["project_id"]})
    uow.forget(_CLOSURE)


def _attach(uow: UnitOfWork, contexts: Mapping[str, int], parent_id: str | None) -> None:
    """Add the parent, and all above it, to the ancestors of a branch: its contexts with their depth in it."""
    if parent_id is None:
        return
    parent, top = _context(uow, parent_id), next(iter(contexts))
    if parent is None:
        _waiting(uow).setdefault(parent_id, set()).add(top)
        return
    if parent_id in contexts:
        raise IntegrityError(f"Context {top} cannot be below {parent.label}, which is below it or itself.")
    ancestors = (parent_id, *_ancestors(uow, parent_id))
    uow.insert_links(
        _CLOSURE,
        [
            {"context_id": context_id, "ancestor_id": ancestor_id, "depth": below + above}
            for context_id, below in contexts.items()
            for above, ancestor_id in enumerate(ancestors, start=1)
        ],
    )
    uow.remember(_CLOSURE, {top: ancestors})


def _ancestors(uow: UnitOfWork, context_id: str) -> tuple[str, ...]:
    """Return all above a context that exists, from its parent upwards; asked once per batch."""

    def look_up() -> tuple[str, ...]:
        closure = uow.model.table(_CLOSURE)
        statement = sa.select(closure.c.ancestor_id).where(closure.c.context_id == context_id)
        return tuple(uow.execute(statement.order_by(closure.c.depth)).scalars())

    return uow.remembered(_CLOSURE, context_id, look_up)


def _below(uow: UnitOfWork, context_id: str) -> dict[str, int]:
    """Return all below a context, with how far below."""
    closure = uow.model.table(_CLOSURE)
    statement = sa.select(closure.c.context_id, closure.c.depth).where(closure.c.ancestor_id == context_id)
    return {found["context_id"]: found["depth"] for found in uow.execute(statement).mappings()}


def _context(uow: UnitOfWork, context_id: str | None) -> Row | None:
    return None if context_id is None else uow.find("Context", context_id)


def _waiting(uow: UnitOfWork) -> dict[str, set[str]]:
    """Return contexts that were made before their parent, by the parent's id."""
    return uow.remembered(_WAITING, None, dict[str, set[str]])


def forget_ancestors(uow: UnitOfWork, removed: Sequence[Row]) -> None:
    """Deleted contexts have no ancestors."""
    uow.forget(_CLOSURE, (row.key[0] for row in removed))
