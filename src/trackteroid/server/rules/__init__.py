"""What the server does by itself: version numbers, links, status changes, defaults, checks."""

from .checks import finish
from .engine import create_row, require_permission, rules_of, update_row
from .metadata import find_owner
from .step import Rules
from .table import RULES

__all__ = ["RULES", "Rules", "create_row", "find_owner", "finish", "require_permission", "rules_of", "update_row"]
