"""One run: the loop over weeks, and the Mesa model with its agents."""
