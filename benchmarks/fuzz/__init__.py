"""Fuzzers: seeded generators of faulty inputs, and what ccsim makes of them."""
