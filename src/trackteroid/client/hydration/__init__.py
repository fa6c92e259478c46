"""Answers of the server as entities of a session: written, made and fetched page by page."""
