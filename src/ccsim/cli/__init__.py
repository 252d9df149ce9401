"""Commands of the command line that have a topic of their own; each module registers itself."""
