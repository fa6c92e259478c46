"""Completing names and values where people type: in IPython and in notebooks."""
