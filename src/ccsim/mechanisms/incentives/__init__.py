"""Incentives: scorecards, the measures in them, recognition."""
