"""Who may see what, once more, over plain dictionaries: the judge of the conditions in SQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from server.query_fuzz.comparing import Row
from server.query_fuzz.naive import Naive
from server.query_fuzz.worlds import id_of
from trackteroid.server.auth.kinds import KINDS, OWN, Permission
from trackteroid.server.auth.policy import Held, Place, Policy, families_of, place_of
from trackteroid.server.model import EntityType, Model

ME = id_of("user0")
PROJECTS = (id_of("project0"), id_of("project1"))


@st.composite
def policies(draw: DrawFn) -> Policy:
    """The permissions to read of somebody in a random world, alone or among very many others; half of them with roles
    for what all can see. Half of them may read most kinds where they may read others."""
    some = st.builds(Held, st.booleans(), st.frozensets(st.sampled_from(PROJECTS)))
    usual = draw(some)
    grants: dict[Permission, Held] = {}
    unusual = draw(st.one_of(st.just(frozenset(KINDS)), st.frozensets(st.sampled_from(sorted(KINDS)), max_size=4)))
    for kind in KINDS:
        held = draw(st.one_of(st.just(usual), st.none(), some)) if kind in unusual else usual
        if held is not None and (held.everywhere or held.projects):
            grants[kind, "read"] = held
    closed = draw(st.frozensets(st.sampled_from(PROJECTS), max_size=1))
    return Policy(ME, "ann", frozenset(grants.items()), closed, draw(st.sampled_from([len(PROJECTS), 10_000])))


@dataclass
class Judge:
    """Decides row by row."""

    model: Model
    policy: Policy
    tables: dict[str, list[Row]]

    def sees_all(self, entity_type: EntityType) -> bool:
        """Whether there is nothing of a type that could be hidden."""
        place = place_of(entity_type)
        if place is None:
            return True
        if place.guests:
            return False
        others = self.policy.held(place.kind, "read")
        own = self.policy.held(OWN + place.kind, "read") if place.owner else others
        keys = [*place.sees, *filter(None, [place.part_of])]
        rest = all(self.sees_all(family) for name in keys for family in families_of(self.model, entity_type, name))
        return rest and (bool(place.part_of) or all(self.is_everywhere(place, held) for held in (own, others)))

    def is_everywhere(self, place: Place, held: Held | None) -> bool:
        return held is not None and (not place.keys or (held.everywhere and self.policy.closed <= held.projects))

    def sees(self, entity_type: EntityType, row: Row) -> bool:
        place = place_of(entity_type)
        if place is None:
            return True
        if not all(row[name] is None or self.leads(entity_type, row, name) for name in place.sees):
            return False
        if place.part_of:
            return self.leads(entity_type, row, place.part_of)
        if place.guests:
            kind, of_row, of_user = place.guests
            guests = self.tables[self.model.type(kind).table]
            mine = row[place.owner] == ME or any(one[of_row] == row["id"] and one[of_user] == ME for one in guests)
            return mine and self.policy.held(OWN + place.kind, "read") is not None
        is_own = place.owner and row[place.owner] == self.policy.user_id
        held = self.policy.held((OWN if is_own else "") + place.kind, "read")
        return held is not None and (self.is_everywhere(place, held) or self.reaches(entity_type, row, held))

    def leads(self, entity_type: EntityType, row: Row, name: str) -> bool:
        families = families_of(self.model, entity_type, name)
        found = [(family, self.find(family, row[name])) for family in families]
        return all(map(self.sees_all, families)) or any(one is not None and self.sees(kind, one) for kind, one in found)

    def reaches(self, entity_type: EntityType, row: Row, held: Held, *, is_above: bool = False, depth: int = 0) -> bool:
        """Whether a row is in a project where a permission is held, as all that it is on tells step by step."""
        place = place_of(entity_type)
        name = next((name for name in place.keys if row[name] is not None), None) if place else None
        if name is None or depth > 12:
            return not is_above
        if place and name == place.home:
            return row[name] in held.projects or (held.everywhere and row[name] not in self.policy.closed)
        families = families_of(self.model, entity_type, name)
        above = next(((kind, found) for kind in families if (found := self.find(kind, row[name]))), None)
        return above is not None and self.reaches(*above, held, is_above=True, depth=depth + 1)

    def find(self, entity_type: EntityType, identity: Any) -> Row | None:
        return next((row for row in self.tables[entity_type.table] if row["id"] == identity), None)

    def naive(self) -> Naive:
        """The naive evaluator of what is seen."""
        roots = {kind.table: kind for kind in reversed(list(self.model)) if kind.base is None and kind.view is None}
        seen = {table: [row for row in rows if self.sees(roots[table], row)] for table, rows in self.tables.items()}
        whole = Naive(self.model, self.tables)
        views = {
            kind.name: [row for row in whole.all_rows(kind) if self.sees(kind, row)]
            for kind in self.model
            if kind.view is not None
        }
        return Naive(self.model, seen, views=views)
