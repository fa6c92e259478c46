"""Servers inside this process, which sessions talk to without a port."""
