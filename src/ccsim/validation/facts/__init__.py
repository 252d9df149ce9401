"""Validation against published numbers: each is measured on simulated organisations in the way its source describes.

A fact is data (``facts/*.toml``): a study (who is observed, under which scenarios) and, for each published number, how
it is measured there. Kinds of study and kinds of measure are code; no fact has code of its own.
"""
