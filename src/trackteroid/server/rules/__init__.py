"""What the server does by itself: version numbers, links, status changes, defaults, checks."""

from .checks import finish
from .engine import Rules, create_row, require_permission, rules_of, update_row
from .table import RULES

__all__ = ["RULES", "Rules", "create_row", "finish", "require_permission", "rules_of", "update_row"]
