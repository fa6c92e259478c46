"""The older place of `trackteroid.projections`."""

from trackteroid.projections import resolve_projections

__all__ = ["resolve_projections"]
