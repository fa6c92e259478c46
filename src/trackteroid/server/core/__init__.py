"""What everything that answers a request works with: its transaction, rows and changes, values, failures, limits."""
