"""Accounting: the count of everything, and the accounts."""
