"""Validation: what others measured, measured on simulated organisations as their sources describe it.

A fact is data (``facts/*.toml``): a study (who is looked at, under which scenarios) and, for each published number, how
it is measured there. Kinds of study and kinds of measure are code; no fact has code of its own.
"""
