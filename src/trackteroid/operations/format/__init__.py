"""Files of deferred operations: how they are laid out, read, written, and repaired."""
