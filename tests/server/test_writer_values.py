"""Values from clients: what is accepted for which attribute, how it is kept, and what an answer repeats."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackteroid.server.core.failures import ValidationError
from trackteroid.server.core.values import echo, to_storage, to_wire
from trackteroid.server.model import attributes as declare
from trackteroid.server.model.attributes import Scalar

TEXT, NUMBER, INTEGER, BOOLEAN = declare.text(), declare.number(), declare.integer(), declare.boolean()
MOMENT, ANY, OBJECT = declare.datetime(), declare.variable(), declare.object_()
CHOICE = declare.text(enum=("queued", "done"))

ACCEPTED: list[tuple[Scalar, Any, Any]] = [
    (TEXT, "", ""),
    (TEXT, "Zoë (50 %)", "Zoë (50 %)"),
    (TEXT, None, None),
    (declare.key("Status"), "a-b", "a-b"),
    (declare.key("UserType", type=None), "a-b", "a-b"),
    (NUMBER, 10, 10.0),
    (NUMBER, 1.5, 1.5),
    (NUMBER, "2.5", 2.5),
    (INTEGER, 3, 3),
    (INTEGER, "3", 3),
    (INTEGER, 3.0, 3),
    (BOOLEAN, True, True),
    (BOOLEAN, False, False),
    (CHOICE, "done", "done"),
    (OBJECT, {"a": 1}, {"a": 1}),
    (ANY, ["a", 1], ["a", 1]),
    (MOMENT, None, None),
    (MOMENT, "2020-01-02", "2020-01-02T00:00:00"),
    (MOMENT, "2020-01-02T03:04", "2020-01-02T03:04:00"),
    (MOMENT, "2020-01-02 03:04:05", "2020-01-02T03:04:05"),
    (MOMENT, "2020-01-02T03:04:05.999999", "2020-01-02T03:04:05"),
    (MOMENT, "2020-01-02T03:04:05.000Z", "2020-01-02T03:04:05"),
    (MOMENT, "2020-01-02T03:04:05+02:00", "2020-01-02T01:04:05"),
    (MOMENT, "2020-01-02T03:04:05-0530", "2020-01-02T08:34:05"),
    (MOMENT, "2020-01-01T00:30:00+01", "2019-12-31T23:30:00"),
    (MOMENT, {"__type__": "datetime", "value": "2020-01-02T03:04:05.000006"}, "2020-01-02T03:04:05"),
    (MOMENT, {"__type__": "datetime", "value": "2020-01-02"}, "2020-01-02T00:00:00"),
    (MOMENT, {"__type__": "date", "value": "2020-01-02"}, "2020-01-02T00:00:00"),
]

REFUSED: list[tuple[Scalar, Any, str]] = [
    (TEXT, 5, "Task.x must be text; got 5."),
    (TEXT, ["a"], 'Task.x must be text; got ["a"].'),
    (NUMBER, True, "Task.x must be a number; got true."),
    (NUMBER, "much", 'Task.x must be a number; got "much".'),
    (NUMBER, "nan", 'Task.x must be a number; got "nan".'),
    (NUMBER, [1], "Task.x must be a number; got [1]."),
    (INTEGER, 1.5, "Task.x must be a whole number; got 1.5."),
    (INTEGER, "1e999", 'Task.x must be a whole number; got "1e999".'),
    (INTEGER, False, "Task.x must be a whole number; got false."),
    (BOOLEAN, 1, "Task.x must be true or false; got 1."),
    (BOOLEAN, "true", 'Task.x must be true or false; got "true".'),
    (CHOICE, "gone", 'Task.x must be one of queued, done; got "gone".'),
    (OBJECT, "a", 'Task.x must be an object; got "a".'),
    (MOMENT, "soon", 'Task.x must be a date-time; got "soon".'),
    (MOMENT, 12, "Task.x must be a date-time; got 12."),
    (MOMENT, "2020-13-01", 'Task.x must be a date-time; got "2020-13-01".'),
    (MOMENT, {"value": "2020-01-01"}, 'Task.x must be a date-time; got {"value": "2020-01-01"}.'),
    (TEXT, ["long" * 40], 'Task.x must be text; got ["longlong'),
]


@pytest.mark.parametrize(("attribute", "value", "stored"), ACCEPTED)
def test_accepted_values_are_kept_in_one_form(attribute: Scalar, value: Any, stored: Any) -> None:
    found = to_storage("Task.x", attribute, value)
    assert (found, type(found)) == (stored, type(stored))


@pytest.mark.parametrize(("attribute", "value", "message"), REFUSED)
def test_refused_values_are_told_with_attribute_expectation_and_value(
    attribute: Scalar, value: Any, message: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        to_storage("Task.x", attribute, value)
    assert str(caught.value).startswith(message)
    assert len(str(caught.value)) < 120
    content = caught.value.as_record()["content"]
    assert "{" not in content
    assert "}" not in content


@given(
    st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29)),
    st.integers(-23 * 60, 23 * 60),
)
def test_a_moment_is_kept_in_utc_whatever_its_offset(local: datetime, minutes: int) -> None:
    aware = local.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    utc = aware.astimezone(timezone.utc).replace(tzinfo=None)
    assert to_storage("T.d", MOMENT, aware.isoformat()) == utc.replace(microsecond=0).isoformat()
    tagged = {"__type__": "datetime", "value": aware.isoformat()}
    assert echo("T.d", MOMENT, tagged, "ignored") == {"__type__": "datetime", "value": utc.isoformat()}


def test_an_answer_repeats_fractions_of_seconds_that_the_database_does_not_keep() -> None:
    sent = {"__type__": "datetime", "value": "2020-01-02T03:04:05.000006+01:00"}
    assert echo("T.d", MOMENT, sent, "2020-01-02T02:04:05") == {
        "__type__": "datetime",
        "value": "2020-01-02T02:04:05.000006",
    }
    assert echo("T.v", INTEGER, "3", 3) == 3


def test_stored_moments_are_tagged_for_the_client() -> None:
    assert to_wire(MOMENT, "2020-01-02T03:04:05") == {"__type__": "datetime", "value": "2020-01-02T03:04:05"}
    assert to_wire(MOMENT, None) is None
    assert to_wire(NUMBER, 1.0) == 1.0
