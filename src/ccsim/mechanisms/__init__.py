"""The ideas, one per file: parameters first, then rules (one sentence each), then loops over a population."""
