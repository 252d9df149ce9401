"""Results: stored runs and tables, and reading them."""
