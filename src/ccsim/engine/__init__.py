"""Numerics of the model, independent of organisations: compiled functions, random numbers, curves, declarations."""
