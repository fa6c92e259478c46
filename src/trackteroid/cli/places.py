"""What commands are told of where something is: contexts by their names, assets, versions."""

from __future__ import annotations

from typing import Any

from trackteroid.entities import AssetVersion, Project, Task, TypedContext
from trackteroid.errors import PublishingError, suggest
from trackteroid.query import Query
from trackteroid.session import Session
from trackteroid.spelling import quoted

CONTEXT_HELP = "The names from the project downwards, with slashes between: PROJECT/EPISODE/SHOT. An id does, too."


def find_context(session: Session, path: str) -> Any:
    """Return the context at a path of names, or with an id.

    Raises:
        PublishingError: there is none; the message says which part is not known.
    """
    if "/" not in path and (found := Query(TypedContext, session=session).by_id(path).get_first()):
        return found
    first, *rest = [part for part in path.split("/") if part]
    found = Query(Project, session=session).by_name(first).get_first()
    if not found:
        known = Query(Project, session=session).get_all().name
        raise PublishingError(f'There is no project "{first}".{suggest(first, known)}')
    for name in rest:
        text = f"parent_id is {found.id[0]} and name is {quoted(name)}"
        below = Query(TypedContext, session=session).inject(text).get_first()
        if not below:
            known = Query(TypedContext, session=session).inject(f"parent_id is {found.id[0]}").get_all().name
            raise PublishingError(f'There is no "{name}" below "{found.name[0]}".{suggest(name, known)}')
        found = below
    return found


def find_task(session: Session, context: Any, name: str) -> Any:
    """Return the task of a context that is called so.

    Raises:
        PublishingError: there is none.
    """
    below = Query(Task, session=session).inject(f"parent_id is {context.id[0]}")
    found = below.get_all().filter(lambda task: task.name == [name])
    if not found:
        known = below.get_all().name
        raise PublishingError(f'There is no task "{name}" below "{context.name[0]}".{suggest(name, known)}')
    return found[0]


def find_version(session: Session, version_id: str) -> Any:
    """Return the version with an id.

    Raises:
        PublishingError: there is none.
    """
    found = Query(AssetVersion, session=session).by_id(version_id).get_first()
    if not found:
        raise PublishingError(f"There is no version with the id {version_id}.")
    return found
