"""Files of collections: publishing them, and getting them back."""
