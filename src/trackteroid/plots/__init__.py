"""Pictures of how a production goes: what is left to do, what has which status, and what it has cost."""

from trackteroid.plots.drawing import bids_against_time, burndown, status_over_time

__all__ = ["bids_against_time", "burndown", "status_over_time"]
