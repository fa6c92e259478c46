"""The tests of `server.test_compiler_wild`, on PostgreSQL."""

from postgres import tiny  # noqa: F401 - puts the tests there
from server.test_compiler_wild import *  # noqa: F403
