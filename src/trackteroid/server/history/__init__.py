"""What rows were before they were changed, and questions about how things were then."""
