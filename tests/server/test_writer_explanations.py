"""What a database refuses, told in terms of entities and attributes whatever the database."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError as BrokenRule

from trackteroid.server.core.changes import Row
from trackteroid.server.core.unit_of_work import explain
from trackteroid.server.model import standard_model

_VALUES = {"id": "i", "name": "x", "parent_id": "p", "project_id": "q"}

REFUSALS = [
    ("UNIQUE constraint failed: context.id", 'Shot "x" (id i) exists already.'),
    (
        'duplicate key value violates unique constraint "c_pkey"\nDETAIL:  Key (id)=(i) already exists.',
        'Shot "x" (id i) exists already.',
    ),
    (
        "FOREIGN KEY constraint failed",
        'Shot "x" (id i) breaks a reference or repeats a key.',
    ),
]


@pytest.mark.parametrize(("detail", "message"), REFUSALS)
def test_the_database_is_translated(detail: str, message: str) -> None:
    subject = Row(standard_model().type("Shot"), ("i",), _VALUES)
    error = BrokenRule("INSERT INTO context ...", {}, Exception(detail))
    assert str(explain(error, subject)) == message
    assert "INSERT" not in str(explain(error, None))
