"""The query language: text to tree (`parse`) and back (`render`).

The package knows nothing of entity types or columns; `trackteroid.server.compiler` gives a tree its meaning.
"""

from trackteroid.server.language.parser import parse
from trackteroid.server.language.tree import (
    And,
    Comparison,
    Criteria,
    Literal,
    Membership,
    Not,
    Operator,
    Or,
    Order,
    Path,
    Projection,
    Quantifier,
    Query,
    Step,
    render,
)

__all__ = [
    "And",
    "Comparison",
    "Criteria",
    "Literal",
    "Membership",
    "Not",
    "Operator",
    "Or",
    "Order",
    "Path",
    "Projection",
    "Quantifier",
    "Query",
    "Step",
    "parse",
    "render",
]
