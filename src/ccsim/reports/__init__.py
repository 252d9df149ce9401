"""Answers: what came out, why, and where two scenarios part."""
