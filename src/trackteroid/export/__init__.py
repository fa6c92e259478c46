"""Writing tables in the forms that other programs read: lists of dictionaries, Arrow, data frames, CSV, JSON, Parquet."""
