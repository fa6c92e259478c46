"""The tests of `server.test_compiler_pages`, on PostgreSQL."""

from postgres import tiny  # noqa: F401 - puts the tests there
from server.test_compiler_pages import *  # noqa: F403
