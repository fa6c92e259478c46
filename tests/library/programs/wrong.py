"""What is wrong; behind each line is what every checker has to name."""

from trackteroid import EntityCollection, Query, Shot, Task
from trackteroid.query import ShtoQuery  # ShtoQuery

shots = Query(Shot).get_all()
one = Query(Shot).get_one()


def animate(tasks: EntityCollection[Task]) -> None:
    print(tasks.name)


# Names
Shot.nmae  # nmae
Shot.Task.nmae  # nmae
shots.nmae  # nmae
one.nmae  # nmae
one.status.nmae  # nmae
one.version  # version
one.attributes.nmae  # nmae
shots.filter(lambda shot: shot.nmae)  # nmae

# Queries
Query("Shot")  # entity_type|Query
Query(1)  # entity_type|Query
Query()  # entity_type
Query(Shot, sesion=None)  # sesion

# Criteria and keywords
Query(Shot).by_nmae("x")  # by_nmae
Query(Shot).by_version(1)  # by_version
Query(Shot).by_lifespan(strat="2026-01-01")  # strat
Query(Shot).where(name="x")  # name
Query(Shot).get_all(projectons=["x"])  # projectons
one.Task.create(nmae="x")  # nmae
one.Task.create(name=3)  # int|Literal[3]

# Projections
Query(Shot).get_all(projections=[Shot.staus.name])  # staus
Query(Shot).get_all(projections=[3])  # int|Literal[3]

# Conditions
Query(Shot).where(Shot.name == 3)  # bool
Query(Shot).where(Shot.name > 3)  # Chain[str]
Query(Task).where(Task.bid == "3")  # bool
Query(Task).where(Task.bid.in_("3"))  # str
Query(Task).where(Task.bid > "3")  # Chain[float]

# Values and collections
shots.name = "x"  # EmptyCollection[Shot]
one.name = 3  # int|Literal[3]
one.nmae = "x"  # nmae
one.id = "x"  # str|Literal['x']
animate(one)  # EntityCollection[Task]
