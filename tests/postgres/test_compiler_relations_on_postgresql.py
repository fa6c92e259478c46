"""The tests of `server.test_compiler_relations`, on PostgreSQL."""

from postgres import tiny  # noqa: F401 - puts the tests there
from server.test_compiler_relations import *  # noqa: F403
