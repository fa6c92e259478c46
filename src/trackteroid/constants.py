"""Constants of the distribution."""

__VERSION__ = "1.0.0a2"
