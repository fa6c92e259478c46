"""Values of deferred operations survive being written and read."""

import datetime
import json
import math
from decimal import Decimal

import arrow
import pytest
from ftrack_api.symbol import CREATED, NOT_SET
from hypothesis import given
from hypothesis import strategies as st

from trackteroid.operations.loading import is_same
from trackteroid.operations.record import (
    CreateRecord,
    DeleteRecord,
    EntityRecord,
    ListRecord,
    UpdateRecord,
    entity_from_json,
    entity_to_json,
    operation_from_json,
    operation_to_json,
)
from trackteroid.operations.values import (
    EntityReference,
    References,
    UnsupportedValueError,
    decode_value,
    encode_value,
    to_datetime,
)

names = st.text(min_size=1, max_size=12)
references = st.builds(
    EntityReference,
    st.sampled_from(["Task", "AssetVersion", "Metadata"]),
    st.lists(st.tuples(names, st.text()), min_size=1, max_size=2, unique_by=lambda part: part[0]).map(tuple),
)
collections = st.builds(References, st.lists(references, max_size=3).map(tuple), st.booleans())
offsets = st.none() | st.integers(-1439, 1439).map(lambda m: datetime.timezone(datetime.timedelta(minutes=m)))
years = {"min_value": datetime.datetime(1902, 1, 1), "max_value": datetime.datetime(2200, 1, 1)}
moments = st.datetimes(**years, timezones=offsets)
# In the hours that a change of the clocks skips or repeats, times of named zones are unequal to all others.
zoned = st.datetimes(**years, timezones=st.timezones())
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from(["NOT SET", "not set", "('Task', ['1'])", '{"is": "not set"}'])
)
arrows = moments.map(arrow.Arrow.fromdatetime)
plain = scalars | st.just(NOT_SET) | st.dates() | moments | arrows | references | collections
values = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.just("is"), inner, max_size=3)
)


def written_and_read(value):
    return decode_value(json.loads(json.dumps(encode_value(value))))


@pytest.mark.promise("deferred-values-are-exact")
@given(values)
def test_every_value_is_read_as_it_was_written(value):
    assert written_and_read(value) == value


@given(values)
def test_reading_and_writing_again_changes_nothing(value):
    assert encode_value(written_and_read(value)) == encode_value(value)


@given(moments | arrows | zoned)
def test_a_moment_keeps_its_kind_and_its_text(moment):
    again = written_and_read(moment)
    assert type(again) is type(moment)
    assert again.isoformat() == moment.isoformat(), "the server would be sent another text"


@pytest.mark.promise("deferred-values-are-exact")
def test_what_looks_like_a_marker_stays_what_it_is():
    assert written_and_read("NOT SET") == "NOT SET"
    assert written_and_read(NOT_SET) is NOT_SET
    assert written_and_read({"is": "not set"}) == {"is": "not set"}
    assert written_and_read("('Task', ['1'])") == "('Task', ['1'])"
    assert written_and_read(True) is True
    assert type(written_and_read(1.0)) is float


@pytest.mark.parametrize(
    "value",
    [b"bytes", Decimal("1.5"), {1: "number as key"}, object(), CREATED, math.nan, -math.inf, [{"deep": {b"x"}}]],
    ids=[
        "bytes",
        "decimal",
        "a number as key",
        "an object",
        "a symbol",
        "not a number",
        "infinity",
        "a set, deep inside",
    ],
)
def test_values_that_no_server_can_be_sent_are_refused(value):
    with pytest.raises(UnsupportedValueError):
        encode_value(value)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"is": "unheard of"},
        {"is": "entity", "type": "Task"},
        {"is": "entity", "type": "Task", "key": {}},
        {"is": "collection", "items": ["text"]},
        {"is": "datetime", "value": "yesterday"},
        {"is": "object", "value": []},
        {"other": 1},
    ],
    ids=json.dumps,
)
def test_json_that_is_never_written_is_refused(data):
    with pytest.raises(ValueError):
        decode_value(data)


members = st.lists(references, max_size=3).map(tuple)


@st.composite
def list_changes(draw):
    is_mapped = draw(st.booleans())
    added, removed = (References(draw(members), is_mapped) for _ in range(2))
    return ListRecord(draw(references), draw(names), added, removed)


#: What attributes become that are no lists: changes of lists, also to the empty one of older files, are read as such.
no_lists = values.filter(lambda value: value != [] and not isinstance(value, References))

operations = (
    st.builds(CreateRecord, references, st.dictionaries(names, values, max_size=3))
    | st.builds(UpdateRecord, references, names, values, no_lists, values)
    | st.builds(DeleteRecord, references)
    | list_changes()
)


@given(operations)
def test_every_operation_is_read_as_it_was_written(operation):
    assert operation_from_json(json.loads(json.dumps(operation_to_json(operation)))) == operation


@given(st.builds(EntityRecord, references, st.dictionaries(names, values, max_size=3), st.booleans()))
def test_every_entity_is_read_as_it_was_written(entity):
    assert entity_from_json(json.loads(json.dumps(entity_to_json(entity)))) == entity


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {"operation": "create"},
        {"operation": "create", "entity_type": "Task", "entity_key": {"id": "1"}},
        {"operation": "update", "entity_type": "Task", "entity_key": {"id": "1"}, "attribute_name": "name"},
        {"operation": "destroy", "entity_type": "Task", "entity_key": {"id": "1"}},
        {"operation": "delete", "entity_type": "Task", "entity_key": {}},
    ],
    ids=json.dumps,
)
def test_json_that_is_no_operation_is_refused(data):
    with pytest.raises(ValueError, match="is no operation"):
        operation_from_json(data)


TASK = EntityReference("Task", (("id", "1"),))
NOTE = EntityReference("Note", (("id", "2"),))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, 1.0, True),
        (1, True, False),
        ("a", "a", True),
        (None, NOT_SET, False),
        (None, None, True),
        (arrow.get("2024-01-02T03:04:05+00:00"), datetime.datetime(2024, 1, 2, 3, 4, 5, 999), True),
        (arrow.get("2024-01-02T03:04:05+02:00"), datetime.datetime(2024, 1, 2, 3, 4, 5), False),
        (datetime.date(2024, 1, 2), arrow.get("2024-01-02"), True),
        (TASK, EntityReference("TypedContext", (("id", "1"),)), True),
        (TASK, NOTE, False),
        (TASK, None, False),
        (References((TASK, NOTE)), References((NOTE, TASK)), True),
        (References((TASK,)), References((NOTE, TASK)), False),
        ({"a": [1, datetime.date(2024, 1, 2)]}, {"a": [1.0, arrow.get("2024-01-02")]}, True),
        (["a", "b"], ["b", "a"], False),
    ],
    ids=str,
)
def test_values_are_compared_as_the_server_stores_them(one, other, same):
    assert is_same(one, other) is same
    assert is_same(other, one) is same


def test_only_moments_become_datetimes():
    assert to_datetime("2024-01-02") is None
    assert to_datetime(datetime.date(2024, 1, 2)) == datetime.datetime(2024, 1, 2, tzinfo=datetime.timezone.utc)
