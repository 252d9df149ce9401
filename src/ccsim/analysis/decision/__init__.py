"""Decide between options under uncertainty: which is best, what would change that, what is worth measuring."""
