"""The action `query`: ask for entities."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from trackteroid.server.compiler import run_columns, run_text
from trackteroid.server.core.failures import ValidationError
from trackteroid.server.core.request import Request
from trackteroid.server.history.asking import as_of


def query(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Answer one query; `next.offset` is null on the last page.

    `left_out` tells of projections that mean nothing, with the reason; strict clients are refused instead.
    `"answer": "columns"` asks for columns of plain values, not for records. `as_of` asks for what was at a moment:
    a time, or the number of an event.
    """
    with nullcontext() if operation.get("as_of") is None else as_of(request, operation["as_of"]):
        return _answer(request, operation)


def _answer(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    expression = operation.get("expression")
    if not isinstance(expression, str):
        raise ValidationError('The action "query" needs an "expression", the text of the query.')
    request.text = expression
    if operation.get("answer") == "columns":
        table = run_columns(request, expression)
        told = {"columns": table.columns, "moments": table.moments, "rows": table.rows}
        return {"action": "query", "data": told, "metadata": {"next": {"offset": table.next_offset}}}
    answer = run_text(request, expression)
    return {"action": "query", "data": answer.records, "metadata": answer.metadata}
