"""The claims ledger: ideas about change as records that the model supports, bounds or refutes.

A claim is data (``claims/*.toml``): the scenarios to be compared, a KPI, a direction, a kind of test. No claim has code
of its own, and no mechanism knows any.
"""
