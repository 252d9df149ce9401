"""Tipping: how many must be committed, how ready people are, and who knows whom, decide whether a change carries.

Four small models, one a file: :mod:`naming_game` (committed minorities), :mod:`conventions` (people with memories),
:mod:`thresholds` (readiness that differs) and :mod:`contagion` (clustered and random ties).
"""
