"""Constants of the distribution."""

__VERSION__ = "1.0.0a2"

#: How many deferred operations are sent in one transaction unless another number is asked for.
AT_ONCE = 10_000
