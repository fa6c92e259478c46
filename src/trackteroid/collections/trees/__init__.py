"""The hierarchy of a production: who is above whom, paths, and whole branches found, made, moved and copied."""
