"""Experiments: which scenarios, designs and replicates are to be run, and the files that say it."""
