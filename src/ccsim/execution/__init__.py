"""Running experiments: scheduling, processes, clusters, time limits, progress."""
