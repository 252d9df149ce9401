"""What came out: stored runs, tables and their reading."""
