"""Decide between options where much is uncertain: which is first, what would change that, what is worth measuring."""
