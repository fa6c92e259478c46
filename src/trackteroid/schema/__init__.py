"""What a server says of its entity types, and which paths lead from one to another: read, inferred, configured."""
