"""The database: connections, transactions, revisions of its tables, and what a fresh one holds."""
