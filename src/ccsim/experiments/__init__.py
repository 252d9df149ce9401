"""Experiments: scenarios, designs and replicates to run, and their files."""
