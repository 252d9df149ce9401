"""Numerics of the model, nothing of organisations: compiled functions, random numbers, curves, declared parameters."""
