"""Creating and changing entities from the rows of a table: `trackteroid.query.Query.from_rows`."""
