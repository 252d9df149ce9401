"""Accounting: weekly tallies and the accounts."""
