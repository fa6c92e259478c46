"""Every ``not_by_...`` finds exactly what ``by_...`` does not, on every entity of every type, whatever is missing.

The default run takes some of the targets of each type; ``TRACKTEROID_FUZZ=1`` (``make fuzz``) takes all of them.
"""

from __future__ import annotations

import functools
import itertools
import random
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from demo_servers import demo_server
from selections import FUZZ, some
from trackteroid import (
    Asset,
    AssetVersion,
    Manager,
    Note,
    NoteCategory,
    Query,
    Scope,
    Sequence,
    Session,
    Task,
    entities,
)
from trackteroid.chains import Chain
from trackteroid.client.hydration.pages import iter_records
from trackteroid.entities import Entity
from trackteroid.entities.criteria import CriterionRule
from trackteroid.errors import InvalidArgumentsError, RelationError, UnknownAttributeError
from trackteroid.schema.types import parse_path, schema_of

pytestmark = pytest.mark.slow

NOTHING = "\u2205 nothing is called this"
TYPES = [getattr(entities, name) for name in entities.__all__ if name != "Entity"]


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """The demo production, and of everything one more whose references lead nowhere."""
    server = demo_server()
    with Session(server_url=server, plugin_paths=[]) as session:
        _leave_gaps(session)
        yield session
    server.close()


def _leave_gaps(session: Session) -> None:
    project = session.query("Project").first()
    # Folders have no status, type or dates; nothing of the others leads anywhere.
    session.create("Folder", {"name": "bare", "parent": project})
    session.create("Asset", {"name": "bare", "parent": project})
    session.create("AssetVersion", {"asset": session.query("Asset").first()})
    session.create("AssetVersion", {"asset": session.query("Asset").first(), "task": None, "user": None})
    session.create("FileComponent", {"name": "bare", "size": None, "file_type": None})
    session.create("Note", {"content": None, "author": session.query("User").first()})
    session.create("Timelog", {"user": session.query("User").first(), "name": None})
    session.create("Job", {"type": "api_job", "status": "queued", "data": None})
    session.create("User", {"username": "bare"})
    session.commit()


def keys(found: Iterable[dict[str, Any]], names: tuple[str, ...]) -> set[tuple[Any, ...]]:
    return {tuple(record[name] for name in names) for record in found}


def found(session: Session, entity_type: type[Entity], criterion: str, *args: Any, **kwargs: Any) -> set[Any]:
    """What a criterion finds, as keys: no entity is loaded."""
    built = Query(entity_type, session)
    getattr(built, criterion)(*args, **kwargs)
    names = schema_of(session).type(entity_type.__name__).primary_key
    return keys(built._records(), names)


@functools.lru_cache(maxsize=1000)
def everything(session: Session, entity_type: type[Entity]) -> set[Any]:
    names = schema_of(session).type(entity_type.__name__).primary_key
    return keys(Query(entity_type, session)._records(), names)


def check(session: Session, entity_type: type[Entity], criterion: str, *args: Any, **kwargs: Any) -> None:
    having = found(session, entity_type, criterion, *args, **kwargs)
    lacking = found(session, entity_type, f"not_{criterion}", *args, **kwargs)
    asked = f"Query({entity_type.__name__}).{criterion}(*{args}, **{kwargs})"
    assert not having & lacking, asked
    assert having | lacking == everything(session, entity_type), asked


@functools.lru_cache(maxsize=1000)
def values(session: Session, entity_type: type[Entity], path: str) -> tuple[Any, ...]:
    """Some of the values that the entities have there."""
    steps = [step.attribute for step in parse_path(path)]
    records = iter_records(session, f"select {'.'.join(steps)} from {entity_type.__name__}", limit=40)
    leaves = itertools.chain.from_iterable(_leaves(record, steps) for record in records)
    return tuple(itertools.islice(dict.fromkeys(leaves), 3))


def _leaves(value: Any, steps: list[str]) -> Iterator[Any]:
    if isinstance(value, list):
        for each in value:
            yield from _leaves(each, steps)
    elif steps and isinstance(value, dict):
        yield from _leaves(value.get(steps[0]), steps[1:])
    elif isinstance(value, dict):
        yield value.get("value")
    elif value is not None:
        yield value


def calls(
    session: Session, entity_type: type[Entity], rule: CriterionRule
) -> Iterator[tuple[list[Any], dict[str, Any]]]:
    """Some ways to call a criterion whose values are those of a type."""
    own = entity_type.criteria.get(rule.name, rule)
    match rule.kind:
        case "range":
            for bound in own.bounds:
                path = f"{own.on}.{bound.attribute}" if own.on else bound.attribute
                for value in values(session, entity_type, path)[:2] or ("2026-01-10",):
                    yield [], {bound.argument: value if bound.holds == "number" else str(value)[:10]}
            limits = (1, 10**7) if rule.bounds[0].holds == "number" else ("2026-01-05", "2026-02-10T12:00")
            yield [], dict(zip((bound.argument for bound in rule.bounds), limits, strict=True))
        case "day":
            yield ["2026-01-10"], {}
        case "flag":
            yield [True], {}
        case "mapped":
            yield [{"camera": "A"}], {}
            yield [{"camera": "%", "lens": "35%"}, {NOTHING: "a"}], {}
        case "json" if not rule.key:
            yield [{"name": "x"}, {NOTHING: 1}], {}
        case "raw":
            return
        case _:
            some = [each for each in values(session, entity_type, own.path) if isinstance(each, (str, int, float))]
            yield [*some[:1], NOTHING], {}
            yield [f"{str(some[-1])[:2]}%" if some else "%a%", None], {}


def _check_all(session: Session, entity_type: type[Entity], target: type[Entity] | None) -> int:
    count = 0
    for rule in entity_type.criteria.values():
        if target is not None and not {base.__name__ for base in target.__mro__}.intersection(rule.targets):
            continue
        for args, kwargs in _calls(session, target or entity_type, rule):
            try:
                check(session, entity_type, rule.name, *([target] if target else []), *args, **kwargs)
            except (InvalidArgumentsError, RelationError, UnknownAttributeError):
                break  # it makes no sense here, which the call has said
            count += 1
    return count


def _calls(session: Session, entity_type: type[Entity], rule: CriterionRule) -> list[tuple[list[Any], dict[str, Any]]]:
    try:
        return list(calls(session, entity_type, rule))
    except Exception:  # noqa: BLE001 - a type that has nothing of the kind
        return []


@pytest.mark.parametrize("entity_type", some(TYPES, 3), ids=lambda each: each.__name__)
def test_without_a_target_nothing_is_in_both_or_in_neither(session: Session, entity_type: Any) -> None:
    # What several keys identify has neither ids nor a name.
    has_id = schema_of(session).type(entity_type.__name__).primary_key == ("id",)
    assert _check_all(session, entity_type, None) or not has_id


@pytest.mark.parametrize("entity_type", some(TYPES[1:], 3), ids=lambda each: each.__name__)
def test_with_a_target_nothing_is_in_both_or_in_neither(session: Session, entity_type: Any) -> None:
    targets = TYPES if FUZZ else random.Random(entity_type.__name__).sample(TYPES, 2)
    for target in targets:
        _check_all(session, entity_type, target)


@pytest.mark.parametrize(
    ("entity_type", "criterion", "args"),
    [
        (AssetVersion, "name", (Task, "Compositing")),
        (AssetVersion, "status", (Task, "In progress")),
        (Note, "name", (NoteCategory, "Internal")),
        (Sequence, "status", ("Completed",)),
        (Sequence, "status", (None,)),
        (Task, "assignee", (None,)),
        (AssetVersion, "id", (Manager, "x")),
        (AssetVersion, "id", (Scope, "x", "y%")),
        (AssetVersion, "publisher", ("mira", None)),
        (Asset, "type", ("Up%", None)),
    ],
)
def test_what_leads_nowhere_is_not_what_was_asked_for(
    session: Session, entity_type: Any, criterion: str, args: Any
) -> None:
    check(session, entity_type, f"by_{criterion}", *args)


@pytest.mark.parametrize("entity_type", some(TYPES[2:], 3), ids=lambda each: each.__name__)
def test_what_the_opposite_takes_for_required_is_never_missing(session: Session, entity_type: Any) -> None:
    schema, name = schema_of(session), entity_type.__name__
    for attribute in schema.type(name).attributes.values():
        if attribute.kind == "scalar" and not schema.can_be_empty(name, attribute.name):
            without = Query(entity_type, session).where(Chain(name, (attribute.name,)).is_none())
            assert not without.exists(), f"{name}.{attribute.name}"
