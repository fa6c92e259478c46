"""Webhooks: the server sends events to addresses by itself."""
