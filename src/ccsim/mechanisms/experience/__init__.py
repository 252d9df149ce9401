"""Experience: how customers judge contacts, and word of mouth."""
