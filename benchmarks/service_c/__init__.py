"""The service phase hand-written in C: the yardstick for compiled code."""
