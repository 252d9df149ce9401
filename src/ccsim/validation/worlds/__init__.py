"""Worlds that could be real: values of all that is uncertain under which the ordinary organisation does what is known.

History matching (Craig et al. 1997) rules out what disagrees with published values, wave after wave; what is left is
admitted, kept in a file, and drawn from by every analysis (:mod:`ccsim.analysis.admitted`).
"""
