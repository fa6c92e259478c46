"""The tests of `server.test_compiler_semantics`, on PostgreSQL."""

from postgres import tiny  # noqa: F401 - puts the tests there
from server.test_compiler_semantics import *  # noqa: F403
