"""Who may ask, and what: users and their keys, what only administrators may do, signed links."""
