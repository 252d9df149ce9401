"""One core loop of a service organisation in several frameworks, see :mod:`benchmarks.peers`. Each file runs by itself.

A week: active customers ask (demand), each is served by someone of its department (choice), who solves the issue or
does not (contact), the customer is more or less satisfied, some leave and others come (churn), and staff take up a
practice from colleagues or drop it (contagion). ``plain_numpy.py`` says it in the fewest words.
"""
