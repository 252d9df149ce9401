"""Reports: results, their explanation, and where two scenarios diverge."""
