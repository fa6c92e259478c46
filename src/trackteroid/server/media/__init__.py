"""Encoding: a thread that sees to jobs, and a process of its own for each that touches what people have sent."""
