"""The algebra of collections is that of ordered sets: checked against Python's own lists and sets."""

from collections import Counter
from functools import cache
from itertools import chain
from typing import Any

import pytest
from collection_tools import UNNOTICED, collection, ids, versions
from fake_session import FakeSession, record
from hypothesis import given
from hypothesis import strategies as st

from trackteroid.collections import EmptyCollection, EntityCollectionOperationError
from trackteroid.entities import AssetVersion, Context, Entity, Shot, Task, TypedContext
from trackteroid.errors import CoercionError
from trackteroid.schema.relations import SchemaEntry

NUMBERS = range(8)
number_lists = st.lists(st.sampled_from(NUMBERS), unique=True)


@cache
def pool() -> Any:
    """All versions the generated collections are taken from; their version is number % 3, their comment the number."""
    records = (record("AssetVersion", str(n), version=n % 3, comment=str(n)) for n in NUMBERS)
    return collection(FakeSession(), *records)


def taken(numbers: list[int]) -> Any:
    """Return the versions with these numbers, in this order."""
    parts = [pool()[n] for n in numbers]
    return parts[0].union(*parts[1:]) if parts else pool()[len(NUMBERS) :]


def numbers_in(found: Any) -> list[int]:
    return [int(identifier) for identifier in found.keys()]  # noqa: SIM118


def first_occurrences(lists: list[list[int]]) -> list[int]:
    return list(dict.fromkeys(chain.from_iterable(lists)))


@pytest.mark.promise("union-appends-new-entities")
@given(st.lists(number_lists, min_size=1, max_size=4))
def test_union_is_everything_in_order_of_first_occurrence(lists: list[list[int]]) -> None:
    first, *others = map(taken, lists)
    assert numbers_in(first.union(*others)) == first_occurrences(lists)


@pytest.mark.promise("intersection-is-in-all")
@given(st.lists(number_lists, min_size=1, max_size=4))
def test_intersection_is_what_all_have(lists: list[list[int]]) -> None:
    first, *others = map(taken, lists)
    assert numbers_in(first.intersection(*others)) == [n for n in lists[0] if all(n in each for each in lists)]


@pytest.mark.promise("difference-is-in-no-other")
@given(st.lists(number_lists, min_size=1, max_size=4))
def test_difference_is_what_no_other_has(lists: list[list[int]]) -> None:
    first, *others = map(taken, lists)
    assert numbers_in(first.difference(*others)) == [n for n in lists[0] if not any(n in each for each in lists[1:])]


@pytest.mark.promise("symmetric-difference-is-in-exactly-one")
@given(st.lists(number_lists, min_size=1, max_size=4))
def test_symmetric_difference_is_what_exactly_one_has(lists: list[list[int]]) -> None:
    first, *others = map(taken, lists)
    counts = Counter(chain.from_iterable(lists))
    expected = [n for n in first_occurrences(lists) if counts[n] == 1]
    assert numbers_in(first.symmetric_difference(*others)) == expected


@pytest.mark.promise("set-operators-are-the-methods")
@given(number_lists, number_lists)
def test_operators_are_the_methods(a: list[int], b: list[int]) -> None:
    x, y = taken(a), taken(b)
    assert x | y == x.union(y)
    assert x & y == x.intersection(y)
    assert x - y == x.difference(y)
    assert x ^ y == x.symmetric_difference(y)


@pytest.mark.promise("set-operators-are-the-methods")
@given(number_lists, number_lists)
def test_the_laws_of_sets_hold(a: list[int], b: list[int]) -> None:
    x, y = taken(a), taken(b)
    assert set(numbers_in((x - y) | (x & y) | (y - x))) == set(a) | set(b)
    assert set(numbers_in(x ^ y)) == set(numbers_in((x | y) - (x & y)))
    assert x | x == x & x == x
    assert not x - x
    assert bool(y) == (y in x) if set(b) <= set(a) else y not in x


@pytest.mark.promise("partition-splits-in-two", "group-by-any-key")
@given(number_lists)
def test_group_and_partition_recombine_to_the_original(numbers: list[int]) -> None:
    found = taken(numbers)
    groups = found.group(lambda v: v.version)
    assert list(groups) == list(dict.fromkeys(n % 3 for n in numbers))
    for key, group in groups.items():
        assert numbers_in(group) == [n for n in numbers if n % 3 == key]
    matching, rest = found.partition(lambda v: v.version[0] == 1)
    assert numbers_in(matching) == [n for n in numbers if n % 3 == 1]
    assert sorted(numbers_in(matching) + numbers_in(rest)) == sorted(numbers)
    assert (matching | rest) - found == found - (matching | rest)


@pytest.mark.promise("sort-is-stable")
@given(number_lists, st.booleans())
def test_sorting_is_that_of_python(numbers: list[int], reverse: bool) -> None:
    found = taken(numbers)
    for key in (lambda v: v.version, lambda v: v.version[0], lambda v: (v.version[0], 0), lambda v: (v.version, [0])):
        expected = sorted(numbers, key=lambda n: n % 3, reverse=reverse)
        assert numbers_in(found.sort(key, reverse=reverse)) == expected
    compound = found.sort(lambda v: (v.version, v.comment), reverse=reverse)
    assert numbers_in(compound) == sorted(numbers, key=lambda n: (n % 3, n), reverse=reverse)


@given(number_lists)
def test_extremes_are_among_the_elements(numbers: list[int]) -> None:
    found = taken(numbers)
    largest, smallest = found.max(lambda v: v.version), found.min(lambda v: v.version)
    if numbers:
        top, bottom = max(n % 3 for n in numbers), min(n % 3 for n in numbers)
        assert numbers_in(largest) == [[n for n in numbers if n % 3 == top][-1]], "the last among equals"
        assert numbers_in(smallest) == [next(n for n in numbers if n % 3 == bottom)], "the first among equals"
    else:
        assert largest is smallest is found


@pytest.mark.promise("map-gives-a-list", "filter-and-count", "fold-makes-one-value")
@given(number_lists)
def test_mapping_filtering_counting_and_folding_agree(numbers: list[int]) -> None:
    found = taken(numbers)
    assert found.map(lambda v: v.comment[0]) == [str(n) for n in numbers]
    odd = found.filter(lambda v: int(v.comment[0]) % 2)
    assert numbers_in(odd) == [n for n in numbers if n % 2]
    assert found.count(lambda v: int(v.comment[0]) % 2) == len(odd)
    assert odd.filter(lambda _: True) == odd
    assert found.fold("", lambda text, v: text + v.comment[0]) == "".join(map(str, numbers))
    assert found.group_and_map(lambda v: v.version, len) == dict(Counter(n % 3 for n in numbers))


@given(number_lists, st.slices(8))
def test_slices_are_those_of_lists(numbers: list[int], part: slice) -> None:
    assert numbers_in(taken(numbers)[part]) == numbers[part]


@pytest.mark.promise("missing-values-come-last")
@UNNOTICED
class TestMissingValues:
    @pytest.fixture
    def found(self) -> Any:
        records = [record("AssetVersion", n, **({} if v is ... else {"version": v})) for n, v in self.VALUES.items()]
        return collection(FakeSession(), *records)

    VALUES = {"a": None, "b": 2, "c": ..., "d": 1}

    @pytest.mark.parametrize(("reverse", "expected"), [(False, ["d", "b", "a", "c"]), (True, ["b", "d", "a", "c"])])
    def test_come_last_in_any_order(self, found: Any, reverse: bool, expected: list[str]) -> None:
        assert ids(found.sort(lambda v: v.version, reverse=reverse)) == expected
        assert ids(found.sort(lambda v: v.version[0], reverse=reverse)) == expected
        assert ids(found.sort(lambda v: (v.version, 0), reverse=reverse)) == expected

    def test_do_not_count_as_extremes(self, found: Any) -> None:
        assert ids(found.max(lambda v: v.version)) == ["b"]
        assert ids(found.min(lambda v: v.version)) == ["d"]
        assert ids(found[:1].max(lambda v: v.version)) == ["a"]
        assert ids(found.max(lambda v: v.task.name)) == ["d"]


@pytest.mark.promise("sort-keys-may-be-lists")
def test_the_largest_of_several_values_counts() -> None:
    session = FakeSession()
    assets = collection(
        session,
        record("Asset", "a", versions=[record("AssetVersion", "1", version=1), record("AssetVersion", "9", version=9)]),
        record("Asset", "b", versions=[record("AssetVersion", "5", version=5)]),
        record("Asset", "c", versions=[]),
    )
    assert ids(assets.sort(lambda a: a.AssetVersion.version)) == ["b", "a", "c"]
    assert ids(assets.max(lambda a: a.AssetVersion.version)) == ["a"]


@pytest.mark.promise("group-by-any-key")
def test_groups_take_lists_tuples_and_collections_as_keys() -> None:
    session = FakeSession()
    task = record("Task", "t", name="anim")
    found = collection(session, record("AssetVersion", "a", task=task), record("AssetVersion", "b", task=task))
    assert list(found.group(lambda v: v.task.name)) == ["anim"]
    assert list(found.group(lambda v: [1, 2])) == [(1, 2)]
    assert list(found.group(lambda v: v.task)) == [found.task]
    assert list(found.group(lambda v: [])) == [()]
    assert list(found.group(lambda v: (v.task.name, v.task.id))) == [("anim", "t")]
    assert list(found.group(lambda v: (v.task.name, [1, 2], (v.id, None)))) == [
        ("anim", (1, 2), ("a", None)),
        ("anim", (1, 2), ("b", None)),
    ]
    assert list(found.group(lambda v: (v.task, v.task.name))) == [(found.task, "anim")]
    assert list(found.group(lambda v: (v.task.name,))) == [("anim",)]
    for changing in ({}, ({}, 1), [{}], {1}):
        with pytest.raises(TypeError, match="key of a group"):
            found.group(lambda v, key=changing: key)


def test_no_related_entity_is_a_key_and_so_is_none() -> None:
    task = record("Task", "t", name="anim")
    found = collection(
        FakeSession(),
        record("AssetVersion", "a", task=task, comment="x"),
        record("AssetVersion", "b", task=None, comment=None),
    )
    by_task = found.group(lambda v: v.task)
    assert [(bool(key), ids(group)) for key, group in by_task.items()] == [(True, ["a"]), (False, ["b"])]
    assert list(found.group(lambda v: v.comment)) == ["x", None]
    assert list(found.group(lambda v: (v.comment, v.task))) == [("x", found[0].task), (None, found[1].task)]


@cache
def mixed_pool() -> Any:
    """Shots, tasks and folders of which the same position in each has the same id."""
    kinds = ("Shot", "Task", "Folder")
    return collection(FakeSession(), *(record(kind, str(n)) for n in range(3) for kind in kinds), of="TypedContext")


mixed_lists = st.lists(st.sampled_from(range(9)), unique=True)


@given(st.lists(mixed_lists, min_size=1, max_size=3))
def test_the_algebra_tells_kinds_apart(lists: list[list[int]]) -> None:
    everything = mixed_pool()
    positions = {id(entity): n for n, entity in enumerate(everything.values())}

    def chosen(numbers: list[int]) -> Any:
        return everything.filter(lambda each: positions[id(each.values()[0])] in numbers)

    def found(result: Any) -> list[int]:
        return sorted(positions[id(entity)] for entity in result.values())

    first, *others = map(chosen, lists)
    sets = list(map(set, lists))
    counts = Counter(chain.from_iterable(lists))
    assert found(first.union(*others)) == sorted(set().union(*sets))
    assert found(first.intersection(*others)) == sorted(sets[0].intersection(*sets))
    assert found(first.difference(*others)) == sorted(sets[0].difference(*sets[1:]))
    assert found(first.symmetric_difference(*others)) == sorted(n for n, count in counts.items() if count == 1)
    assert [first in everything, everything in first] == [bool(lists[0]), len(lists[0]) == 9]


@pytest.mark.promise("empty-is-neutral-in-sets")
@given(number_lists)
def test_nothing_is_the_neutral_element(numbers: list[int]) -> None:
    found, nothing = taken(numbers), pool()[len(NUMBERS) :]
    assert isinstance(nothing, EmptyCollection)
    assert found | nothing == nothing | found == found.union(nothing, nothing) == found
    assert found - nothing == found ^ nothing == nothing ^ found == found.difference(nothing, nothing) == found
    assert not found & nothing
    assert not nothing & found
    assert not nothing - found
    assert not found.intersection(found, nothing)
    assert found.symmetric_difference(nothing, nothing) == found


@given(number_lists, number_lists)
def test_collections_are_not_changed_by_combining_them(a: list[int], b: list[int]) -> None:
    x, y = taken(a), taken(b)
    for combine in (x.union, x.intersection, x.difference, x.symmetric_difference):
        combine(y)
        combine(y, x)
    assert (numbers_in(x), numbers_in(y)) == (a, b)


class TestRefusals:
    @pytest.mark.promise("sets-do-not-mix-types-or-sessions")
    @pytest.mark.parametrize("method", ["union", "intersection", "difference", "symmetric_difference"])
    def test_other_sessions_schemas_and_types_are_refused(self, method: str) -> None:
        session = FakeSession()
        own = versions(session, 1, 2)
        other_schema = collection(session, record("AssetVersion", "v1"), schema=SchemaEntry(name="vfx"))
        for other, reason in (
            (versions(FakeSession(), 1), "different sessions"),
            (versions(FakeSession(), 1)[1:], "different sessions"),
            (other_schema, "different schemas"),
            (collection(session, record("Task", "t")), "TypedContext\\(collection\\)"),
            (["v1"], "must be collections"),
        ):
            with pytest.raises(EntityCollectionOperationError, match=reason):
                getattr(own, method)(other)
            with pytest.raises(ValueError, match=reason):
                getattr(own, method)(own, other)
            if reason.startswith("different"):
                with pytest.raises(EntityCollectionOperationError, match=reason):
                    getattr(own[2:], method)(other)

    def test_operators_with_other_things(self) -> None:
        with pytest.raises(TypeError):
            _ = versions(FakeSession(), 1) | ["v1"]


class TestCoercion:
    @pytest.mark.promise("coercion-to-a-more-general-type")
    def test_to_a_more_general_type(self) -> None:
        session = FakeSession()
        shots, folders = collection(session, record("Shot", "s", name="x")), collection(session, record("Folder", "f"))
        assert repr(TypedContext(shots)) == "EntityCollection[TypedContext]{1}"
        assert repr(TypedContext(shots).union(TypedContext(folders))) == "EntityCollection[TypedContext]{2}"
        assert repr(Entity(shots)) == "EntityCollection[Entity]{1}"
        assert repr(Context(shots)) == "EntityCollection[Context]{1}"
        assert repr(Shot(shots)) == "EntityCollection[Shot]{1}"
        assert Entity(shots).attribute("name")
        assert (TypedContext(shots) | TypedContext(folders))[Shot] == shots

    @pytest.mark.promise("coercion-to-a-more-general-type")
    def test_projects_pass_as_typed_contexts(self) -> None:
        projects = collection(FakeSession(), record("Project", "p"))
        assert repr(TypedContext(projects)) == "EntityCollection[TypedContext]{1}"

    @pytest.mark.promise("coercion-to-a-special-type-is-refused")
    @pytest.mark.parametrize("wrong", [Task, AssetVersion])
    def test_to_anything_else_is_refused(self, wrong: Any) -> None:
        shots = collection(FakeSession(), record("Shot", "s"))
        with pytest.raises(AssertionError, match="Shot is not a kind of it") as caught:
            wrong(shots)
        assert isinstance(caught.value, CoercionError)

    @pytest.mark.promise("coercion-to-a-special-type-is-refused")
    def test_of_something_else_is_refused(self) -> None:
        with pytest.raises(CoercionError, match="takes a collection"):
            Shot(["s"])


@pytest.mark.promise("nothing-left-is-no-error")
def test_empty_results_need_no_parent_and_no_request() -> None:
    session = FakeSession()
    users = collection(session, record("User", "u"))
    for nothing in (users.filter(lambda _: False), users[Shot], users - users, users & users[5:]):
        assert isinstance(nothing, EmptyCollection)
    assert users.count(lambda _: False) == 0
    assert session.requests == []
