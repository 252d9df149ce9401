"""Scenarios: differences from the ordinary organisation, and their files."""
