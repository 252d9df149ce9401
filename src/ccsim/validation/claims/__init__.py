"""The claims ledger: claims about organisational change, stated as data and tested by paired simulation.

A claim is data (``claims/*.toml``): the scenarios to be compared, a KPI, a direction, a kind of test. No claim has code
of its own, and no mechanism knows any.
"""
