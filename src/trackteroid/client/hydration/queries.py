"""Paging of query texts that people write."""

import re
from re import Match

import ftrack_api.query

_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"' + r"|'(?:\\.|[^'\\])*'", re.DOTALL)


class QueryResult(ftrack_api.query.QueryResult):
    """The results of one query, fetched page by page.

    ftrack_api takes the first ``limit 5`` it sees for the query's own limit, wherever it stands. Here one inside a
    quoted value, as in ``name is "limit 5"``, is left alone.
    """

    def _extract_offset_and_limit(self, expression: str) -> tuple[str, int | None, int | None]:
        expression, offset = _cut(expression, self.OFFSET_EXPRESSION)
        expression, limit = _cut(expression, self.LIMIT_EXPRESSION)
        return expression.strip(), offset, limit


def _cut(expression: str, clause: "re.Pattern[str]") -> tuple[str, int | None]:
    """Return *expression* without the first *clause* outside of quotes, and the number in that clause."""
    found = clause.search(_QUOTED.sub(_blank, expression))
    if found is None:
        return expression, None
    return expression[: found.start()] + expression[found.end() :], int(found["value"])


def _blank(quoted: Match[str]) -> str:
    return '"' * len(quoted[0])
