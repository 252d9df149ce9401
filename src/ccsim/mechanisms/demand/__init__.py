"""Demand: new and repeated cases, self-service and proactive contact."""
