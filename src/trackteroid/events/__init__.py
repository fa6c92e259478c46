"""Events: the log of the server, read from where one has left off."""
