"""Scenarios: what differs from the ordinary organisation, and the files that say it."""
