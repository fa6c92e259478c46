"""The tests of `server.test_compiler_client_queries`, on PostgreSQL."""

from postgres import tiny  # noqa: F401 - puts the tests there
from server.test_compiler_client_queries import *  # noqa: F403
