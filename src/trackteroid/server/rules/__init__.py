"""What the server does by itself: version numbers, links, status changes, defaults, checks."""

from trackteroid.server.rules.checks import check_references, finish, refuse_unseen
from trackteroid.server.rules.engine import create_row, require_permission, rules_of, update_row
from trackteroid.server.rules.metadata import find_owner
from trackteroid.server.rules.step import Rules
from trackteroid.server.rules.table import RULES

__all__ = [
    "RULES",
    "Rules",
    "check_references",
    "create_row",
    "find_owner",
    "finish",
    "refuse_unseen",
    "require_permission",
    "rules_of",
    "update_row",
]
