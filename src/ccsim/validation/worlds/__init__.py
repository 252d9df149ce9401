"""Admitted worlds: values of all uncertain parameters with which the ordinary organisation reproduces the known facts.

History matching (Craig et al. 1997) rules out what disagrees with published numbers, in waves; what is left is
admitted, kept in a file, and drawn from by every analysis (:mod:`ccsim.analysis.admitted`).
"""
