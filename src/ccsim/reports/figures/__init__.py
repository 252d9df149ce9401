"""Figures of comparisons and analyses."""
