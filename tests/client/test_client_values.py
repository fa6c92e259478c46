"""JSON values become what ftrack_api makes of them."""

from typing import Any

import arrow
import ftrack_api
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackteroid.client.hydration.answers import UnusualError, date_time, decode, is_record

TEXTS = st.one_of(
    st.datetimes().map(lambda value: value.replace(microsecond=0).isoformat()),
    st.datetimes().map(lambda value: value.isoformat()),
    st.datetimes(timezones=st.timezones()).map(lambda value: value.replace(microsecond=0).isoformat()),
    st.dates().map(lambda value: value.isoformat()),
    st.from_regex(r"\A20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\Z"),
    st.sampled_from(["2022-W44-4T12:36:38", "2022-10-10T24:00:00", "2022-10-10 10:12:09", "", "2022", "x"]),
)


def outcome(function: Any, text: str) -> Any:
    try:
        value = function(text)
    except Exception as error:  # noqa: BLE001 - both have to raise it
        return type(error)
    return value, value.isoformat(), type(value.tzinfo), type(value)


@given(TEXTS)
def test_dates_are_read_as_arrow_reads_them(text: str) -> None:
    assert outcome(date_time, text) == outcome(arrow.get, text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        | st.fixed_dictionaries(
            {"__type__": st.sampled_from(["datetime", "date"]), "value": st.just("2022-10-10T10:12:09")}
        )
        | st.fixed_dictionaries({"__type__": st.just("other"), "value": inner})
    ),
    max_leaves=10,
)


def as_ftrack_api_does(value: Any) -> Any:
    """Decode from the inside out, as the hook of ftrack_api's JSON decoder is called."""
    if isinstance(value, list):
        return [as_ftrack_api_does(item) for item in value]
    if isinstance(value, dict):
        hook = ftrack_api.Session._decode
        return hook(None, {key: as_ftrack_api_does(item) for key, item in value.items()})  # type: ignore[arg-type]
    return value


@given(JSON)
def test_values_are_decoded_as_ftrack_api_decodes_them(value: Any) -> None:
    assert decode(value) == as_ftrack_api_does(value)


@pytest.mark.parametrize(
    "value",
    [
        {"__entity_type__": "Task", "id": "1"},
        [{"a": {"__entity_type__": "Task", "id": "1"}}],
        {"__type__": "datetime", "value": None},
        {"__type__": "date", "value": 5},
        {"__type__": "datetime"},
    ],
)
def test_what_only_ftrack_api_can_judge_is_left_to_it(value: Any) -> None:
    with pytest.raises(UnusualError):
        decode(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"__entity_type__": "Task"}, True),
        ({"__entity_type__": "Task", "__type__": "date"}, False),
        ({}, False),
        ("__entity_type__", False),
        (None, False),
        ([], False),
    ],
)
def test_records_are_recognised(value: Any, expected: bool) -> None:
    assert is_record(value) is expected
