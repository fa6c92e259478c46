"""Values of custom attributes of many entities, with what is inherited: against a small model, and what they cost."""

from __future__ import annotations

import datetime
import random
from typing import Any

import arrow
import pytest

from trackteroid import Asset, AssetVersion, Folder, Note, Project, Query, Sequence, Session, Shot, Task, User
from trackteroid.errors import InvalidArgumentsError, UnknownAttributeError
from trackteroid.testing import request_budget


def configure(session: Session, key: str, default: float = 24, **more: Any) -> None:
    """Make a hierarchical custom attribute."""
    number = session.query('CustomAttributeType where name is "number"').one()
    values = {"entity_type": "show", "key": key, "label": key, "config": "{}", "is_hierarchical": True}
    session.create("CustomAttributeConfiguration", {**values, "type": number, "default": default, **more})
    session.commit()


@pytest.fixture
def rated(session: Session) -> Session:
    """A session of a server with the hierarchical attribute "rate", whose default is 24."""
    configure(session, "rate")
    return session


def one(session: Session, entity_type: Any, name: str) -> Any:
    return Query(entity_type, session=session).by_name(name).get_one(["custom_attributes"])


def shown(collection: Any, key: str = "rate", *, inherited: bool = True) -> list[tuple[Any, str]]:
    return [(row.value, row.origin) for row in collection.custom_values(key, inherited=inherited)]


@pytest.mark.promise("inherited-values")
def test_the_nearest_value_above_counts_and_is_told_apart(rated: Session) -> None:
    shots = Query(Shot, session=rated).by_name("bc0010", "bc0020").get_all()
    assert shown(shots) == [(24, "default"), (24, "default")]
    one(rated, Sequence, "bc").custom_rate = 25
    one(rated, Shot, "bc0020").custom_rate = 30
    rated.commit()
    assert shown(shots) == [(25, "inherited"), (30, "own")]
    assert shown(shots, inherited=False) == [(24, "default"), (30, "own")]
    row = shots.custom_values("rate", inherited=True)[0]
    assert (row.path, row.source, str(row)) == ("bc/bc0010", "bc", "bc/bc0010: rate = 25 (inherited from bc)")


def test_versions_and_assets_inherit_from_their_shot(rated: Session) -> None:
    one(rated, Shot, "bc0010").custom_rate = 30
    rated.commit()
    shot = Query(Shot, session=rated).by_name("bc0010").get_one(["assets.versions"])
    assert set(shown(shot.assets)) == set(shown(shot.assets.versions)) == {(30, "inherited")}


def test_none_is_no_value_of_what_is_inherited(rated: Session) -> None:
    one(rated, Sequence, "bc").custom_rate = 25
    one(rated, Shot, "bc0010").custom_rate = None
    rated.commit()
    assert shown(one(rated, Shot, "bc0010")) == [(25, "inherited")]
    assert shown(one(rated, Shot, "bc0010"), inherited=False) == [(None, "own")]


def test_what_is_pending_counts_already(rated: Session) -> None:
    shot, elsewhere = one(rated, Shot, "bc0010"), one(rated, Sequence, "st")
    one(rated, Sequence, "bc").custom_rate = 25
    elsewhere.custom_rate = 48
    assert shown(shot) == [(25, "inherited")]
    shot.move_to(elsewhere)
    assert shown(shot) == [(48, "inherited")]
    task = shot.children[Task].create(name="more", type="Animation")
    assert shown(task) == [(48, "inherited")]
    rated.commit()
    assert shown(shot | one(rated, Shot, "bc0020")) == [(48, "inherited"), (25, "inherited")]


def test_hierarchies_agree_with_a_model(rated: Session) -> None:
    dice = random.Random(7)
    project = one(rated, Project, "sync")
    tree = {f"a{i}": {f"b{j}": {f"c{k}": None for k in range(3)} for j in range(3)} for i in range(3)}
    made = project.get_or_create(tree, [Folder, Folder, Folder])
    own: dict[str, float] = {}
    for path in made:
        if dice.random() < 0.4:
            own[path] = dice.choice([12, 25, 30])
            made[path].custom_rate = own[path]
    for is_committed in (False, True):
        if is_committed:
            rated.commit()
        for path, row in zip(made, made.all().custom_values("rate", inherited=True), strict=True):
            above = ["/".join(path.split("/")[:depth]) for depth in range(path.count("/") + 1, 0, -1)]
            expected = next((own[each] for each in above if each in own), 24)
            assert (row.path, row.value) == (path, expected)


@pytest.mark.promise("inherited-values")
@pytest.mark.slow
def test_thousands_of_entities_take_two_requests(rated: Session) -> None:
    tree = [f"q{i // 50}/s{i}" for i in range(1200)]
    made = one(rated, Project, "sync").get_or_create(tree, [Sequence, Shot]).all(Shot)
    rated.commit()
    made.custom_values("rate")  # the configurations are asked for once
    with request_budget(2):
        assert len(made.custom_values("rate", "fps", inherited=True)) == 2400


def test_cleared_values_are_inherited_again(rated: Session) -> None:
    one(rated, Sequence, "bc").custom_rate = 25
    shots = Query(Shot, session=rated).by_name("bc0010", "bc0020").get_all(["custom_attributes"])
    shots.custom_rate = [30, 31]
    rated.commit()
    shots[0].clear_custom_values("rate")
    assert shown(shots) == [(25, "inherited"), (31, "own")]
    rated.commit()
    assert shown(shots) == [(25, "inherited"), (31, "own")]
    assert shots.fetch_attributes("custom_attributes").custom_rate == [24, 31]
    shots[0].clear_custom_values("rate")
    assert len(rated.recorded_operations) == 0


def test_what_was_set_and_cleared_before_the_commit_is_not_there_after_it(rated: Session) -> None:
    shot = one(rated, Shot, "bc0010")
    shot.custom_rate = 30
    shot.clear_custom_values("rate")
    assert shown(shot) == [(24, "default")]
    rated.commit()
    assert shown(shot) == [(24, "default")]


def test_values_are_pushed_to_what_is_below(rated: Session) -> None:
    sequence = one(rated, Sequence, "bc")
    sequence.custom_rate = 25
    one(rated, Shot, "bc0020").custom_rate = 30
    rated.commit()
    with request_budget(7):
        changed = sequence.push_custom_values("rate", to=Shot, overwrite=False)
    assert {*changed.name} == {"bc0010", "bc0030", "bc0040", "bc0050", "bc0060"}
    sequence.push_custom_values("rate", to=Shot)
    rated.commit()
    shots = Query(Shot, session=rated).by_name("bc%").get_all()
    assert set(shown(shots)) == {(25, "own")}
    assert not sequence.push_custom_values("rate", to=Shot)
    assert sequence.push_custom_values("rate", to=AssetVersion)


def test_deferred_pushes_wait_in_their_file(rated: Session, path: Any) -> None:
    one(rated, Sequence, "bc").custom_rate = 25
    rated.commit()
    with rated.deferred_operations(path):
        one(rated, Sequence, "bc").push_custom_values("rate", to=Shot)
    assert shown(one(rated, Shot, "bc0010")) == [(25, "inherited")]
    rated.reconnect_and_commit(path)
    assert shown(one(rated, Shot, "bc0010")) == [(25, "own")]


def test_what_is_not_there_is_told(rated: Session) -> None:
    shots = Query(Shot, session=rated).get_all()
    with pytest.raises(UnknownAttributeError, match=r'"ratte".*Did you mean "rate"'):
        shots.custom_values("ratte")
    with pytest.raises(UnknownAttributeError, match="Note has no custom attributes"):
        Query(Note, session=rated).get_first().custom_values()
    with pytest.raises(InvalidArgumentsError, match='clear_custom_values\\("fps"\\)'):
        shots.clear_custom_values()
    nothing = Query(Shot, session=rated).by_name("nothing").get_all()
    with request_budget(0):
        assert not nothing.custom_values("rate")
        assert not nothing.push_custom_values("rate", to=Task)


def test_users_and_computed_values_are_told_as_such(rated: Session) -> None:
    shot = one(rated, Shot, "bc0010")
    assert {row.key: row.origin for row in shot.custom_values()}["duration"] == "computed"
    assert {row.key for row in Query(User, session=rated).get_first().custom_values()} == {"first_day"}


def test_an_attribute_of_the_project_counts_before_one_of_all(rated: Session) -> None:
    project = one(rated, Project, "sync")
    configure(rated, "rate", 12, project_id=project.id[0])
    rated.reconnect()
    assert shown(one(rated, Shot, "bc0010")) == [(12, "default")]
    assert {value for value, _ in shown(Query(Asset, session=rated).get_all())} == {12, 24}


def test_an_attribute_that_was_made_meanwhile_is_found(rated: Session) -> None:
    shots = Query(Shot, session=rated).by_name("bc0010").get_all()
    assert shown(shots) == [(24, "default")]
    configure(rated, "speed", 3)
    assert shown(shots, "speed") == [(3, "default")]


def test_dates_are_moments(rated: Session) -> None:
    of_type = rated.query('CustomAttributeType where name is "date"').one()
    values = {
        "entity_type": "show",
        "key": "due",
        "label": "due",
        "config": "{}",
        "is_hierarchical": True,
        "default": "",
    }
    rated.create("CustomAttributeConfiguration", {**values, "type": of_type})
    rated.commit()
    one(rated, Sequence, "bc").custom_due = datetime.date(2026, 3, 1)
    (pending,) = one(rated, Shot, "bc0010").custom_values("due", inherited=True)
    rated.commit()
    (stored,) = one(rated, Shot, "bc0010").custom_values("due", inherited=True)
    assert (pending.value, pending.origin) == (stored.value, stored.origin) == (arrow.get(2026, 3, 1), "inherited")


def test_custom_values_are_a_table_and_their_repr_is_short(ask: Any) -> None:
    values = ask(Shot).by_name("bc0010").get_one().custom_values("fps", inherited=True)
    assert repr(values) == "<CustomValues: 1 values>"
    (row,) = values.to_dicts(["path", "key", "value"])
    assert (row["path"], row["key"], row["value"]) == (values[0].path, "fps", values[0].value)
    assert "<td" in values._repr_html_()
