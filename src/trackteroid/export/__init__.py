"""Writing tables in the forms that other programs read: dictionaries, Arrow, data frames, CSV, JSON, Parquet."""
