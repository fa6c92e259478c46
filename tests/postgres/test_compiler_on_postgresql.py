"""The tests of `server.test_compiler`, on PostgreSQL."""

from postgres import tiny  # noqa: F401 - puts the tests there
from server.test_compiler import *  # noqa: F403

# PostgreSQL can hold what SQLite cannot.
del test_nesting_that_the_database_cannot_hold_is_refused_in_words  # noqa: F821
# It takes its rows back with a transaction of its own.
del test_a_chain_of_links_longer_than_decoders_can_nest_is_cut  # noqa: F821
