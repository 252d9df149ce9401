"""Demand: who needs help, from a person, a machine, or before asking."""
