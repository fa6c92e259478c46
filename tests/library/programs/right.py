"""What is right, and what checkers know of it; it is never run."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from typing_extensions import assert_type

from trackteroid import (
    Asset,
    AssetVersion,
    EmptyCollection,
    EntityCollection,
    Project,
    Query,
    Sequence,
    Session,
    Shot,
    Status,
    Task,
    Type,
    User,
)
from trackteroid.chains import Chain
from trackteroid.collections import Values
from trackteroid.query import ShotQuery, TaskQuery


class Careful(Query[Any]):
    """A query of one's own."""


def queries(query: ShotQuery) -> EntityCollection[Shot] | EmptyCollection[Shot]:
    return query.by_name("bc%").get_all()


def tasks_of(session: Session) -> TaskQuery:
    return Query(Task, session).by_type("Animation")


def names(shots: EntityCollection[Shot]) -> list[str]:
    return list(shots.name)


def untyped(shots: EntityCollection, query: Query) -> EntityCollection:
    return query.get_one() if shots.name else shots


shots = queries(Query(Shot))
assert_type(Query(Shot), Query[Shot])
assert_type(shots, EntityCollection[Shot] | EmptyCollection[Shot])
assert_type(shots.name, Values[str])
assert_type(shots.Task, EntityCollection[Task])
assert_type(shots.Task.bid, Values[float])
assert_type(shots.status.name, Values[str])
assert_type(shots.filter(lambda shot: shot.name[0].startswith("a")), EntityCollection[Shot] | EmptyCollection[Shot])
assert_type(shots.attributes.sort, Values[float])
assert_type(Shot.name, Chain[str])
assert_type(Shot.Task.name, Chain[str])
assert_type(Task.parent[Shot].name, Chain[str])
assert_type(shots.map(lambda shot: shot.name[0]), list[str])

for shot in shots:
    print(shot.name[0].upper(), len(shot.Task), shot[0].Task[Task].name)
for several in Query(Shot).iterate(100):
    several.description = "new"
if shots:
    shots.description = ["one", None]

versions = Query(AssetVersion).by_name("bc0040_comp").by_status("Pending Review").by_version(1, 2)
latest = versions.get_all(projections=[Asset.name, Task.Status.name, "comment"]).max(lambda each: each.version)
done = Query(Status).by_name("Done").get_one()
latest.Task.status = done
latest.task.Status.apply(lambda _: done)
latest.commit()

one = Query(Shot).get_one()
one.start_date = date(2026, 1, 1)
one.start_date = one.end_date
one.metadata = {"disk": "a"}
new = one.Task.create(name="comp", type=Query(Type).get_one(), bid=3)
assert_type(new, EntityCollection[Task])
one.Task.create_batch({"name": "a"}, {"name": "b"})
Query(Project).get_one().children[Sequence].create(name="bc")
both = one | shots.union(shots)

Query(Shot).where((Shot.name == "bc0040") | Shot.Task.any(Task.bid > 3), ~Shot.description.is_none())
Query(Shot).where(Shot.created_at > date(2026, 1, 1), Shot.status.name.in_("a", "b"), Shot.name.in_(["a"]))
Query(Shot).where(Shot.parent[Sequence].name == "bc", Shot.metadata["disk"] == "x", Shot.id == UUID(int=1))
Query(AssetVersion).where(AssetVersion.is_published, ~AssetVersion.is_published, AssetVersion.date.before("2026-01-01"))
Query(AssetVersion).where(AssetVersion.asset == Query(Asset).get_one(), AssetVersion.asset.in_(Query(Asset)))
Query(Shot).by_name(Project, "x").by_lifespan(start="2026-01-01").by_metadata({"a": "b"}).not_by_status("x")
Query(Shot).inject("name is 'x'").get_all(order_by=[Shot.name, "id"], limit=3)
Query(User).by_active_state(True).get_all().username
Query(Task).get_all().assignments.resource.username
Careful(Shot).by_name("a")
one.status = "In progress"
assert_type(one.status.name, Values[str])
one.name = "bc0010"
assert_type(one.name, Values[str])
assert_type(Query(Project).get_one().status, Values[str])
print(["first"] + one.name, one.name or "none", one.Task.fold(0, lambda total, task: total + task.bid[0]))
