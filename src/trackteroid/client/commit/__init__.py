"""Commits: what is sent for pending operations, and what the session holds once the server has accepted it."""
