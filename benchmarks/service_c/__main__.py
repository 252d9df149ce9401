"""Run the comparison: ``python -m benchmarks.service_c``."""

from benchmarks.service_c.measure import main

main()
